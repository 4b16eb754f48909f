/** Spaces that are not scheduling: the schedulers that need genes only search a toy, and continue in it after an interruption. */
import { describe, expect, test } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import { searchSpace } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, spaceSchedulers } from '#main/engine/schedulers/index.ts';
import type { SearchSpace } from '#main/engine/search-space.ts';
import type { SpaceRun } from '#main/engine/space-run.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';

const LOCI = 12;
const THREE = 0;
const ZERO = 1;

/** One-max with the alleles 0 … 3: the best genome is 3 everywhere. As two objectives: many threes against many zeros. */
const oneMax: SearchSpace = {
  layout: {
    length: LOCI,
    segments: [{ name: 'digit', offset: 0, length: LOCI }],
    loci: Array.from({ length: LOCI }, () => ({
      segment: 'digit',
      cardinality: 4,
      alleles: Uint8Array.of(0, 1, 2, 3),
    })),
  },
  metricCount: 2,
  seeds: () => [new Uint8Array(LOCI).fill(1), new Uint8Array(LOCI).fill(2)],
  fitnessOf: (metrics) => metrics[THREE]!,
  objectives: () => ({
    judge: (chromosome) => ({
      chromosome,
      objectives: [-chromosome.metrics[THREE]!, -chromosome.metrics[ZERO]!],
      violation: 0,
    }),
    hypervolume: (front) =>
      hypervolume(
        front.map(({ objectives }) => Array.from(objectives)),
        [0, 0],
      ),
  }),
};

const count = (genes: Uint8Array, wanted: number): number => genes.filter((gene) => gene === wanted).length;
const counting: Evaluator = { evaluate: (genes) => Float64Array.of(count(genes, 3), count(genes, 0)) };

const small = { populationSize: 30, generations: 80, neighbours: 40, moves: 40, mutationRate: 0.9 };

/** A configuration of `scheduler` that takes the options of `small` it knows. */
function configurationOf(scheduler: string, options: Record<string, unknown> = {}): SchedulerConfiguration {
  const known = parseOptions(findScheduler(scheduler), {});
  const own = Object.fromEntries(Object.entries(small).filter(([name]) => name in known));
  return { scheduler, seed: 7, options: { ...own, ...options } };
}

function generationsOf(run: SpaceRun): GenerationRecord[] {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

const chromosomesOf = (generations: readonly GenerationRecord[]): ChromosomeRecord[] =>
  generations.flatMap((generation) => recordsOf(generation.newChromosomes));

const ids = spaceSchedulers.map(({ id }) => id);

test('five schedulers search any space', () => {
  expect(ids).toEqual(['ga', 'nsga2', 'annealing', 'hill_climb', 'random']);
});

describe.each(ids)('one-max with four alleles, searched by %s', (id) => {
  test('gives chromosomes with the scores and the fitness of the space', () => {
    const run = searchSpace(oneMax, configurationOf(id), counting);
    const chromosomes = chromosomesOf(generationsOf(run));
    expect(chromosomes.length).toBeGreaterThan(100);
    for (const { genes, metrics, fitness } of chromosomes) {
      expect(metrics).toEqual(counting.evaluate(genes));
      expect(fitness).toBe(count(genes, 3));
    }
    expect(run.best!.fitness).toBe(Math.max(...chromosomes.map(({ fitness }) => fitness)));
  });

  test('goes on after an interruption as if there had been none', () => {
    const configuration = configurationOf(id, { generations: 6 });
    const whole = generationsOf(searchSpace(oneMax, configuration, counting));
    const first = searchSpace(oneMax, configuration, counting);
    const before = [first.step()!, first.step()!, first.step()!];
    const second = searchSpace(oneMax, configuration, counting, {
      state: first.saveState(),
      chromosomes: chromosomesOf(before),
    });
    expect([...before, ...generationsOf(second)]).toEqual(whole);
  });
});

test.each(ids.filter((id) => id !== 'random'))('one-max with four alleles is solved by %s', (id) => {
  const run = searchSpace(oneMax, configurationOf(id, { generations: 200 }), counting);
  generationsOf(run);
  expect([...run.best!.genes]).toEqual(Array.from({ length: LOCI }, () => 3));
  expect(run.best!.fitness).toBe(LOCI);
});

test('NSGA-II finds every trade-off between threes and zeros', () => {
  const run = searchSpace(oneMax, configurationOf('nsga2', { generations: 200 }), counting);
  const last = generationsOf(run).at(-1);
  const points = run.front!.map(({ genes }) => [count(genes, 3), count(genes, 0)]);
  expect(points.toSorted((a, b) => a[0]! - b[0]!)).toEqual(
    Array.from({ length: LOCI + 1 }, (_, threes) => [threes, LOCI - threes]),
  );
  expect(last?.hypervolume).toBe((LOCI * (LOCI + 1)) / 2 - LOCI);
});

test.each(['ga', 'nsga2', 'hill_climb'])('%s begins with the seeds of the space on request', (id) => {
  const [first] = generationsOf(
    searchSpace(oneMax, configurationOf(id, { heuristicSeeding: true, generations: 30 }), counting),
  );
  const begun = recordsOf(first!.newChromosomes).find(({ operator }) => operator === 'heuristic');
  expect([...begun!.genes]).toEqual(Array.from({ length: LOCI }, () => 1));
});

test('annealing begins with the plainest seed, or says that there is none', () => {
  const [start] = generationsOf(searchSpace(oneMax, configurationOf('annealing', { generations: 1 }), counting));
  expect([...recordsOf(start!.newChromosomes)[0]!.genes]).toEqual(Array.from({ length: LOCI }, () => 1));
  const seedless = { ...oneMax, seeds: () => [] };
  expect(() => searchSpace(seedless, configurationOf('annealing'), counting).step()).toThrow(
    expect.objectContaining({ code: 'scheduler.invalid', hint: 'set start to "random"' }),
  );
  expect(searchSpace(seedless, configurationOf('annealing', { start: 'random' }), counting).step()).toBeDefined();
});

test('a scheduler that makes schedules is refused', () => {
  expect(() => searchSpace(oneMax, { scheduler: 'heft', seed: 1, options: {} }, counting)).toThrow(
    expect.objectContaining({
      code: 'scheduler.otherSpace',
      hint: 'use ga, nsga2, annealing, hill_climb, random',
    }),
  );
  expect(() => searchSpace(oneMax, { scheduler: 'gaa', seed: 1, options: {} }, counting)).toThrow(
    expect.objectContaining({ code: 'scheduler.unknown' }),
  );
});
