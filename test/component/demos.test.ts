/** Demos of several runs, where demos are watched, and what they offer at their end. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Demo } from '#shared/contract/shapes.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns } from './support/host-with-runs.ts';
import { button, openPage, settle } from './support/mount-page.ts';
import { aRun } from './support/run-fixtures.ts';

const configuration = (seed: number) => ({ scheduler: 'ga', seed, options: {} });
const goals: Demo = {
  id: 'goals',
  name: 'Goals',
  description: '',
  scenario: 'small',
  configuration: configuration(1),
  runs: [
    { name: 'Fast', configuration: configuration(1) },
    { name: 'Thrifty', configuration: configuration(2) },
  ],
  opens: 'compare',
};
const front: Demo = {
  id: 'front',
  name: 'Front',
  description: '',
  scenario: 'small',
  configuration: configuration(3),
  opens: 'pareto',
};

let wrapper: VueWrapper | undefined;
let host: HostDouble;
let nextId: number;

beforeEach(() => {
  host = aHostWithRuns();
  nextId = 10;
  host.handlers['runs.start'] = ({ name }) => ({ run: aRun({ id: nextId++, name: name ?? '', status: 'queued' }) });
  host.handlers['runs.update'] = ({ runId, tags }) => ({
    run: aRun({ id: runId, name: `Run ${runId}`, status: 'running', tags: tags ?? [] }),
  });
});
afterEach(() => wrapper?.unmount());

async function homeWith(...demos: Demo[]) {
  host.handlers['demos.list'] = () => ({ demos });
  const page = await openPage('/');
  wrapper = page.wrapper;
  return page;
}

async function finish(...ids: number[]): Promise<void> {
  for (const id of ids) host.send('run.changed', { run: aRun({ id, status: 'finished' }) });
  await settle();
}

describe('a demo of several runs', () => {
  it('starts them all, opens the list of just these, and offers them side by side at the end, without a jump', async () => {
    host.handlers['runs.list'] = () => ({ runs: [], total: 0 });
    const { wrapper: page, router, pinia } = await homeWith(goals);
    expect(page.text()).toContain('2 runs');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')).toMatchObject([
      { name: 'Fast', configuration: configuration(1) },
      { name: 'Thrifty', configuration: configuration(2) },
    ]);
    expect(host.asked('runs.update')).toEqual([10, 11].map((runId) => ({ runId, tags: ['goals-10-11'] })));
    expect(router.currentRoute.value.fullPath).toBe('/runs?q=goals-10-11');
    await finish(10);
    expect(router.currentRoute.value.name).toBe('runs');
    await finish(11);
    expect(router.currentRoute.value.name).toBe('runs');
    useNotificationsStore(pinia).toasts[0]?.action?.run();
    await settle();
    expect(router.currentRoute.value.path).toBe('/compare/10~11');
  });

  it('offers its end where somebody has left for another page in the meantime', async () => {
    const { wrapper: page, router, pinia } = await homeWith(goals);
    button(page, 'Start').click();
    await settle();
    await router.push('/settings');
    await finish(10, 11);
    expect(router.currentRoute.value.path).toBe('/settings');
    const [toast] = useNotificationsStore(pinia).toasts;
    expect(toast?.title).toBe('Goals has finished');
    toast?.action?.run();
    await settle();
    expect(router.currentRoute.value.path).toBe('/compare/10~11');
  });

  it('stays with its runs where one of them is cancelled', async () => {
    const { wrapper: page, router } = await homeWith(goals);
    button(page, 'Start').click();
    await settle();
    host.send('run.changed', { run: aRun({ id: 11, status: 'cancelled' }) });
    await finish(10);
    expect(router.currentRoute.value.name).toBe('runs');
  });
});

describe('a demo of one run', () => {
  it('that is about a front is watched there', async () => {
    const { wrapper: page, router } = await homeWith(front);
    const ends: string[] = [];
    // Its page draws on a canvas, which there is none of here: it is enough that it would be opened.
    router.beforeEach((to) => to.name !== 'pareto' || (ends.push(to.path), false));
    button(page, 'Start').click();
    await settle();
    expect(ends).toEqual(['/pareto/10']);
  });
});

it('all demos are started at once, and listed', async () => {
  const { wrapper: page, router } = await homeWith(goals, front);
  button(page, 'Start all 2').click();
  await settle();
  expect(host.asked('runs.start')).toHaveLength(3);
  expect(router.currentRoute.value.fullPath).toBe('/runs?q=demos-10-12');
});
