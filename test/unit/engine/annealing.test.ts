/** Annealing: what a generation is, how a walk changes a schedule and what it accepts, how near the optimum it gets, and that it goes on after an interruption. */
import { describe, expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Random } from '#main/engine/random.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { schedulingSpace } from '#main/engine/scheduling-space.ts';
import { annealing } from '#main/engine/schedulers/annealing.ts';
import { parseOptions } from '#main/engine/schedulers/index.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';
import { arabnejad, topcuoglu } from '#test/fixtures/published-graphs.ts';

const scenario = aSmallScenario().build();
const short = { generations: 24, moves: 7, walks: 3 };

/** 5 … 30 tasks of 1 … 50 ms on 2 … 5 processors, transfers of 0 … 60 ms. */
function randomGraph(seed: number): ResolvedScenario {
  const random = new Random(seed);
  const processors = Array.from({ length: 2 + random.nextInt(4) }, (_, index) => `p${index}`);
  const tasks = 5 + random.nextInt(26);
  let network = aNetwork();
  for (let task = 0; task < tasks; task++) {
    const times = Object.fromEntries(processors.map((id) => [id, 1 + random.nextInt(50)]));
    const producers = new Set(
      Array.from({ length: task === 0 ? 0 : 1 + random.nextInt(2) }, () => random.nextInt(task)),
    );
    const dependencies = [...producers]
      .sort((a, b) => a - b)
      .map((producer) => ({ layer: `t${producer}`, bytes: 1000 * random.nextInt(61) }));
    network = network.withLayer(`t${task}`, times, { dependencies });
  }
  return aScenario()
    .on(
      aPlatform()
        .with({ processors: processors.map((id) => ({ id, kind: 'cpu' })) })
        .withDefaultLink({ latencyMs: 0, bandwidthMBps: 1 }),
    )
    .running(network)
    .build();
}

function search(options: Record<string, unknown> = {}, seed = 1): { run: SearchRun; generations: GenerationRecord[] } {
  const run = createRun(
    scenario,
    { scheduler: 'annealing', seed, options: { ...short, ...options } },
    { createEvaluator: createKernel },
  );
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations };
}

test('a walk has its start, then generations of as many moves as asked for, each with where it stood in front', () => {
  const { run, generations } = search();
  // Three walks of 8 generations; the last one has no start of its own.
  expect(generations.map(({ members }) => members.length)).toEqual([
    1,
    ...Array(7).fill(8),
    1,
    ...Array(7).fill(8),
    ...Array(8).fill(8),
  ]);
  expect(run.evaluations).toBe(2 + (7 + 7 + 8) * 7);
  expect(run.stopReason).toBe('generations');
});

test('without run moves, every move changes one gene, or exchanges two priorities, of where the walk stands', () => {
  const { run, generations } = search({ runMoves: 0 });
  const chromosomes = generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
  const { priority: priorityOffset } = run.problem.layout.offsetOf;
  expect(priorityOffset).toBeDefined();
  for (const { genes, parents, mutatedLoci, operator } of chromosomes.filter(
    ({ id }) => id !== generations[0]!.bestId && generations[8]!.members[0] !== id,
  )) {
    const [parent] = parents.map((id) => chromosomes[id]!.genes);
    const changed = [...genes.keys()].filter((locus) => genes[locus] !== parent![locus]);
    expect(operator).toBe('local_search');
    expect(mutatedLoci).toEqual(changed);
    expect(changed.length === 1 || (changed.length === 2 && changed.every((locus) => locus >= priorityOffset!))).toBe(
      true,
    );
  }
});

test('the last walk begins at the best schedule so far', () => {
  const { generations } = search();
  const before = generations
    .slice(0, 16)
    .reduce((best, generation) => (generation.bestFitness > best.bestFitness ? generation : best));
  expect(generations[16]!.members[0]).toBe(before.bestId);
});

test('with run moves alone, layers that follow each other move together', () => {
  const { run, generations } = search({ runMoves: 1 });
  const chromosomes = generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
  const { mapping: mappingOffset, priority: priorityOffset } = run.problem.layout.offsetOf;
  const moved = chromosomes
    .filter(({ operator }) => operator === 'local_search')
    .map(({ mutatedLoci }) => mutatedLoci.filter((locus) => locus >= mappingOffset && locus < priorityOffset!).length);
  expect(moved.filter((layers) => layers > 1).length).toBeGreaterThan(10);
});

/** Fitness of where the walk stood at the beginning of each generation. */
function stoodAt(options: Record<string, unknown>): number[] {
  const { generations } = search(options);
  const fitness = new Map(
    generations.flatMap(({ newChromosomes }) =>
      recordsOf(newChromosomes).map((chromosome) => [chromosome.id, chromosome.fitness] as const),
    ),
  );
  return generations.map(({ members }) => fitness.get(members[0]!)!);
}

test('from a temperature that is next to nothing, where it stands never gets worse within a walk', () => {
  const stood = stoodAt({ initialThreshold: 1e-12, walks: 1 });
  for (let i = 1; i < stood.length; i++) expect(stood[i]!).toBeGreaterThanOrEqual(stood[i - 1]! - 1e-9);
});

test('from a high temperature, it gets worse', () => {
  const stood = stoodAt({ initialThreshold: 100, walks: 1 });
  expect(stood.some((value, index) => index > 0 && value < stood[index - 1]! - 0.01)).toBe(true);
});

test('of the changes for the worse a tenth is accepted at first, and hardly any in the end', () => {
  const [moves, generations] = [100, 101];
  const problem = compileProblem(scenario);
  const random = new Random(5);
  const losses = new Random(6);
  const walk = annealing.create(
    schedulingSpace(problem),
    parseOptions(annealing, { walks: 1, generations, moves }),
    random,
    createEvaluator(problem),
  );
  const accepted: number[] = [];
  let [proposal] = walk.ask();
  let fitness = 1;
  for (let id = 0; id <= (generations - 1) * moves; id++) {
    // All changes are for the worse, by 0 … 1 %.
    const candidate = {
      id,
      genes: proposal!.genes,
      fitness: fitness - losses.nextShare() / 100,
      metrics: new Float64Array(5),
    };
    walk.tell([candidate]);
    [proposal] = walk.ask();
    const isTaken = proposal!.parents[0] === id;
    if (isTaken) fitness = candidate.fitness;
    accepted.push(isTaken ? 1 : 0);
  }
  const shareOf = (from: number, to: number): number =>
    accepted.slice(from, to).reduce((sum, each) => sum + each, 0) / (to - from);
  expect(shareOf(1, 1001)).toBeGreaterThan(0.07);
  expect(shareOf(1, 1001)).toBeLessThan(0.13);
  expect(shareOf(9000, 10_000)).toBeLessThan(0.006);
});

describe.each([
  ['Topcuoglu et al. 2002', topcuoglu, 73],
  ['Arabnejad & Barbosa 2014', arabnejad, 113],
] as const)('the example of %s', (_, { scenario: published }, optimum) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('is solved with the defaults, seed %d', (seed) => {
    const run = createRun(published, { scheduler: 'annealing', seed, options: {} }, { createEvaluator: createKernel });
    while (run.step() !== undefined && run.best!.metrics[0]! > optimum);
    expect(run.best!.metrics[0]).toBe(optimum);
  });
});

test('with its defaults, stays within 2 % of what the automatic search finds on random graphs with expensive transfers', () => {
  const ratios = Array.from({ length: 6 }, (_, index) => {
    const graph = randomGraph(index + 1);
    const makespanOf = (scheduler: string, options: Record<string, unknown>): number => {
      const run = createRun(graph, { scheduler, seed: 1, options }, { createEvaluator: createKernel });
      while (run.step() !== undefined);
      return run.best!.metrics[0]!;
    };
    return makespanOf('annealing', {}) / makespanOf('auto', { generations: 6 });
  });
  expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThan(1.02);
});

test('starts with the NPU-first mapping on request, or anywhere', () => {
  const npuFirst = recordsOf(search().generations[0]!.newChromosomes)[0]!;
  const other = recordsOf(search({}, 2).generations[0]!.newChromosomes)[0]!;
  const { mapping: mappingOffset, priority: priorityOffset } = search().run.problem.layout.offsetOf;
  expect(npuFirst.genes.slice(mappingOffset, priorityOffset)).toEqual(other.genes.slice(mappingOffset, priorityOffset));
  expect(npuFirst.genes.slice(priorityOffset)).not.toEqual(other.genes.slice(priorityOffset));
  const random = recordsOf(search({ start: 'random' }).generations[0]!.newChromosomes)[0]!;
  expect(random.operator).toBe('random');
});

describe('an interrupted run', () => {
  test.each([1, 2, 8, 9, 15, 16, 17, 23])('continues as if nothing had happened after generation %d', (after) => {
    const configuration = { scheduler: 'annealing', seed: 1, options: short };
    const whole = search().generations;
    const first = createRun(scenario, configuration);
    const before = whole.slice(0, after).map(() => first.step()!);
    const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
    const second = restoreRun(
      scenario,
      configuration,
      state,
      before.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
    );
    for (const generation of whole.slice(after)) expect(second.step()).toEqual(generation);
    expect(second.step()).toBeUndefined();
  });
});

test('is exhausted at once where there is nothing to decide', () => {
  const run = createRun(
    aScenario()
      .on(aPlatform())
      .running(aNetwork().withLayer('only', { cpu: 1 }))
      .build(),
    { scheduler: 'annealing', seed: 1, options: { genes: { priorities: false } } },
  );
  expect(run.step()?.members).toHaveLength(1);
  expect(run.step()).toBeUndefined();
  expect(run.stopReason).toBe('exhausted');
});
