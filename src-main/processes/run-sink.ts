/**
 * Where a run process puts what its search finds, and from where an interrupted search goes on. The record on this machine is one
 * (`record-sink.ts`); a sink may as well send everything elsewhere, and confirm when it is safe there.
 */
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { KeptBound } from '../store/bound-repository.ts';
import type { Batch, KeptScore, RunEnding } from '../store/recorder.ts';
import type { BestSoFar } from './progress-reporter.ts';
import type { RecordPlace } from './run-archive.ts';
import type { KeptScores } from './slow-evaluation.ts';

/** Where an interrupted search was. */
export interface ResumePoint {
  /** The engine's saved state, still to be parsed; undefined when the run was interrupted before its first generation. */
  readonly state: unknown;
  readonly generations: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  readonly best: BestSoFar | undefined;
  /** Every score that was kept before its generation was complete. */
  readonly scores: KeptScores;
}

export interface RunSink {
  /** Where the search reads its own chromosomes back; undefined: it keeps them itself, and cannot be resumed by another process. */
  readonly place: RecordPlace | undefined;
  /** Time spent searching up to the last recorded batch, ms. */
  readonly elapsedMs: number;
  /** @throws WorkbenchError `run.unknown` */
  resumeFrom(): ResumePoint;
  plan(plannedGenerations: number): void;
  /**
   * Takes a batch whole or not at all.
   * @param confirm to be called once, when it is safe; the search is at most a few batches ahead
   * @throws WorkbenchError what makes the run end
   */
  record(batch: Batch, confirm: () => void): void;
  /** The same for a score that took long, which is used only when it is safe. */
  keep(score: KeptScore, confirm: () => void): void;
  /** What earlier runs have proven of a problem (`boundKey`); undefined where there is nothing, or nothing is kept. */
  findBound(key: string): KeptBound | undefined;
  /** Leaves what was proven to later runs. */
  keepBound(key: string, kept: KeptBound): void;
  /** Writes how the run ended; nothing where another process has taken it over, or it had ended already. */
  end(ending: Omit<RunEnding, 'at'>): void;
  close(): void;
  /** What made it refuse, in words. */
  explain(error: unknown): ErrorPayload;
}
