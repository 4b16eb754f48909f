/** The record of searches for networks, for a command that needs nothing else of the workbench. */
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { followMoves } from '../../store/database-move.ts';
import { loadMigrations } from '../../store/migrations.ts';
import { NetworkSearchRepository, type RecordedSearch } from '../../store/network-search-repository.ts';
import { closingOnError, openRecord } from '../../store/open.ts';

export interface SearchRecord {
  readonly searches: NetworkSearchRepository;
  close(): void;
}

/** Opens (or creates) the database, where it is now if it was moved. @throws WorkbenchError `store.…` */
export function openSearchRecord(databasePath: string, resourcesDirectory: string): SearchRecord {
  const path = followMoves(databasePath);
  const database = openRecord(path, loadMigrations(join(resourcesDirectory, 'migrations')));
  return closingOnError(database, path, () => ({
    searches: new NetworkSearchRepository(database),
    close: () => void database.close(),
  }));
}

/** @throws WorkbenchError `networkSearch.unknown` */
export function recordedSearch({ searches }: SearchRecord, id: number): RecordedSearch {
  const found = searches.get(id);
  if (found !== undefined) return found;
  throw new WorkbenchError('networkSearch.unknown', `there is no search for networks ${id}`, {
    hint: 'tessera nas searches lists them',
  });
}
