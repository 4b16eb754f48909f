/** Annealing: what a generation is, what a walk accepts, how the last walk refines, and that it continues after an interruption. */
import { describe, expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';

const scenario = aSmallScenario().build();
const short = { generations: 24, moves: 7, walks: 3 };

function search(options: Record<string, unknown> = {}, seed = 1): { run: SearchRun; generations: GenerationRecord[] } {
  const run = createRun(scenario, { scheduler: 'annealing', seed, options: { ...short, ...options } }, { createEvaluator: createKernel });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations };
}

test('a walk has its start, then generations of as many moves as asked for, each with where it stood in front', () => {
  const { run, generations } = search();
  // Three walks of 8 generations; the last one has no start of its own.
  expect(generations.map(({ members }) => members.length)).toEqual([1, ...Array(7).fill(8), 1, ...Array(7).fill(8), ...Array(8).fill(8)]);
  expect(run.evaluations).toBe(2 + (7 + 7 + 8) * 7);
  expect(run.stopReason).toBe('generations');
});

test('every move changes one gene, or exchanges two priorities, of where the walk stands', () => {
  const { run, generations } = search();
  const chromosomes = generations.flatMap(({ newChromosomes }) => newChromosomes);
  const { priorityOffset } = run.problem.layout;
  expect(priorityOffset).toBeDefined();
  for (const { genes, parents, mutatedLoci, operator } of chromosomes.filter(({ id }) => id !== generations[0]!.bestId && generations[8]!.members[0] !== id)) {
    const [parent] = parents.map((id) => chromosomes[id]!.genes);
    const changed = [...genes.keys()].filter((locus) => genes[locus] !== parent![locus]);
    expect(operator).toBe('local_search');
    expect(mutatedLoci).toEqual(changed);
    expect(changed.length === 1 || (changed.length === 2 && changed.every((locus) => locus >= priorityOffset!))).toBe(true);
  }
});

test('the last walk begins at the best schedule so far', () => {
  const { generations } = search();
  const before = generations.slice(0, 16).reduce((best, generation) => (generation.bestFitness > best.bestFitness ? generation : best));
  expect(generations[16]!.members[0]).toBe(before.bestId);
});

test('with a threshold that is next to nothing, where it stands never gets worse within a walk', () => {
  const { generations } = search({ initialThreshold: 1e-12, walks: 1 });
  const fitness = new Map(generations.flatMap(({ newChromosomes }) => newChromosomes.map((chromosome) => [chromosome.id, chromosome.fitness] as const)));
  const stood = generations.map(({ members }) => fitness.get(members[0]!)!);
  for (let i = 1; i < stood.length; i++) expect(stood[i]!).toBeGreaterThanOrEqual(stood[i - 1]! - 1e-9);
});

test('a large threshold lets it get worse', () => {
  const { generations } = search({ initialThreshold: 100, walks: 1 });
  const fitness = new Map(generations.flatMap(({ newChromosomes }) => newChromosomes.map((chromosome) => [chromosome.id, chromosome.fitness] as const)));
  const stood = generations.map(({ members }) => fitness.get(members[0]!)!);
  expect(stood.some((value, index) => index > 0 && value < stood[index - 1]! - 0.01)).toBe(true);
});

test('starts with the NPU-first mapping on request, or anywhere', () => {
  const npuFirst = search().generations[0]!.newChromosomes[0]!;
  const other = search({}, 2).generations[0]!.newChromosomes[0]!;
  const { mappingOffset, priorityOffset } = search().run.problem.layout;
  expect(npuFirst.genes.slice(mappingOffset, priorityOffset)).toEqual(other.genes.slice(mappingOffset, priorityOffset));
  expect(npuFirst.genes.slice(priorityOffset)).not.toEqual(other.genes.slice(priorityOffset));
  const random = search({ start: 'random' }).generations[0]!.newChromosomes[0]!;
  expect(random.operator).toBe('random');
});

describe('an interrupted run', () => {
  test.each([1, 2, 8, 9, 15, 16, 17, 23])('continues as if nothing had happened after generation %d', (after) => {
    const configuration = { scheduler: 'annealing', seed: 1, options: short };
    const whole = search().generations;
    const first = createRun(scenario, configuration);
    const before = whole.slice(0, after).map(() => first.step()!);
    const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
    const second = restoreRun(scenario, configuration, state, before.flatMap(({ newChromosomes }) => newChromosomes));
    for (const generation of whole.slice(after)) expect(second.step()).toEqual(generation);
    expect(second.step()).toBeUndefined();
  });
});

test('is exhausted at once where there is nothing to decide', () => {
  const run = createRun(aScenario().on(aPlatform()).running(aNetwork().withLayer('only', { cpu: 1 })).build(), { scheduler: 'annealing', seed: 1, options: { genes: { priorities: false } } });
  expect(run.step()?.members).toHaveLength(1);
  expect(run.step()).toBeUndefined();
  expect(run.stopReason).toBe('exhausted');
});
