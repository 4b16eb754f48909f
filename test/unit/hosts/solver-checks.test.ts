/** What the doctor says about solvers: found, found without OR-Tools, not found. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFolder } from '#test/fixtures/record.ts';
import { examineSolvers } from '#main/hosts/solver-checks.ts';

/** A folder with a program that writes these lines, whatever it is asked. */
function aProgram(name: string, lines: readonly string[], code = 0): string {
  const folder = aFolder();
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${lines.map((line) => `echo '${line}'`).join('\n')}\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return folder;
}

const checkOf = (name: string, path: string) => examineSolvers(path).find((check) => check.name === name);

describe.skipIf(process.platform === 'win32')('the doctor', () => {
  it('names the Python that has OR-Tools, also where another comes first', () => {
    const without = aProgram('python3', ['3.11.2', '-']);
    const having = aProgram('python3', ['3.12.1', '9.15.1']);
    expect(checkOf('CP-SAT', `${without}:${having}`)).toEqual({
      name: 'CP-SAT',
      status: 'ok',
      detail: expect.stringContaining(`OR-Tools 9.15.1 in Python 3.12.1 (${join(having, 'python3')})`),
    });
  });

  it('says what to do where OR-Tools is missing, or Python', () => {
    const without = aProgram('python3', ['3.11.2', '-']);
    expect(checkOf('CP-SAT', without)).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('-m pip install ortools'),
    });
    expect(checkOf('CP-SAT', aFolder())).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('no Python'),
    });
  });

  it('takes no word of a Python that fails', () => {
    expect(checkOf('CP-SAT', aProgram('python3', ['3.11.2', '9.15.1'], 1))).toMatchObject({ status: 'warning' });
  });

  it('asks the Python of this machine', () => {
    const check = checkOf('CP-SAT', process.env['PATH'] ?? '')!;
    expect(check.detail).toMatch(/Python 3\.\d+\.\d+|no Python/);
  });

  it('names a MiniZinc, and needs none', () => {
    expect(checkOf('MiniZinc', aProgram('minizinc', ['MiniZinc to FlatZinc converter, version 2.8.3']))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('version 2.8.3'),
    });
    expect(checkOf('MiniZinc', aFolder())).toMatchObject({ status: 'ok', detail: expect.stringContaining('none') });
  });
});
