/** On random scenarios: an interrupted run ends like an uninterrupted one, and what is recorded replays to the same numbers. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { crossoverNames } from '#main/engine/operators/crossover.ts';
import { mutationNames } from '#main/engine/operators/mutation.ts';
import { selectionNames } from '#main/engine/operators/selection.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions } from '#main/engine/schedulers/index.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { headlineVector } from '#shared/domain/metrics.ts';
import { fitnessOf } from '#shared/scheduling/objectives.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const time = fc.integer({ min: 0, max: 40 }).map((value) => value / 4);

/** Applications of random layer graphs on CPU cores, a GPU and, sometimes, an NPU. */
const scenario: fc.Arbitrary<ResolvedScenario> = fc
  .record({
    cores: fc.integer({ min: 1, max: 4 }),
    points: fc.integer({ min: 1, max: 3 }),
    hasNpu: fc.boolean(),
    applications: fc.array(
      fc.array(fc.record({ cpu: time, gpu: time, npu: time, producer: fc.nat(), onNpu: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ cores, points, hasNpu, applications }) => {
    const operatingPoints = Array.from({ length: points }, (_, index) => ({
      frequencyMHz: 500 * (index + 1),
      activePowerMW: 200 * (index + 1),
      clusterPowerMW: 20,
    }));
    const base = aPlatform()
      .withCores(cores, { operatingPoints, idlePowerMW: 20 })
      .withGpu({ operatingPoints, maxUtilization: 0.8 })
      .withDefaultLink({ latencyMs: 0.25 });
    const platform = hasNpu ? base.withNpu() : base;
    return applications
      .reduce((builder, layers, index) => {
        const network = layers.reduce(
          (net, { cpu, gpu, npu, producer, onNpu }, layer) =>
            net.withLayer(
              `l${layer}`,
              { cpu, gpu, ...(onNpu ? { npu } : {}) },
              layer === 0 ? {} : { dependencies: [`l${producer % layer}`] },
            ),
          aNetwork(),
        );
        return builder.running(network, { startTimeMs: index });
      }, aScenario().on(platform))
      .build();
  });

const gaOptions = fc.record({
  populationSize: fc.integer({ min: 4, max: 10 }),
  generations: fc.integer({ min: 1, max: 8 }),
  selection: fc.constantFrom(...selectionNames),
  crossover: fc.constantFrom(...crossoverNames),
  mutation: fc.constantFrom(...mutationNames),
  mutationRate: fc.constantFrom(0, 0.5, 1),
  mutatedGenes: fc.constantFrom(0, 1.5, 1000),
  eliteSize: fc.integer({ min: 0, max: 3 }),
  stagnationLimit: fc.integer({ min: 0, max: 4 }),
  heuristicSeeding: fc.boolean(),
});

function generationsOf(run: SearchRun): GenerationRecord[] {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

test('a run interrupted anywhere and restored from its record ends like an uninterrupted one', () => {
  fc.assert(
    fc.property(
      scenario,
      gaOptions,
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.nat(8),
      (of, options, seed, interruption) => {
        const configuration = { scheduler: 'ga', seed, options };
        const whole = generationsOf(createRun(of, configuration));
        const first = createRun(of, configuration);
        const before = whole.slice(0, interruption).map(() => first.step()!);
        const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
        const after = generationsOf(
          restoreRun(
            of,
            configuration,
            state,
            before.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
          ),
        );
        expect([...before, ...after]).toEqual(whole);
      },
    ),
    { numRuns: 60 },
  );
});

test('every recorded chromosome re-simulates to its recorded metrics and fitness, to the last bit', () => {
  fc.assert(
    fc.property(scenario, gaOptions, fc.integer({ min: 0, max: 0xffff_ffff }), (of, options, seed) => {
      const run = createRun(of, { scheduler: 'ga', seed, options });
      const { weights } = parseOptions(findScheduler('ga'), options);
      for (const { newChromosomes } of generationsOf(run)) {
        for (const { genes, metrics, fitness } of recordsOf(newChromosomes)) {
          const assignment = decodeGenome(run.problem, genes);
          const again = headlineVector(computeMetrics(run.problem, assignment, simulate(run.problem, assignment)));
          expect(again).toEqual(metrics);
          expect(fitnessOf(again, run.reference, weights)).toBe(fitness);
        }
      }
    }),
    { numRuns: 30 },
  );
});
