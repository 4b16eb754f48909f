/** The frame around every page: palette, shortcuts, rail, theme, running work, messages, and a page that breaks. */
import { mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory, type Router } from 'vue-router';
import App from '#renderer/App.vue';
import { createWorkbenchRouter } from '#renderer/router.ts';
import { useNotificationsStore } from '#renderer/stores/notifications.ts';
import { useRunsStore } from '#renderer/stores/runs.ts';
import type { Settings } from '#shared/contract/settings.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HostDouble } from './support/host-double.ts';
import { settle } from './support/mount-page.ts';
import { aProgress, aRun } from './support/run-fixtures.ts';

let app: VueWrapper;
let router: Router;
let host: HostDouble;
let settings: Settings;

beforeEach(async () => {
  localStorage.clear();
  settings = { theme: 'light', isRailCollapsed: false };
  host = new HostDouble({
    'settings.get': () => ({ settings }),
    'settings.set': (changes) => ({ settings: (settings = { ...settings, ...changes } as Settings) }),
    // An old run that only the record knows is found by a search there.
    'runs.list': ({ text }) => ({
      runs: [
        text === undefined ? aRun({ id: 7, name: 'Evening run' }) : aRun({ id: 3, name: 'Old one', tags: ['winter'] }),
      ],
      total: 1,
    }),
    'documents.overview': ({ kind }) => ({
      entries:
        kind !== 'platform' && kind !== 'scenario'
          ? []
          : [
              {
                summary: {
                  kind,
                  id: `${kind}-pi`,
                  name: `My raspberry ${kind}`,
                  description: '',
                  origin: 'user',
                  revision: 1,
                },
                tags: ['garden'],
                scenarios: [],
                runs: 0,
              },
            ],
    }),
    'sweeps.list': () => ({ sweeps: [{ id: 4, name: 'Mutation rates', createdAt: 0, runs: 2, ended: 2 }] }),
    'app.info': () => ({
      version: '0.1.0',
      engineVersion: '1',
      host: 'served',
      databasePath: '/data/tessera.db',
      nodeVersion: '24.0.0',
      commandLine: 'tessera',
      databaseArguments: [],
      startCommand: 'npm start',
    }),
    'doctor.report': () => ({ checks: [] }),
  }).install();
  const pinia = createPinia();
  setActivePinia(pinia);
  router = createWorkbenchRouter(createMemoryHistory());
  await router.push('/nowhere');
  app = mount(App, { attachTo: document.body, global: { plugins: [pinia, router] } });
  await settle();
});
afterEach(() => {
  app.unmount();
  document.body.innerHTML = '';
});

async function press(key: string, changes: KeyboardEventInit = {}, target: EventTarget = window): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...changes }));
  await settle();
}
const palette = () => app.find('[role="dialog"][aria-label="Commands"]');

describe('the palette', () => {
  it('opens with Ctrl-K, finds a command by a few letters, and runs it with Enter', async () => {
    await press('k', { ctrlKey: true });
    const input = palette().find('input');
    expect(document.activeElement).toBe(input.element);
    await input.setValue('gsett');
    expect(palette().findAll('[role="option"]')[0]?.text()).toContain('Go to Settings');
    await press('Enter', {}, input.element);
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/settings'));
    expect(palette().exists()).toBe(false);
  });

  it('finds runs by name', async () => {
    await press('k', { ctrlKey: true });
    await palette().find('input').setValue('evening');
    expect(palette().findAll('[role="option"]')[0]?.text()).toContain('Run 7');
  });

  it.each([
    ['raspberry', ['My raspberry platformPlatform', 'My raspberry scenarioScenario']],
    ['platform-pi', ['My raspberry platformPlatform']],
    ['garden scen', ['My raspberry scenarioScenario']],
    ['mutation', ['Mutation ratesSweep 4']],
    ['#7', ['Evening runRun 7']],
    ['winter', ['Old oneRun 3']],
  ])('finds documents, sweeps and runs by name, id, tag or number: %s', async (query, found) => {
    await press('k', { ctrlKey: true });
    await palette().find('input').setValue(query);
    await vi.waitFor(() =>
      expect(
        palette()
          .findAll('[role="option"]')
          .map((option) => option.text()),
      ).toEqual(found),
    );
  });

  it('opens what it found', async () => {
    await press('k', { ctrlKey: true });
    const input = palette().find('input');
    await input.setValue('raspberry scen');
    await vi.waitFor(() => expect(palette().findAll('[role="option"]')).toHaveLength(1));
    await press('Enter', {}, input.element);
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/scenarios/scenario-pi'));
  });

  it('moves with the arrow keys and closes with Escape', async () => {
    await press('k', { ctrlKey: true });
    const input = palette().find('input');
    await press('ArrowDown', {}, input.element);
    expect(
      palette()
        .findAll('[role="option"]')
        .findIndex((option) => option.attributes('aria-selected') === 'true'),
    ).toBe(1);
    await press('Escape', {}, input.element);
    expect(palette().exists()).toBe(false);
  });
});

describe('keys', () => {
  it('show the shortcuts of the page with ?', async () => {
    await press('?', { shiftKey: true });
    expect(app.find('[role="dialog"][aria-label="Keyboard shortcuts"]').text()).toContain('Go to Runs');
  });

  it('are different for everything that can be done on a page', async () => {
    await press('?');
    const shortcuts = app.findAll('[role="dialog"][aria-label="Keyboard shortcuts"] dd').map((keys) => keys.text());
    expect(shortcuts.length).toBeGreaterThan(10);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });

  it('go to pages with two strokes', async () => {
    await press('g');
    await press('s');
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/settings'));
  });

  it('collapse the rail, and it stays so', async () => {
    await press('b', { ctrlKey: true });
    expect(app.find('nav[aria-label="Workbench"]').classes()).toContain('isCollapsed');
    await settle();
    expect(localStorage.getItem('tessera.railCollapsed')).toBe('true');
    expect(settings).toEqual({ theme: 'light', isRailCollapsed: true });
  });

  it('switch the theme, its custom properties with it', async () => {
    const before = document.documentElement.style.getPropertyValue('--surface');
    await press('L', { ctrlKey: true, shiftKey: true });
    expect(document.documentElement.style.getPropertyValue('--surface')).not.toBe(before);
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(settings.theme).toBe('dark');
  });
});

it('takes over the settings that the host has, at the start, when they change elsewhere, and after a new connection', async () => {
  const isCollapsed = () => app.find('nav[aria-label="Workbench"]').classes().includes('isCollapsed');
  expect(document.documentElement.dataset['theme']).toBe('light');
  host.send('settings.changed', { settings: { theme: 'dark', isRailCollapsed: true } });
  await settle();
  expect([document.documentElement.dataset['theme'], isCollapsed()]).toEqual(['dark', true]);
  settings = { theme: 'light', isRailCollapsed: false };
  host.connection({ status: 'waiting', attempt: 1, retryInMs: 10 });
  host.connection({ status: 'connecting' });
  await settle();
  host.connection({ status: 'open' });
  await settle();
  expect([document.documentElement.dataset['theme'], isCollapsed()]).toEqual(['light', false]);
  expect(host.asked('settings.set')).toEqual([]);
});

describe('a host that is out of reach', () => {
  const banner = () => app.find('.banner');

  it('is told of with the command that starts it again, shows nothing as running, and is forgotten when it is back', async () => {
    const running = aRun({ id: 7, name: 'Evening run', status: 'running' });
    host.handlers['runs.list'] = () => ({ runs: [running], total: 1 });
    host.send('run.changed', { run: running });
    host.connection({ status: 'waiting', attempt: 1, retryInMs: 250 });
    await vi.waitFor(() => expect(banner().text()).toContain('The host has stopped, or cannot be reached'));
    expect(banner().text()).toContain('npm start');
    expect(app.find('[aria-label="Active runs"]').text()).toBe('');
    expect(app.find('.status-bar').text()).toContain('Host out of reach');
    host.connection({ status: 'connecting' }); // an attempt
    await settle();
    expect(banner().exists()).toBe(true);
    host.connection({ status: 'open' });
    await settle();
    expect(banner().exists()).toBe(false);
    expect(app.find('[aria-label="Active runs"]').text()).toContain('Evening run');
  });

  it('asks for the new address when it was restarted', async () => {
    host.connection({ status: 'unauthorized' });
    await vi.waitFor(() => expect(banner().text()).toContain('Open the address it printed when it started'));
  });
});

it('says that the database was replaced while it was open, and what to do', async () => {
  expect(app.text()).not.toContain('The database was replaced');
  host.send('database.lost', {
    code: 'store.replaced',
    message: 'another file has taken the place of the database /data/tessera.db',
    hint: 'start Tessera again',
  });
  await settle();
  const alert = app.findAll('[role="alert"]').map((each) => each.text());
  expect(alert).toEqual([
    'The database was replaced. Another file has taken the place of the database /data/tessera.db. Start Tessera again.',
  ]);
});

it('the status bar shows the runs at work with progress and time left', async () => {
  host.send('run.changed', {
    run: aRun({ id: 7, name: 'Evening run', status: 'running', generations: 0, plannedGenerations: 200 }),
  });
  host.send('run.progress', aProgress({ generation: 49, plannedGenerations: 200, etaMs: 65_000 }));
  await settle();
  const bar = app.find('[aria-label="Active runs"]').text().replaceAll('\u00A0', ' ');
  expect(bar).toContain('Evening run');
  expect(bar).toContain('50 / 200');
  expect(bar).toContain('1 min 5 s left');
});

it('the status bar lists what works before what waits, and tells the place of each that waits', async () => {
  for (const id of [8, 9, 10])
    host.send('run.changed', { run: aRun({ id, name: `Waits ${id}`, status: 'queued', queuePosition: id - 7 }) });
  host.send('run.changed', { run: aRun({ id: 11, name: 'Works', status: 'running' }) });
  await settle();
  const jobs = () => app.findAll('[aria-label="Active runs"] li').map((job) => job.text().replaceAll('\u00A0', ' '));
  expect(jobs()).toEqual([expect.stringContaining('Works'), 'Waits 8next', 'Waits 92 in the queue', '1 more']);
  host.send('queue.changed', { runIds: [10, 8, 9], total: 3 });
  await settle();
  expect(jobs().slice(1)).toEqual(['Waits 10next', 'Waits 82 in the queue', '1 more']);
});

it('a message says what, what to do, and can be closed', async () => {
  useNotificationsStore().showError(
    new WorkbenchError('run.unknown', 'there is no run 3', { hint: 'see the list' }),
    'The run was not paused',
  );
  await settle();
  const toast = app.find('.toast');
  expect(toast.text()).toContain('The run was not paused: there is no run 3');
  expect(toast.text()).toContain('See the list');
  await toast.find('button[aria-label="Close"]').trigger('click');
  await settle();
  expect(useNotificationsStore().toasts).toEqual([]);
});

it('an undo in a message brings a deleted run back', async () => {
  useRunsStore().remove([7]);
  await settle();
  expect(useRunsStore().recent).toEqual([]);
  [...document.querySelectorAll<HTMLButtonElement>('.toast button')]
    .find((candidate) => candidate.textContent?.includes('Undo'))
    ?.click();
  await settle();
  expect(useRunsStore().recent.map((run) => run.id)).toEqual([7]);
});

it('a page that breaks says why, in its place, and the frame goes on', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  router.addRoute({
    path: '/breaking',
    component: {
      setup: () => {
        throw new WorkbenchError('network.invalid', 'network: layers has too few entries');
      },
    },
  });
  await router.push('/breaking');
  await vi.waitFor(() => expect(app.find('main').text()).toContain('This page could not be shown'));
  expect(app.find('main').text()).toContain('layers');
  await router.push('/settings');
  await vi.waitFor(() => expect(app.find('main').text()).toContain('Appearance'));
  log.mockRestore();
});

describe('the threads per run', () => {
  const field = () => app.find('.threads input');
  const enter = async (text: string): Promise<void> => {
    await field().setValue(text);
    await field().trigger('change');
    await field().trigger('blur');
    await settle();
  };

  it('are automatic until a person says how many, and again when the number is removed', async () => {
    await router.push('/settings');
    await vi.waitFor(() => expect(field().exists()).toBe(true));
    expect(field().attributes('placeholder')).toBe('Automatic');
    await enter('4');
    expect(settings.threads).toBe(4);
    await press('b', { ctrlKey: true }); // another setting leaves them
    expect(settings).toEqual({ theme: 'light', isRailCollapsed: true, threads: 4 });
    await enter('');
    expect(settings.threads).toBeNull();
  });

  it('follow the choice made in another window', async () => {
    await router.push('/settings');
    await vi.waitFor(() => expect(field().exists()).toBe(true));
    host.send('settings.changed', { settings: { theme: 'light', isRailCollapsed: false, threads: 2 } });
    await settle();
    expect((field().element as HTMLInputElement).value).toBe('2');
  });
});
