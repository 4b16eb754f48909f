/** What passes between a run process's main thread, which records, and its worker thread, which searches. */
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import type { Conclusion } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { PackedBatch } from './batch.ts';
import type { PackedFront } from './front.ts';
import type { KeptScore } from '../store/recorder.ts';
import type { RecordPlace } from './run-archive.ts';
import type { SharedBatchMemory } from './shared-batch.ts';
import type { BuiltInSolver, Program } from '../engine/external/correspondent.ts';
import type { SharedImprovementsMemory } from './shared-improvements.ts';
import type { KeptScores } from './slow-evaluation.ts';

/** The batches a search may be ahead of the recording. */
export const BATCH_CREDITS = 4;

/** What the worker is started with. */
export interface SearchTask {
  readonly scenario: ResolvedScenario;
  readonly configuration: SchedulerConfiguration;
  /** Where the run is recorded, from where its chromosomes are read back; undefined: it keeps them all. */
  readonly record: RecordPlace | undefined;
  /** The engine's saved state to continue from, still to be parsed; undefined: from the beginning. */
  readonly state: unknown;
  /** Scores of a slow evaluator from before an interruption. */
  readonly scores: KeptScores | undefined;
  /** Time already spent searching, ms. */
  readonly elapsedMs: number;
  /** The most generations a second; undefined: full speed. */
  readonly paceGenerationsPerS?: number | undefined;
  /** How many threads may evaluate. */
  readonly threads: number;
}

/**
 * `credit`: a batch was recorded, another one may be sent. `kept`: the oldest `scored` was recorded. `conclude`: its
 * best is proven to be optimal, so it ends as if by itself.
 */
export type SearchCommand =
  | { readonly type: 'pause' | 'resume' | 'cancel' | 'stop' | 'conclude' | 'credit' | 'kept' }
  | { readonly type: 'pace'; readonly generationsPerS: number | undefined };

/** What comes of a program outside that the search has asked for: a line, or its end, after which nothing follows. */
export type OutsideCommand =
  | { readonly type: 'line'; readonly text: string; readonly number: number }
  | { readonly type: 'outsideEnded'; readonly failure: ErrorPayload | undefined };

export type SearchEvent =
  /** Undefined where nobody knows. */
  | { readonly type: 'started'; readonly plannedGenerations: number | undefined }
  /** Starts a program outside, writes it a line, says that the oldest of its lines was read, and how far it says it is. */
  | { readonly type: 'launch'; readonly program: Program | BuiltInSolver }
  | { readonly type: 'say'; readonly line: string }
  | { readonly type: 'heard' }
  /** Closes its input: nothing more is said to it. */
  | { readonly type: 'hangUp' }
  | { readonly type: 'note'; readonly text: string; readonly done?: number }
  /** `state`, `best` and `front`: the search's state, its best so far and its best trade-offs after the last generation of the batch. */
  | {
      readonly type: 'batch';
      readonly batch: PackedBatch;
      readonly state: unknown;
      readonly best: Chromosome;
      readonly front: PackedFront | undefined;
    }
  /** A score that took long: used when it is confirmed to be kept. */
  | { readonly type: 'scored'; readonly score: KeptScore }
  /** Asks for other threads to evaluate, as many as make `threads` with its own, to work in this memory. */
  | { readonly type: 'help'; readonly memory: SharedBatchMemory; readonly threads: number }
  /** Asks for other threads to improve starts and children by these weights, as many as make `threads` with its own. */
  | {
      readonly type: 'helpImproving';
      readonly memory: SharedImprovementsMemory;
      readonly threads: number;
      readonly weights: FitnessWeights;
    }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  /** Nothing follows. Every generation was sent before. `conclusion` belongs to the best schedule. */
  | {
      readonly type: 'ended';
      readonly by: 'itself' | 'cancel' | 'stop';
      readonly elapsedMs: number;
      readonly conclusion: Conclusion;
    }
  | { readonly type: 'failed'; readonly error: ErrorPayload };
