/**
 * A search that begins with schedules of our own and goes on with CP-SAT, in a Python of the person's machine: the sample program of
 * scheduler `external`. Its schedules are simulated like any other, and its bound is its word.
 */
import { z } from 'zod';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Correspondent } from '../external/correspondent.ts';
import { ExternalSearch } from '../external/external-search.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Conclusion,
  Population,
  Proposal,
  Search,
  SearchState,
  StopReason,
} from '../search.ts';

export interface CpSatSetting {
  /** The interpreter and the program. */
  readonly command: readonly string[];
  /** Time for CP-SAT, ms. */
  readonly limitMs: number;
  readonly weights: FitnessWeights;
  readonly seed: number;
}

/** Added to its time, ms: Python and OR-Tools have to be loaded, the model built, and the end written. */
const GRACE_MS = 30_000;
const MOST_OUTPUT_BYTES = 4_000_000_000;

const stateSchema = z.strictObject({
  own: z.record(z.string(), z.unknown()),
  outside: z.record(z.string(), z.unknown()).nullable(),
  bestId: z.int().min(0).nullable(),
});

export class CpSatSearch implements Search {
  readonly plannedGenerations = Number.POSITIVE_INFINITY;
  private readonly space: SchedulingSpace;
  private readonly own: Search;
  private readonly setting: CpSatSetting;
  private readonly correspondent: Correspondent;
  private outside: ExternalSearch | undefined;
  private best: Chromosome | undefined;

  /** @param own finds the schedule that CP-SAT begins with */
  constructor(space: SchedulingSpace, own: Search, setting: CpSatSetting, correspondent: Correspondent) {
    this.space = space;
    this.own = own;
    this.setting = setting;
    this.correspondent = correspondent;
  }

  /** CP-SAT is started again, from the best so far. @param restoreOwn gives `own` its state back */
  continueFrom(saved: SearchState, chromosomes: ChromosomeLookup, restoreOwn: (saved: SearchState) => void): void {
    const { own, outside, bestId } = stateSchema.parse(saved);
    restoreOwn(own);
    this.best = bestId === null ? undefined : chromosomes(bestId);
    if (outside === null) return;
    this.outside = this.newOutside();
    this.outside.continueFrom(outside, chromosomes);
  }

  saveState(): SearchState {
    const { own, outside, best } = this;
    return {
      own: own.saveState(),
      outside: outside?.saveState() ?? null,
      bestId: best?.id ?? null,
    } satisfies z.input<typeof stateSchema>;
  }

  get stopReason(): StopReason | undefined {
    if (this.outside !== undefined) return this.outside.stopReason === undefined ? undefined : 'generations';
    return this.own.stopReason === 'exhausted' ? 'exhausted' : undefined;
  }

  get conclusion(): Conclusion {
    const conclusion = this.outside?.conclusion ?? {};
    return conclusion.externalBoundMs === undefined ? conclusion : { ...conclusion, boundBy: 'cp_sat' };
  }

  canAsk(): boolean {
    if (this.outside === undefined) {
      if (this.own.stopReason === undefined) return true;
      this.outside = this.newOutside();
    }
    return this.outside.canAsk();
  }

  ask(): readonly Proposal[] {
    return (this.outside ?? this.own).ask();
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    for (const chromosome of scored)
      if (this.best === undefined || chromosome.fitness > this.best.fitness) this.best = chromosome;
    return (this.outside ?? this.own).tell(scored);
  }

  private newOutside(): ExternalSearch {
    const { space, setting, correspondent, best } = this;
    const { command, limitMs, weights, seed } = setting;
    const program = { command, folder: '', silenceMs: limitMs + GRACE_MS, outputBytes: MOST_OUTPUT_BYTES };
    return new ExternalSearch(
      space,
      { program, options: {}, weights, seed, timeLimitMs: limitMs, start: best?.genes },
      correspondent,
    );
  }
}
