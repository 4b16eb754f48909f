/** Use cases around `.tessera` files: writing whole runs piece by piece, and reading them from pieces that arrive one after the other. */
import { randomUUID } from 'node:crypto';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { RunRecord } from '../../store/record.ts';
import { isOwnerAlive } from '../../store/owner-lock.ts';
import { purgeDeleted } from '../../store/run-deletion.ts';
import { ArchiveExport, type ArchivePiece } from './archive-export.ts';
import { ArchiveImport } from './archive-import.ts';
import type { EventHub } from '../event-hub.ts';
import type { Preparation } from '../runs/preparation.ts';
import type { RunService } from '../runs/run-service.ts';

/** An import that nobody continues for so long is given up, ms: its window was closed. */
const IDLE_MS = 5 * 60_000;
/** Imports at the same time: each holds a piece of its file in memory. */
const MOST_IMPORTS = 8;

export interface ArchiveServiceOptions {
  readonly record: RunRecord;
  readonly preparation: Preparation;
  readonly runs: RunService;
  readonly events: EventHub;
  /** Takes and names this instance's lock. */
  readonly claim: () => string;
  /** What is written into files: "Tessera 0.1.0". */
  readonly product: string;
  readonly now: () => number;
  readonly isClosing: () => boolean;
}

interface Session {
  readonly archive: ArchiveImport;
  /** The piece being read; the next one waits for it. */
  turn: Promise<unknown>;
  idle: NodeJS.Timeout;
}

export class ArchiveService {
  readonly #options: ArchiveServiceOptions;
  readonly #export: ArchiveExport;
  readonly #imports = new Map<string, Session>();

  constructor(options: ArchiveServiceOptions) {
    this.#options = options;
    this.#export = new ArchiveExport(options);
  }

  /** See `ArchiveExport.piece`. */
  piece(runIds: readonly number[], cursor: string | undefined): Promise<ArchivePiece> {
    return this.#export.piece(runIds, cursor);
  }

  /** Begins to read a file; returns the name under which its pieces are given. @throws WorkbenchError `archive.tooMany` */
  begin(): string {
    if (this.#imports.size >= MOST_IMPORTS)
      throw new WorkbenchError('archive.tooMany', `${MOST_IMPORTS} files are being imported already`, {
        hint: 'wait until one of them is done',
      });
    const importId = randomUUID();
    const { record, preparation, claim, now } = this.#options;
    const archive = new ArchiveImport({ archives: record.archives, preparation, owner: claim(), now });
    this.#imports.set(importId, {
      archive,
      turn: Promise.resolve(),
      idle: setTimeout(() => void this.cancel(importId), IDLE_MS).unref(),
    });
    return importId;
  }

  /** Takes the next bytes; returns how much of its rows has been read, 0…1. @throws WorkbenchError `archive.…`; the import is over then */
  async add(importId: string, bytes: Uint8Array): Promise<number> {
    const session = this.#session(importId);
    session.idle.refresh();
    const turn = session.turn.then(() => session.archive.add(bytes));
    session.turn = turn.catch(() => {}); // reported to the caller that gave this piece
    try {
      await turn;
    } catch (error) {
      await this.cancel(importId);
      throw error;
    }
    return session.archive.share;
  }

  /** The whole file has been given: its runs are there from now on. @throws WorkbenchError `archive.…`; nothing was imported then */
  async finish(importId: string): Promise<RunSummary[]> {
    const session = this.#session(importId);
    await session.turn;
    let runIds: number[];
    try {
      runIds = session.archive.finish();
    } catch (error) {
      await this.cancel(importId);
      throw error;
    }
    this.#forget(importId);
    const runs = runIds.map((runId) => this.#options.runs.summary(runId));
    for (const run of runs) this.#options.events.emit({ name: 'run.changed', payload: { run } });
    return runs;
  }

  /** Gives up an import and frees what it had taken; nothing happens where there is none. */
  async cancel(importId: string): Promise<void> {
    const session = this.#imports.get(importId);
    if (session === undefined) return;
    this.#forget(importId);
    await session.turn;
    session.archive.discard();
    await purgeDeleted(this.#options.record.database, this.#options.isClosing);
  }

  /** Gives up what instances that are gone have left half imported. */
  discardAbandoned(): void {
    const { record } = this.#options;
    record.archives.discardAbandoned((owner) => isOwnerAlive(record.path, owner));
  }

  /** Gives up everything under way; the rows are freed at the next start. */
  async close(): Promise<void> {
    const sessions = [...this.#imports.keys()].map((importId) => this.cancel(importId));
    await Promise.all(sessions);
  }

  #session(importId: string): Session {
    const session = this.#imports.get(importId);
    if (session === undefined)
      throw new WorkbenchError('archive.noImport', 'this import is no longer under way', {
        hint: 'begin again with the whole file',
      });
    return session;
  }

  #forget(importId: string): void {
    clearTimeout(this.#imports.get(importId)?.idle);
    this.#imports.delete(importId);
  }
}
