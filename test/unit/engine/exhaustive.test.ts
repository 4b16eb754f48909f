/** Exhaustive search: it sees every schedule once, finds the optimum, and says when it has not seen them all. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { prepareScheduler, ownSchedulers } from '#main/engine/schedulers/index.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

function search(scenario: ResolvedScenario, scheduler: string, options: Record<string, unknown> = {}) {
  const run = createRun(scenario, { scheduler, seed: 1, options }, { createEvaluator: createKernel });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations, chromosomes: generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)) };
}

beforeAll(() => prepareScheduler('milp'));

/** 2 active-core choices × 2 frequencies of the NPU × (4 elements: stem, left, right) × (3 without the NPU: softmax) = 768 schedules. */
const scenario = aScenario()
  .on(
    aPlatform()
      .withCores(2)
      .withGpu()
      .withNpu({
        operatingPoints: [
          { frequencyMHz: 500, activePowerMW: 300 },
          { frequencyMHz: 1000, activePowerMW: 900 },
        ],
        idlePowerMW: 10,
      })
      .withDefaultLink({ latencyMs: 0.2 }),
  )
  .running(
    aNetwork()
      .withLayer('stem', { cpu: 4, gpu: 2, npu: 1 })
      .withLayer('left', { cpu: 3, gpu: 4, npu: 2 }, { dependencies: ['stem'] })
      .withLayer('right', { cpu: 5, gpu: 2, npu: 3 }, { dependencies: ['stem'] })
      .withLayer('softmax', { cpu: 1, gpu: 2 }, { dependencies: ['left', 'right'] }),
  )
  .build();
const all = search(scenario, 'exhaustive', { batchSize: 100 });

test('sees every schedule there is, each once, NPU first in front', () => {
  expect(all.run.evaluations).toBe(768);
  expect(new Set(all.chromosomes.map(({ genes }) => genes.join())).size).toBe(768);
  expect(all.generations.map(({ evaluations }) => evaluations)).toEqual([100, 200, 300, 400, 500, 600, 700, 768]);
  expect(all.run.plannedGenerations).toBe(8);
  expect(all.chromosomes[0]!.genes).toEqual(search(scenario, 'npu_first').run.best!.genes);
  expect(all.run.stopReason).toBe('exhausted');
});

describe('its best is the optimum', () => {
  test('no chromosome is better, and the best of a generation never gets worse', () => {
    expect(all.run.best!.fitness).toBe(Math.max(...all.chromosomes.map(({ fitness }) => fitness)));
    for (let i = 1; i < all.generations.length; i++)
      expect(all.generations[i]!.bestFitness).toBeGreaterThanOrEqual(all.generations[i - 1]!.bestFitness);
  });

  test.each(ownSchedulers.map(({ id }) => id))('%s finds nothing better', (id) => {
    const weights = { throughput: 1, energy: 0.5, latency: 0.5, penalty: 2 };
    expect(search(scenario, id, { weights }).run.best!.fitness).toBeLessThanOrEqual(all.run.best!.fitness);
  });

  test.each(['ga', 'hill_climb'])('%s finds it', (id) => {
    expect(search(scenario, id).run.best!.fitness).toBe(all.run.best!.fitness);
  });
});

test('a run that reaches maxSchedules does not claim to have seen them all', () => {
  const { run } = search(scenario, 'exhaustive', { maxSchedules: 250, batchSize: 100 });
  expect(run.evaluations).toBe(250);
  expect(run.plannedGenerations).toBe(3);
  expect(run.stopReason).toBe('generations');
});

test('a single schedule is all there is without a choice', () => {
  const { run } = search(
    aScenario()
      .running(aNetwork().withChain(3, { cpu: 1 }))
      .build(),
    'exhaustive',
  );
  expect(run.evaluations).toBe(1);
  expect(run.stopReason).toBe('exhausted');
});
