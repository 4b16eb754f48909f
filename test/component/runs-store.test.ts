/** The runs store: follows events, undoes deletions in time, reloads after a lost connection. */
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UNDO_MS } from '#renderer/stores/deferred-deletion.ts';
import { useRunsStore } from '#renderer/stores/runs.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HostDouble } from './support/host-double.ts';
import { aProgress, aRun, aSeries } from './support/run-fixtures.ts';

let host: HostDouble;

beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  host = new HostDouble({
    'runs.list': () => ({ runs: [aRun({ id: 2 }), aRun({ id: 1, status: 'running' })], total: 2 }),
    'runs.deleteTogether': ({ runIds }) => ({ deleted: runIds.length, active: [] }),
  }).install();
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
    expect(store.recent.map((run) => run.id)).toEqual([2, 1]);
    expect(store.active.map((run) => run.id)).toEqual([1]);
    expect(store.state).toBe('ready');
  });

  it('is not read whole: the newest, those at work, and those that were opened', async () => {
    const store = await loaded();
    expect(host.asked('runs.list')).toMatchObject([
      { limit: 100 },
      { status: ['queued', 'running', 'paused'], limit: 1000 },
    ]);
    expect(store.total).toBe(2);
  });

  it('is reloaded when one comes back to the window, because other programs record runs, too', async () => {
    const store = await loaded();
    host.handlers['runs.list'] = () => ({ runs: [aRun({ id: 3 }), aRun({ id: 2 })], total: 3 });
    window.dispatchEvent(new Event('focus'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.total).toBe(3);
    expect(store.recent.map((run) => run.id)).toEqual([3, 2]);
  });

  it('counts runs that come and go, and does not count those being deleted', async () => {
    const store = await loaded();
    host.send('run.changed', { run: aRun({ id: 3, status: 'queued' }) });
    host.send('run.changed', { run: aRun({ id: 3, status: 'running' }) });
    expect(store.total).toBe(3);
    store.remove([2]);
    expect(store.total).toBe(2);
    host.send('run.deleted', { runId: 1 });
    expect(store.total).toBe(1);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.total).toBe(1);
  });

  it('keeps the problem when it cannot be read, and recovers', async () => {
    host.handlers['runs.list'] = () =>
      Promise.reject(new WorkbenchError('connection.lost', 'the connection was lost', { hint: 'wait' }));
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
    expect(store.recent.map((run) => [run.id, run.status])).toEqual([
      [3, 'queued'],
      [2, 'finished'],
      [1, 'cancelled'],
    ]);
  });

  it('move the progress of a run', async () => {
    const store = await loaded();
    host.send(
      'run.progress',
      aProgress({ runId: 1, generation: 41, plannedGenerations: 200, evaluations: 4200, series: aSeries(40, 2) }),
    );
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
    expect(store.recent.map((run) => run.id)).toEqual([1]);
  });
});

describe('deleting', () => {
  it('hides the run at once and asks the host only when undoing is over', async () => {
    const store = await loaded();
    store.remove([2]);
    expect(store.recent.map((run) => run.id)).toEqual([1]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(host.asked('runs.deleteTogether')).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(host.asked('runs.deleteTogether')).toEqual([{ runIds: [2] }]);
    expect(store.byId.has(2)).toBe(false);
  });

  it('can be undone from the toast', async () => {
    const store = await loaded();
    store.remove([2]);
    useNotificationsStore().toasts.at(-1)?.action?.run();
    await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
    expect(store.recent.map((run) => run.id)).toEqual([2, 1]);
    expect(host.asked('runs.deleteTogether')).toEqual([]);
  });

  it('brings the runs back that are at work, and says so', async () => {
    host.handlers['runs.deleteTogether'] = () => ({ deleted: 1, active: [1] });
    const store = await loaded();
    store.remove([1, 2]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.recent.map((run) => run.id)).toEqual([1]);
    expect(useNotificationsStore().toasts.at(-1)).toMatchObject({
      kind: 'error',
      title: 'Not all runs were deleted: Run 1 is still active',
    });
  });

  it('brings the run back when the host cannot delete it', async () => {
    host.handlers['runs.deleteTogether'] = () =>
      Promise.reject(new WorkbenchError('store.busy', 'the database is locked', { hint: 'close the other program' }));
    const store = await loaded();
    store.remove([2]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.recent.map((run) => run.id)).toEqual([2, 1]);
    expect(useNotificationsStore().toasts.at(-1)).toMatchObject({ kind: 'error', hint: 'close the other program' });
  });

  it('that was undone and asked for again gets its whole time', async () => {
    const store = await loaded();
    store.remove([2]);
    store.restore([2]);
    await vi.advanceTimersByTimeAsync(UNDO_MS / 2);
    store.remove([2]);
    await vi.advanceTimersByTimeAsync(UNDO_MS / 2);
    expect(host.asked('runs.deleteTogether')).toEqual([]);
    await vi.advanceTimersByTimeAsync(UNDO_MS / 2);
    expect(host.asked('runs.deleteTogether')).toEqual([{ runIds: [2] }]);
  });
});
