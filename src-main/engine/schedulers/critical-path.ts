/** Critical-path search (critical-path/shop-search.ts) as a scheduler of its own. */
import { z } from 'zod';
import { distanceFrom, quickBound } from '#shared/analysis/makespan-bound.ts';
import type { MakespanBound } from '#shared/domain/run.ts';
import { shopOf } from '../critical-path/shop.ts';
import { ShopSearch } from '../critical-path/shop-search.ts';
import { AfterStart } from '../given-start.ts';
import { Improver } from '../improvement/improvement.ts';
import { BASIC, genesSchemaWith, makespanWeightsSchema, subgraphsSchema } from '../options.ts';
import type { Random } from '../random.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Population,
  Proposal,
  Scheduler,
  Search,
  SearchMeans,
  SearchState,
  StopReason,
} from '../search.ts';

const optionsSchema = z.strictObject({
  generations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .meta({ ...BASIC, title: 'Generations', description: 'Generations to compute (generations)' }),
  children: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .meta({
      ...BASIC,
      title: 'Children',
      description: 'Schedules per generation, each the end of a tabu run (schedules)',
    }),
  patience: z.int().min(1).max(100_000).default(150).meta({
    title: 'Patience',
    description:
      'A tabu run ends after so many moves that brought nothing better; one in ten runs has eight times that (moves)',
  }),
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: makespanWeightsSchema,
});
type CriticalPathOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  generation: z.int().min(0),
  search: z.record(z.string(), z.unknown()),
});

/** A generation ends with the tabu run that reaches so many moves: some hundredths of a second to a tenth. */
const MOVES_PER_GENERATION = 8000;

export const criticalPath: Scheduler<CriticalPathOptions> = {
  id: 'critical_path',
  name: 'Critical-path search',
  description:
    'Near-optimal makespans in seconds: tabu runs on the critical path, crossed and kicked in small populations; for applications that run once',
  source:
    'Neighbourhood: Mastrolilli & Gambardella, J. Scheduling 3 (2000); populations of tabu runs after Peng, Lü & ' +
    'Cheng, Comput. Oper. Res. 53 (2015); hierarchy, kicks and dispatched priorities: ours',
  optionsSchema,
  endsByProof: true,
  takesStart: true,
  create(space, options, random, _evaluator, { start, pool } = {}) {
    const search = new CriticalPathSearch(space, options, random, { start, pool });
    return start === undefined ? search : new AfterStart(search, start);
  },
  restore(space, options, random, state, chromosomes, _evaluator, { pool } = {}) {
    const search = new CriticalPathSearch(space, options, random, { pool });
    search.continueFrom(state, chromosomes);
    return search;
  },
};

class CriticalPathSearch implements Search {
  private readonly options: CriticalPathOptions;
  private readonly search: ShopSearch;
  private readonly bound: MakespanBound | undefined;
  private generation = 0;

  constructor(
    space: SchedulingSpace,
    options: CriticalPathOptions,
    random: Random,
    { start, pool }: Pick<SearchMeans, 'start' | 'pool'>,
  ) {
    const { problem, reference } = space;
    const setting = { ...options, moves: MOVES_PER_GENERATION, given: start };
    this.options = options;
    this.search = new ShopSearch(
      shopOf(problem),
      setting,
      random,
      pool ?? new Improver(problem, options.weights, reference),
    );
    this.bound = quickBound(problem);
  }

  continueFrom(state: SearchState, chromosomes: ChromosomeLookup): void {
    const { generation, search } = stateSchema.parse(state);
    this.generation = generation;
    this.search.restore(search, chromosomes);
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    if (this.generation > 0 && this.bound !== undefined && distanceFrom(this.bound, this.search.bestMs).isProven)
      return 'exhausted';
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  ask(): readonly Proposal[] {
    return this.search.ask();
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    const population = this.search.tell(scored);
    if (population !== undefined) this.generation++;
    return population;
  }

  saveState(): SearchState {
    return { generation: this.generation, search: this.search.saveState() };
  }
}
