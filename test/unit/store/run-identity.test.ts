/** The two hashes by which runs and their results are compared across machines. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import type { ArchivedChromosome } from '#main/store/archive-repository.ts';
import type { GenerationRow } from '#main/store/row-columns.ts';
import { canonicalJson, resultHash, runKey } from '#main/store/run-identity.ts';

const recipe = {
  engineVersion: '7',
  scenario: { name: 'a', platform: { cores: [1, 2] } },
  configuration: { scheduler: 'ga', seed: 1, options: {} },
};

const generation: GenerationRow = {
  elapsedMs: 12,
  evaluations: 40,
  bestFitness: 0.25,
  meanFitness: 0.125,
  worstFitness: 0.0625,
  stdFitness: 0.5,
  bestId: 3,
  distinctGenomes: 20,
  meanEntropy: 0.75,
  bestMetrics: Uint8Array.of(1, 2),
  hypervolume: null,
  mutationCounts: Uint8Array.of(),
  members: Uint8Array.of(3, 4),
};
const chromosome: ArchivedChromosome = {
  born: 0,
  operator: 1,
  fitness: 0.25,
  metrics: Uint8Array.of(1),
  parents: Uint8Array.of(2),
  mutatedLoci: Uint8Array.of(3),
  genes: Uint8Array.of(4),
};

describe('the key of a run', () => {
  it('does not depend on the order of keys', () => {
    const other = { ...recipe, scenario: { platform: { cores: [1, 2] }, name: 'a' } };
    expect(runKey(other)).toBe(runKey(recipe));
  });

  it.each([
    ['the engine', { ...recipe, engineVersion: '8' }],
    ['the scenario', { ...recipe, scenario: { ...recipe.scenario, name: 'b' } }],
    ['the order of a list', { ...recipe, scenario: { ...recipe.scenario, platform: { cores: [2, 1] } } }],
    ['the seed', { ...recipe, configuration: { ...recipe.configuration, seed: 2 } }],
  ])('is another one for another one of %s', (_, other) => expect(runKey(other)).not.toBe(runKey(recipe)));

  it('is the same for what JSON carries from one machine to another', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the hash of a result', () => {
  const of = (
    generations: readonly GenerationRow[],
    chromosomes: readonly ArchivedChromosome[] = [chromosome],
  ): string => resultHash({ generations: [generations], chromosomes: [chromosomes] });

  it('leaves out the time that generations took', () =>
    expect(of([{ ...generation, elapsedMs: 99 }])).toBe(of([generation])));

  it('is the same however the rows are divided', () =>
    expect(resultHash({ generations: [[generation], [generation]], chromosomes: [[], [chromosome]] })).toBe(
      of([generation, generation]),
    ));

  it.each(Object.keys(generation).filter((field) => field !== 'elapsedMs'))('covers %s of a generation', (field) => {
    const value = generation[field as keyof GenerationRow];
    const changed = value instanceof Uint8Array ? Uint8Array.of(...value, 9) : Number(value ?? 1) + 1;
    expect(of([{ ...generation, [field]: changed }])).not.toBe(of([generation]));
  });

  it.each(Object.keys(chromosome))('covers %s of a chromosome', (field) => {
    const value = chromosome[field as keyof ArchivedChromosome];
    const changed = value instanceof Uint8Array ? Uint8Array.of(...value, 9) : Number(value) + 1;
    expect(of([generation], [{ ...chromosome, [field]: changed }])).not.toBe(of([generation]));
  });

  it('notices a byte that moved to the next field', () =>
    expect(of([{ ...generation, bestMetrics: Uint8Array.of(1), mutationCounts: Uint8Array.of(2) }])).not.toBe(
      of([generation]),
    ));
});
