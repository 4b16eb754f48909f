/** PRISM's hill climbing: what it flips, what it keeps, when it stops. */
import { describe, expect, test } from 'vitest';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createRun } from '#main/engine/run-search.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

function climb(scenario: ResolvedScenario, options: Record<string, unknown> = {}, seed = 1) {
  const run = createRun(scenario, { scheduler: 'prism', seed, options });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations, chromosomes: generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)) };
}

/** Pools of CPUs, a GPU and an NPU; a fork, a join, and a layer that only the CPUs run. */
const pooled = aScenario()
  .on(aPlatform().withCores(2, { dispatch: 'pooled' }).withGpu().withNpu())
  .running(
    aNetwork()
      .withLayer('stem', { cpu: 4, gpu: 2, npu: 1 })
      .withLayer('left', { cpu: 3, gpu: 4, npu: 2 }, { dependencies: ['stem'] })
      .withLayer('right', { cpu: 5, gpu: 2, npu: 3 }, { dependencies: ['stem'] })
      .withLayer('softmax', { cpu: 1 }, { dependencies: ['left', 'right'] }),
    { instances: 3 },
  );
const allOnCpu = { 'a/stem': 'cpu', 'a/left': 'cpu', 'a/right': 'cpu', 'a/softmax': 'cpu' };

test('tries each operation on each other type of unit that can run it, in order', () => {
  const { chromosomes } = climb(pooled.build(), { start: 'mapping', initialMapping: allOnCpu, maxPasses: 1 });
  const tried = chromosomes.slice(1).map(({ mutatedLoci, genes }) => `${mutatedLoci[0]}:${genes[mutatedLoci[0]!]}`);
  // stem, left and right each on the GPU (1) and the NPU (2), softmax nowhere else
  expect(tried).toEqual(['0:1', '0:2', '1:1', '1:2', '2:1', '2:2']);
});

test('ends where no single flip is strictly better', () => {
  const { run } = climb(pooled.build(), { start: 'mapping', initialMapping: allOnCpu });
  const evaluator = createEvaluator(run.problem);
  const best = run.best!;
  for (let locus = 0; locus < best.genes.length; locus++) {
    for (const allele of run.problem.layout.loci[locus]!.alleles) {
      const neighbour = best.genes.slice();
      neighbour[locus] = allele;
      expect(evaluator.evaluate(neighbour)[0]).toBeGreaterThanOrEqual(best.metrics[0]!);
    }
  }
  expect(run.stopReason).toBe('exhausted');
});

test('the incumbent never gets worse, and what is only as good does not replace it', () => {
  const { generations } = climb(pooled.build(), { start: 'random' }, 5);
  for (let i = 1; i < generations.length; i++) {
    const [before, after] = [generations[i - 1]!, generations[i]!];
    expect(after.bestFitness).toBeGreaterThanOrEqual(before.bestFitness);
    expect(after.bestId === before.bestId).toBe(after.bestFitness === before.bestFitness);
  }
});

test('scores one mapping per generation and plans for all passes', () => {
  const { run, generations } = climb(pooled.build(), { start: 'npu_first', maxPasses: 7 });
  expect(generations.map(({ evaluations }) => evaluations)).toEqual(generations.map((_, index) => index + 1));
  expect(run.plannedGenerations).toBe(1 + 7 * 6);
});

test('stops after the passes it may make', () => {
  const { run, generations } = climb(pooled.build(), { start: 'mapping', initialMapping: allOnCpu, maxPasses: 1 });
  expect(generations).toHaveLength(7);
  expect(run.stopReason).toBe('generations');
});

test('with nothing to flip it scores the start and is done', () => {
  const { run, generations } = climb(
    aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(3, { cpu: 1 }))
      .build(),
  );
  expect(generations).toHaveLength(1);
  expect(run.plannedGenerations).toBe(1);
  expect(run.stopReason).toBe('exhausted');
});

test('minimises the makespan, whatever the energy', () => {
  const { run } = climb(aSmallScenario().build(), { start: 'npu_first' });
  expect(run.best!.metrics[0]).toBeLessThanOrEqual(run.reference.makespanMs);
});

describe('a start that cannot be', () => {
  test('mapping without a mapping is refused at the option', () => {
    expect(() => climb(pooled.build(), { start: 'mapping' })).toThrow(
      expect.objectContaining({ code: 'scheduler.invalid', path: ['options', 'initialMapping'] }),
    );
  });

  test('a mapping that does not fit the scenario is refused at its entry', () => {
    const initialMapping = { ...allOnCpu, 'a/softmax': 'gpu' };
    expect(() => climb(pooled.build(), { start: 'mapping', initialMapping })).toThrow(
      expect.objectContaining({ code: 'mapping.invalid', path: ['a/softmax'] }),
    );
  });
});
