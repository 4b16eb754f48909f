/** The first generation of an evolutionary search: random genomes, on request with a few heuristic ones in front. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { z } from 'zod';
import { heuristicGenomes } from './heuristics.ts';
import { randomGenome } from './random-genome.ts';
import type { Random } from './random.ts';
import type { Proposal } from './search.ts';

export const heuristicSeedingSchema = z.boolean().default(false).meta({ title: 'Heuristic seeding', description: 'Start from the NPU-first and a few greedy schedules beside random ones' });

export function initialProposals(problem: Problem, { populationSize, heuristicSeeding }: { readonly populationSize: number; readonly heuristicSeeding: boolean }, random: Random): Proposal[] {
  const seeds = heuristicSeeding ? heuristicGenomes(problem).slice(0, populationSize) : [];
  const proposals: Proposal[] = seeds.map((genes) => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] }));
  while (proposals.length < populationSize) proposals.push({ genes: randomGenome(problem.layout, random), parents: [], operator: 'random', mutatedLoci: [] });
  return proposals;
}
