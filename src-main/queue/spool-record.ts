/** The record of a spool as the worker reads it besides the workbench that writes it. */
import { statSync } from 'node:fs';
import { ArchiveRepository } from '../store/archive-repository.ts';
import { connect } from '../store/open.ts';
import { resultHashOf } from '../store/run-identity.ts';

export interface SpoolRecord {
  /** See `resultHash`. */
  resultHash(runId: number): string;
  /** Bytes of its files without the pages that are written over first. */
  bytes(): number;
  close(): void;
}

/** @param path of a record that is there */
export function openSpoolRecord(path: string): SpoolRecord {
  const database = connect(path);
  const archives = new ArchiveRepository(database);
  const number = (pragma: string): number => Number(database.pragma(pragma, { simple: true }));
  return {
    resultHash: (runId) => resultHashOf(archives, runId),
    bytes: () =>
      (number('page_count') - number('freelist_count')) * number('page_size') +
      (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0),
    close: () => void database.close(),
  };
}
