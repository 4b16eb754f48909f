/** The typed protocol between the supervisor and a run process: commands down, events up (DESIGN §4). */
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { MakespanBound, Solution, TradeOff } from '#shared/domain/run.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';

/** How a run is carried out; never what comes out. */
export interface Execution {
  /** The most generations a second, to be watched; undefined: full speed. */
  readonly paceGenerationsPerS?: number | undefined;
  /** How many threads may evaluate; undefined: as many as there are cores. */
  readonly threads?: number | undefined;
}

/** Where a run process is to record: a database on this machine. */
export interface SinkAddress {
  readonly kind: 'database';
  readonly path: string;
}

export interface StartCommand extends Omit<Execution, 'threads'> {
  readonly type: 'start';
  readonly runId: number;
  /** Or its JSON text, which crosses to the process faster. */
  readonly scenario: ResolvedScenario | string;
  readonly configuration: SchedulerConfiguration;
  /** Undefined for a run without a record. */
  readonly sink: SinkAddress | undefined;
  /** Continue from the recorded checkpoint instead of from the beginning. */
  readonly resume: boolean;
}

/** `stop`: record what there is and end, so that the run can be resumed later; its status says `reason`, by default that the application was closed. */
export type RunCommand =
  | StartCommand
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel' }
  | { readonly type: 'stop'; readonly reason?: string | undefined }
  | { readonly type: 'pace'; readonly generationsPerS: number | undefined };

/** What the record refuses (a full disk, a lock) and what a slow evaluator fails at (a cable) may pass: such a run can be resumed. */
export function mayPass({ code }: ErrorPayload): boolean {
  return /^(store|evaluation)\./.test(code);
}

/** How a run ended by itself or by request. */
export interface RunOutcome {
  readonly status: 'finished' | 'cancelled';
  readonly generations: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  /** Undefined when it was cancelled before the first generation. */
  readonly best: Solution | undefined;
  readonly bestChromosomeId: number | undefined;
  /** The best trade-offs of a search with several objectives; only where they are not in a record. */
  readonly front?: readonly TradeOff[] | undefined;
  /** What was proven alongside the search; undefined where it had no time to prove anything. */
  readonly bound?: MakespanBound | undefined;
}

export type RunEvent =
  | { readonly type: 'ready' }
  /** Undefined where nobody knows. */
  | { readonly type: 'started'; readonly plannedGenerations: number | undefined }
  /** An external scheduler was started, in a process group of this id: to be ended should the run process die. */
  | { readonly type: 'outside'; readonly group: number }
  /** What an external scheduler writes to standard error. */
  | { readonly type: 'outsideSays'; readonly text: string }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'checkpointed'; readonly generation: number }
  /** No schedule of the run ends earlier: a higher bound than the last one reported. */
  | { readonly type: 'bound'; readonly bound: MakespanBound }
  /** The thread that proves bounds alongside the search has failed; the search goes on without. */
  | { readonly type: 'boundFailed'; readonly error: ErrorPayload }
  /** Answers `stop`: everything is recorded. */
  | { readonly type: 'stopped' }
  /** Sent every few seconds while nothing else is. */
  | { readonly type: 'heartbeat' }
  | { readonly type: 'finished'; readonly outcome: RunOutcome }
  | { readonly type: 'failed'; readonly error: ErrorPayload };
