/** The interface of every scheduler: ask for genomes, tell their scores, be asked for the state (DESIGN §7). */
import type { z } from 'zod';
import type { Chromosome, OperatorName } from '#shared/domain/generation.ts';
import type { Conclusion } from '#shared/domain/run.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Correspondent } from './external/correspondent.ts';
import type { ImprovementPool } from './improvement/improvement.ts';
import type { Random } from './random.ts';
import type { SchedulingSpace } from './scheduling-space.ts';
import type { SearchSpace } from './search-space.ts';

export type { Chromosome, Conclusion, OperatorName };

/** A genome a search wants scored. */
export interface Proposal {
  /** One value per locus of the space's layout. The search must not change it afterwards. */
  readonly genes: Uint8Array;
  /** Ids of the chromosomes it was made from, none for a seed. */
  readonly parents: readonly number[];
  readonly operator: OperatorName;
  /** Loci a mutation changed, ascending. */
  readonly mutatedLoci: readonly number[];
}

/** What a search reports after its proposals were scored. */
export interface Population {
  /** The chromosomes of this generation in the search's own order (for the ga: best first). */
  readonly members: readonly Chromosome[];
  /** Genomes scored for it, where the search scores some by itself: else those it proposed. */
  readonly evaluations?: number;
  /** Of the best trade-offs so far, where the search has several objectives and measures it; see `Objectives.hypervolume`. */
  readonly hypervolume?: number;
}

/** State of a search between two generations: plain JSON. Chromosomes appear in it as ids. */
export type SearchState = Readonly<Record<string, unknown>>;

/** Any chromosome of the run so far by its id. @throws WorkbenchError `run.unknownChromosome` */
export type ChromosomeLookup = (id: number) => Chromosome;

export type StopReason = 'generations' | 'stagnation' | 'exhausted' | 'evaluations' | 'gap';

/** One search under way. `ask` and `tell` alternate; a generation is as many pairs as it takes until `tell` reports a population. */
export interface Search {
  /** Whether it can ask now, where that depends on something outside; false: it waits. Called between two generations only. */
  canAsk?(): boolean;
  ask(): readonly Proposal[];
  /** `scored[i]` belongs to the i-th proposal of the last `ask`; undefined in the middle of a generation. */
  tell(scored: readonly Chromosome[]): Population | undefined;
  /** Why there is nothing more to ask, or undefined while there is. */
  readonly stopReason: StopReason | undefined;
  /** Number of generations this search will report at most, for progress and ETA; Infinity where nobody knows. */
  readonly plannedGenerations: number;
  /** What it says about its best schedule, apart from the schedule itself. */
  readonly conclusion?: Conclusion;
  /**
   * The front so far: of all schedules that were scored, the feasible ones that no other beats, each objective vector once; all of them,
   * unless an option of the search limits it. Only a search with several objectives has one. Where constraints are ignored, everything
   * counts as feasible. The Pareto page applies the same rule to what was recorded (services/runs/replay-service.ts).
   */
  readonly front?: readonly Chromosome[];
  /** Only between two generations. */
  saveState(): SearchState;
}

/** What the options of every scheduler have in common: the fitness that its chromosomes are recorded with. */
export interface SearchOptions {
  readonly weights: FitnessWeights;
}

/** What a search may need besides the space and an evaluator. */
export interface SearchMeans {
  /** How it talks with a program outside; undefined: none can be started. */
  readonly correspondent?: Correspondent | undefined;
  readonly seed?: number | undefined;
  /** Time that is left for searching, ms; undefined: no limit. */
  readonly timeLeftMs?: number | undefined;
  /** A schedule to begin with, as a genome of the space. */
  readonly start?: Uint8Array | undefined;
  /** For a search whose starts and children are improved side by side; undefined: in its own thread, one after the other. */
  readonly pool?: ImprovementPool | undefined;
}

/**
 * A scheduler: declared once, used by every host. `Space` is what it can search: most need the scheduling problem, a
 * `Scheduler<Options, SearchSpace>` searches anything with a layout of genes.
 */
export interface Scheduler<Options extends SearchOptions = SearchOptions, Space extends SearchSpace = SchedulingSpace> {
  readonly id: string;
  readonly name: string;
  /** One line for lists. */
  readonly description: string;
  /** The publication the method comes from. */
  readonly source: string;
  /** Zod object schema with a default, a title and a description for each option, from which forms are made. */
  readonly optionsSchema: z.ZodType<Options>;
  /**
   * Whether a proof that its best is the shortest ends it, where the makespan is all it is after. The others have as many generations as
   * they were asked for, however fast the proof is.
   */
  readonly endsByProof?: true;
  /**
   * The most genomes that it scores with these options, where it takes no more than a moment beyond scoring them; undefined: not known
   * before, or it does more than that.
   */
  mostEvaluations?(options: Options): number | undefined;
  /** Whether it can begin with a given schedule (`SearchMeans.start`). */
  readonly takesStart?: true;
  /** Whether it is nothing without one. */
  readonly needsStart?: true;
  /** Loads what the scheduler needs; to be awaited before `create` and `restore` where there is one. */
  prepare?(): Promise<void>;
  /** @param evaluator the run's, for a search that scores genomes by itself */
  create(space: Space, options: Options, random: Random, evaluator: Evaluator, means?: SearchMeans): Search;
  /** Continues from `state` as if it had never stopped. `random` already carries its own saved state. */
  restore(
    space: Space,
    options: Options,
    random: Random,
    state: SearchState,
    chromosomes: ChromosomeLookup,
    evaluator: Evaluator,
    means?: SearchMeans,
  ): Search;
}
