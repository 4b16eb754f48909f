/** What passes between a run process's main thread, which records, and its worker thread, which searches. */
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { PackedBatch } from './batch.ts';
import type { PackedFront } from './front.ts';
import type { RecordPlace } from './run-archive.ts';
import type { SharedBatchMemory } from './shared-batch.ts';

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
  /** Time already spent searching, ms. */
  readonly elapsedMs: number;
  /** The most generations a second; undefined: full speed. */
  readonly paceGenerationsPerS?: number | undefined;
  /** How many threads may evaluate. */
  readonly threads: number;
}

/** `credit`: a batch was recorded, another one may be sent. */
export type SearchCommand = { readonly type: 'pause' | 'resume' | 'cancel' | 'stop' | 'credit' } | { readonly type: 'pace'; readonly generationsPerS: number | undefined };

export type SearchEvent =
  | { readonly type: 'started'; readonly plannedGenerations: number }
  /** `state` and `front`: the search's state and its best trade-offs after the last generation of the batch. */
  | { readonly type: 'batch'; readonly batch: PackedBatch; readonly state: unknown; readonly front: PackedFront | undefined }
  /** Asks for other threads to evaluate, as many as make `threads` with its own, to work in this memory. */
  | { readonly type: 'help'; readonly memory: SharedBatchMemory; readonly threads: number }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  /** Nothing follows. Every generation was sent before. `makespanBoundMs` as in `Solution`. */
  | { readonly type: 'ended'; readonly by: 'itself' | 'cancel' | 'stop'; readonly elapsedMs: number; readonly makespanBoundMs: number | undefined }
  | { readonly type: 'failed'; readonly error: ErrorPayload };
