/** The list of runs: fetched as it is scrolled, filters in its address, groups, selection, live rows, what is done with several runs. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyHelp } from '#renderer/commands/key-help.ts';
import { csvFile, csvOf, toCsv, visibleColumns } from '#renderer/components/table/data-table.ts';
import { formatListAddress, listingOf, parseListAddress } from '#renderer/features/runs/list-address.ts';
import { layOutLines } from '#renderer/features/runs/run-lines.ts';
import { choosable, runColumns, shownAtFirst } from '#renderer/features/runs/run-table.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { HostDouble } from './support/host-double.ts';
import { aHostWithRuns, runs } from './support/host-with-runs.ts';
import { button, openPage, settle } from './support/mount-page.ts';
import { aProgress, aRun } from './support/run-fixtures.ts';
import { answerLists } from './support/run-list-double.ts';

const columnsAtFirst = runColumns((id) => id).filter(({ id }) => !choosable.includes(id) || shownAtFirst.includes(id));
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
const rowOf = (page: VueWrapper, name: string) => page.findAll('.row').find((row) => row.text().includes(name))!;
/** Lets `happen` happen and the throttled look at what has changed come. */
async function soonAfter(happen: () => void): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  happen();
  await vi.advanceTimersByTimeAsync(450);
  vi.useRealTimers();
  await settle();
}

describe('the list of runs', () => {
  it('shows what the filters in the address leave', async () => {
    const { wrapper: page } = await show('/runs?q=figure');
    expect(names(page)).toEqual(['Third']);
    expect(page.text()).toContain('1 of 3');
  });

  it('sorts by its heads and keeps the sorting in the address', async () => {
    const { wrapper: page, router } = await show('/runs?sort=fitness-ascending');
    expect(names(page)[0]).not.toBe('First, "quoted"');
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
    Object.assign(
      host.handlers,
      answerLists(() => []),
    );
    const { wrapper: page } = await show('/runs');
    expect(page.text()).toContain('No runs yet');
  });

  it('becomes CSV with every digit, quoted where needed', () => {
    const lines = toCsv(
      [runs[2]!],
      runColumns((id) => id),
    ).split('\r\n');
    expect(lines[0]).toContain('Makespan (ms)');
    expect(lines[1]).toContain('"First, ""quoted"""');
    expect(lines[1]).toContain(String(runs[2]!.bestMetrics!.makespanMs));
    expect(lines[0]).toMatch(/^Starred,Run,/);
    expect(lines[1]).toContain('2023-11-14T22:13:20.000Z');
  });

  it('is saved as CSV that spreadsheets know to be UTF-8', async () => {
    const bytes = new Uint8Array(await csvFile('é\r\n').arrayBuffer());
    expect(Array.from(bytes.subarray(0, 3))).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe('é\r\n');
  });

  it('becomes CSV in which no text is a formula to a spreadsheet', () => {
    const cells = ['=1+1', '+1', '@sum', '\tx', '-cmd', '-5', -5, 'a=b'];
    expect(csvOf(['=head'], [cells])).toBe("'=head\r\n'=1+1,'+1,'@sum,\"'\tx\",'-cmd,-5,-5,a=b\r\n");
  });

  it.each([
    [0, []],
    [683, ['scenario', 'deadlines', 'makespan']],
    [1090, ['scenario', 'scheduler', 'deadlines', 'gap', 'makespan', 'energy', 'latency']],
    [
      1520,
      [
        'scenario',
        'scheduler',
        'generations',
        'deadlines',
        'gap',
        'fitness',
        'makespan',
        'throughput',
        'energy',
        'latency',
        'created',
        'size',
      ],
    ],
  ])('%i pixels wide, shows the most important columns that have room', (width, expected) => {
    expect(visibleColumns(columnsAtFirst, width).map((column) => column.id)).toEqual([
      'starred',
      'id',
      'name',
      'status',
      ...expected,
      'actions',
    ]);
  });

  it('never hides the column it is sorted by', () => {
    expect(visibleColumns(columnsAtFirst, 683, 'fitness').map((column) => column.id)).toContain('fitness');
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
    const focused = (): string =>
      document.activeElement?.closest('.row')?.querySelector('.name')?.textContent ??
      `nothing but ${document.activeElement?.tagName}`;
    const key = async (name: string): Promise<void> => {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: name, code: name, bubbles: true, cancelable: true }),
      );
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
    expect(keyHelp.value.flatMap((group) => group.entries.map((entry) => entry.keys))).toEqual(
      expect.arrayContaining(['↵', 'F2', '*', 'Del']),
    );
    wrapper?.unmount();
    expect(keyHelp.value).toEqual([]);
  });
});

describe('a list of thousands', () => {
  const many: RunSummary[] = Array.from({ length: 5000 }, (_, index) =>
    aRun({
      id: 5000 - index,
      name: `Run ${5000 - index}`,
      scenarioId: index % 2 === 0 ? 'even' : 'odd',
      scenarioName: index % 2 === 0 ? 'Even' : 'Odd',
    }),
  );

  it('fetches what is on the screen and no more', async () => {
    Object.assign(
      host.handlers,
      answerLists(() => many),
    );
    const { wrapper: page } = await show('/runs');
    expect(page.text()).toContain('5\u202f000');
    expect(names(page)[0]).toBe('Run 5000');
    const fetched = (host.asked('runs.list') as { limit: number; offset: number; status?: unknown }[]).filter(
      ({ status }) => status === undefined,
    ); // all but those at work
    expect(fetched.every(({ limit, offset }) => offset + limit <= 200)).toBe(true);
    expect(page.findAll('.row').length).toBeLessThan(80);
  });

  it('selects all of them without fetching their rows', async () => {
    Object.assign(
      host.handlers,
      answerLists(() => many),
    );
    const { wrapper: page } = await show('/runs');
    page.findAll<HTMLElement>('.row')[0]?.element.focus();
    await page.findAll('.row')[0]?.trigger('keydown', { key: 'a', ctrlKey: true });
    await settle();
    expect(page.find('[role="toolbar"]').text()).toContain('5\u202f000 runs selected');
    expect(host.asked('runs.list').length).toBeLessThan(4);
  });

  it('is grouped under heads that close', async () => {
    Object.assign(
      host.handlers,
      answerLists(() => many),
    );
    const { wrapper: page } = await show('/runs?group=scenario');
    const heads = (): string[] => page.findAll('.row.isHead').map((row) => row.text());
    expect(heads()[0]).toMatch(/^Even\s*2\u202f500/);
    await page.findAll('.row.isHead')[0]?.trigger('click');
    await settle();
    expect(heads()[1]).toMatch(/^Odd\s*2\u202f500/);
  });
});

describe('while runs are at work', () => {
  it('a row moves with its run, and filter, selection and the focused row stay', async () => {
    let all = [aRun({ id: 4, name: 'Live', status: 'running', generations: 1, plannedGenerations: 500 }), ...runs];
    Object.assign(
      host.handlers,
      answerLists(() => all),
    );
    const { wrapper: page, router } = await show('/runs?scheduler=ga&sort=generations-descending');
    await rowOf(page, 'Second').trigger('click', { ctrlKey: true });
    (rowOf(page, 'Live').element as HTMLElement).focus();
    host.send('run.progress', aProgress({ runId: 4, generation: 41, plannedGenerations: 500 }));
    await settle();
    expect(rowOf(page, 'Live').text()).toContain('42 / 500');
    all = [aRun({ id: 5, name: 'Newest', status: 'queued' }), ...all];
    await soonAfter(() => host.send('run.changed', { run: all[0]! }));
    expect(names(page)).toEqual(['Newest', 'Live', 'Second', 'First, "quoted"']);
    expect(document.activeElement?.textContent).toContain('Live');
    expect(page.findAll('.row.isSelected').map((row) => row.find('.name').text())).toEqual(['Second']);
    expect(router.currentRoute.value.query).toEqual({ scheduler: 'ga', sort: 'generations-descending' });
  });

  it('a run that no longer fits the filter leaves the list', async () => {
    let all = [aRun({ id: 4, name: 'Live', status: 'running' }), ...runs];
    Object.assign(
      host.handlers,
      answerLists(() => all),
    );
    const { wrapper: page } = await show('/runs?status=running');
    expect(names(page)).toEqual(['Live']);
    all = [aRun({ id: 4, name: 'Live', status: 'finished' }), ...runs];
    await soonAfter(() => host.send('run.changed', { run: all[0]! }));
    expect(names(page)).toEqual([]);
  });
});

describe('several runs', () => {
  it('are chosen by click with Ctrl, in a stretch with Shift, by Space, and let go by Escape', async () => {
    const { wrapper: page } = await show('/runs');
    const selected = (): string[] => page.findAll('.row.isSelected .name').map((cell) => cell.text());
    await rowOf(page, 'Third').trigger('click', { ctrlKey: true });
    await rowOf(page, 'First').trigger('click', { shiftKey: true });
    await settle();
    expect(selected()).toEqual(['Third', 'Second', 'First, "quoted"']);
    await rowOf(page, 'Second').trigger('keydown', { key: ' ' });
    expect(selected()).toEqual(['Third', 'First, "quoted"']);
    await rowOf(page, 'Second').trigger('keydown', { key: 'Escape' });
    expect(selected()).toEqual([]);
  });

  it('are compared, tagged and deleted together, and come back with Undo', async () => {
    host.handlers['runs.updateTogether'] = () => ({ changed: 2 });
    const { wrapper: page, router } = await show('/runs');
    for (const name of ['Third', 'First']) await rowOf(page, name).trigger('click', { ctrlKey: true });
    button(page, 'Star').click();
    await settle();
    expect(host.asked('runs.updateTogether')).toMatchObject([{ runIds: [3, 1], starred: true }]);
    button(page, 'Delete').click();
    await settle();
    expect(names(page)).toEqual(['Second']);
    expect(page.find('[role="toolbar"]').exists()).toBe(false);
    useNotificationsStore().toasts.at(-1)?.action?.run();
    await settle();
    expect(names(page)).toHaveLength(3);
    for (const name of ['Third', 'First']) await rowOf(page, name).trigger('click', { ctrlKey: true });
    button(page, 'Compare').click();
    await settle();
    expect(router.currentRoute.value.path).toBe('/compare/1~3');
  });
});

describe('the address of a list', () => {
  it('is written as it was read', () => {
    const query = {
      q: 'a b',
      status: ['running', 'paused'],
      scheduler: ['ga'],
      scenario: ['x'],
      tag: ['t', 'u'],
      sweep: '3',
      starred: 'yes',
      from: '2026-01-02',
      to: '2026-01-03',
      makespanMs: '10..20',
      energyMJ: '..5',
      group: 'tag',
      sort: 'energy-ascending',
    };
    expect(formatListAddress(parseListAddress(query))).toEqual(query);
    expect(formatListAddress(parseListAddress({}))).toEqual({});
    expect(
      formatListAddress(
        parseListAddress({
          status: 'asleep',
          makespanMs: 'x..y',
          group: 'colour',
          from: 'today',
          to: '2026-02-30',
          sweep: '-1',
        }),
      ),
    ).toEqual({});
  });

  it('asks for whole days in local time, and for orders by the names of the host', () => {
    const listing = listingOf(
      parseListAddress({ from: '2026-01-02', to: '2026-01-02', sort: 'energy-ascending', makespanMs: '10..' }),
    );
    expect(listing).toEqual({
      createdFrom: new Date(2026, 0, 2).getTime(),
      createdBefore: new Date(2026, 0, 3).getTime(),
      bounds: { makespanMs: { min: 10 } },
      sort: { by: 'energyMJ', direction: 'ascending' },
    });
  });
});

it('lines of groups lead to the positions of their runs, closed ones to none', () => {
  const groups = [
    { key: 'a', title: 'a', count: 2 },
    { key: 'b', title: 'b', count: 3 },
    { key: null, title: '', count: 1 },
  ];
  const placesOf = (isClosed: (key: string | null) => boolean): unknown[] => {
    const lines = layOutLines(6, groups, ({ key }) => isClosed(key));
    return Array.from({ length: lines.count }, (_, line) => lines.at(line)).map((place) =>
      place.kind === 'head' ? `head ${place.group}` : place.position,
    );
  };
  expect(placesOf(() => false)).toEqual(['head 0', 0, 1, 'head 1', 2, 3, 4, 'head 2', 5]);
  expect(placesOf((key) => key === 'b')).toEqual(['head 0', 0, 1, 'head 1', 'head 2', 5]);
  expect(placesOf(() => true)).toEqual(['head 0', 'head 1', 'head 2']);
  expect(Array.from({ length: 4 }, (_, line) => layOutLines(4, [], () => false).at(line))).toEqual(
    [0, 1, 2, 3].map((position) => ({ kind: 'row', group: undefined, position })),
  );
});
