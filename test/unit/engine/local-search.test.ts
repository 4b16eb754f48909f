/** The memetic step of ga and nsga2: when it takes place, what it tries, that it never makes the best worse, and that it can be interrupted. */
import { describe, expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createRun, restoreRun } from '#main/engine/run-search.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const scenario = aSmallScenario().build();

function generationsOf(scheduler: string, localSearch: object): GenerationRecord[] {
  const run = createRun(scenario, { scheduler, seed: 3, options: { populationSize: 12, generations: 9, localSearch } });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

describe.each([
  ['ga', 10],
  ['nsga2', 12],
])('%s', (scheduler, offspring) => {
  test('every third generation tries so many neighbours of so many of the best', () => {
    const generations = generationsOf(scheduler, { best: 2, every: 3, neighbours: 5 });
    const tried = generations.map(({ evaluations }, index) => evaluations - (generations[index - 1]?.evaluations ?? 0));
    expect(tried).toEqual([
      12,
      offspring,
      offspring + 10,
      offspring,
      offspring,
      offspring + 10,
      offspring,
      offspring,
      offspring + 10,
    ]);
    expect(generations.every(({ members }) => members.length === 12)).toBe(true);
  });

  test('a neighbour differs in one gene from its parent and is recorded as local search', () => {
    const chromosomes = generationsOf(scheduler, { best: 2, every: 2, neighbours: 5 }).flatMap(({ newChromosomes }) =>
      recordsOf(newChromosomes),
    );
    const neighbours = chromosomes.filter(({ operator }) => operator === 'local_search');
    expect(neighbours.length).toBeGreaterThan(0);
    for (const { genes, parents, mutatedLoci } of neighbours) {
      const parent = chromosomes[parents[0]!]!;
      expect([...genes.keys()].filter((locus) => genes[locus] !== parent.genes[locus])).toEqual(mutatedLoci);
      expect(mutatedLoci).toHaveLength(1);
    }
  });

  test('with run moves a neighbour often differs in several genes, and a run goes on after an interruption alike', () => {
    const localSearch = { best: 3, every: 2, neighbours: 8, runMoves: true };
    const whole = generationsOf(scheduler, localSearch);
    const chromosomes = whole.flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
    const neighbours = chromosomes.filter(({ operator }) => operator === 'local_search');
    for (const { genes, parents, mutatedLoci } of neighbours) {
      const parent = chromosomes[parents[0]!]!;
      expect([...genes.keys()].filter((locus) => genes[locus] !== parent.genes[locus])).toEqual(mutatedLoci);
    }
    expect(neighbours.filter(({ mutatedLoci }) => mutatedLoci.length > 1).length).toBeGreaterThan(5);
    const configuration = { scheduler, seed: 3, options: { populationSize: 12, generations: 9, localSearch } };
    const first = createRun(scenario, configuration);
    for (let index = 0; index < 4; index++) first.step();
    const second = restoreRun(scenario, configuration, first.saveState(), chromosomes);
    for (const generation of whole.slice(4)) expect(second.step()).toEqual(generation);
  });

  test('without it no generation is another', () => {
    expect(generationsOf(scheduler, { best: 0, every: 1, neighbours: 50 })).toEqual(generationsOf(scheduler, {}));
  });

  test('continues alike after an interruption at any generation', () => {
    const localSearch = { best: 3, every: 2, neighbours: 4 };
    const whole = generationsOf(scheduler, localSearch);
    const configuration = { scheduler, seed: 3, options: { populationSize: 12, generations: 9, localSearch } };
    for (let after = 1; after < whole.length; after++) {
      const first = createRun(scenario, configuration);
      for (let i = 0; i < after; i++) first.step();
      const second = restoreRun(
        scenario,
        configuration,
        first.saveState(),
        whole.slice(0, after).flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
      );
      for (const generation of whole.slice(after)) expect(second.step()).toEqual(generation);
    }
  });
});

test('ga: the neighbour takes the place of its parent only where it is fitter', () => {
  const generations = generationsOf('ga', { best: 12, every: 1, neighbours: 6 });
  for (let i = 1; i < generations.length; i++)
    expect(generations[i]!.bestFitness).toBeGreaterThanOrEqual(generations[i - 1]!.bestFitness);
  expect(generations.at(-1)!.bestFitness).toBeGreaterThan(generationsOf('ga', {}).at(-1)!.bestFitness);
});
