/** Where a database is: links, several names, paths that cannot be, and moves that are cut short at each of their steps. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { followMoves } from '#main/store/database-move.ts';
import { makeFolders, realPath } from '#main/store/database-path.ts';
import { openRecord, translate } from '#main/store/open.ts';
import { OwnerLock } from '#main/store/owner-lock.ts';
import { openRecordRepositories } from '#main/store/record.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { aFolder, knownMigrations } from '../../fixtures/record.ts';

const isWindows = process.platform === 'win32';

function refusal(path: string): WorkbenchError {
  try {
    openRecord(path, knownMigrations).close();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error(`${path} was opened`);
}

/** A database with a document in it, by which it is recognised. */
function aDatabase(path: string): void {
  const record = openRecordRepositories(path, knownMigrations);
  record.documents.save('network', 'known', { id: 'known' }, 1);
  record.close();
}

function documentsIn(path: string): string[] {
  const record = openRecordRepositories(path, knownMigrations);
  const ids = record.documents.list().map(({ id }) => id);
  record.close();
  return ids;
}

describe.skipIf(isWindows)('a path with links', () => {
  it('is that of the file: through a link to it, to its folder, to a link, and to a file that is not there yet', () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'x.db'), '');
    symlinkSync('real/x.db', join(folder, 'file'));
    symlinkSync(join(folder, 'real'), join(folder, 'folder'));
    symlinkSync('file', join(folder, 'second'));
    symlinkSync('folder/new.db', join(folder, 'dangling'));
    const real = join(folder, 'real', 'x.db');
    expect(
      ['file', 'folder/x.db', 'second', 'real/../folder/x.db'].map((name) => realPath(join(folder, name))),
    ).toEqual([real, real, real, real]);
    expect(realPath(join(folder, 'dangling'))).toBe(join(folder, 'real', 'new.db'));
    expect(realPath(join(folder, 'folder', 'deep', 'x.db'))).toBe(join(folder, 'real', 'deep', 'x.db'));
    expect(followMoves(join(folder, 'second'))).toBe(real);
  });

  it('that lead in a circle is refused in words', () => {
    const folder = aFolder();
    symlinkSync('b.db', join(folder, 'a.db'));
    symlinkSync('a.db', join(folder, 'b.db'));
    expect(refusal(realPath(join(folder, 'a.db')))).toMatchObject({
      code: 'store.unreadable',
      message: expect.stringContaining('circle'),
    });
  });

  it('follows a move of the file it leads to', () => {
    const folder = aFolder();
    symlinkSync(join(folder, 'old.db'), join(folder, 'link.db'));
    aDatabase(join(folder, 'new.db'));
    writeFileSync(join(folder, 'old.db.moved'), JSON.stringify({ movedTo: join(folder, 'new.db') }));
    expect(followMoves(join(folder, 'link.db'))).toBe(join(folder, 'new.db'));
  });
});

describe('a path that can be no database', () => {
  it('is refused where the file has a second name', () => {
    const folder = aFolder();
    aDatabase(join(folder, 'a.db'));
    linkSync(join(folder, 'a.db'), join(folder, 'b.db'));
    for (const name of ['a.db', 'b.db'])
      expect(refusal(join(folder, name))).toMatchObject({
        code: 'store.twoNames',
        message: expect.stringContaining('2 names'),
        hint: expect.stringContaining('copy the file'),
      });
    rmSync(join(folder, 'b.db'));
    expect(documentsIn(join(folder, 'a.db'))).toEqual(['known']);
  });

  it.skipIf(isWindows)('is refused where a pipe or a device is, without waiting for it', () => {
    const pipe = join(aFolder(), 'pipe.db');
    execFileSync('mkfifo', [pipe]);
    expect(refusal(pipe)).toMatchObject({ code: 'store.notAFile', message: expect.stringContaining('is a pipe') });
    expect(refusal('/dev/null')).toMatchObject({
      code: 'store.notAFile',
      message: expect.stringContaining('is a device'),
    });
  });

  it.runIf(existsSync('/proc/self'))('is refused in file systems that have no folders', () => {
    expect(refusal('/proc/tessera-none/deep/x.db')).toMatchObject({
      code: 'store.unwritable',
      message: expect.stringContaining('ENOENT'),
    });
    expect(() => makeFolders('/proc/tessera-none/deep')).toThrow('ENOENT');
  });

  it.runIf(existsSync('/sys/kernel'))('is refused where no file can be made', () => {
    expect(refusal('/sys/kernel/x.db').code).toBe('store.unwritable');
  });

  it('is refused where SQLite cannot open a name of that length', () => {
    let folder = aFolder();
    while (folder.length < 480) folder = join(folder, 'a-folder-with-a-name-of-forty-characters');
    expect(refusal(join(folder, 'x.db'))).toMatchObject({
      code: 'store.pathTooLong',
      hint: expect.stringContaining('shorter path'),
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('folders that are missing are made', () => {
    const folder = join(aFolder(), 'a', 'b', 'c');
    makeFolders(folder);
    makeFolders(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});

describe('errors about a database that was open', () => {
  it('have words where its folder is gone, or there is no room for another file', () => {
    const path = join(aFolder(), 'none', 'x.db');
    const gone = (): unknown => new Database(path);
    expect(caught(gone, path)).toMatchObject({ code: 'store.gone', hint: expect.stringContaining('bring it back') });
    expect(caught(() => readdirSync(dirname(path)), path)).toMatchObject({ code: 'store.gone' });
    const noRoom = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
      path: `${path}-owner-1`,
    });
    expect(translate(noRoom, path)).toMatchObject({ code: 'store.full', hint: 'free some space, then try again' });
    expect(translate(noRoom, path, 'do this')).toMatchObject({ hint: 'do this' });
  });

  it('stay as they are where they are about another file', () => {
    const other = Object.assign(new Error('ENOENT'), { code: 'ENOENT', path: '/elsewhere' });
    expect(translate(other, '/data/x.db')).toBe(other);
  });

  it.skipIf(isWindows)('a lock is let go of in a folder that became read-only', () => {
    const folder = aFolder();
    aDatabase(join(folder, 'x.db'));
    becomeOwnerWithoutPrivileges(folder);
    const lock = new OwnerLock(join(folder, 'x.db'));
    lock.hold();
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));
    expect(() => lock.release()).not.toThrow();
  });
});

/** A superuser may write anywhere: until the test is over, the process belongs to nobody, as the folder does. */
function becomeOwnerWithoutPrivileges(folder: string): void {
  const nobody = 65_534;
  if (process.getuid?.() !== 0 || process.seteuid === undefined) return;
  chownSync(folder, nobody, nobody);
  process.seteuid(nobody);
  onTestFinished(() => process.seteuid?.(0));
}

function caught(work: () => unknown, path: string): unknown {
  try {
    work();
  } catch (error) {
    return translate(error, path);
  }
  throw new Error('nothing went wrong');
}

const steps = ['leaving a note', 'moving the file', 'opening it there', 'clearing up'] as const;
const elsewhere = '/dev/shm';
const onAnotherDisk = existsSync(elsewhere) && statSync(elsewhere).dev !== statSync(aDisk()).dev;

function aDisk(): string {
  return process.env['TMPDIR'] ?? '/tmp';
}

/** Lets a process move `from` to `target` and die when `step` begins. @returns the steps it began */
function moveKilledAt(step: string, from: string, target: string): string[] {
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../fixtures/killed-move.ts'), from, target, step],
    { encoding: 'utf8' },
  );
  expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
  return stdout.trim().split('\n');
}

describe.skipIf(isWindows)('a move that is killed', () => {
  it.each(steps)('when it begins "%s" is found from the old path, with all that was recorded', (step) => {
    const folder = aFolder();
    const from = join(folder, 'old.db');
    const target = join(folder, 'new.db');
    aDatabase(from);
    expect(moveKilledAt(step, from, target)).toEqual(steps.slice(0, steps.indexOf(step) + 1));
    expect(documentsIn(followMoves(from))).toEqual(['known']);
    expect([from, target].filter((path) => existsSync(path))).toHaveLength(1); // no second database was begun
  });

  it.each(onAnotherDisk ? [...steps, 'copying'] : [])('to another disk, when it begins "%s"', (step) => {
    const from = join(aFolder(), 'old.db');
    const folder = mkdtempSync(join(elsewhere, 'tessera-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    aDatabase(from);
    moveKilledAt(step, from, join(folder, 'new.db'));
    expect(documentsIn(followMoves(from))).toEqual(['known']);
  });

  it('back to where it came from is found from both paths', () => {
    const folder = aFolder();
    const [a, b] = [join(folder, 'a.db'), join(folder, 'b.db')];
    aDatabase(b);
    writeFileSync(`${a}.moved`, JSON.stringify({ movedTo: b }));
    moveKilledAt('opening it there', b, a);
    expect([followMoves(a), followMoves(b)]).toEqual([a, a]);
    expect(documentsIn(a)).toEqual(['known']);
  });
});
