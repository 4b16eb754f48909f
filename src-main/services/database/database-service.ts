/** Care of the database file: what it is like, checking, backing up, making it smaller, moving it. One task at a time, in a thread. */
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatabaseFacts, DatabaseTask } from '#shared/contract/database-shapes.ts';
import { WorkbenchError, type ErrorPayload } from '#shared/domain/errors.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { entryPath } from '../../processes/entries.ts';
import { isOutOfMemory, outOfMemory } from '../../processes/out-of-memory.ts';
import { fileSizes, type Report } from '../../store/database-care.ts';
import { unfinishedName } from '../../store/open.ts';
import type { RunRecord } from '../../store/record.ts';
import type { EventHub } from '../event-hub.ts';

/** What the thread is given. */
export type DatabaseWork =
  | { readonly task: 'check' | 'compact'; readonly path: string }
  | { readonly task: 'backup'; readonly path: string; readonly target: string; readonly unfinished: string };
export type DatabaseWorkerMessage =
  | { readonly type: 'progress'; readonly step: string; readonly share: number | undefined }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: ErrorPayload };

/** Between two progress events, ms. */
const PROGRESS_MS = 100;

export interface DatabaseServiceOptions {
  readonly record: RunRecord;
  /** What the record is called; another path than it is open at where that is a copy to read from. */
  readonly shownPath: string;
  readonly events: EventHub;
  /** Closes the database, brings it to `target` and opens it there. */
  readonly relocate: (target: string, report: Report) => Promise<void>;
  /** Asks the person for a path in a dialog of the host; undefined: given up. */
  readonly choosePath?: ((suggested: string) => Promise<string | undefined>) | undefined;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class DatabaseService {
  readonly #options: DatabaseServiceOptions;
  /** The task under way; `cancel` is there where it can be given up. */
  #underWay: { readonly task: DatabaseTask; readonly cancel?: (() => Promise<void>) | undefined } | undefined;

  constructor(options: DatabaseServiceOptions) {
    this.#options = options;
  }

  facts(): DatabaseFacts {
    const { record, shownPath, now, choosePath } = this.#options;
    const { path, database } = record;
    const backupFolder = path === shownPath ? dirname(path) : homedir(); // a read-only place has no room for a backup
    const { total, recordedBytes } = record.runs.overview({});
    const { bavail, bsize } = statfsSync(dirname(path));
    const pragma = (name: string): number => Number(database.pragma(name, { simple: true }));
    return {
      path: shownPath,
      ...fileSizes(path),
      freeBytes: pragma('freelist_count') * pragma('page_size'),
      diskBytes: bavail * bsize,
      runs: total,
      recordedBytes,
      format: pragma('user_version'),
      backupPath: join(backupFolder, `tessera-backup-${new Date(now()).toISOString().slice(0, 10)}.db`),
      hasDialog: choosePath !== undefined,
    };
  }

  async choosePath(suggested: string): Promise<{ path: string | null }> {
    return { path: (await this.#options.choosePath?.(suggested)) ?? null };
  }

  /** What is wrong with the file, in words. @throws WorkbenchError `database.busy`, `database.cancelled` */
  async check(): Promise<string[]> {
    return (await this.#inThread({ task: 'check', path: this.#options.record.path })) as string[]; // as checkDatabase gives
  }

  /** @throws WorkbenchError `database.…`, `store.…` */
  async backUp(given: string): Promise<{ path: string; sizeBytes: number }> {
    const target = this.#targetOf(given);
    const unfinished = unfinishedName(target);
    const sizeBytes = (await this.#inThread(
      { task: 'backup', path: this.#options.record.path, target, unfinished },
      unfinished,
    )) as number; // as backUpDatabase gives
    return { path: target, sizeBytes };
  }

  /** @throws WorkbenchError `database.runsActive`, `store.…` */
  async compact(): Promise<{ beforeBytes: number; afterBytes: number }> {
    this.#assertIdle('compacted');
    return (await this.#inThread({ task: 'compact', path: this.#options.record.path })) as {
      beforeBytes: number;
      afterBytes: number;
    }; // as compactDatabase gives
  }

  /**
   * Moves the database to another place, where it is used from then on.
   * @throws WorkbenchError `database.…`, `store.…`
   */
  async move(given: string): Promise<{ path: string }> {
    const target = this.#targetOf(given);
    this.#assertIdle('moved');
    await this.#alone('move', undefined, () => this.#options.relocate(target, this.#reporter('move')));
    return { path: target };
  }

  /** Gives up the task under way, if there is one. @throws WorkbenchError `database.notCancellable` */
  async cancel(): Promise<void> {
    if (this.#underWay === undefined) return;
    const { task, cancel } = this.#underWay;
    if (cancel === undefined)
      throw new WorkbenchError('database.notCancellable', `"${task}" cannot be given up half way`, {
        hint: 'it ends by itself',
      });
    await cancel();
  }

  async close(): Promise<void> {
    await this.#underWay?.cancel?.();
  }

  async #inThread(work: DatabaseWork, unfinished?: string): Promise<unknown> {
    let isCancelled = false;
    let worker: Worker | undefined;
    // A half-rewritten file is unusable: that task runs to its end.
    const cancel =
      work.task === 'compact'
        ? undefined
        : async (): Promise<void> => {
            isCancelled = true;
            await worker?.terminate();
            if (unfinished !== undefined)
              for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(unfinished + suffix, { force: true });
          };
    return this.#alone(work.task, cancel, () => {
      const { promise, resolve: done, reject } = Promise.withResolvers<unknown>();
      const report = this.#reporter(work.task);
      worker = new Worker(entryPath('database-worker'), { workerData: work, name: 'database' });
      worker.on('message', (message: DatabaseWorkerMessage) => {
        if (message.type === 'progress') report(message.step, message.share);
        else if (message.type === 'done') done(message.result);
        else reject(WorkbenchError.fromPayload(message.error));
      });
      worker.on('error', (error) => reject(isOutOfMemory(error) ? outOfMemory('the work on the database') : error));
      worker.on('exit', () =>
        reject(
          isCancelled
            ? new WorkbenchError('database.cancelled', `"${work.task}" was given up`, { hint: 'nothing was changed' })
            : new Error('the thread that cares for the database has ended'),
        ),
      );
      return promise;
    });
  }

  async #alone<Result>(
    task: DatabaseTask,
    cancel: (() => Promise<void>) | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (this.#underWay !== undefined)
      throw new WorkbenchError('database.busy', `"${this.#underWay.task}" is still under way`, {
        hint: 'wait for its end, or give it up',
      });
    this.#underWay = { task, cancel };
    try {
      return await work();
    } finally {
      this.#underWay = undefined;
    }
  }

  #reporter(task: DatabaseTask): Report {
    let last = -Infinity;
    return (step, share) => {
      const at = this.#options.now();
      if (at - last < PROGRESS_MS) return;
      last = at;
      this.#options.events.emit({
        name: 'database.progress',
        payload: { task, step, ...(share === undefined ? {} : { share }) },
      });
    };
  }

  #assertIdle(done: string): void {
    const { total } = this.#options.record.runs.list({ status: [...activeStatuses], limit: 1, offset: 0 });
    if (total > 0)
      throw new WorkbenchError(
        'database.runsActive',
        `${total === 1 ? 'a run is' : `${total} runs are`} under way, so the database cannot be ${done}`,
        { hint: 'cancel them, or wait for their end' },
      );
  }

  /** The path as it is meant; nothing may be there yet. */
  #targetOf(given: string): string {
    const path = given.trim().replace(/^~(?=$|[\\/])/, homedir());
    if (!isAbsolute(path))
      throw new WorkbenchError('database.relativePath', `"${given}" does not say where it begins`, {
        hint: `write the whole path, such as ${join(dirname(this.#options.record.path), given.trim() || 'tessera.db')}`,
        path: ['path'],
      });
    const target = resolve(path);
    if (existsSync(target)) {
      const what = statSync(target).isDirectory() ? 'is a folder' : 'exists already';
      throw new WorkbenchError('database.targetExists', `${target} ${what}`, {
        hint: 'choose the name of a new file',
        path: ['path'],
      });
    }
    const folder = dirname(target);
    if (!existsSync(folder))
      throw new WorkbenchError('database.noFolder', `there is no folder ${folder}`, {
        hint: 'make it first, or choose another',
        path: ['path'],
      });
    const { sizeBytes, logBytes } = fileSizes(this.#options.record.path);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < sizeBytes + logBytes && statSync(folder).dev !== statSync(this.#options.record.path).dev)
      throw new WorkbenchError(
        'store.full',
        `there is no room for ${Math.ceil((sizeBytes + logBytes) / 1e6)} MB in ${folder}`,
        { hint: 'free some space, or choose another disk', path: ['path'] },
      );
    return target;
  }
}
