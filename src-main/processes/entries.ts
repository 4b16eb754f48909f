/**
 * Where the entry files of other processes and threads are: next to this file in the sources, in out/main when built.
 */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type EntryName =
  | 'run-process'
  | 'search-worker'
  | 'evaluation-worker'
  | 'improvement-worker'
  | 'bound-worker'
  | 'solver-worker'
  | 'preparation-worker'
  | 'database-worker'
  | 'merge-worker'
  | 'device-job'
  | 'device-element';

/** Those whose source is not in this folder, relative to it. */
const elsewhere: Partial<Readonly<Record<EntryName, string>>> = {
  'preparation-worker': '../services/runs',
  'database-worker': '../services/database',
  'merge-worker': '../services/remote',
  'device-job': '../device',
  'device-element': '../device',
};

/** Path of the file that starts the process or worker `name`. */
export function entryPath(name: EntryName): string {
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith('.ts')) return join(dirname(own), elsewhere[name] ?? '.', `${name}.ts`);
  const folder = dirname(own);
  return join(basename(folder) === 'chunks' ? dirname(folder) : folder, `${name}.js`);
}

/** Path of a file in `resources/`, beside the sources and beside `out/`. */
export function resourcePath(...parts: readonly string[]): string {
  const own = dirname(fileURLToPath(import.meta.url));
  const isSource = import.meta.url.endsWith('.ts');
  const levels = isSource || basename(own) !== 'chunks' ? ['..', '..'] : ['..', '..', '..'];
  return join(own, ...levels, 'resources', ...parts);
}
