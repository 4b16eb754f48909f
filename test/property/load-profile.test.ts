/** The profile of a schedule agrees with its metrics: its area is the energy, its highest point the peak power. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { loadProfile } from '#shared/analysis/load-profile.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aSmallScenario } from '../fixtures/builders.ts';
import { arbitraryProblemAndGenes } from '../fixtures/random-scenario.ts';

const scenario = aSmallScenario().build();
// Transfers have energy but no power.
const problem = compileProblem({
  ...scenario,
  platform: {
    ...scenario.platform,
    interconnect: {
      ...scenario.platform.interconnect,
      default: { ...scenario.platform.interconnect.default, energyPJPerByte: 0 },
    },
  },
});
const genome = fc
  .tuple(...problem.layout.loci.map((locus) => fc.nat(locus.cardinality - 1)))
  .map((genes) => Uint8Array.from(genes));

describe('the load of a schedule over time', () => {
  it('adds up to the energy and peaks at the peak power', () => {
    fc.assert(
      fc.property(genome, (genes) => {
        const assignment = decodeGenome(problem, genes);
        const timeline = simulate(problem, assignment);
        const metrics = computeMetrics(problem, assignment, timeline);
        const { timeMs, powerMW, makespanMs } = loadProfile(problem, assignment, timeline);
        let energyMJ = 0;
        let peakMW = 0;
        timeMs.forEach((from, step) => {
          const power = powerMW.reduce((sum, processor) => sum + processor[step], 0);
          energyMJ += (power * ((timeMs[step + 1] ?? makespanMs) - from)) / 1000;
          peakMW = Math.max(peakMW, power);
        });
        expect(energyMJ).toBeCloseTo(metrics.energyMJ, 6);
        expect(peakMW).toBeCloseTo(metrics.peakPowerMW, 6);
      }),
    );
  });

  it('never has more busy cores than there are', () => {
    fc.assert(
      fc.property(genome, (genes) => {
        const assignment = decodeGenome(problem, genes);
        const { busyCores } = loadProfile(problem, assignment, simulate(problem, assignment));
        busyCores.forEach((busy, processor) => {
          for (const count of busy) expect(count).toBeLessThanOrEqual(problem.processors[processor].coreCount);
        });
      }),
    );
  });

  it('agrees with the peak power of the metrics in any scenario, and shows no core that does not exist', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), ({ problem: random, genes }) => {
        const assignment = decodeGenome(random, genes);
        const timeline = simulate(random, assignment);
        const { powerMW, busyCores, timeMs, makespanMs } = loadProfile(random, assignment, timeline);
        const totals = Array.from(timeMs, (_, step) => powerMW.reduce((sum, processor) => sum + processor[step], 0));
        const peakMW = computeMetrics(random, assignment, timeline).peakPowerMW;
        expect(makespanMs > 0 ? Math.max(...totals) : 0).toBeCloseTo(peakMW, 6);
        busyCores.forEach((busy, processor) => {
          for (const count of busy) expect(count).toBeLessThanOrEqual(random.processors[processor].coreCount);
        });
      }),
      { numRuns: 1000 },
    );
  });
});
