/** ONNX Runtime: where it is, and its installation into the user-data folder, since it is too large to come with the workbench. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** The version that results are made with. */
export const RUNTIME_VERSION = '1.30.0';
const PACKAGE = 'onnxruntime-node';

export interface FoundRuntime {
  readonly version: string;
  /** Folder of the package. */
  readonly directory: string;
}

/** What `onnxruntime-node` exports. */
export type Runtime = typeof Ort & { listSupportedBackends(): { name: string; bundled: boolean }[] };

export function runtimeFolder(dataDirectory: string): string {
  return join(dataDirectory, 'device', `onnxruntime-${RUNTIME_VERSION}`);
}

/** The runtime in the user-data folder, else the one in a checkout; undefined where neither is there. */
export function findRuntime(dataDirectory: string): FoundRuntime | undefined {
  const installed = join(runtimeFolder(dataDirectory), 'node_modules', PACKAGE);
  if (existsSync(join(installed, 'package.json'))) return { version: versionOf(installed), directory: installed };
  try {
    const directory = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
    return { version: versionOf(directory), directory };
  } catch {
    return undefined;
  }
}

/** @throws WorkbenchError `device.noRuntime` */
export function requireRuntime(dataDirectory: string): FoundRuntime {
  const found = findRuntime(dataDirectory);
  if (found !== undefined) return found;
  throw new WorkbenchError('device.noRuntime', 'ONNX Runtime is not installed on this machine', {
    hint: `"tessera device setup" installs version ${RUNTIME_VERSION} (288 MB) into the user-data folder`,
  });
}

/** @throws WorkbenchError `device.runtime` where its native library does not load */
export function loadRuntime({ directory, version }: FoundRuntime): Runtime {
  try {
    return createRequire(import.meta.url)(directory) as Runtime;
  } catch (cause) {
    throw new WorkbenchError(
      'device.runtime',
      `ONNX Runtime ${version} does not load here: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'it needs Linux with glibc 2.28, Windows, or macOS on Apple silicon', cause },
    );
  }
}

/**
 * Installs the runtime by npm without its scripts, which would fetch CUDA libraries. A half-made installation is never found.
 * @throws WorkbenchError `device.setup` with what npm said
 */
export async function installRuntime(dataDirectory: string, onLine: (line: string) => void): Promise<FoundRuntime> {
  const target = runtimeFolder(dataDirectory);
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  writeFileSync(
    join(part, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [PACKAGE]: RUNTIME_VERSION } }),
  );
  const said: string[] = [];
  const status = await new Promise<number>((settle) => {
    const npm = spawn('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
      cwd: part,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    for (const stream of [npm.stdout, npm.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
          said.push(line);
          onLine(line);
        }
      });
    npm.on('error', ({ message }) => {
      said.push(message);
      settle(1);
    });
    npm.on('close', (code) => settle(code ?? 1));
  });
  if (status !== 0) {
    rmSync(part, { recursive: true, force: true });
    throw new WorkbenchError('device.setup', `npm did not install ${PACKAGE}: ${causeIn(said)}`, {
      hint: 'check that npm is there and that it can reach its registry',
    });
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
  return requireRuntime(dataDirectory);
}

/** What npm says went wrong: its first errors, without its advice and the place of its log. */
export function causeIn(said: readonly string[]): string {
  const errors = said
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim())
    .filter((line, index) => line !== '' && line !== said[index].trim())
    .filter((line) => !/complete log|proxy|^(syscall|errno|code|at) /.test(line));
  return (errors.length > 0 ? errors.slice(0, 3) : said.slice(-3)).join('; ');
}

function versionOf(directory: string): string {
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
  return version;
}
