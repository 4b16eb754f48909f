/**
 * Opens the workbench of a checkout or an installed package: in Electron where there is a display and its executable is present or can be
 * fetched, else served to a browser, with one line that says why. TESSERA_HOST=electron|served decides otherwise.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hasDisplay } from '../served/open-browser.ts';
import { fetchElectron, findElectron, type ElectronPlaces } from './electron-binary.ts';

const FETCH_LIMIT_MS = 60_000;
/** An Electron that fails sooner than this never showed a window: a missing library, or a sandbox the system does not allow. */
const STARTUP_MS = 10_000;

export type HostChoice =
  | { readonly host: 'electron'; readonly executable: string }
  | { readonly host: 'served'; readonly reason: string | undefined };

/** Chooses the host. @throws Error when TESSERA_HOST asks for something that cannot be had */
export async function chooseHost(
  places: ElectronPlaces,
  platform: NodeJS.Platform,
  limitMs: number = FETCH_LIMIT_MS,
): Promise<HostChoice> {
  const wanted = places.env['TESSERA_HOST'] || undefined;
  if (wanted !== undefined && wanted !== 'served' && wanted !== 'electron')
    throw new Error(`TESSERA_HOST is "${wanted}"; it can be "electron" or "served"`);
  if (wanted === 'served') return { host: 'served', reason: undefined };
  if (wanted === undefined && !hasDisplay({ platform, env: places.env }))
    return { host: 'served', reason: 'this machine has no display' };
  const present = findElectron(places);
  if (present !== undefined) return { host: 'electron', executable: present };
  const fetched = await fetchElectron(places, {
    limitMs,
    retry: wanted === 'electron',
    onAttempt: () => console.error(`Tessera: fetching Electron, for at most ${Math.round(limitMs / 1000)} s …`),
  });
  if ('executable' in fetched) return { host: 'electron', executable: fetched.executable };
  if (wanted === 'electron') throw new Error(`TESSERA_HOST is "electron", but ${fetched.reason}`);
  return { host: 'served', reason: fetched.reason };
}

interface ElectronEnd {
  readonly code: number;
  readonly startedUp: boolean;
  readonly lastLine: string;
}

/** Runs the desktop app of the package in `root` until its window is closed. */
async function runElectron(root: string, executable: string, args: readonly string[]): Promise<ElectronEnd> {
  const started = performance.now();
  const env = { ...process.env };
  delete env['ELECTRON_RUN_AS_NODE']; // set in terminals of Electron-based editors; the app would start as a bare Node
  env['TESSERA_NODE'] = process.execPath; // devices are measured in plain Node
  const child = spawn(executable, [root, ...args], { stdio: ['inherit', 'inherit', 'pipe'], env });
  let lastLine = '';
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    lastLine = chunk.toString().trim().split('\n').at(-1) ?? lastLine;
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  try {
    const code = await new Promise<number>((resolve) => {
      child.on('error', (error) => {
        lastLine = error.message;
        resolve(1);
      });
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
    return { code, startedUp: code === 0 || performance.now() - started > STARTUP_MS, lastLine };
  } finally {
    process.off('SIGINT', forward).off('SIGTERM', forward);
  }
}

/** The folder of the npm package `electron` that the package in `root` would load, else the place where it would be. */
export function electronPackage(root: string): string {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('electron/package.json'));
  } catch {
    return join(root, 'node_modules/electron');
  }
}

/**
 * @param root the folder of the package
 * @param args options of the host
 * @param runCommandLine runs a command of this package
 * @returns the exit code
 */
export async function openWorkbench(
  root: string,
  args: readonly string[],
  runCommandLine: (args: readonly string[]) => Promise<number>,
): Promise<number> {
  const places: ElectronPlaces = {
    packageDirectory: electronPackage(root),
    noteFile: join(root, 'out/electron-fetch.json'),
    env: process.env,
  };
  let choice: HostChoice;
  try {
    choice = await chooseHost(places, process.platform);
  } catch (error) {
    console.error(
      `Tessera: ${error instanceof Error ? error.message : String(error)}\nhint: TESSERA_HOST=served needs no Electron`,
    );
    return 1;
  }
  if (choice.host === 'electron') {
    const run = await runElectron(root, choice.executable, args);
    if (run.startedUp || process.env['TESSERA_HOST'] === 'electron') return run.code;
    choice = {
      host: 'served',
      reason: `Electron ended at once (code ${run.code}${run.lastLine === '' ? '' : `: ${run.lastLine.slice(0, 160)}`})`,
    };
  }
  if (choice.reason !== undefined)
    console.error(
      `Tessera: ${choice.reason}, so the workbench is served to a browser instead of opening a window of its own`,
    );
  return runCommandLine(['serve', ...args]);
}
