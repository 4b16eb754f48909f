/** What the doctor says about solvers on this machine: a Python with OR-Tools, for CP-SAT, and a MiniZinc. They are only asked for their versions. */
import { execFileSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import type { DoctorCheck } from '#shared/contract/shapes.ts';

const TIME_MS = 4000;
/** Programs of a name that are asked. */
const MOST_ASKED = 4;
const isWindows = process.platform === 'win32';
const pythons = isWindows ? ['python.exe', 'python3.exe'] : ['python3', 'python'];
const miniZincs = isWindows ? ['minizinc.exe'] : ['minizinc'];
/** Says its version, and that of OR-Tools without loading it. */
const QUESTION =
  'import sys, importlib.metadata as m\nprint(sys.version.split()[0])\ntry: print(m.version("ortools"))\nexcept m.PackageNotFoundError: print("-")';

/** @param path where programs are looked for, as the environment has it */
export function examineSolvers(path = process.env['PATH'] ?? ''): DoctorCheck[] {
  return [checkCpSat(path), checkMiniZinc(path)];
}

function checkCpSat(path: string): DoctorCheck {
  const name = 'CP-SAT';
  const found = programsOn(path, pythons);
  let without: DoctorCheck | undefined;
  for (const python of found) {
    const [version, ortools] = answerOf(python, ['-c', QUESTION])?.split('\n') ?? [];
    if (version === undefined || ortools === undefined) continue;
    if (ortools !== '-')
      return {
        name,
        status: 'ok',
        detail: `OR-Tools ${ortools} in Python ${version} (${python}): --scheduler cp --set solver=cp_sat --set python=${python}`,
      };
    without ??= {
      name,
      status: 'warning',
      detail: `Python ${version} (${python}) has no OR-Tools, so the scheduler cp has Chuffed only`,
      hint: `${python} -m pip install ortools; where pip refuses: ${python} -m venv FOLDER, FOLDER/bin/pip install ortools, and --set python=FOLDER/bin/python`,
    };
  }
  return (
    without ?? {
      name,
      status: 'warning',
      detail: 'no Python found, so the scheduler cp has Chuffed only',
      hint: 'install Python 3.9 or later, then its package ortools (pip install ortools)',
    }
  );
}

function checkMiniZinc(path: string): DoctorCheck {
  const name = 'MiniZinc';
  for (const program of programsOn(path, miniZincs)) {
    const [version] = answerOf(program, ['--version'])?.split('\n') ?? [];
    if (version !== undefined)
      return {
        name,
        status: 'ok',
        detail: `${version} (${program}); the scheduler cp uses the npm package minizinc, with Chuffed`,
      };
  }
  return {
    name,
    status: 'ok',
    detail: 'none on this machine; the scheduler cp uses the npm package minizinc, with Chuffed',
  };
}

/** Those that can be executed, in the order of the path. */
function programsOn(path: string, names: readonly string[]): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => join(folder, name)).filter(isExecutable)).slice(0, MOST_ASKED);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What it writes; undefined where it fails or takes too long. */
function answerOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, {
      timeout: TIME_MS,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: dirname(program), // no module of the folder that Tessera was started in
    }).trim();
  } catch {
    return undefined;
  }
}
