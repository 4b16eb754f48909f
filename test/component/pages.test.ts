/** The other pages: home, library, settings, help, and an address without a page. */
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationColor } from '#renderer/theme/palette.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { DocumentSummary } from '#shared/contract/shapes.ts';
import type { HostDouble } from './support/host-double.ts';
import { aDocumentEntry, aHostWithRuns } from './support/host-with-runs.ts';
import { button, hasButton, openPage, settle } from './support/mount-page.ts';
import { aRun, scenario } from './support/run-fixtures.ts';

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

describe('home', () => {
  const isNew = (): void => void (host.handlers['runs.list'] = () => ({ runs: [], total: 0 }));

  it('starts a demo and opens its page', async () => {
    isNew();
    const { wrapper: page, router } = await show('/');
    expect(page.text()).toContain('Small demo');
    expect(page.find('.schedule-sketch').attributes('aria-label')).toContain('NPU first schedule of Small scenario');
    button(page, 'Start').click();
    await settle();
    expect(host.asked('runs.start')[0]).toMatchObject({
      scenario: 'small',
      name: 'Small demo',
      configuration: { scheduler: 'ga', seed: 42 },
    });
    expect(router.currentRoute.value.fullPath).toBe('/runs/9');
  });

  it('draws the applications of a card in the colours they have on the page of its run', async () => {
    isNew();
    const { wrapper: page } = await show('/');
    const tiles = page.findAll('.demo-card .schedule-sketch rect[x]').map((tile) => tile.attributes('fill'));
    for (const index of scenario.applications.keys()) expect(tiles).toContain(applicationColor(index, 'light'));
  });

  it('lists the last runs', async () => {
    const { wrapper: page } = await show('/');
    expect(page.findAll('.recent li').map((item) => item.find('.name').text())).toEqual([
      'Third',
      'Second',
      'First, "quoted"',
    ]);
  });

  it('is where work goes on once there is some: runs under way first, with Resume, own documents last edited first, demos in short', async () => {
    const all = [
      aRun({ id: 8, name: 'Done' }),
      aRun({ id: 7, name: 'Waits', status: 'queued', queuePosition: 1 }),
      aRun({ id: 6, name: 'Works', status: 'running' }),
    ];
    const broken = aRun({ id: 2, name: 'Broken off', status: 'interrupted' });
    host.handlers['runs.list'] = ({ status }) => ({ runs: status === 'interrupted' ? [broken] : all, total: 300 });
    host.handlers['runs.resume'] = () => ({ status: 'queued' });
    const own = { kind: 'network', description: '', origin: 'user', revision: 1 } as const;
    const documents: readonly DocumentSummary[] = [
      { ...own, id: 'a', name: 'Older', updatedAt: 1 },
      { ...own, id: 'b', name: 'Newer', updatedAt: 2 },
      { ...own, kind: 'platform', id: 'p', name: 'Preset', origin: 'preset' },
    ];
    host.handlers['documents.overview'] = ({ kind }) => ({
      entries: documents.filter((each) => each.kind === kind).map(aDocumentEntry),
    });
    const { wrapper: page } = await show('/');
    const names = (part: string): string[] => page.findAll(`[aria-label="${part}"] .name`).map((name) => name.text());
    expect([names('Under way'), names('Recent runs'), names('Your documents')]).toEqual([
      ['Works', 'Broken off', 'Waits'],
      ['Done'],
      ['Newer', 'Older'],
    ]);
    expect([page.findAll('.demo-card').length, page.findAll('.demo-line').length]).toEqual([0, 1]);
    button(page, 'Resume').click();
    await settle();
    expect(host.asked('runs.resume')).toEqual([{ runId: 2 }]);
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

describe('the database in the settings', () => {
  it('tells what it takes, and what a check finds', async () => {
    host.handlers['database.check'] = () => ({ problems: ['run 2 should have 50 generations and has 49'] });
    const { wrapper: page } = await show('/settings');
    expect(page.find('[aria-label="Database"]').text()).toMatch(/\/data\/tessera\.db.*5\sMB.*12\.3\skB of 3\sruns/);
    button(page, 'Check').click();
    await settle();
    expect(page.find('.outcome').text()).toMatch(/1 found.*\s*run 2 should have 50 generations and has 49/);
    expect(page.find('.outcome').classes()).toContain('isBad');
    host.handlers['database.check'] = () => ({ problems: [] });
    button(page, 'Check').click();
    await settle();
    expect(page.find('.outcome').text()).toContain('All is well');
  });

  it('is backed up to the path that is typed, with progress, and can be given up', async () => {
    const { promise, reject } = Promise.withResolvers<{ path: string; sizeBytes: number }>();
    host.handlers['database.backup'] = () => promise;
    host.handlers['database.cancel'] = () => {
      reject(new WorkbenchError('database.cancelled', '"backup" was given up', { hint: 'nothing was changed' }));
      return {};
    };
    const { wrapper: page } = await show('/settings');
    button(page, 'Back up…').click();
    await settle();
    const field = page.find<HTMLInputElement>('#database-backup');
    expect(field.element.value).toBe('/data/tessera-backup-2026-11-21.db');
    await field.setValue('/elsewhere/copy.db');
    await page.find('form.place').trigger('submit');
    await settle();
    host.send('database.progress', { task: 'backup', step: 'copying', share: 0.25 });
    await settle();
    expect(page.find('.working').text()).toContain('Backing up: copying');
    expect(page.find('[role="progressbar"]').attributes('aria-valuenow')).toBe('25');
    button(page, 'Cancel').click();
    await settle();
    expect(host.asked('database.backup')).toEqual([{ path: '/elsewhere/copy.db' }]);
    expect(page.find('.working').exists()).toBe(false);
    expect(page.find('[role="alert"]').exists()).toBe(false);
  });

  it('says why it was not moved, and where it is once it was', async () => {
    host.handlers['database.move'] = () =>
      Promise.reject(
        new WorkbenchError('database.runsActive', 'a run is under way, so the database cannot be moved', {
          hint: 'cancel it',
        }),
      );
    const { wrapper: page } = await show('/settings');
    button(page, 'Move…').click();
    await settle();
    await page.find('#database-move').setValue('/disk/tessera.db');
    await page.find('form.place').trigger('submit');
    await settle();
    expect(page.find('[role="alert"]').text()).toContain('A run is under way');
    host.handlers['database.move'] = ({ path }) => ({ path });
    await page.find('form.place').trigger('submit');
    await settle();
    expect(page.find('.outcome').text()).toContain('/disk/tessera.db');
  });
});
