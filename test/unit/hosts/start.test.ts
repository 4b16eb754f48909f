/** `npm start` as a process: what it opens, and what it says when it cannot open a window. Builds first if the build is stale. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

function start(environment: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const env = {
    ...process.env,
    TESSERA_DB: join(directory.path, 'tessera.db'),
    XDG_DATA_HOME: directory.path,
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
    TESSERA_HOST: '',
    PATH: '',
    ...environment,
  };
  const child = spawn(process.execPath, [join(root, 'src-main/hosts/launch/launch.js'), 'start', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** The folder of an Electron whose executable is the script `code`. */
function anElectron(name: string, code: string): string {
  const folder = join(directory.path, name);
  mkdirSync(folder);
  const executable = join(folder, 'electron');
  writeFileSync(executable, `#!${process.execPath}\n${code}`);
  chmodSync(executable, 0o755);
  return folder;
}

const printed = { timeout: 55_000, interval: 50 };

test('without a display it says so, prints the address, and serves the built workbench there', async () => {
  const { child, output, ended } = start({});
  await vi.waitFor(() => expect(output.stdout).toContain('\n'), printed);
  expect(output.stderr).toContain('Tessera: this machine has no display, so the workbench is served to a browser');
  const url = /^Tessera: (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)\n$/.exec(output.stdout)?.[1] ?? '';
  const entered = await fetch(url, { redirect: 'manual' });
  const page = await fetch(new URL('/', url), {
    headers: { cookie: (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' },
  });
  expect(await page.text()).toContain('<div id="app"></div>');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('with a display and Electron it opens the desktop app, hands on its arguments, and ends with it', async () => {
  const calls = join(directory.path, 'calls.json');
  const electron = anElectron(
    'working',
    `require('fs').writeFileSync(${JSON.stringify(calls)}, JSON.stringify({ args: process.argv.slice(2), asNode: process.env.ELECTRON_RUN_AS_NODE ?? null }));`,
  );
  const { output, ended } = start(
    { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: electron, ELECTRON_RUN_AS_NODE: '1' },
    '--db',
    'my.db',
  );
  expect(await ended).toBe(0);
  expect(JSON.parse(readFileSync(calls, 'utf8'))).toEqual({ args: [root, '--db', 'my.db'], asNode: null });
  expect(output.stdout).toBe('');
});

test('an Electron that cannot start is replaced by the served host, with its last words', async () => {
  const electron = anElectron(
    'broken',
    "console.error('error while loading shared libraries: libgtk-3.so.0'); process.exit(127);",
  );
  const { child, output, ended } = start({ DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: electron }, '--no-open');
  await vi.waitFor(() => expect(output.stdout).toContain('?token='), printed);
  expect(output.stderr).toContain(
    'Tessera: Electron ended at once (code 127: error while loading shared libraries: libgtk-3.so.0), so the workbench is served to a browser',
  );
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('TESSERA_HOST=electron takes no replacement', async () => {
  const electron = anElectron('forced', 'process.exit(7);');
  const { output, ended } = start({ TESSERA_HOST: 'electron', ELECTRON_OVERRIDE_DIST_PATH: electron });
  expect(await ended).toBe(7);
  expect(output.stdout).toBe('');
});
