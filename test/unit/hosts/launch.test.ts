/** What `npm start`, `npm run build` and `npm run tessera` decide before anything runs. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { hashSources, reasonToBuild } from '#main/hosts/launch/build.ts';
import { fetchElectron, findElectron, type ElectronPlaces } from '#main/hosts/launch/electron-binary.ts';
import { chooseHost } from '#main/hosts/launch/open-workbench.ts';
import { browserCommand, findAppBrowser, hasDisplay } from '#main/hosts/served/open-browser.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
let counter = 0;
let folder: string;
beforeEach(() => {
  folder = join(directory.path, String(counter++));
  mkdirSync(folder);
});

function write(path: string, content = ''): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe('staleness', () => {
  const outputs = [
    'out/main/electron.js',
    'out/main/cli.js',
    'out/main/tessera.js',
    'out/main/run-process.js',
    'out/main/search-worker.js',
    'out/main/evaluation-worker.js',
    'out/main/improvement-worker.js',
    'out/main/bound-worker.js',
    'out/main/preparation-worker.js',
    'out/main/database-worker.js',
    'out/preload/preload.cjs',
    'out/renderer/index.html',
    'out/dashboard/dashboard.js',
    'out/pictures/pictures.js',
    'out/THIRD-PARTY.md',
    'out/renderer/third-party.json',
  ];

  function aCurrentBuild(): void {
    write('src-main/a.ts', 'a');
    write('resources/presets/p.json', '{}');
    write('package-lock.json', '1');
    for (const output of outputs) write(output);
    write('out/stamp', hashSources(folder));
  }

  test('a build from the present sources is current', () => {
    aCurrentBuild();
    expect(reasonToBuild(folder)).toBeUndefined();
  });

  /** `ensureBuilt` by a user who may read `folder`, but not write to it. */
  function ensureAsReader() {
    for (const path of [directory.path, folder, join(folder, 'out')]) chmodSync(path, 0o555);
    const script = `const { ensureBuilt } = await import(${JSON.stringify(pathToFileURL(join(root, 'src-main/hosts/launch/build.ts')).href)}); if (process.getuid?.() === 0) process.seteuid(65534); console.log(await ensureBuilt({ directory: ${JSON.stringify(folder)} }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    for (const path of [directory.path, folder, join(folder, 'out')]) chmodSync(path, 0o755);
    return { stdout, stderr };
  }

  test.runIf(process.platform !== 'win32')(
    'a current build is used where nothing can be written, and one that is needed is refused in one line',
    () => {
      aCurrentBuild();
      expect(ensureAsReader()).toEqual({ stdout: 'current\n', stderr: '' });
      write('src-main/a.ts', 'changed');
      expect(ensureAsReader()).toEqual({
        stdout: 'impossible\n',
        stderr: expect.stringMatching(
          /^Tessera: the sources have changed, but .* cannot be written to \(EACCES\): build it as a user who may write there, with "npm run build"\n$/,
        ),
      });
    },
  );

  test('nothing in out/ is nothing built', () => {
    expect(reasonToBuild(folder)).toBe('nothing is built yet');
  });

  test.each([
    ['a source', 'src-main/a.ts'],
    ['a new file', 'src-renderer/new.vue'],
    ['a preset', 'resources/presets/p.json'],
    ['the lock file', 'package-lock.json'],
    ['the build configuration', 'electron.vite.config.ts'],
  ])('%s that changes makes it stale', (_, path) => {
    aCurrentBuild();
    write(path, 'changed');
    expect(reasonToBuild(folder)).toBe('the sources have changed');
  });

  test('a file that is moved without change makes it stale, one that is only touched does not', () => {
    aCurrentBuild();
    write('src-main/a.ts', 'a');
    expect(reasonToBuild(folder)).toBeUndefined();
    write('src-main/b.ts', 'a');
    expect(reasonToBuild(folder)).toBe('the sources have changed');
  });

  test.each(['test/a.test.ts', 'README.md', 'resources/screenshots/run.png'])('%s is not part of a build', (path) => {
    aCurrentBuild();
    write(path, 'changed');
    expect(reasonToBuild(folder)).toBeUndefined();
  });

  test.each(outputs)('%s missing is nothing built', (output) => {
    for (const each of outputs.filter((other) => other !== output)) write(each);
    write('out/stamp', hashSources(folder));
    expect(reasonToBuild(folder)).toBe('nothing is built yet');
  });
});

describe('Electron', () => {
  const places = (env: NodeJS.ProcessEnv = {}): ElectronPlaces => ({
    packageDirectory: join(folder, 'electron'),
    noteFile: join(folder, 'out/note.json'),
    env,
  });
  const installer = (code: string): string => write('electron/install.js', code);
  const succeed =
    "const { mkdirSync, writeFileSync } = require('fs'); mkdirSync(__dirname + '/dist'); writeFileSync(__dirname + '/dist/electron', ''); writeFileSync(__dirname + '/path.txt', 'electron');";
  const fail =
    "console.error('Downloading Electron binary...'); console.error(new Error('getaddrinfo ENOTFOUND github.com').stack); process.exit(1);";
  const hang = 'setInterval(() => {}, 1000);';
  const limits = { limitMs: 20_000, retry: false };

  test('is found where its package says, or where ELECTRON_OVERRIDE_DIST_PATH says', () => {
    expect(findElectron(places())).toBeUndefined();
    const executable = write('electron/dist/electron');
    expect(findElectron(places())).toBeUndefined(); // an unpacking that was not completed
    write('electron/path.txt', 'electron');
    expect(findElectron(places())).toBe(executable);
    const other = write('other/electron');
    expect(findElectron(places({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'other') }))).toBe(other);
    expect(findElectron(places({ ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'nowhere') }))).toBeUndefined();
  });

  test('is fetched by its own installer', async () => {
    installer(succeed);
    expect(await fetchElectron(places(), limits)).toEqual({ executable: join(folder, 'electron/dist/electron') });
  });

  test('that cannot be fetched is said why in one line, and not tried again for a day', async () => {
    installer(fail);
    expect(await fetchElectron(places(), limits)).toEqual({
      reason: 'Electron could not be fetched: getaddrinfo ENOTFOUND github.com',
    });
    installer(succeed);
    expect(await fetchElectron(places(), limits)).toEqual({
      reason: expect.stringContaining('ENOTFOUND github.com (TESSERA_HOST=electron tries again)'),
    });
    expect(await fetchElectron(places(), { ...limits, retry: true })).toHaveProperty('executable');
  });

  test('whose server cannot be reached is said so in words', async () => {
    installer("console.error(new TypeError('fetch failed').stack); process.exit(1);");
    expect(await fetchElectron(places(), limits)).toEqual({
      reason: 'Electron could not be fetched: its server could not be reached',
    });
  });

  test('whose fetch hangs is given up at the limit', async () => {
    installer(hang);
    expect(await fetchElectron(places(), { limitMs: 300, retry: false })).toEqual({
      reason: 'fetching Electron took longer than 0 s',
    });
  });

  test('whose package is missing is said to be so', async () => {
    expect(await fetchElectron(places(), limits)).toEqual({ reason: 'the npm package "electron" is not installed' });
  });

  test('with a display and an executable the desktop app is chosen', async () => {
    const executable = write('electron/dist/electron');
    write('electron/path.txt', 'electron');
    expect(await chooseHost(places({ DISPLAY: ':0' }), 'linux')).toEqual({ host: 'electron', executable });
    expect(await chooseHost(places(), 'darwin')).toEqual({ host: 'electron', executable });
  });

  test('without a display nothing is fetched', async () => {
    installer(hang);
    expect(await chooseHost(places(), 'linux')).toEqual({ host: 'served', reason: 'this machine has no display' });
  });

  test('TESSERA_HOST=served asks for no reason and fetches nothing', async () => {
    installer(hang);
    expect(await chooseHost(places({ TESSERA_HOST: 'served', DISPLAY: ':0' }), 'linux')).toEqual({
      host: 'served',
      reason: undefined,
    });
  });

  test('with a display but no connection the workbench is served, within the limit', async () => {
    installer(hang);
    expect(await chooseHost(places({ DISPLAY: ':0' }), 'linux', 300)).toEqual({
      host: 'served',
      reason: 'fetching Electron took longer than 0 s',
    });
  });

  test('TESSERA_HOST=electron is an error where it cannot be had', async () => {
    installer(fail);
    await expect(chooseHost(places({ TESSERA_HOST: 'electron' }), 'linux')).rejects.toThrow(
      'TESSERA_HOST is "electron", but Electron could not be fetched: getaddrinfo ENOTFOUND github.com',
    );
    await expect(chooseHost(places({ TESSERA_HOST: 'elektron' }), 'linux')).rejects.toThrow(
      'it can be "electron" or "served"',
    );
  });
});

describe('browser', () => {
  const url = 'http://127.0.0.1:1/?token=x';
  const machine = (platform: NodeJS.Platform, present: readonly string[], env: NodeJS.ProcessEnv = {}) => ({
    platform,
    env,
    exists: (path: string) => present.includes(path),
  });

  test('Chrome, Chromium or Edge shows the workbench as a window of its own', () => {
    expect(browserCommand(url, machine('linux', ['/opt/bin/chromium'], { PATH: '/usr/bin:/opt/bin' }))).toEqual([
      '/opt/bin/chromium',
      `--app=${url}`,
    ]);
    expect(
      browserCommand(url, machine('darwin', ['/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'])),
    ).toEqual(['/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge', `--app=${url}`]);
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(
      findAppBrowser(
        machine('win32', [edge], { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' }),
      ),
    ).toBe(edge);
  });

  test('otherwise the default browser is asked', () => {
    expect(browserCommand(url, machine('linux', []))).toEqual(['xdg-open', url]);
    expect(browserCommand(url, machine('darwin', []))).toEqual(['open', url]);
    expect(browserCommand(url, machine('win32', []))).toEqual(['rundll32', 'url.dll,FileProtocolHandler', url]);
  });

  test('a display is what the environment names on Linux, and always there on Windows and macOS', () => {
    expect(hasDisplay({ platform: 'linux', env: { DISPLAY: '' } })).toBe(false);
    expect(hasDisplay({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(true);
    expect(hasDisplay({ platform: 'win32', env: {} })).toBe(true);
  });
});

describe('Node', () => {
  /** Runs a script as if by Node `version`. */
  function runAs(version: string, script: string) {
    const disguise = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
    return spawnSync(process.execPath, ['--import', disguise, join(root, script), 'start'], { encoding: 'utf8' });
  }

  test.each(['18.20.0', '20.19.0', '22.17.9'])('%s is told what to use instead by the npm scripts', (version) => {
    const { status, stderr } = runAs(version, 'src-main/hosts/launch/launch.js');
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Tessera's scripts need Node 22.18 or newer; this is Node ${version}.\nhint: use npm (npm start, npm run -s tessera -- …): its scripts bring their own Node 24\n`,
    );
  });

  test.each(['18.20.0', '20.19.0', '22.11.0'])('%s is told what to use instead by the command line', (version) => {
    const { status, stdout, stderr } = runAs(version, 'src-main/hosts/cli/main.ts');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(`error: Tessera needs Node 22.12 or newer; this is Node ${version}\nhint: `);
  });

  test('an unknown script is refused', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'src-main/hosts/launch/launch.js'), 'strat'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, 'there is no script "strat"; known: start, tessera, build\n']);
  });
});
