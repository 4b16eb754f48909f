/** The runs store: follows events, undoes deletions in time, reads anew after a lost connection. */
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UNDO_MS, useRunsStore } from '#renderer/stores/runs.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HostDouble } from './support/host-double.ts';
import { aProgress, aRun, aSeries } from './support/run-fixtures.ts';

let host: HostDouble;

beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  host = new HostDouble({ 'runs.list': () => ({ runs: [aRun({ id: 2 }), aRun({ id: 1, status: 'running' })], total: 2 }), 'runs.delete': () => ({}) }).install();
});
afterEach(() => vi.useRealTimers());

async function loaded() {
  const store = useRunsStore();
  await store.load();
  return store;
}

describe('the list', () => {
  it('has the newest first and knows which runs are at work', async () => {
    const store = await loaded();
    expect(store.runs.map((run) => run.id)).toEqual([2, 1]);
    expect(store.active.map((run) => run.id)).toEqual([1]);
    expect(store.state).toBe('ready');
  });

  it('is read page by page until all are there', async () => {
    const all = Array.from({ length: 1500 }, (_, index) => aRun({ id: 1500 - index }));
    host.handlers['runs.list'] = ({ offset, limit }) => ({ runs: all.slice(offset, offset + limit), total: all.length });
    const store = await loaded();
    expect(store.runs).toHaveLength(1500);
    expect(host.asked('runs.list')).toHaveLength(2);
  });

  it('keeps the problem when it cannot be read, and recovers', async () => {
    host.handlers['runs.list'] = () => Promise.reject(new WorkbenchError('connection.lost', 'the connection was lost', { hint: 'wait' }));
    const store = await loaded();
    expect(store.state).toBe('failed');
    expect(store.error?.hint).toBe('wait');
    host.handlers['runs.list'] = () => ({ runs: [], total: 0 });
    await store.ensureLoaded();
    expect(store.state).toBe('ready');
  });
});

describe('events', () => {
  it('add and change runs', async () => {
    const store = await loaded();
    host.send('run.changed', { run: aRun({ id: 3, name: 'New', status: 'queued' }) });
    host.send('run.changed', { run: aRun({ id: 1, status: 'cancelled' }) });
    expect(store.runs.map((run) => [run.id, run.status])).toEqual([[3, 'queued'], [2, 'finished'], [1, 'cancelled']]);
  });

  it('move the progress of a run', async () => {
    const store = await loaded();
    host.send('run.progress', aProgress({ runId: 1, generation: 41, plannedGenerations: 200, evaluations: 4200, series: aSeries(40, 2) }));
    expect(store.byId.get(1)).toMatchObject({ generations: 42, plannedGenerations: 200, evaluations: 4200 });
    expect(store.pulses.get(1)?.etaMs).toBe(4000);
  });

  it('end the progress with the run', async () => {
    const store = await loaded();
    host.send('run.progress', aProgress({ runId: 1 }));
    host.send('run.changed', { run: aRun({ id: 1, status: 'finished' }) });
    expect(store.pulses.has(1)).toBe(false);
  });

  it('take away runs deleted elsewhere', async () => {
    const store = await loaded();
    host.send('run.deleted', { runId: 2 });
    expect(store.runs.map((run) => run.id)).toEqual([1]);
  });
});

describe('deleting', () => {
  it('hides the run at once and asks the host only when undoing is over', async () => {
    const store = await loaded();
    store.remove([2]);
    expect(store.runs.map((run) => run.id)).toEqual([1]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(host.asked('runs.delete')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(host.asked('runs.delete')).toEqual([{ runId: 2 }]);
    expect(store.byId.has(2)).toBe(false);
  });

  it('can be undone from the toast', async () => {
    const store = await loaded();
    store.remove([2]);
    useNotificationsStore().toasts.at(-1)?.action?.run();
    await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(store.runs.map((run) => run.id)).toEqual([2, 1]);
    expect(host.asked('runs.delete')).toEqual([]);
  });

  it('brings the run back and says why when the host refuses', async () => {
    host.handlers['runs.delete'] = () => Promise.reject(new WorkbenchError('run.active', 'run 2 is running', { hint: 'cancel it first' }));
    const store = await loaded();
    store.remove([2]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.runs.map((run) => run.id)).toEqual([2, 1]);
    expect(useNotificationsStore().toasts.at(-1)).toMatchObject({ kind: 'error', hint: 'cancel it first' });
  });
});
