/** Exhaustive search: every schedule there is, for scenarios small enough; what it finds then is the optimum that others are measured by. */
import { z } from 'zod';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { BASIC, genesSchema, subgraphsSchema, weightsSchema } from '../options.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z.strictObject({
  maxSchedules: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(200_000)
    .meta({
      ...BASIC,
      title: 'Schedules at most',
      description:
        'Stop after so many even if there are more; only a run that saw them all has found the optimum (schedules)',
    }),
  batchSize: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .meta({ title: 'Batch size', description: 'Schedules scored per generation (schedules)' }),
  genes: genesSchema,
  subgraphs: subgraphsSchema,
  weights: weightsSchema,
});
type ExhaustiveOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Schedules scored. */
  position: z.int().min(0),
  /** Id of the best so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
});
type ExhaustiveState = z.output<typeof stateSchema>;

export const exhaustive: Scheduler<ExhaustiveOptions> = {
  id: 'exhaustive',
  name: 'Exhaustive search',
  description: 'Every schedule there is, as long as there are not too many: the exact optimum of small scenarios',
  source: 'Complete enumeration, the definition of the optimum',
  optionsSchema,
  create: ({ problem }, options) => new ExhaustiveSearch(problem, options, 0, undefined),
  restore({ problem }, options, _random, state, chromosomes) {
    const { position, bestId } = stateSchema.parse(state);
    return new ExhaustiveSearch(problem, options, position, bestId === null ? undefined : chromosomes(bestId));
  },
};

/**
 * Schedule k is NPU first with each gene moved on by one digit of k among its locus's alleles, cyclically; the digits are those of
 * k in the mixed radix of the allele counts, the last locus fastest. So schedule 0 is NPU first, and each is had once.
 */
class ExhaustiveSearch implements Search {
  private readonly problem: Problem;
  private readonly options: ExhaustiveOptions;
  private readonly start: Uint8Array;
  /** Number of schedules there are; infinite where it exceeds what a number can hold. */
  private readonly total: number;
  private position: number;
  private best: Chromosome | undefined;

  constructor(problem: Problem, options: ExhaustiveOptions, position: number, best: Chromosome | undefined) {
    this.problem = problem;
    this.options = options;
    this.start = encodeAssignment(problem, npuFirstAssignment(problem));
    this.total = problem.layout.loci.reduce((product, { alleles }) => product * alleles.length, 1);
    this.position = position;
    this.best = best;
  }

  get plannedGenerations(): number {
    return Math.ceil(Math.min(this.total, this.options.maxSchedules) / this.options.batchSize);
  }

  /** `exhausted` says that the best is the optimum. */
  get stopReason(): StopReason | undefined {
    if (this.position >= this.total) return 'exhausted';
    return this.position >= this.options.maxSchedules ? 'generations' : undefined;
  }

  ask(): readonly Proposal[] {
    const end = Math.min(this.position + this.options.batchSize, this.total, this.options.maxSchedules);
    return Array.from({ length: end - this.position }, (_, offset) => ({
      genes: this.schedule(this.position + offset),
      parents: [],
      operator: 'seed' as const,
      mutatedLoci: [],
    }));
  }

  /** Members: the best of the generations before, then this generation's schedules. */
  tell(scored: readonly Chromosome[]): Population {
    const members = this.best === undefined ? scored : [this.best, ...scored];
    this.best = members.reduce((fittest, member) => (member.fitness > fittest.fitness ? member : fittest));
    this.position += scored.length;
    return { members };
  }

  saveState(): SearchState {
    return { position: this.position, bestId: this.best?.id ?? null } satisfies ExhaustiveState;
  }

  private schedule(number: number): Uint8Array {
    const { loci } = this.problem.layout;
    const genes = this.start.slice();
    let rest = number;
    for (let locus = loci.length - 1; rest > 0; locus--) {
      const { alleles } = loci[locus];
      genes[locus] = alleles[(alleles.indexOf(genes[locus]) + (rest % alleles.length)) % alleles.length];
      rest = Math.floor(rest / alleles.length);
    }
    return genes;
  }
}
