/** The genetic algorithm and its baselines as schedulers: elitism, stopping, seeding, and who wins. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { createRun, type SearchRun } from '#main/engine/run-search.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { heuristicGenomes } from '#main/engine/heuristics.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

let scenario: ResolvedScenario;
beforeAll(() => {
  scenario = aSmallScenario().build();
});

function runGa(options: Record<string, unknown>, seed = 1): { run: SearchRun; generations: GenerationRecord[] } {
  const run = createRun(scenario, {
    scheduler: 'ga',
    seed,
    options: { populationSize: 20, generations: 30, ...options },
  });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations };
}

describe('elitism', () => {
  test.each([1, 2, 3, 4, 5])('the best never gets worse, seed %d', (seed) => {
    const best = runGa({ eliteSize: 1, mutatedGenes: 5 }, seed).generations.map(({ bestFitness }) => bestFitness);
    for (let i = 1; i < best.length; i++) expect(best[i]).toBeGreaterThanOrEqual(best[i - 1]!);
    expect(best.at(-1)).toBeGreaterThan(best[0]!);
  });

  test('carries the elite over without scoring it again', () => {
    const { generations } = runGa({ eliteSize: 5 });
    expect(generations[1]!.evaluations - generations[0]!.evaluations).toBe(15);
    const fitness = new Map(
      generations.flatMap(({ newChromosomes }) =>
        recordsOf(newChromosomes).map((chromosome) => [chromosome.id, chromosome.fitness]),
      ),
    );
    for (let i = 1; i < generations.length; i++) {
      for (const id of generations[i - 1]!.members.slice(0, 5)) expect([...generations[i]!.members]).toContain(id);
      const ranked = [...generations[i]!.members].map((id) => fitness.get(id)!);
      expect(ranked).toEqual([...ranked].sort((a, b) => b - a));
    }
  });

  test('without an elite the run still remembers the best it ever saw', () => {
    const { run, generations } = runGa({ eliteSize: 0, mutatedGenes: 8 });
    expect(run.best?.fitness).toBe(Math.max(...generations.map(({ bestFitness }) => bestFitness)));
    expect(
      generations.some(
        (generation, index) => index > 0 && generation.bestFitness < generations[index - 1]!.bestFitness,
      ),
    ).toBe(true);
  });
});

describe('stopping', () => {
  test('stops after the planned generations', () => {
    const { run, generations } = runGa({ generations: 7 });
    expect(generations).toHaveLength(7);
    expect(run.plannedGenerations).toBe(7);
    expect(run.stopReason).toBe('generations');
    expect(run.step()).toBeUndefined();
  });

  test('stops when the best has not improved for stagnationLimit generations', () => {
    const { run, generations } = runGa({ generations: 5000, stagnationLimit: 6 });
    expect(run.stopReason).toBe('stagnation');
    const best = generations.map(({ bestFitness }) => bestFitness);
    const improvements = best.flatMap((value, index) => (index === 0 || value > best[index - 1]! ? [index] : []));
    expect(improvements.length).toBeGreaterThan(2);
    for (let i = 1; i < improvements.length; i++)
      expect(improvements[i]! - improvements[i - 1]!).toBeLessThanOrEqual(6);
    expect(generations).toHaveLength(improvements.at(-1)! + 1 + 6);
  });
});

describe('seeding', () => {
  test('starts from the NPU-first and greedy schedules when told to, so it is never worse than NPU first', () => {
    const { run, generations } = runGa({ heuristicSeeding: true, generations: 1 });
    const seeds = recordsOf(generations[0]!.newChromosomes).filter(({ operator }) => operator === 'heuristic');
    expect(seeds[0]?.genes).toEqual(encodeAssignment(run.problem, npuFirstAssignment(run.problem)));
    expect(seeds.length).toBeGreaterThan(1);
    expect(run.best!.fitness).toBeGreaterThanOrEqual(seeds[0]!.fitness);
  });

  test('starts from random genomes only otherwise', () => {
    expect(
      new Set(recordsOf(runGa({ generations: 1 }).generations[0]!.newChromosomes).map(({ operator }) => operator)),
    ).toEqual(new Set(['random']));
  });

  test('heuristic genomes are distinct and propose admissible values only', () => {
    const { problem } = createRun(scenario, { scheduler: 'npu_first', seed: 1, options: {} });
    const genomes = heuristicGenomes(problem);
    expect(new Set(genomes.map((genes) => genes.join())).size).toBe(genomes.length);
    for (const genes of genomes)
      genes.forEach((gene, locus) => expect([...problem.layout.loci[locus]!.alleles]).toContain(gene));
  });
});

describe('lineage', () => {
  test('says by which operator each genome was made, from whom, and where it was mutated', () => {
    const { generations } = runGa({ mutationRate: 0.7 });
    const genes = new Map(
      generations.flatMap(({ newChromosomes }) =>
        recordsOf(newChromosomes).map((chromosome) => [chromosome.id, chromosome.genes]),
      ),
    );
    const made = generations.slice(1).flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
    expect(new Set(made.map(({ operator }) => operator))).toEqual(
      new Set(['crossover', 'mutation', 'crossover+mutation']),
    );
    for (const child of made) {
      expect(child.mutatedLoci.length > 0).toBe(child.operator.includes('mutation'));
      expect(child.parents).toHaveLength(child.operator.includes('crossover') ? 2 : 1);
      const inherited = (gene: number, locus: number) =>
        child.parents.some((parent) => genes.get(parent)![locus] === gene);
      expect([...child.genes].every((gene, locus) => inherited(gene, locus) || child.mutatedLoci.includes(locus))).toBe(
        true,
      );
    }
  });

  test('mutates as many of the new genomes, and as many of their genes, as it is told', () => {
    const { run, generations } = runGa({
      populationSize: 200,
      generations: 6,
      eliteSize: 0,
      crossoverRate: 1,
      mutationRate: 0.6,
      mutatedGenes: 4,
    });
    const made = generations.slice(1).flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
    const mutated = made.filter(({ mutatedLoci }) => mutatedLoci.length > 0);
    const genes = mutated.reduce((sum, { mutatedLoci }) => sum + mutatedLoci.length, 0);
    expect(run.problem.layout.length).toBeGreaterThan(10);
    expect(mutated.length / made.length).toBeGreaterThan(0.5);
    expect(mutated.length / made.length).toBeLessThan(0.7);
    expect(genes / mutated.length).toBeGreaterThan(3.6);
    expect(genes / mutated.length).toBeLessThan(4.5);
  });

  test('without crossover and mutation nothing new appears', () => {
    const { generations } = runGa({ crossoverRate: 0, mutationRate: 0 });
    expect(generations.slice(1).every(({ newChromosomes }) => recordsOf(newChromosomes).length === 0)).toBe(true);
  });
});
