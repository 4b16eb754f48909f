/** What the command line writes: files that are there as a whole or not at all, and text that commands no terminal. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodeOf } from '#main/hosts/cli/output.ts';
import { writeAtOnce, writeInParts } from '#main/hosts/cli/part-file.ts';
import { table } from '#main/hosts/cli/table.ts';
import { visible, visibleInLine } from '#main/hosts/cli/visible.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { commandLineIn } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());

function aFolder(): string {
  const { path, remove } = temporaryDirectory();
  onTestFinished(remove);
  return path;
}

async function errorOf(work: () => unknown): Promise<WorkbenchError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

const fault = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'write' });

describe('a file', () => {
  test('whose writing fails leaves nothing, and what was there before stays', async () => {
    const path = join(aFolder(), 'run.json');
    writeFileSync(path, 'before');
    const error = await errorOf(() =>
      writeInParts(path, async (write) => {
        await write(new Uint8Array(10));
        throw fault('ENOSPC');
      }),
    );
    expect(error).toMatchObject({
      code: 'output.noRoom',
      message: expect.stringContaining('no room'),
      hint: expect.stringContaining('free some space'),
    });
    expect(exitCodeOf(error)).toBe(1);
    expect(readdirSync(join(path, '..'))).toEqual(['run.json']);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });

  test.each([
    ['ENOSPC', 1],
    ['EDQUOT', 1],
    ['EFBIG', 1],
    ['EACCES', 2],
  ] as const)('%s ends with %i', async (code, exitCode) => {
    expect(
      exitCodeOf(
        await errorOf(() =>
          writeInParts(join(aFolder(), 'x'), async () => {
            throw fault(code);
          }),
        ),
      ),
    ).toBe(exitCode);
  });

  test('in a folder that is not there is refused with its path', async () => {
    expect(await errorOf(() => writeAtOnce(join(aFolder(), 'none', 'x.svg'), new Uint8Array(1)))).toMatchObject({
      code: 'output.notWritten',
      message: expect.stringContaining('there is no such file or folder'),
    });
  });

  test('of the user that is called as a part might be stays', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'run.gif.part'), 'mine');
    await writeInParts(join(folder, 'run.gif'), (write) => write(Uint8Array.of(1, 2)));
    writeAtOnce(join(folder, 'run.gif'), Uint8Array.of(1, 2, 3));
    expect(readdirSync(folder).sort()).toEqual(['run.gif', 'run.gif.part']);
    expect(readFileSync(join(folder, 'run.gif.part'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, 'run.gif'))).toHaveLength(3);
  });

  test.skipIf(process.platform === 'win32')(
    'behind a link is written, and the link stays; a device is written to',
    () => {
      const folder = aFolder();
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', 'x.json'), '');
      symlinkSync('real/x.json', join(folder, 'x.json'));
      writeAtOnce(join(folder, 'x.json'), Uint8Array.of(65));
      expect(readFileSync(join(folder, 'real', 'x.json'), 'utf8')).toBe('A');
      expect(readdirSync(folder).sort()).toEqual(['real', 'x.json']);
      expect(() => writeAtOnce('/dev/null', Uint8Array.of(1))).not.toThrow();
    },
  );
});

describe('text', () => {
  test.each([
    ['\u001B]0;title\u0007\u001B[2J', '␛]0;title␇␛[2J'],
    ['a\rb\bc\u007F', 'a␍b␈c␡'],
    ['\u009B2J\u0085', '<U+009B>2J<U+0085>'],
    ['abc\u202Efed\u2066x\u2069\u200F', 'abc<U+202E>fed<U+2066>x<U+2069><U+200F>'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['Größe 寸法 مقاس 👩‍👧', 'Größe 寸法 مقاس 👩‍👧'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('a cell of a table stays in its line', () => {
    expect(visibleInLine('a\nb\tc')).toBe('a␊b␉c');
    expect(table([{ name: 'x\nerror: y' }], [{ title: 'Name', value: ({ name }) => name }])).toBe('Name\nx␊error: y');
  });

  test('of a recorded run is shown by lists and errors, and is as it is in JSON', () => {
    const name = 'mine\u001B]0;gone\u0007\u202E';
    const tessera = commandLineIn(directory.path, { database: 'a.db' });
    expect(tessera('run', 'simple', '--scheduler', 'npu_first', '--name', name, '--quiet').stderr).toBe('');
    const listed = tessera('runs', 'list').stdout;
    expect(listed).toContain('mine␛]0;gone␇<U+202E>');
    expect(listed).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(JSON.parse(tessera('runs', 'list', '--json').stdout)).toMatchObject({ runs: [{ name }] });
    expect(tessera('runs', 'show', '1').stdout).not.toContain('\u001B');
    expect(tessera('run', `no\u001B[2J.json`).stderr).toMatch(/no␛\[2J\.json/);
    expect(existsSync(join(directory.path, 'a.db'))).toBe(true);
  });
});
