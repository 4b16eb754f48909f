/** The first generation of an evolutionary search: random genomes, on request with a few heuristic ones in front. */
import { givenProposal } from './given-start.ts';
import { z } from 'zod';
import { MOST_GREEDY_STARTS } from './greedy-starts.ts';
import { randomGenome } from './random-genome.ts';
import { BASIC } from './options.ts';
import type { Random } from './random.ts';
import type { SearchSpace } from './search-space.ts';
import type { Proposal } from './search.ts';

export const heuristicSeedingSchema = z
  .boolean()
  .default(false)
  .meta({
    title: 'Heuristic seeding',
    description:
      'Start from the NPU-first and three greedy schedules besides random ones; greedy starts are another option',
    ...BASIC,
  });

/** @param count the default */
export const greedyStartsSchemaWith = (count: number) =>
  z
    .int()
    .min(0)
    .max(MOST_GREEDY_STARTS)
    .default(count)
    .meta({
      title: 'Greedy starts',
      description:
        'Greedy schedules among the first generation, over slow and fast frequencies, few and many cores, and how much ' +
        'energy counts (genomes, at most); 0: none. Lists say of them that a heuristic made them, also without ' +
        'heuristic seeding',
    });

/** @param start a schedule that the population is to have in any case */
export function initialProposals(
  space: SearchSpace,
  {
    populationSize,
    heuristicSeeding,
    greedyStarts = 0,
  }: { readonly populationSize: number; readonly heuristicSeeding: boolean; readonly greedyStarts?: number },
  random: Random,
  start?: Uint8Array,
): Proposal[] {
  const seeds = [
    ...(heuristicSeeding ? space.seeds() : []),
    ...(greedyStarts > 0 ? (space.tradeOffSeeds?.(greedyStarts) ?? []) : []),
  ].slice(0, populationSize - (start === undefined ? 0 : 1));
  const proposals: Proposal[] = [
    ...(start === undefined ? [] : [givenProposal(start)]),
    ...seeds.map((genes): Proposal => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] })),
  ];
  while (proposals.length < populationSize)
    proposals.push({ genes: randomGenome(space.layout, random), parents: [], operator: 'random', mutatedLoci: [] });
  return proposals;
}
