/** The record as its users see it: one open database with its repositories. */
import type { Database } from 'better-sqlite3';
import { ArchiveRepository } from './archive-repository.ts';
import { BoundRepository } from './bound-repository.ts';
import { ComparisonRepository } from './comparison-repository.ts';
import { DocumentRepository } from './document-repository.ts';
import { ExecutionRepository } from './execution-repository.ts';
import { GenerationRepository } from './generation-repository.ts';
import type { Migration } from './migrations.ts';
import { closingOnError, openRecord } from './open.ts';
import { RemoteRepository } from './remote-repository.ts';
import { ReplayRepository } from './replay-repository.ts';
import { SweepRepository } from './sweep-repository.ts';
import { RunRepository } from './run-repository.ts';

export interface RunRecord {
  readonly path: string;
  readonly database: Database;
  readonly documents: DocumentRepository;
  readonly runs: RunRepository;
  readonly generations: GenerationRepository;
  readonly replay: ReplayRepository;
  readonly sweeps: SweepRepository;
  readonly comparisons: ComparisonRepository;
  readonly archives: ArchiveRepository;
  readonly bounds: BoundRepository;
  readonly executions: ExecutionRepository;
  readonly remote: RemoteRepository;
  close(): void;
}

/** Opens (or creates) the record at `path`. @throws WorkbenchError `store.…` */
export function openRecordRepositories(path: string, migrations: readonly Migration[]): RunRecord {
  const database = openRecord(path, migrations);
  return closingOnError(database, path, () => ({
    path,
    database,
    documents: new DocumentRepository(database),
    runs: new RunRepository(database),
    generations: new GenerationRepository(database),
    replay: new ReplayRepository(database),
    sweeps: new SweepRepository(database),
    comparisons: new ComparisonRepository(database),
    archives: new ArchiveRepository(database),
    bounds: new BoundRepository(database),
    executions: new ExecutionRepository(database),
    remote: new RemoteRepository(database),
    close: () => void database.close(),
  }));
}
