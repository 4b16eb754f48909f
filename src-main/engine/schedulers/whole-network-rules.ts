/** Baselines that place whole networks by a rule of one line: each on its fastest processor, or the longest first where it is done first. */
import { z } from 'zod';
import type { Problem } from '#shared/scheduling/problem.ts';
import { subgraphsAtLaunches, weightsSchema } from '../options.ts';
import {
  balancedMapping,
  decidesSubgraphs,
  fastestMapping,
  genomeOfCalls,
  wholeNetworks,
} from '../puzzle/whole-networks.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

const optionsSchema = z.strictObject({ subgraphs: subgraphsAtLaunches, weights: weightsSchema });

export const fastest = constructedScheduler(
  {
    id: 'fastest',
    name: 'Fastest',
    description: 'Each network as a whole on the processor where it takes least, whatever else is there',
    source: 'Our definition of a usual baseline',
    optionsSchema,
  },
  (problem) => ({ genomes: [genomeByRule(problem, fastestMapping)] }),
);

export const balanced = constructedScheduler(
  {
    id: 'balanced',
    name: 'Balanced',
    description: 'Networks as a whole, the longest first, each where it would be done first by the work placed so far',
    source:
      'Longest processing time first: Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17(2) (1969); for unlike processors ours',
    optionsSchema,
  },
  (problem) => ({ genomes: [genomeByRule(problem, balancedMapping)] }),
);

/** The genome of what `rule` makes of the networks, as calls where the genome decides these. */
export function genomeByRule(problem: Problem, rule: (problem: Problem) => ArrayLike<number>): Uint8Array {
  if (!decidesSubgraphs(problem)) return genomeOfMapping(problem, rule(problem));
  const whole = wholeNetworks(problem);
  return genomeOfCalls(problem, whole, rule(whole));
}
