/** What becomes of a run whose process ended without saying how the run ended. */
import type { RunStatus } from '#shared/domain/run.ts';

/** How things are when a process has gone. */
export interface ProcessGone {
  /** What a person last asked of the run. */
  readonly wish: 'run' | 'pause' | 'cancel';
  /** How the process ended: "exited with code 1". */
  readonly how: string;
  /** Why the application closes; undefined while it does not. */
  readonly closingReason: string | undefined;
  /** Restarts the run has had since a person took it in hand. */
  readonly restarts: number;
  readonly areRestartsLeft: boolean;
}

export interface RunEnding {
  readonly status: Extract<RunStatus, 'cancelled' | 'failed' | 'interrupted'>;
  readonly reason?: string;
  /** Whether it is to be started again. */
  readonly isRestarted: boolean;
}

/** An exit is not a crash: a run that was to end, or to pause, is not started again. */
export function endingOf({ wish, how, closingReason, restarts, areRestartsLeft }: ProcessGone): RunEnding {
  if (wish === 'cancel') return { status: 'cancelled', isRestarted: false };
  if (closingReason !== undefined) return { status: 'interrupted', reason: closingReason, isRestarted: false };
  const reason = `its process ${how}`;
  if (wish === 'pause') return { status: 'interrupted', reason, isRestarted: false };
  return areRestartsLeft
    ? { status: 'interrupted', reason, isRestarted: true }
    : {
        status: 'failed',
        reason: `${reason}${restarts === 0 ? '' : `, also after ${restarts} restarts`}`,
        isRestarted: false,
      };
}
