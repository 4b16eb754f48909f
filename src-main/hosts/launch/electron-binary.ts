/** Where Electron's executable is, and fetching it with a time limit: the npm package brings only the code that downloads it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ElectronPlaces {
  /** The directory of the npm package `electron`. */
  readonly packageDirectory: string;
  /** Remembers a failed fetch, so that not every start waits for it. */
  readonly noteFile: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface FetchOptions {
  readonly limitMs: number;
  /** Also when an attempt failed within the last day. */
  readonly retry: boolean;
  /** Called before an attempt. */
  readonly onAttempt?: () => void;
}

export type Fetched = { readonly executable: string } | { readonly reason: string };

const RETRY_AFTER_MS = 24 * 3_600_000;

/** The executable of an installed Electron, or undefined. The rules are those of `electron/index.js`, without its download. */
export function findElectron({ packageDirectory, env }: ElectronPlaces): string | undefined {
  const pathFile = join(packageDirectory, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : undefined;
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const executable =
    override === undefined || override === ''
      ? name === undefined
        ? undefined
        : join(packageDirectory, 'dist', name)
      : join(override, name ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'));
  return executable !== undefined && existsSync(executable) ? executable : undefined;
}

/**
 * Lets the npm package download its executable, for `limitMs` at most.
 * @returns the executable, or why there is none, in words that follow "because"
 */
export async function fetchElectron(
  places: ElectronPlaces,
  { limitMs, retry, onAttempt = () => {} }: FetchOptions,
): Promise<Fetched> {
  const script = join(places.packageDirectory, 'install.js');
  if (!existsSync(script)) return { reason: 'the npm package "electron" is not installed' };
  const earlier = retry ? undefined : readNote(places.noteFile);
  if (earlier !== undefined) return { reason: `${earlier} (TESSERA_HOST=electron tries again)` };

  onAttempt();
  const { code, output } = await runFor(limitMs, script, places.env);
  const executable = findElectron(places);
  if (executable !== undefined) {
    rmSync(places.noteFile, { force: true });
    return { executable };
  }
  const reason =
    code === undefined
      ? `fetching Electron took longer than ${Math.round(limitMs / 1000)} s`
      : `Electron could not be fetched: ${causeIn(output)}`;
  try {
    mkdirSync(dirname(places.noteFile), { recursive: true });
    writeFileSync(places.noteFile, JSON.stringify({ failedAt: Date.now(), reason }));
  } catch {
    // An installation that cannot be written to remembers nothing: the next start tries the fetch again.
  }
  return { reason };
}

/** @returns exit code undefined when the limit was reached and the script was ended */
async function runFor(
  limitMs: number,
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | undefined; output: string }> {
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ code: undefined, output });
    }, limitMs);
    const end = (code: number, text = ''): void => {
      clearTimeout(timer);
      resolve({ code, output: output + text });
    };
    child.on('error', (error) => end(1, error.message));
    child.on('close', (code) => end(code ?? 1));
  });
}

/** The line of a stack trace that says what happened, e.g. "getaddrinfo ENOTFOUND github.com". */
function causeIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line =
    lines.find((candidate) => /\b[A-Z]\w*Error\b.*:|\bE[A-Z]{4,}\b/.test(candidate)) ??
    lines.find((candidate) => candidate !== '' && !candidate.startsWith('at ')) ??
    'its download ended without a word';
  const cause = line.replace(/^\w*Error:\s*/, '').slice(0, 160);
  return cause === 'fetch failed' ? 'its server could not be reached' : cause;
}

function readNote(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof note !== 'object' || note === null || !('failedAt' in note) || !('reason' in note)) return undefined;
    const age = Date.now() - Number(note.failedAt);
    return age >= 0 && age < RETRY_AFTER_MS ? String(note.reason) : undefined;
  } catch {
    return undefined; // A note nobody can read is no note: the fetch is tried.
  }
}
