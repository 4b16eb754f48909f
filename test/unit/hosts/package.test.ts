/**
 * The npm package (`npm pack`), unpacked beside the packages that it says it needs and nothing else: what is inside, and that the workbench,
 * the command line and the agent of it work. That npm installs it from its own registry is tried by hand.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecord } from '#main/store/open.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { knownMigrations } from '#test/fixtures/record.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const installed = join(directory.path, 'node_modules/tessera');
const env = { ...process.env, XDG_DATA_HOME: directory.path, TESSERA_DB: '', DISPLAY: '', WAYLAND_DISPLAY: '' };
let files: string[];
let packedBytes: number;

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly devOptional?: boolean; readonly peer?: boolean }>
  >;
}

beforeAll(() => {
  const pack = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory.path], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(pack.stdout) as { filename: string; size: number; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(pack.stderr);
  files = packed.files.map(({ path }) => path);
  packedBytes = packed.size;
  mkdirSync(installed, { recursive: true });
  const archive = join(directory.path, packed.filename);
  spawnSync('tar', ['-xzf', archive, '-C', installed, '--strip-components=1'], { stdio: 'inherit' });
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  for (const [path, { dev, devOptional, peer }] of Object.entries(lock.packages))
    if (
      path !== '' &&
      dev !== true &&
      devOptional !== true &&
      peer !== true &&
      !path.slice(1).includes('node_modules/')
    ) {
      mkdirSync(dirname(join(directory.path, path)), { recursive: true });
      if (statSync(join(root, path), { throwIfNoEntry: false }) !== undefined)
        symlinkSync(join(root, path), join(directory.path, path), 'junction');
    }
});

/** The file that package.json names as the command `tessera`. */
function program(): string {
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { bin: { tessera: string } };
  return join(installed, bin.tessera);
}

function tessera(...args: readonly string[]) {
  return spawnSync(process.execPath, [program(), ...args], { encoding: 'utf8', cwd: directory.path, env });
}

describe('contents', () => {
  test('are what runs and what is read, and no sources, tests or screenshots', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'out/THIRD-PARTY.md',
        'out/main/cli.js',
        'out/main/database-worker.js',
        'out/main/electron.js',
        'out/main/run-process.js',
        'out/main/tessera.js',
        'out/preload/preload.cjs',
        'out/renderer/index.html',
        'resources/docs/getting-started.md',
        'resources/migrations/0001-initial.sql',
        'resources/presets/demos.json',
        'resources/schema/scenario.schema.json',
      ]),
    );
    expect(files.filter((path) => !/^(?:out|resources)\/|^(?:LICENSE|README\.md|package\.json)$/.test(path))).toEqual(
      [],
    );
    expect(
      files.filter((path) => /screenshots\/|\.(?:ts|vue|map|db)$|^out\/(?:stamp|packages|gallery)/.test(path)),
    ).toEqual([]);
  });

  test('are at most 4 MB as they are fetched', () => {
    expect(packedBytes).toBeLessThan(4e6);
  });
});

describe('installed', () => {
  test('a command runs, and its run is in the library', () => {
    const run = tessera('run', 'simple', '--scheduler', 'heft', '--quiet', '--json');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ runId: 1, status: 'finished' });
    expect(JSON.parse(tessera('runs', 'list', '--json').stdout)).toMatchObject({ runs: [{ id: 1 }] });
  });

  test('without a command the workbench opens: served where there is no display', async () => {
    const child = spawn(process.execPath, [program()], { cwd: directory.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const address = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output);
        if (found !== null) resolve(found[0]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('close', () => reject(new Error(output)));
    });
    const entered = await fetch(address, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    const page = await fetch(new URL('/', address), { headers: { cookie } });
    expect(await page.text()).toContain('<div id="app"></div>');
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(output).toContain('this machine has no display');
  });

  test('the agent of a device speaks over its standard input and output', () => {
    expect(tessera('agent', '--stdio')).toMatchObject({ status: 0 });
  });

  test('a library of an older version is upgraded, and keeps its runs', () => {
    const path = join(directory.path, 'old.db');
    const old = openRecord(path, knownMigrations.slice(0, 6));
    old
      .prepare(
        "INSERT INTO run (name, scenario_id, scenario_name, platform_name, scheduler, seed, status, created_at, genome_length, gene_bits, instances, engine_version, configuration_json, reference_json, scenario_json) VALUES ('old', 's', 's', 'p', 'random', 1, 'failed', 5, 4, 2, 1, 'test', '{}', '{}', '{}')",
      )
      .run();
    old.close();
    expect(JSON.parse(tessera('runs', 'list', '--json', '--db', path).stdout)).toMatchObject({
      runs: [{ name: 'old' }],
    });
  });

  test('a solver that is not installed is asked for, and what was found is kept', () => {
    const options = ['--set', 'ownGenerations=1', '--set', 'solverS=20', '--quiet', '--json'];
    const { status, stderr } = tessera('run', 'simple', '--scheduler', 'cp', ...options);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Chuffed is not installed on this machine: "npm install minizinc@4\.5\.1/);
  });

  test('on an older Node it says what it needs', () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import(${JSON.stringify(`file://${program()}`)});`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: Tessera needs Node 22\.12 or newer; this is Node 20\.20\.2\nhint: .*node@24/);
  });
});
