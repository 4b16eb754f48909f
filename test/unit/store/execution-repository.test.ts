import { describe, expect, it } from 'vitest';
import { openRecord } from '#main/store/open.ts';
import { openRecordRepositories } from '#main/store/record.ts';
import { anExecution } from '#test/fixtures/execution.ts';
import { aFolder, knownMigrations } from '#test/fixtures/record.ts';

describe('executions', () => {
  it('are in the record from migration 13 on, and in those that are older after it', () => {
    const path = `${aFolder()}/tessera.db`;
    openRecord(path, knownMigrations.slice(0, 12)).close();
    const record = openRecordRepositories(path, knownMigrations);
    expect(record.executions.ofRun(1)).toEqual([]);
    record.close();
  });

  it('are kept beside their run, the newest first', () => {
    const record = openRecordRepositories(`${aFolder()}/tessera.db`, knownMigrations);
    const { database, executions } = record;
    database.pragma('foreign_keys = OFF');
    const first = executions.add(7, 3, 1000, anExecution);
    const second = executions.add(7, 4, 2000, { ...anExecution, netMs: null });
    expect(executions.ofRun(8)).toEqual([]);
    expect(executions.ofRun(7)).toEqual([
      { id: second, chromosomeId: 4, createdAt: 2000, execution: { ...anExecution, netMs: null } },
      { id: first, chromosomeId: 3, createdAt: 1000, execution: anExecution },
    ]);
    record.close();
  });

  it('need a run that there is', () => {
    const record = openRecordRepositories(`${aFolder()}/tessera.db`, knownMigrations);
    expect(() => record.executions.add(7, 3, 1000, anExecution)).toThrow(/FOREIGN KEY/);
    record.close();
  });
});
