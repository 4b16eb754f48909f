/** A record of somebody else, in a folder that may not be written to: what can be asked of it works, everything else is refused in words. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { builtCommandLine } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const folder = join(directory.path, 'record');
const own = join(directory.path, 'own');
const record = join(folder, 'tessera.db');
const env = { ...process.env, TESSERA_DB: record, XDG_DATA_HOME: own };
const isRoot = process.getuid?.() === 0;
/** A superuser may write anywhere, and becomes a user who may not; then the checkout has to be readable for everybody. */
const canBeReader =
  process.platform !== 'win32' &&
  (!isRoot || ancestorsOf(root).every((path) => (statSync(path).mode & 0o005) === 0o005));

function ancestorsOf(path: string): string[] {
  return dirname(path) === path ? [path] : [path, ...ancestorsOf(dirname(path))];
}

function tessera(...args: readonly string[]) {
  const main = builtCommandLine;
  const script = `if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); } process.argv = [process.execPath, ${JSON.stringify(main)}, ...${JSON.stringify(args)}]; await import(${JSON.stringify(pathToFileURL(main).href)});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env,
    cwd: own,
  });
  return { status, stdout, stderr };
}

test('a record that may be written is read as it is', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [builtCommandLine, 'runs', 'list', '--db', join(directory.path, 'writable.db')],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

// Where nobody else may read the checkout, no test could tell a refusal from that.
describe.each(canBeReader ? ['a record that may only be read'] : [])('%s', () => {
  beforeAll(() => {
    mkdirSync(own);
    chmodSync(directory.path, 0o755);
    chmodSync(own, 0o777);
    const made = spawnSync(process.execPath, [builtCommandLine, 'run', 'simple', '--scheduler', 'heft', '--quiet'], {
      encoding: 'utf8',
      env: { ...env, XDG_DATA_HOME: directory.path },
    });
    if (made.status !== 0) throw new Error(made.stderr);
    chmodSync(record, 0o444);
    chmodSync(folder, 0o555);
  });
  afterAll(() => chmodSync(folder, 0o755));

  const note = `note: ${record} cannot be written to: it is read from a copy, and nothing can be changed or searched\n`;

  test('lists, shows and exports its runs, and is left as it was', () => {
    const before = readFileSync(record);
    expect(tessera('runs', 'list', '--json')).toEqual({
      status: 0,
      stdout: expect.stringContaining('"scheduler":"heft"'),
      stderr: note,
    });
    expect(tessera('runs', 'export', '1', '--format', 'schedule-csv', '--out', 'made/')).toEqual({
      status: 0,
      stdout: `${join('made', 'run-1-schedule.csv')}\n`,
      stderr: note,
    });
    expect(existsSync(join(own, 'made', 'run-1-schedule.csv'))).toBe(true);
    expect(readFileSync(record).equals(before)).toBe(true);
  });

  test.each([
    ['runs', 'delete', '1'],
    ['run', 'simple', '--scheduler', 'heft'],
    ['database', 'compact'],
  ])('refuses %s %s: what would change it', (...args) => {
    expect(tessera(...args)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${note}error: ${record} cannot be written to, so it is open for reading only\nhint: change its permissions and those of its folder, or name another database with --db\n`,
    });
  });
});
