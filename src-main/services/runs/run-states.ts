/** The states of runs as the supervisor writes them: changed in the record on behalf of this instance, announced, and waited for. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunStatus } from '#shared/domain/run.ts';
import type { RunRepository } from '../../store/run-repository.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import type { EventHub } from '../event-hub.ts';

export interface RunStatesOptions {
  readonly runs: RunRepository;
  readonly events: EventHub;
  /** This instance's name in the `owner` column. */
  readonly owner: string;
  /** Adds what only the supervisor knows. */
  readonly describe: (summary: RunSummary) => RunSummary;
}

export interface StatusChange {
  /** The start of the run whose process reported it; undefined: not reported by a process. */
  readonly attempt?: number | undefined;
  readonly reason?: string | undefined;
  /** When the run ended, Unix time, ms. */
  readonly endedAt?: number | undefined;
}

export class RunStates {
  readonly #runs: RunRepository;
  readonly #events: EventHub;
  readonly #owner: string;
  readonly #describe: (summary: RunSummary) => RunSummary;
  readonly #waiters = new Set<() => void>();

  constructor({ runs, events, owner, describe }: RunStatesOptions) {
    this.#runs = runs;
    this.#events = events;
    this.#owner = owner;
    this.#describe = describe;
  }

  /** @throws WorkbenchError `run.unknown` */
  summary(runId: number): RunSummary {
    const summary = this.#runs.summary(runId);
    if (summary === undefined)
      throw new WorkbenchError('run.unknown', `there is no run ${runId}`, { hint: 'see the list of runs' });
    return summary;
  }

  /**
   * Only while the run is active and ours, and (for what a process reported) while no later process was started for it;
   * false otherwise.
   */
  write(runId: number, status: RunStatus, { attempt, reason, endedAt }: StatusChange = {}): boolean {
    return this.#runs.setStatus(
      runId,
      status,
      { owner: this.#owner, attempt },
      { reason, ...(endedAt === undefined ? {} : { at: endedAt }) },
    );
  }

  /** Writes and announces; returns what the status is then. */
  change(runId: number, status: RunStatus, change?: StatusChange): RunStatus {
    this.write(runId, status, change);
    this.announce(runId);
    return this.summary(runId).status;
  }

  /** Tells every listener, and anything that waits for a status, how a run is. */
  announce(runId: number): void {
    const run = this.#runs.summary(runId);
    if (run === undefined) return;
    this.#events.emit({ name: 'run.changed', payload: { run: this.#describe(run) } });
    for (const waiter of this.#waiters) waiter();
  }

  /** Resolves with the first status that is none of `statuses`, or after `limitMs` with whatever it is then. */
  otherThan(runId: number, statuses: readonly RunStatus[], limitMs: number): Promise<RunStatus> {
    return new Promise((resolve) => {
      const finish = (status: RunStatus): void => {
        this.#waiters.delete(check);
        clearTimeout(timer);
        resolve(status);
      };
      const check = (): void => {
        const { status } = this.summary(runId);
        if (!statuses.includes(status)) finish(status);
      };
      const timer = setTimeout(() => finish(this.summary(runId).status), limitMs);
      this.#waiters.add(check);
      check();
    });
  }

  /** Only the engine that began a run can end it with the same bits. @throws WorkbenchError `run.otherEngine` */
  assertSameEngine(runId: number): void {
    const engineVersion = this.#runs.snapshot(runId)?.engineVersion;
    if (engineVersion === ENGINE_VERSION) return;
    throw new WorkbenchError(
      'run.otherEngine',
      `run ${runId} was begun by search engine ${engineVersion}, this is ${ENGINE_VERSION}: it would not continue as it began`,
      { hint: 'start it again with the same seed' },
    );
  }
}
