/**
 * Frequency governors: set to "performance" where this process may, and put back, also by the next start after a crash. What was there is
 * written down before anything is changed.
 */
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const POLICIES = 'sys/devices/system/cpu/cpufreq';
const WANTED = 'performance';

/**
 * @param root of the system's files, for tests
 * @returns puts them back; more than once does no harm
 */
export function setGovernors(dataDirectory: string, root = '/'): () => void {
  const changeable = policiesOf(root).flatMap((policy) => {
    const path = join(root, POLICIES, policy, 'scaling_governor');
    const before = read(path);
    const offers = read(join(root, POLICIES, policy, 'scaling_available_governors')) ?? '';
    return before === undefined || before === WANTED || !offers.split(/\s+/).includes(WANTED) || !isWritable(path)
      ? []
      : [[path, before] as const];
  });
  if (changeable.length === 0) return () => {};
  mkdirSync(join(dataDirectory, 'device'), { recursive: true });
  writeFileSync(noteOf(dataDirectory), JSON.stringify(Object.fromEntries(changeable)));
  for (const [path] of changeable) writeFileSync(path, WANTED);
  return () => restoreLeftGovernors(dataDirectory);
}

/** Puts back what a note says was there before; nothing where there is no note. */
export function restoreLeftGovernors(dataDirectory: string): void {
  const note = read(noteOf(dataDirectory));
  if (note === undefined) return;
  for (const [path, before] of Object.entries(JSON.parse(note) as Record<string, string>))
    if (isWritable(path)) writeFileSync(path, before);
  rmSync(noteOf(dataDirectory), { force: true });
}

function noteOf(dataDirectory: string): string {
  return join(dataDirectory, 'device', 'governors-before.json');
}

function policiesOf(root: string): string[] {
  try {
    return readdirSync(join(root, POLICIES));
  } catch {
    return [];
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
