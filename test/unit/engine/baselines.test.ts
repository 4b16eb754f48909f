/** The rules of the constructed baselines and of hill climbing on scenarios worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createRun } from '#main/engine/run-search.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

function searched(scenario: ResolvedScenario, scheduler: string, options: Record<string, unknown> = {}, seed = 1) {
  const run = createRun(scenario, { scheduler, seed, options });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations };
}

/** Processing elements by layer of each schedule of the only generation. */
function mappingsOf(
  scenario: ResolvedScenario,
  scheduler: string,
  options: Record<string, unknown> = {},
): Record<string, string>[] {
  const { run, generations } = searched(scenario, scheduler, options);
  expect(generations).toHaveLength(1);
  return recordsOf(generations[0]!.newChromosomes).map(
    ({ genes, fitness }) => describeSolution(run.problem, genes, fitness).mapping,
  );
}

const board = aPlatform().withCores(2).withGpu().withNpu();

describe('npu_only', () => {
  test('uses the NPU, and for the rest the CPU cores in turn, though the GPU is faster', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 9, gpu: 1, npu: 5 })
      .withLayer('y', { cpu: 4, gpu: 1 })
      .withLayer('z', { cpu: 4, gpu: 1 });
    expect(mappingsOf(aScenario().on(board).running(network).build(), 'npu_only')).toEqual([
      { 'a/x': 'npu', 'a/y': 'cpu:0', 'a/z': 'cpu:1' },
    ]);
  });

  test('leaves what neither runs to the GPU', () => {
    expect(
      mappingsOf(
        aScenario()
          .on(board)
          .running(aNetwork().withLayer('x', { gpu: 2 }))
          .build(),
        'npu_only',
      ),
    ).toEqual([{ 'a/x': 'gpu' }]);
  });
});

describe('static_type', () => {
  test('gives a type the processor with the least total time for it, even where another is faster for one layer', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 9, gpu: 2, npu: 5 })
      .withLayer('y', { cpu: 9, gpu: 8, npu: 2 })
      .withLayer('z', { cpu: 1, gpu: 5 }, { op: 'Softmax' });
    expect(mappingsOf(aScenario().on(board).running(network).build(), 'static_type')).toEqual([
      { 'a/x': 'npu', 'a/y': 'npu', 'a/z': 'cpu:0' },
    ]);
  });

  test('prefers a processor that runs all layers of the type to a faster one that runs some', () => {
    const network = aNetwork().withLayer('x', { cpu: 9, npu: 1 }).withLayer('y', { cpu: 9 });
    expect(mappingsOf(aScenario().on(board).running(network).build(), 'static_type')).toEqual([
      { 'a/x': 'cpu:0', 'a/y': 'cpu:1' },
    ]);
  });
});

describe('best_mapping', () => {
  test('layer by layer: the fastest element until the work there makes another one finish earlier', () => {
    const network = aNetwork()
      .withLayer('x', { gpu: 4, npu: 3 })
      .withLayer('y', { gpu: 4, npu: 3 })
      .withLayer('z', { gpu: 4, npu: 3 });
    expect(
      mappingsOf(aScenario().on(board).running(network).build(), 'best_mapping', { granularity: 'layer' }),
    ).toEqual([{ 'a/x': 'npu', 'a/y': 'gpu', 'a/z': 'npu' }]);
  });

  test('counts the instances of an application as work', () => {
    const network = aNetwork().withLayer('x', { gpu: 5, npu: 3 });
    const scenario = aScenario().on(board).running(network, { instances: 3 }).running(network).build();
    expect(mappingsOf(scenario, 'best_mapping', { granularity: 'layer' })).toEqual([{ 'a/x': 'npu', 'b/x': 'gpu' }]);
  });

  test('whole applications: the largest first, each in one piece but for what cannot run there', () => {
    const small = aNetwork('small').withLayer('x', { gpu: 3, npu: 2 });
    const large = aNetwork('large').withLayer('x', { gpu: 8, npu: 5 }).withLayer('y', { cpu: 1 });
    const scenario = aScenario().on(board).running(small).running(large).build();
    expect(mappingsOf(scenario, 'best_mapping', { granularity: 'application' })).toEqual([
      { 'a/x': 'gpu', 'b/x': 'npu', 'b/y': 'cpu:0' },
    ]);
  });

  test('shows both kinds by default, once where they agree', () => {
    const one = aNetwork().withLayer('x', { gpu: 2, npu: 1 });
    expect(mappingsOf(aScenario().on(board).running(one).build(), 'best_mapping')).toHaveLength(1);
    const two = aNetwork().withChain(4, { gpu: 2, npu: 2 });
    expect(mappingsOf(aScenario().on(board).running(two).build(), 'best_mapping')).toHaveLength(2);
  });
});

describe('heft and peft as schedulers', () => {
  test.each(['heft', 'peft'])('%s: its mapping is simulated under the rules of every other', (scheduler) => {
    const { run, generations } = searched(aSmallScenario().build(), scheduler);
    expect(generations).toHaveLength(1);
    expect(run.evaluations).toBe(1);
    expect(run.best!.metrics[0]).toBeLessThanOrEqual(run.reference.makespanMs);
  });
});

describe('hill_climb', () => {
  const options = { generations: 60, neighbours: 10, patience: 4 };

  test('proposes changes of one gene of where it stands, and never steps to anything that is not better', () => {
    const { run, generations } = searched(aSmallScenario().build(), 'hill_climb', options);
    const genes = new Map(
      generations.flatMap(({ newChromosomes }) =>
        recordsOf(newChromosomes).map((chromosome) => [chromosome.id, chromosome] as const),
      ),
    );
    const climbing = generations.filter(({ members }) => members.length > 1);
    expect(climbing.length).toBeGreaterThan(0);
    for (const { members } of climbing) {
      const [standing, ...neighbours] = [...members].map((id) => genes.get(id)!);
      for (const neighbour of neighbours)
        expect(neighbour.genes.filter((gene, locus) => gene !== standing!.genes[locus])).toHaveLength(1);
    }
    for (let i = 1; i < climbing.length; i++) {
      const sameClimb = climbing[i]!.index === climbing[i - 1]!.index + 1;
      const [before, after] = [climbing[i - 1]!.members[0]!, climbing[i]!.members[0]!].map(
        (id) => genes.get(id)!.fitness,
      );
      expect(sameClimb && after! < before!).toBe(false);
    }
    expect(run.stopReason).toBe('generations');
  });

  test('starts over from another schedule after `patience` generations without improvement', () => {
    const { generations } = searched(
      aScenario()
        .on(board)
        .running(aNetwork().withLayer('x', { gpu: 2, npu: 1 }))
        .build(),
      'hill_climb',
      options,
    );
    const starts = generations.filter(({ members }) => members.length === 1).map(({ index }) => index);
    expect(starts.length).toBeGreaterThan(2);
    for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeGreaterThan(options.patience);
  });

  test('starts from NPU first when told to', () => {
    const { run, generations } = searched(aSmallScenario().build(), 'hill_climb', {
      ...options,
      heuristicSeeding: true,
    });
    expect(generations[0]!.bestMetrics[0]).toBe(run.reference.makespanMs);
    expect(run.best!.fitness).toBeGreaterThanOrEqual(generations[0]!.bestFitness);
  });

  test('ends at once where there is nothing to choose', () => {
    const { run, generations } = searched(
      aScenario()
        .running(aNetwork().withChain(3, { cpu: 1 }))
        .build(),
      'hill_climb',
      options,
    );
    expect(generations).toHaveLength(1);
    expect(run.stopReason).toBe('exhausted');
  });
});
