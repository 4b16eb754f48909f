/** The tables' everyday use: documents with revisions, lists of runs, their status, their deletion, and who owns them. */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { clearDeadLocks, isOwnerAlive, OwnerLock } from '#main/store/owner-lock.ts';
import { RunRecorder } from '#main/store/recorder.ts';
import { openRecord } from '#main/store/open.ts';
import { DocumentRepository } from '#main/store/document-repository.ts';
import type { RunRecord } from '#main/store/record.ts';
import { RunRepository } from '#main/store/run-repository.ts';
import { markDeleted, purgeDeleted } from '#main/store/run-deletion.ts';
import { parseProfile } from '#shared/domain/profile.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder, aRecord, knownMigrations } from '../../fixtures/record.ts';

const scenario = aSmallScenario().build();
const search = createRun(scenario, { scheduler: 'random', seed: 1, options: {} });

const me = { owner: 'me' };

function addRun(record: Pick<RunRecord, 'runs'>, name: string, owner = 'me', of = scenario): number {
  return record.runs.create({
    name,
    scenario: of,
    configuration: { scheduler: 'random', seed: 1, options: {} },
    engineVersion: 'test',
    reference: search.reference,
    layout: layoutOf(search.problem),
    createdAt: 5,
    owner,
  });
}

describe('documents', () => {
  it('get a revision per save, and keep the latest', () => {
    const { documents } = aRecord();
    documents.save('network', 'n', { id: 'n', v: 1 }, 10);
    documents.save('network', 'n', { id: 'n', v: 2 }, 20);
    documents.save('platform', 'n', { id: 'n', v: 3 }, 30);
    expect(documents.get('network', 'n')).toEqual({
      kind: 'network',
      id: 'n',
      revision: 2,
      updatedAt: 20,
      json: '{"id":"n","v":2}',
    });
    expect(documents.list().map(({ kind, id, revision }) => [kind, id, revision])).toEqual([
      ['network', 'n', 2],
      ['platform', 'n', 1],
    ]);
    expect(documents.get('scenario', 'n')).toBeUndefined();
  });

  it('are deleted with every revision', () => {
    const { documents } = aRecord();
    documents.save('network', 'n', { id: 'n' }, 10);
    documents.save('network', 'n', { id: 'n' }, 20);
    expect(documents.delete('network', 'n')).toBe(true);
    expect(documents.delete('network', 'n')).toBe(false);
    expect(documents.list()).toEqual([]);
  });
});

describe('a record from before profiles were documents', () => {
  it('keeps its documents, tags and uses, and then takes profiles', () => {
    const path = join(aFolder(), 'tessera.db');
    const before = openRecord(path, knownMigrations.slice(0, 11));
    const documents = new DocumentRepository(before);
    documents.save('network', 'n', { id: 'n', v: 1 }, 10);
    documents.save('network', 'n', { id: 'n', v: 2 }, 20);
    documents.setTags('network', 'n', ['mine']);
    const run = addRun({ runs: new RunRepository(before) }, 'old');
    const [{ network }] = scenario.applications;
    before.close();

    const record = aRecord(path);
    expect(record.documents.revisions('network', 'n').map(({ savedAt }) => savedAt)).toEqual([20, 10]);
    expect(record.documents.tags('network')).toEqual(new Map([['n', ['mine']]]));
    expect(record.documents.runsUsing('network', network.id).latestRuns.map(({ id }) => id)).toEqual([run]);
    record.documents.save('profile', 'p', { id: 'p' }, 30);
    expect(record.documents.get('profile', 'p')?.revision).toBe(1);
    const profile = parseProfile({ schemaVersion: 1, id: 'p', measurements: [] });
    const later = addRun(record, 'new', 'me', { ...scenario, profiles: [profile] });
    expect(record.documents.runsUsing('profile', 'p').latestRuns.map(({ id }) => id)).toEqual([later]);
    expect(record.documents.runsUsing('network', network.id).runCount).toBe(2);
    expect(() => record.documents.save('other' as 'profile', 'p', { id: 'p' }, 30)).toThrow('CHECK');
  });
});

describe('the list of runs', () => {
  it('is newest first, in pages, with the number of all that match', () => {
    const { runs, ...record } = aRecord();
    for (const name of ['a', 'b', 'c', 'd']) addRun({ runs, ...record }, name);
    const page = runs.list({ limit: 2, offset: 1 });
    expect(page.runs.map((run) => run.name)).toEqual(['c', 'b']);
    expect(page.total).toBe(4);
  });

  it('is filtered by status and by text in name, notes and tags, whatever the case', () => {
    const record = aRecord();
    const [first, second, third] = [addRun(record, 'Morning'), addRun(record, 'noon'), addRun(record, 'night')];
    record.runs.markStarted(second, 6);
    record.runs.update(third, { tags: ['paper'], notes: 'Figure 3' });
    const names = (filter: { status?: 'running'; text?: string }): string[] =>
      record.runs.list({ limit: 10, offset: 0, ...filter }).runs.map((run) => run.name);
    expect(names({ status: 'running' })).toEqual(['noon']);
    expect(names({ text: 'MORN' })).toEqual(['Morning']);
    expect(names({ text: 'figure' })).toEqual(['night']);
    expect(names({ text: 'paper' })).toEqual(['night']);
    expect(names({ text: String(first) })).toContain('Morning');
    expect(names({ text: '%' })).toEqual([]);
  });
});

describe('a run', () => {
  it('keeps name, notes, tags and star, each changed by itself', () => {
    const { runs, ...record } = aRecord();
    const runId = addRun({ runs, ...record }, 'a');
    expect(runs.update(runId, { starred: true })).toBe(true);
    expect(runs.update(runId, { tags: ['x', 'y', 'x'] })).toBe(true);
    expect(runs.summary(runId)).toMatchObject({ name: 'a', starred: true, tags: ['x', 'y'], notes: '' });
    expect(runs.update(99, { starred: true })).toBe(false);
  });

  it('does not change its status once it has ended', () => {
    const { runs, ...record } = aRecord();
    const runId = addRun({ runs, ...record }, 'a');
    expect(runs.setStatus(runId, 'cancelled', me, { at: 9 })).toBe(true);
    expect(runs.setStatus(runId, 'running', me)).toBe(false);
    expect(runs.summary(runId)).toMatchObject({ status: 'cancelled', endedAt: 9 });
  });

  it('does not change its status on behalf of who no longer owns it, or of an earlier start', () => {
    const { runs, ...record } = aRecord();
    const runId = addRun({ runs, ...record }, 'a');
    const first = runs.markStarted(runId, 1);
    const second = runs.markStarted(runId, 2);
    expect(runs.setStatus(runId, 'failed', { owner: 'another' })).toBe(false);
    expect(runs.setStatus(runId, 'failed', { ...me, attempt: first })).toBe(false);
    expect(runs.summary(runId)).toMatchObject({ status: 'running' });
    expect(runs.setStatus(runId, 'failed', { ...me, attempt: second })).toBe(true);
    expect(() => runs.markStarted(99, 1)).toThrow(expect.objectContaining({ code: 'run.unknown' }));
  });

  it('is queued again only when it was interrupted', () => {
    const { runs, ...record } = aRecord();
    const runId = addRun({ runs, ...record }, 'a');
    expect(runs.enqueueAgain(runId, 'me')).toBe(false);
    runs.setStatus(runId, 'interrupted', me, { reason: 'lost', at: 9 });
    expect(runs.enqueueAgain(runId, 'me')).toBe(true);
    const summary = runs.summary(runId);
    expect(summary).toMatchObject({ status: 'queued' });
    expect(summary).not.toHaveProperty('statusReason');
    expect(summary).not.toHaveProperty('endedAt');
  });
});

describe('deleting', () => {
  it('frees the rows of that run only, and gives the space back', async () => {
    const record = aRecord();
    const [kept, deleted] = [addRun(record, 'kept'), addRun(record, 'deleted')];
    for (const runId of [kept, deleted]) {
      const run = createRun(scenario, {
        scheduler: 'random',
        seed: 3,
        options: { populationSize: 200, generations: 20 },
      });
      const recorder = new RunRecorder(record.database, runId);
      for (let next = run.step(); next !== undefined; next = run.step())
        recorder.record(
          { generations: [{ record: next, elapsedMs: 1 }], checkpoint: run.saveState(), best: run.best! },
          1,
        );
    }
    const layout = record.runs.layout(kept)!;
    record.database.pragma('wal_checkpoint(TRUNCATE)');
    const sizeBefore = statSync(record.path).size;
    expect(markDeleted(record.database, deleted), 'active').toBe(false);
    record.runs.setStatus(deleted, 'finished', me);
    expect(markDeleted(record.database, deleted)).toBe(true);
    expect(record.runs.summary(deleted)).toBeUndefined();
    expect(record.runs.list({ limit: 10, offset: 0 }).total).toBe(1);
    await purgeDeleted(record.database);
    record.database.pragma('wal_checkpoint(TRUNCATE)');
    expect(statSync(record.path).size).toBeLessThan(sizeBefore * 0.7);
    for (const table of ['generation', 'chromosome', 'checkpoint'])
      expect(record.database.prepare(`SELECT DISTINCT run_id FROM ${table}`).pluck().all()).toEqual([kept]);
    expect(record.generations.series(kept, layout, 0, 100).length).toBe(20);
    expect(addRun(record, 'next')).toBe(deleted + 1);
  });

  it('ends also where the file cannot give space back', async () => {
    const record = aRecord();
    const runId = addRun(record, 'deleted');
    const run = createRun(scenario, {
      scheduler: 'random',
      seed: 3,
      options: { populationSize: 200, generations: 20 },
    });
    const recorder = new RunRecorder(record.database, runId);
    for (let next = run.step(); next !== undefined; next = run.step())
      recorder.record(
        { generations: [{ record: next, elapsedMs: 1 }], checkpoint: run.saveState(), best: run.best! },
        1,
      );
    record.database.pragma('journal_mode = DELETE');
    record.database.pragma('auto_vacuum = NONE');
    record.database.exec('VACUUM');
    record.runs.setStatus(runId, 'finished', me);
    markDeleted(record.database, runId);
    await purgeDeleted(record.database);
    expect(record.database.pragma('freelist_count', { simple: true })).toBeGreaterThan(0);
  });
});

const locksOf = (path: string): string[] => readdirSync(dirname(path)).filter((name) => name.includes('-owner-'));

describe('an owner', () => {
  it('is alive while it holds its lock, and leaves no file behind', () => {
    const { path } = aRecord();
    const lock = new OwnerLock(path);
    expect(isOwnerAlive(path, lock.owner)).toBe(false);
    lock.hold();
    lock.hold();
    expect(isOwnerAlive(path, lock.owner)).toBe(true);
    expect(isOwnerAlive(path, lock.owner)).toBe(true);
    lock.release();
    expect(isOwnerAlive(path, lock.owner)).toBe(false);
    expect(locksOf(path)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  it('that holds its lock has one empty file beside the database', () => {
    const { path } = aRecord();
    const lock = new OwnerLock(path);
    lock.hold();
    onTestFinished(() => lock.release());
    expect(locksOf(path)).toEqual([`tessera.db-owner-${lock.owner}`]);
    expect(statSync(`${path}-owner-${lock.owner}`).size).toBe(0);
  });

  it('that was killed leaves a lock that the next start clears away, unless it is so young that it may not be taken yet', () => {
    const { path } = aRecord();
    const alive = new OwnerLock(path);
    alive.hold();
    onTestFinished(() => alive.release());
    const [dead, young] = ['dead', 'young'].map((owner) => `${path}-owner-${owner}`);
    for (const file of [dead!, `${dead}-journal`, young!]) writeFileSync(file, '');
    for (const file of [dead!, `${path}-owner-${alive.owner}`]) utimesSync(file, 1, 1);
    clearDeadLocks(path, Date.now());
    expect(locksOf(path).sort()).toEqual([`tessera.db-owner-${alive.owner}`, 'tessera.db-owner-young'].sort());
    expect(isOwnerAlive(path, alive.owner)).toBe(true);
  });
});
