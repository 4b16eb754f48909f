/** Brings the record of a run that another machine has searched into the run that exists here since it was submitted. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { QueueClient } from '../../queue/client.ts';
import { isOwnerAlive } from '../../store/owner-lock.ts';
import type { RunRecord } from '../../store/record.ts';
import { queueOwner, type RemoteRun } from '../../store/remote-repository.ts';
import { resultHashOf } from '../../store/run-identity.ts';
import { ArchiveImport } from '../archives/archive-import.ts';

/** What a thread is asked to bring here. */
export interface MergeRequest {
  readonly run: RemoteRun;
  /** The attempt that was accepted. */
  readonly attempt: number;
  readonly resultHash: string;
  readonly host: string;
  /** The instance that asks. */
  readonly owner: string;
}

export interface Merged {
  /** False where another instance does it, or the run no longer waits. */
  readonly isHere: boolean;
  /** Other results of the same run, each as a run of its own. */
  readonly others: readonly number[];
}

/**
 * Fetches the record, checks it, and ends the run with it; then says in the queue that it is here.
 * @throws WorkbenchError `archive.…` or `queue.…`; the run then waits as before
 */
export async function merge(record: RunRecord, client: QueueClient, request: MergeRequest): Promise<Merged> {
  const { run, attempt, resultHash, host, owner } = request;
  if (!record.remote.claimMerge(run.runId, owner, (other) => isOwnerAlive(record.path, other)))
    return { isHere: false, others: [] };
  try {
    await bringHere(record, client, { ...run, attempt, resultHash });
    record.remote.setResultHash(run.runId, resultHash);
    record.remote.releaseMerge(run.runId, host);
  } catch (error) {
    record.remote.releaseMerge(run.runId, undefined);
    if (!(error instanceof WorkbenchError && error.code === 'run.notWaiting')) throw error;
    return { isHere: false, others: [] };
  }
  const others = [...(await keepOtherAttempts(record, client, request)), ...otherLocal(record, request)];
  if (others.length > 0)
    for (const runId of [run.runId, ...others])
      record.remote.setReason(
        runId,
        `not reproducible: runs ${[run.runId, ...others].join(' and ')} are the same search and have different results`,
      );
  await client.settle(run.submission, run.job);
  return { isHere: true, others };
}

async function bringHere(
  record: RunRecord,
  client: QueueClient,
  run: Pick<RemoteRun, 'runId' | 'queue' | 'job' | 'runKey'> & {
    readonly attempt: number;
    readonly resultHash: string;
  },
): Promise<void> {
  const layout = record.runs.layout(run.runId);
  if (layout === undefined) throw new WorkbenchError('run.notWaiting', `there is no run ${run.runId}`);
  const archive = new ArchiveImport({
    archives: record.archives,
    preparation: {
      prepare: () => Promise.reject(new Error('the layout of a run that waits is known')),
    },
    into: { runId: run.runId, owner: queueOwner(run.queue), runKey: run.runKey, layout, resultHash: run.resultHash },
    owner: queueOwner(run.queue),
    now: Date.now,
  });
  try {
    for await (const bytes of client.pieces({ id: run.job, attempt: run.attempt })) await archive.add(bytes);
    archive.finish();
  } catch (error) {
    archive.discard();
    throw error;
  }
}

/** What other attempts at the job came to, where that is something else: kept as runs of their own. */
async function keepOtherAttempts(record: RunRecord, client: QueueClient, request: MergeRequest): Promise<number[]> {
  const { run } = request;
  const kept: number[] = [];
  for (const { attempt, resultHash } of await client.attempts(run.job)) {
    if (attempt === request.attempt || resultHash === null || resultHash === request.resultHash) continue;
    const runId = record.remote.copy(run.runId);
    await bringHere(record, client, { ...run, runId, attempt, resultHash });
    record.remote.setResultHash(runId, resultHash);
    kept.push(runId);
  }
  return kept;
}

/** Finished runs of this record with the same key and another result. */
function otherLocal(record: RunRecord, { run, resultHash }: MergeRequest): number[] {
  return record.remote.withKey(run.runKey).flatMap(({ runId, status, resultHash: known }) => {
    if (runId === run.runId || status !== 'finished') return [];
    const hash = known ?? resultHashOf(record.archives, runId);
    if (known === null) record.remote.setResultHash(runId, hash);
    return hash === resultHash ? [] : [runId];
  });
}
