/** The other pages: list of runs with filters in the address, home, library, settings, help, and an address without a page. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toCsv, visibleColumns } from '#renderer/components/data-table.ts';
import { keyHelp } from '#renderer/commands/key-help.ts';
import { sharedColors } from '#renderer/features/home/application-colors.ts';
import { filterRuns, runColumns } from '#renderer/features/runs/run-table.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns, runs } from './support/host-with-runs.ts';
import { button, hasButton, openPage, settle } from './support/mount-page.ts';
import { scenario } from './support/run-fixtures.ts';

let wrapper: VueWrapper | undefined;
let host: HostDouble;

beforeEach(() => {
  host = aHostWithRuns();
});
afterEach(() => wrapper?.unmount());

async function show(address: string) {
  const page = await openPage(address);
  wrapper = page.wrapper;
  return page;
}

const names = (page: VueWrapper): string[] => page.findAll('.row .name').map((cell) => cell.text());

describe('the list of runs', () => {
  it('shows what the filters in the address leave', async () => {
    const { wrapper: page } = await show('/runs?q=figure');
    expect(names(page)).toEqual(['Third']);
    expect(page.text()).toContain('1 of 3');
  });

  it('sorts by its heads and keeps the sorting in the address', async () => {
    const { wrapper: page, router } = await show('/runs');
    expect(names(page)).toEqual(['Third', 'Second', 'First, "quoted"']);
    button(page, 'Fitness').click();
    await settle();
    expect(router.currentRoute.value.query).toEqual({ sort: 'fitness-descending' });
    expect(names(page)[0]).toBe('First, "quoted"');
  });

  it('opens a run by click', async () => {
    const { wrapper: page, router } = await show('/runs');
    await page.findAll('.row')[1]?.trigger('click');
    await settle();
    expect(router.currentRoute.value.fullPath).toBe('/runs/2');
  });

  it('says that nothing fits, and shows everything again', async () => {
    const { wrapper: page } = await show('/runs?q=nonsense');
    expect(page.text()).toContain('No run fits these filters');
    button(page, 'Show all runs').click();
    await settle();
    expect(names(page)).toHaveLength(3);
  });

  it('says what belongs there while it is empty', async () => {
    host.handlers['runs.list'] = () => ({ runs: [], total: 0 });
    const { wrapper: page } = await show('/runs');
    expect(page.text()).toContain('No runs yet');
  });

  it('finds runs by every word, their status, scheduler and star', () => {
    const filter = { text: '', status: undefined, scheduler: undefined, starredOnly: false };
    const found = (changes: Partial<Parameters<typeof filterRuns>[1]>) => filterRuns(runs, { ...filter, ...changes }).map((run) => run.id);
    expect(found({ text: 'small third' })).toEqual([3]);
    expect(found({ text: '#2' })).toEqual([2]);
    expect(found({ status: 'failed' })).toEqual([3]);
    expect(found({ scheduler: 'ga' })).toEqual([2, 1]);
    expect(found({ starredOnly: true })).toEqual([2]);
  });

  it('becomes CSV with every digit, quoted where needed', () => {
    const lines = toCsv([runs[2]!], runColumns((id) => id)).split('\r\n');
    expect(lines[0]).toContain('Makespan (ms)');
    expect(lines[1]).toContain('"First, ""quoted"""');
    expect(lines[1]).toContain(String(runs[2]!.bestMetrics!.makespanMs));
    expect(lines[0]).toMatch(/^Starred,Run,/);
    expect(lines[1]).toContain('2023-11-14T22:13:20.000Z');
  });

  it.each([
    [0, []],
    [683, ['scenario', 'makespan', 'energy']],
    [1052, ['scenario', 'scheduler', 'makespan', 'throughput', 'energy', 'latency', 'created']],
    [1400, ['scenario', 'scheduler', 'seed', 'generations', 'fitness', 'makespan', 'throughput', 'energy', 'latency', 'created']],
  ])('%i pixels wide, shows the most important columns that have room', (width, expected) => {
    expect(visibleColumns(runColumns((id) => id), width).map((column) => column.id)).toEqual(['starred', 'id', 'name', 'status', ...expected, 'actions']);
  });

  it('never hides the column it is sorted by', () => {
    expect(visibleColumns(runColumns((id) => id), 683, 'fitness').map((column) => column.id)).toContain('fitness');
  });

  it('says what fitness is comparable with while it is sorted by it', async () => {
    const { wrapper: page } = await show('/runs?sort=fitness-descending');
    expect(page.find('[role="note"]').text()).toContain('same weights');
    button(page, 'Makespan (ms)').click();
    await settle();
    expect(page.find('[role="note"]').exists()).toBe(false);
  });

  it('keeps the focus on the row after renaming, after Escape in its menu, and passes it on after deleting', async () => {
    const { wrapper: page } = await show('/runs');
    const focused = (): string => document.activeElement?.closest('.row')?.querySelector('.name')?.textContent ?? `nothing but ${document.activeElement?.tagName}`;
    const key = async (name: string): Promise<void> => {
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: name, code: name, bubbles: true, cancelable: true }));
      await settle();
    };
    page.findAll<HTMLElement>('.row')[0]?.element.focus();
    await key('ArrowDown');
    await key('F2');
    expect(document.activeElement?.tagName).toBe('INPUT');
    await key('Escape');
    expect(focused()).toBe('Second');
    document.activeElement?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
    await settle();
    expect(document.activeElement?.textContent).toContain('Run again');
    await key('Escape');
    expect(focused()).toBe('Second');
    await key('Delete');
    expect(focused()).toBe('First, "quoted"');
    await key('Delete');
    expect(focused()).toBe('Third');
  });

  it('tells its own keys in the list of shortcuts', async () => {
    await show('/runs');
    expect(keyHelp.value.flatMap((group) => group.entries.map((entry) => entry.keys))).toEqual(expect.arrayContaining(['↵', 'F2', '*', 'Del']));
    wrapper?.unmount();
    expect(keyHelp.value).toEqual([]);
  });
});

describe('home', () => {
  it('starts a demo and opens its page', async () => {
    const { wrapper: page, router } = await show('/');
    expect(page.text()).toContain('Small demo');
    expect(page.find('.schedule-sketch').attributes('aria-label')).toContain('NPU-first schedule');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')[0]).toMatchObject({ scenario: 'small', name: 'Small demo', configuration: { scheduler: 'ga', seed: 42 } });
    expect(router.currentRoute.value.fullPath).toBe('/runs/9');
  });

  it('gives an application the same colour on every card', () => {
    const [small, other] = [scenario, { ...scenario, applications: scenario.applications.toReversed() }];
    const [first, second] = sharedColors([small, other]);
    expect(second).toEqual(first?.toReversed());
    expect(new Set(first).size).toBe(scenario.applications.length);
    const twice = [scenario.applications[0]!, scenario.applications[0]!];
    expect(sharedColors([{ ...scenario, applications: twice }])).toEqual([[0, 1]]);
  });

  it('lists the last runs', async () => {
    const { wrapper: page } = await show('/');
    expect(page.findAll('.recent li').map((item) => item.find('.name').text())).toEqual(['Third', 'Second', 'First, "quoted"']);
  });
});

it('settings show database, versions and what the doctor found', async () => {
  const { wrapper: page } = await show('/settings');
  expect(page.text()).toContain('/data/tessera.db');
  expect(page.text()).toContain('missing: Electron');
  expect(page.text()).toContain('Npm start fetches it');
});

it('help shows the documentation, linked within itself', async () => {
  const { wrapper: page } = await show('/help/getting-started');
  expect(page.find('.markdown h1').text()).not.toBe('');
  expect(page.findAll('.markdown a').some((link) => link.attributes('href')?.startsWith('/help/'))).toBe(true);
});

it('an address without a page says so', async () => {
  const { wrapper: page } = await show('/nowhere');
  expect(page.text()).toContain('Nothing has the address /nowhere');
  expect(hasButton('Home')).toBe(true);
});
