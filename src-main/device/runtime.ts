/** ONNX Runtime: where it is, and its installation into the user-data folder, since it is too large to come with the workbench. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { installPackages } from '../npm-packages.ts';

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
  await installPackages(target, { [PACKAGE]: RUNTIME_VERSION }, 'device.setup', onLine);
  return requireRuntime(dataDirectory);
}

function versionOf(directory: string): string {
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
  return version;
}
