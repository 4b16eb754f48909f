/** The desktop app's real main process and preload, run against the typed double of Electron's API. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MenuItemConstructorOptions } from 'electron';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import { contentSecurityPolicy } from '#main/hosts/content-security.ts';
import { mayOpenExternally } from '#main/hosts/electron/security.ts';
import { createBridgeTransport, type TesseraBridge } from '#renderer/api/bridge-transport.ts';
import { aBuiltRenderer, temporaryDirectory } from '#test/doubles/hosts.ts';

type Double = typeof import('#test/doubles/electron.ts');

let directory: ReturnType<typeof temporaryDirectory>;
let electron: Double;

beforeEach(async () => {
  directory = temporaryDirectory();
  vi.stubEnv('TESSERA_DB', join(directory.path, 'tessera.db'));
  vi.stubEnv('XDG_DATA_HOME', directory.path);
  vi.resetModules();
  vi.doMock('electron', () => import('#test/doubles/electron.ts'));
  vi.doMock('#main/hosts/product.ts', async (original) => ({
    ...(await original<object>()),
    rendererDirectory: () => aBuiltRenderer(directory.path),
    preloadFile: () => '/app/out/preload/preload.cjs',
  }));
  electron = await import('#test/doubles/electron.ts');
});

afterEach(async () => {
  if (electron.world.exitCode === undefined) electron.app.quit();
  await vi.waitUntil(() => electron.world.exitCode !== undefined);
  vi.unstubAllEnvs();
  directory.remove();
});

/** Starts the app and gives its window, or undefined where it opens none. */
async function start(): Promise<InstanceType<Double['BrowserWindow']> | undefined> {
  await import('#main/hosts/electron/preload.ts');
  await import('#main/hosts/electron/main.ts');
  await new Promise((resolve) => setImmediate(resolve));
  return electron.BrowserWindow.getAllWindows()[0];
}

async function startWithWindow(): Promise<InstanceType<Double['BrowserWindow']>> {
  const window = await start();
  if (window === undefined) throw new Error('no window was opened');
  return window;
}

const bridge = (): TesseraBridge => electron.world.page['tessera'] as TesseraBridge;
const client = (): Client => createClient(createBridgeTransport(bridge()));
const stateFile = (): string => join(directory.path, 'tessera', 'desktop', 'window-state.json');

function keepState(state: unknown): void {
  mkdirSync(join(stateFile(), '..'), { recursive: true });
  writeFileSync(stateFile(), typeof state === 'string' ? state : JSON.stringify(state));
}

describe('window', () => {
  test('its page is isolated, sandboxed and without Node', async () => {
    const { options } = await startWithWindow();
    expect(options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      preload: '/app/out/preload/preload.cjs',
    });
    expect(electron.world.sandboxed).toBe(true);
  });

  test('is shown with its first paint, in the background of the theme', async () => {
    electron.nativeTheme.shouldUseDarkColors = true;
    const window = await startWithWindow();
    expect(window.options).toMatchObject({ show: false, backgroundColor: '#16181c' });
    await vi.waitFor(() => expect(window.shown).toBe(true));
    electron.nativeTheme.shouldUseDarkColors = false;
    electron.nativeTheme.emit('updated');
    expect(window.backgroundColor).toBe('#ffffff');
    expect(electron.nativeTheme.themeSource).toBe('system');
  });

  test('opens where it was closed', async () => {
    keepState({ bounds: { x: 100, y: 50, width: 1000, height: 700 }, isMaximized: true });
    const window = await startWithWindow();
    expect(window.options).toMatchObject({ x: 100, y: 50, width: 1000, height: 700 });
    expect(window.maximized).toBe(true);
    window.maximized = false;
    window.close();
    expect(JSON.parse(readFileSync(stateFile(), 'utf8'))).toEqual({
      bounds: { x: 100, y: 50, width: 1000, height: 700 },
      isMaximized: false,
    });
  });

  test.each([
    ['on a display that is gone', { bounds: { x: 3000, y: 50, width: 1000, height: 700 }, isMaximized: false }],
    ['with a corner too small to grip', { bounds: { x: 1850, y: 1040, width: 1000, height: 700 }, isMaximized: false }],
    ['that is absurd', { bounds: { x: 0, y: 0, width: -5, height: 1e9 }, isMaximized: false }],
    ['that is no JSON', '{'],
  ])('a kept place %s is not used', async (_, state) => {
    keepState(state);
    const { options } = await startWithWindow();
    expect(options).toMatchObject({ width: 1280, height: 860 });
    expect(options).not.toHaveProperty('x');
  });

  test('a page that dies is loaded again, but not over and over', async () => {
    const { webContents } = await startWithWindow();
    webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    expect(webContents.reloads).toBe(1);
  });

  test('a process of Electron that is gone is logged with its reason', async () => {
    await start();
    const details = { type: 'GPU', reason: 'crashed', exitCode: 139, name: 'GPU' };
    electron.app.emit('child-process-gone', {}, details);
    const lines = readFileSync(join(directory.path, 'tessera/logs/tessera.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(expect.objectContaining(details));
  });

  test('has the native menu, with developer tools only in a checkout', async () => {
    await start();
    expect(electron.world.menu.map(({ label, role }) => label ?? role)).toEqual(
      expect.arrayContaining(['&File', 'editMenu', '&View', 'windowMenu', 'help']),
    );
    expect(JSON.stringify(electron.world.menu)).not.toContain('toggleDevTools');
  });
});

describe('one instance', () => {
  test('a second one ends at once, without a window and without touching the record', async () => {
    electron.world.gotLock = false;
    expect(await start()).toBeUndefined();
    expect(electron.world.exitCode).toBe(0);
    expect(existsSync(join(directory.path, 'tessera.db'))).toBe(false);
  });

  test('the first one shows its window when a second is started', async () => {
    const window = await startWithWindow();
    window.minimized = true;
    electron.app.emit('second-instance');
    expect([window.minimized, window.focused]).toEqual([false, 1]);
    expect(electron.BrowserWindow.getAllWindows()).toHaveLength(1);
  });

  test('a second start with another database says which one is open; with the same one, also by another name, it is not', async () => {
    await startWithWindow();
    const own = join(directory.path, 'tessera.db');
    expect(electron.world.secondStart).toEqual({ database: own });
    symlinkSync(own, join(directory.path, 'link.db'));
    for (const database of [own, join(directory.path, 'link.db'), join(directory.path, 'other.db')])
      electron.app.emit('second-instance', {}, [], directory.path, { database });
    await vi.waitFor(() => expect(electron.world.messageBoxes).toHaveLength(1));
    expect(electron.world.messageBoxes[0]).toMatchObject({
      message: expect.stringContaining('another database'),
      detail: expect.stringMatching(/tessera\.db[^]*other\.db/),
    });
  });
});

describe('the menu', () => {
  test('shows the database where it is, also after it was moved', async () => {
    await start();
    const target = join(directory.path, 'moved.db');
    await client().invoke('database.move', { path: target });
    const file = electron.world.menu.find(({ label }) => label === '&File')?.submenu as MenuItemConstructorOptions[];
    file[0]?.click?.({} as never, undefined, {} as never);
    await vi.waitFor(() => expect(electron.world.shownFiles).toEqual([target]));
  });
});

describe('faults', () => {
  test('an error that nothing caught is logged and shown once, and the app goes on', async () => {
    const before = process.listeners('uncaughtException');
    await start();
    const report = process.listeners('uncaughtException').find((listener) => !before.includes(listener));
    report?.(new Error('a gear fell off'), 'uncaughtException');
    report?.(new Error('and another'), 'uncaughtException');
    expect(electron.world.errorBoxes).toEqual([
      { title: 'Something unexpected went wrong', content: expect.stringMatching(/a gear fell off[^]*tessera\.log/) },
    ]);
    expect(readFileSync(join(directory.path, 'tessera', 'logs', 'tessera.log'), 'utf8')).toMatch(
      /a gear fell off[^]*and another/,
    );
    expect(electron.world.exitCode).toBeUndefined();
    expect(electron.world.crashReports).toEqual([{ uploadToServer: false }]);
  });

  test('a run process that meets a fatal error interrupts its run, with the reason, and nothing else', async () => {
    await start();
    const { run } = await client().invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'ga', options: { generations: 100_000 } },
    });
    const state = async (): Promise<RunSummary> => (await client().invoke('runs.get', { runId: run.id })).run;
    await vi.waitFor(async () => expect((await state()).generations).toBeGreaterThan(0));
    electron.world.children[0]?.kill('SIGABRT');
    await vi.waitFor(async () =>
      expect(await state()).toMatchObject({
        status: 'interrupted',
        statusReason: 'its process crashed (exit code 134)',
        restartsAt: expect.any(Number),
      }),
    );
    expect(readFileSync(join(directory.path, 'tessera', 'logs', 'tessera.log'), 'utf8')).toContain(
      'a run process met a fatal error',
    );
    await client().invoke('runs.cancel', { runId: run.id });
  });
});

describe('pages', () => {
  test('come from a protocol of their own, with the strict policy', async () => {
    const window = await startWithWindow();
    await vi.waitFor(() => expect(window.page).toBeDefined());
    expect(window.webContents.getURL()).toBe('app://tessera/index.html');
    expect(electron.world.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect(window.page?.status).toBe(200);
    expect(await window.page?.text()).toContain('<title>Tessera</title>');
    expect(window.page?.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(window.page?.headers.get('x-content-type-options')).toBe('nosniff');
    expect(contentSecurityPolicy).toMatch(/^default-src 'none'; script-src 'self';/);
  });

  test.each([
    'app://tessera/../../package.json',
    'app://tessera/%2e%2e/package.json',
    'app://tessera/..%2fpackage.json',
    'app://evil/index.html',
    'app://tessera/nothing.js',
    'app://tessera//etc/passwd',
  ])('%s is not one of them', async (url) => {
    await start();
    expect((await electron.protocol.fetch(url)).status).toBe(404);
  });

  test('only GET is answered', async () => {
    await start();
    expect((await electron.protocol.fetch('app://tessera/index.html', 'POST')).status).toBe(404);
  });

  test.each([
    'https://evil.example/',
    'file:///etc/passwd',
    'app://evil/index.html',
    'javascript:alert(1)',
    'http://tessera/index.html',
    'data:text/html,x',
    'app://tessera.evil/',
  ])('cannot go to %s', async (url) => {
    const { webContents } = await startWithWindow();
    for (const name of ['will-frame-navigate', 'will-redirect']) {
      const event = new electron.PreventableEvent(url);
      webContents.emit(name, event);
      expect(event.isPrevented).toBe(true);
    }
    expect(electron.world.openedOutside).toEqual([]);
  });

  test('can go to one another, but frames within them can go nowhere', async () => {
    const { webContents } = await startWithWindow();
    const own = new electron.PreventableEvent('app://tessera/index.html#/runs');
    webContents.emit('will-frame-navigate', own);
    expect(own.isPrevented).toBe(false);
    const framed = new electron.PreventableEvent('app://tessera/index.html', false);
    webContents.emit('will-frame-navigate', framed);
    expect(framed.isPrevented).toBe(true);
  });

  test('open no windows and embed no others', async () => {
    const { webContents } = await startWithWindow();
    for (const url of ['app://tessera/index.html', 'https://evil.example/', 'https://arxiv.org/abs/2508.17764'])
      expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    const embed = new electron.PreventableEvent();
    webContents.emit('will-attach-webview', embed);
    expect(embed.isPrevented).toBe(true);
  });

  test('links to known publications open in the system’s browser', async () => {
    const { webContents } = await startWithWindow();
    webContents.openHandler?.({ url: 'https://arxiv.org/abs/2508.17764' });
    webContents.emit(
      'will-frame-navigate',
      new electron.PreventableEvent('https://doi.org/10.1109/ACCESS.2020.2977496'),
    );
    expect(electron.world.openedOutside).toEqual([
      'https://arxiv.org/abs/2508.17764',
      'https://doi.org/10.1109/ACCESS.2020.2977496',
    ]);
  });

  test.each([
    'http://arxiv.org/',
    'https://arxiv.org.evil.example/',
    'https://arxiv.org@evil.example/',
    'https://user:pass@arxiv.org/',
    'https://arxiv.org:8443/',
    'file:///usr/bin/true',
    'ms-settings:',
    'nonsense',
  ])('%s opens nowhere', (url) => {
    expect(mayOpenExternally(url)).toBe(false);
  });

  test('get no permission, asked for or checked, but to copy text', async () => {
    const { webContents } = await startWithWindow();
    const { requestHandler, checkHandler, deviceHandler } = electron.session.defaultSession;
    const request = (permission: string, contents: { getURL(): string } = webContents): boolean => {
      let granted: boolean | undefined;
      requestHandler?.(contents as never, permission as never, (answer) => (granted = answer), {} as never);
      return granted ?? true;
    };
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'fileSystem',
      'usb',
    ]) {
      expect(request(permission)).toBe(false);
      expect(checkHandler?.(webContents as never, permission as never, '', {} as never)).toBe(false);
    }
    expect(deviceHandler?.({} as never)).toBe(false);
    expect(request('clipboard-sanitized-write')).toBe(true);
    expect(request('clipboard-sanitized-write', { getURL: () => 'https://evil.example/' })).toBe(false);
  });
});

describe('bridge', () => {
  test('gives the page two functions and nothing of Electron', async () => {
    await start();
    expect(Object.keys(electron.world.page)).toEqual(['tessera']);
    expect(Object.entries(bridge()).map(([name, value]) => [name, typeof value])).toEqual([
      ['invoke', 'function'],
      ['subscribe', 'function'],
    ]);
    expect([...electron.ipcMain.handlers.keys()]).toEqual(['tessera:invoke']);
  });

  test('a request of the page is answered by the workbench', async () => {
    await start();
    expect(await client().invoke('app.info', {})).toMatchObject({
      host: 'electron',
      databasePath: join(directory.path, 'tessera.db'),
    });
  });

  test.each([
    ['another site', { url: 'https://evil.example/', parent: null }],
    ['a frame within the page', { url: 'app://tessera/index.html', parent: {} }],
    ['another host of the scheme', { url: 'app://evil/', parent: null }],
    ['a frame that is gone', null],
  ])('a request of %s is rejected', async (_, frame) => {
    await start();
    electron.world.senderFrame = frame;
    await expect(bridge().invoke('app.info', {})).rejects.toThrow('only the pages of the workbench may do this');
  });

  test('a request that no socket would take either is refused before it is looked at', async () => {
    await start();
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1);
    for (const document of [
      { layers: Array.from({ length: 500_001 }, () => 1) },
      { name: 'x'.repeat(8_000_001) },
      { bytes: new Uint8Array(8_000_001) },
      { deep },
    ]) {
      expect(await bridge().invoke('documents.save', { kind: 'network', document })).toMatchObject({
        error: { code: 'request.tooLarge', hint: expect.stringContaining('command line') },
      });
    }
    expect(
      await bridge().invoke('documents.save', {
        kind: 'network',
        document: { layers: Array.from({ length: 400_000 }, () => 1) },
      }),
    ).toMatchObject({ error: { code: 'network.invalid' } });
  });

  test('listeners get the event without its sender, until they stop', async () => {
    await start();
    const heard: unknown[][] = [];
    const stop = bridge().subscribe((...args) => heard.push(args));
    const { run } = await client().invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'npu_first' },
    });
    await vi.waitFor(async () =>
      expect((await client().invoke('runs.get', { runId: run.id })).run.status).toBe('finished'),
    );
    expect(heard.length).toBeGreaterThan(0);
    for (const args of heard)
      expect(args).toEqual([{ name: expect.stringMatching(/^(run|queue)\./), payload: expect.any(Object) }]);
    stop();
    const before = heard.length;
    await client().invoke('runs.delete', { runId: run.id });
    expect(heard).toHaveLength(before);
    expect(electron.ipcRenderer.listenerCount('tessera:event')).toBe(0);
  });
});

describe('end', () => {
  test('closing the window ends the app once the runs have recorded what they have', async () => {
    const window = await startWithWindow();
    const { run } = await client().invoke('runs.start', {
      scenario: 'simple',
      configuration: { scheduler: 'ga', options: { generations: 100_000 } },
    });
    await vi.waitFor(async () =>
      expect((await client().invoke('runs.get', { runId: run.id })).run.generations).toBeGreaterThan(0),
    );
    window.close();
    expect(electron.world.exitCode).toBeUndefined();
    await vi.waitFor(() => expect(electron.world.exitCode).toBe(0));
    for (const child of electron.world.children) expect(child.exitCode ?? child.signalCode).toBe(0);
    const { composeWorkbench } = await import('#main/compose.ts');
    const { nodeSpawner, resourcesDirectory } = await import('#main/hosts/toolbox.ts');
    const { silentLog } = await import('#test/doubles/hosts.ts');
    const again = composeWorkbench({
      databasePath: join(directory.path, 'tessera.db'),
      resourcesDirectory: resourcesDirectory(),
      dataDirectory: directory.path,
      commandLine: 'tessera',
      host: 'cli',
      version: '0',
      spawner: nodeSpawner,
      log: silentLog,
    });
    expect(await again.invoke('runs.get', { runId: run.id })).toMatchObject({
      run: { status: 'interrupted', statusReason: 'the application was closed' },
    });
    await again.close();
  });

  test('a database that is refused is said so in a native box, and left as it was', async () => {
    const file = join(directory.path, 'tessera.db');
    writeFileSync(file, 'my own notes');
    expect(await start()).toBeUndefined();
    expect(electron.world.exitCode).toBe(1);
    expect(electron.world.errorBoxes).toEqual([
      {
        title: 'Tessera cannot start',
        content: expect.stringMatching(/tessera\.db is not a SQLite database[^]*\n\n./),
      },
    ]);
    expect(readFileSync(file, 'utf8')).toBe('my own notes');
  });
});
