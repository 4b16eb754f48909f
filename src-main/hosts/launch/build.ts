/**
 * `npm run build [-- --force]`: builds every host into out/, when what is there was not built from the present sources. Also
 * called by the other scripts, which need a current build and no more output than one line.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const root = join(import.meta.dirname, '../../..');

/** What a build is made from. Screenshots are not part of it; the schemas are made by it. */
const sources = [
  'src-main',
  'src-renderer',
  'src-shared',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'package.json',
  'package-lock.json',
];
const notSources = new Set(['resources/screenshots', 'resources/schema', 'resources/data']);

const outputs = [
  'out/main/electron.js',
  'out/main/cli.js',
  'out/main/tessera.js',
  'out/main/run-process.js',
  'out/main/search-worker.js',
  'out/main/evaluation-worker.js',
  'out/main/improvement-worker.js',
  'out/main/bound-worker.js',
  'out/main/preparation-worker.js',
  'out/main/database-worker.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/dashboard/dashboard.js',
  'out/pictures/pictures.js',
  'out/THIRD-PARTY.md',
  'out/renderer/third-party.json',
];

/** SHA-256 over path and content of every file a build is made from: changes when and only when a source does. */
export function hashSources(directory: string = root): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const name = relative(directory, path).replaceAll('\\', '/');
    if (notSources.has(name) || !existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) visit(join(path, entry));
      return;
    }
    const content = readFileSync(path);
    hash.update(`${name}\0${content.byteLength}\0`).update(content);
  };
  for (const source of sources) visit(join(directory, source));
  return hash.digest('hex');
}

/** Why a build is needed, in words, or undefined when out/ is current. */
export function reasonToBuild(
  directory: string = root,
): 'nothing is built yet' | 'the sources have changed' | undefined {
  const stamp = readStamp(directory);
  if (stamp === undefined || outputs.some((output) => !existsSync(join(directory, output))))
    return 'nothing is built yet';
  return stamp === hashSources(directory) ? undefined : 'the sources have changed';
}

function readStamp(directory: string): string | undefined {
  const file = join(directory, 'out/stamp');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** How it ends: with a current build, or without one, because the build tools failed or nothing can be written here. What was wrong is on stderr. */
export type BuildEnd = 'current' | 'failed' | 'impossible';

/**
 * Builds if needed; says so on stderr, because stdout belongs to the command that needed it. What is current needs no
 * lock, nor anything that can be written to.
 */
export async function ensureBuilt({ force = false, verbose = false, directory = root } = {}): Promise<BuildEnd> {
  if (!force && reasonToBuild(directory) === undefined && !isBuilding(directory)) return 'current';
  let unlock: () => void;
  try {
    unlock = await lockBuild(directory);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const reason = force ? 'a build is asked for' : (reasonToBuild(directory) ?? 'another build was cut short');
    console.error(
      `Tessera: ${reason}, but ${directory} cannot be written to (${error.code}): build it as a user who may write there, with "npm run build"`,
    );
    return 'impossible';
  }
  try {
    const reason = force ? 'as asked' : reasonToBuild(directory);
    if (reason === undefined) return 'current';
    console.error(`Tessera: building, ${reason} …`);
    const started = performance.now();
    if (!(await buildAll(verbose))) return 'failed';
    console.error(`Tessera: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return 'current';
  } finally {
    unlock();
  }
}

/** Whether the system says that a place cannot be written to. */
function isRefused(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
  );
}

async function buildAll(verbose: boolean): Promise<boolean> {
  const steps = [
    ['src-main/formats/json-schema.ts'],
    ['node_modules/electron-vite/bin/electron-vite.js', 'build'],
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'src-renderer/features/export/dashboard/vite.config.ts'],
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'src-renderer/features/export/pictures/vite.config.ts'],
    ['src-main/hosts/launch/notices.ts'],
  ].filter(([script]) => existsSync(join(root, script ?? '')));
  const hash = hashSources();
  for (const step of steps) {
    if (!(await runNode(step, verbose))) return false;
  }
  const missing = outputs.filter((output) => !existsSync(join(root, output)));
  if (missing.length > 0) {
    console.error(`the build left out ${missing.join(', ')}`);
    return false;
  }
  writeFileSync(join(root, 'out/stamp'), hash);
  return true;
}

/** Runs a script of this checkout; its output goes to stderr, unless it succeeds and nobody wants to see it. */
async function runNode(args: readonly string[], verbose: boolean): Promise<boolean> {
  // NODE_ENV: a build that a test asks for is the same as any other.
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const output: Buffer[] = [];
  const collect = (chunk: Buffer): void => void (verbose ? process.stderr.write(chunk) : output.push(chunk));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    console.error(`${args[0]} failed`);
  }
  return code === 0;
}

const LOCK = 'out/.building';

/** Whether a build is under way, somebody's else. */
function isBuilding(directory: string): boolean {
  const lock = join(directory, LOCK);
  return existsSync(lock) && !isAbandoned(lock);
}

/**
 * One build at a time, no matter who started it: a directory is made by one of them only. A lock nobody has touched for
 * 10 s was left by a process that ended.
 */
async function lockBuild(directory: string): Promise<() => void> {
  const lock = join(directory, LOCK);
  mkdirSync(join(directory, 'out'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (isAbandoned(lock)) rmdirSync(lock);
      else await wait(200);
    }
  }
  const touch = setInterval(() => utimesSync(lock, new Date(), new Date()), 2000);
  return () => {
    clearInterval(touch);
    rmdirSync(lock);
  };
}

function isAbandoned(lock: string): boolean {
  const changed = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed > 10_000;
}

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--force');
  if (unknown !== undefined) {
    console.error(`build: unknown argument "${unknown}"\nhint: the only one is --force`);
    return 2;
  }
  if (!args.includes('--force') && reasonToBuild() === undefined) {
    console.error('Tessera: the build is current');
    return 0;
  }
  return (await ensureBuilt({ force: args.includes('--force'), verbose: true })) === 'current' ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
