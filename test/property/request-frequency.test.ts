/** α* of any schedule of any scenario: exactly what its definition says, the same whenever it is asked, and never below the bound. */
import { beforeAll, expect, test } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import {
  arbitraryPartition,
  arbitraryScenario,
  withCallTimes,
  withMeasuredSets,
} from '#test/fixtures/random-scenario.ts';
import { frequencyBound } from '#main/engine/bounds/frequency-bound.ts';
import { loadSolver } from '#main/engine/milp/highs.ts';
import { frequencyGrid } from '#shared/analysis/frequency-grid.ts';
import {
  atFrequency,
  CHECKED_AFTER,
  FrequencyProbe,
  hasFrequency,
  leastAlphaOf,
  scenarioAtFrequency,
} from '#shared/analysis/request-frequency.ts';
import { parseScenario, resolveScenario, emptyLibrary, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { decodeGenome, type Assignment } from '#shared/scheduling/decode.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';

beforeAll(loadSolver);

/** The first two applications in a group, or not. */
const grouped = (scenario: ResolvedScenario): fc.Arbitrary<ResolvedScenario> =>
  fc.record({ isGrouped: fc.boolean(), deadlineMs: fc.constantFrom(null, 4, 9) }).map(({ isGrouped, deadlineMs }) => {
    if (!isGrouped) return scenario;
    const members = scenario.applications.slice(0, 2).map(({ id }) => id);
    const { applications, ...rest } = scenario;
    return resolveScenario(
      parseScenario({
        ...rest,
        applications: applications.map((application) =>
          members.includes(application.id)
            ? { ...application, periodMs: null, startTimeMs: 0, deadlineMs: null }
            : application,
        ),
        groups: [{ id: 'g', applications: members, periodMs: 5, deadlineMs, startTimeMs: 0.4 }],
        simulation: { ...scenario.simulation, horizonMs: null },
      }),
      emptyLibrary,
    );
  });

/** A problem whose tasks may be subgraphs, with a schedule of it. */
const schedules: fc.Arbitrary<{ readonly problem: Problem; readonly assignment: Assignment }> = arbitraryScenario()
  .chain(withCallTimes)
  .chain((scenario) => fc.boolean().chain((is) => (is ? withMeasuredSets(scenario) : fc.constant(scenario))))
  .chain(grouped)
  .filter(hasFrequency)
  .chain((scenario) => arbitraryPartition(scenario).map((partition) => ({ scenario, partition })))
  .map(({ scenario, partition }) => {
    try {
      return compileProblem(scenario, defaultGenes, partition);
    } catch {
      return compileProblem(scenario, defaultGenes); // a subgraph that no processor can run
    }
  })
  .chain((problem) =>
    fc
      .tuple(...problem.layout.loci.map(({ cardinality }) => fc.integer({ min: 0, max: cardinality - 1 })))
      .map((genes) => ({ problem, assignment: decodeGenome(problem, Uint8Array.from(genes)) })),
  );

test('a problem at another frequency is the one that the scenario at that frequency compiles to', () => {
  fc.assert(
    fc.property(schedules, fc.constantFrom(0.01, 0.37, 1, 1.01, 40), ({ problem }, alpha) => {
      const scaled = atFrequency(problem, alpha);
      const compiled = compileProblem(scenarioAtFrequency(problem.layerwise, alpha), problem.genes, problem.partition);
      for (const field of [
        'jobReleaseMs',
        'instanceReleaseMs',
        'deadlineMs',
        'applicationInstances',
        'jobTask',
      ] as const)
        expect(scaled[field]).toEqual(compiled[field]);
      expect(scaled.scenario.groups).toEqual(compiled.scenario.groups);
    }),
    { numRuns: 300 },
  );
});

test('is the least point at which, and at the next three, every instance is in time', () => {
  let found = 0;
  fc.assert(
    fc.property(schedules, fc.constantFrom(1, 1, 0.7), ({ problem, assignment }, share) => {
      const probe = new FrequencyProbe(problem, assignment, share);
      const points = frequencyGrid.map((alpha) => probe.satisfactionAt(alpha).satisfied >= share);
      const least = points.findIndex((_, index) => points.slice(index, index + CHECKED_AFTER + 1).every(Boolean));
      const alpha = leastAlphaOf(problem, assignment, share);
      expect(alpha).toBe(least < 0 ? undefined : frequencyGrid[least]);
      found += Number(alpha !== undefined && alpha > frequencyGrid[0]!);
    }),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(5);
});

test('a probe that gives up says what the whole simulation says, in any order of asking', () => {
  fc.assert(
    fc.property(
      schedules,
      fc.array(fc.nat({ max: frequencyGrid.length - 1 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 0.8, 0.5),
      ({ problem, assignment }, indices, share) => {
        const probe = new FrequencyProbe(problem, assignment, share);
        for (const index of indices) {
          const alpha = frequencyGrid[index]!;
          const { satisfied } = new FrequencyProbe(problem, assignment).satisfactionAt(alpha);
          if (Number.isNaN(satisfied)) continue; // nothing has a deadline
          expect(probe.passes(alpha)).toBe(satisfied >= share * (1 - 1e-9));
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('no schedule has an α* below the bound', () => {
  let tight = 0;
  fc.assert(
    fc.property(schedules, ({ problem, assignment }) => {
      const alpha = leastAlphaOf(problem, assignment);
      const bound = frequencyBound(problem.layerwise);
      if (alpha === undefined || bound === undefined) return;
      expect(alpha).toBeGreaterThanOrEqual(bound.alpha);
      tight += Number(alpha < bound.alpha * 1.5);
    }),
    { numRuns: 120 },
  );
  expect(tight).toBeGreaterThan(1);
});
