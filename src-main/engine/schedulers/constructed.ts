/** Schedulers that build their schedules by rule instead of searching: one generation with all of them. */
import { z } from 'zod';
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { Conclusion, Scheduler, Search, SearchOptions } from '../search.ts';

/** More than any rule builds. */
const MOST_CONSTRUCTED = 100;

const stateSchema = z.strictObject({ done: z.boolean() });

type Declaration<Options extends SearchOptions> = Pick<
  Scheduler<Options>,
  'id' | 'name' | 'description' | 'source' | 'optionsSchema'
>;

/** What a rule builds. */
export interface Construction {
  readonly genomes: readonly Uint8Array[];
  readonly conclusion?: Conclusion;
}

/** A scheduler whose only generation is the genomes of `construct`; repeats are left out. */
export function constructedScheduler<Options extends SearchOptions>(
  declaration: Declaration<Options>,
  construct: (problem: Problem, options: Options) => Construction,
): Scheduler<Options> {
  return {
    ...declaration,
    mostEvaluations: () => MOST_CONSTRUCTED,
    create: ({ problem }, options) => constructed(construct(problem, options), false),
    restore: ({ problem }, options, _random, state) =>
      constructed(construct(problem, options), stateSchema.parse(state).done),
  };
}

/** The genome of a mapping in the default core arrangements at default frequencies. */
export function genomeOfMapping(problem: Problem, peOfTask: ArrayLike<number>): Uint8Array {
  return encodeAssignment(problem, defaultAssignment(problem, peOfTask));
}

function constructed({ genomes, conclusion }: Construction, done: boolean): Search {
  const distinct = genomes.filter(
    (genes, index) => genomes.findIndex((earlier) => earlier.every((gene, locus) => gene === genes[locus])) === index,
  );
  return {
    plannedGenerations: 1,
    ...(conclusion === undefined ? {} : { conclusion }),
    get stopReason() {
      return done ? 'generations' : undefined;
    },
    ask: () => distinct.map((genes) => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] })),
    tell(scored) {
      done = true;
      return { members: scored };
    },
    saveState: () => ({ done }),
  };
}
