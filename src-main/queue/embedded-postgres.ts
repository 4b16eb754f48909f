/**
 * PostgreSQL out of npm as an ordinary process that listens on a Unix socket only. PostgreSQL refuses to run as root: its processes are then
 * those of `nobody`, who owns its data, without a user being added to the machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** `nobody` on Linux and macOS, as an unsigned number. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;
const START_MS = 60_000;
/** The socket is named by it. */
const SOCKET_PORT = 5432;
const SUPERUSER = 'postgres';

export interface PostgresOptions {
  /** Folder of the package, see `findServerPackages`. */
  readonly packageFolder: string;
  /** Made where it is not there. */
  readonly dataFolder: string;
  readonly superuserPassword: string;
  /** Connections at the same time. */
  readonly mostConnections?: number;
}

export interface RunningPostgres {
  readonly pid: number;
  readonly socketFolder: string;
  readonly socketPath: string;
  readonly superuser: string;
  /** Resolves when it has ended, by itself or not, with what it wrote last. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** @throws WorkbenchError `queue.server` with what PostgreSQL said */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const owner = process.getuid?.() === 0 ? NOBODY : undefined;
  const temporary = mkdtempSync(join(tmpdir(), 'tq-'));
  chmodSync(temporary, 0o711);
  try {
    const native = reachableNative(options.packageFolder, owner, temporary);
    mkdirSync(options.dataFolder, { recursive: true });
    const cluster = join(options.dataFolder, 'cluster');
    if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(native, cluster, owner, options, temporary);
    await endOrphan(native, cluster, owner);
    const socketFolder = join(temporary, 's');
    mkdirSync(socketFolder, { mode: 0o700 });
    if (owner !== undefined) chownSync(socketFolder, owner.uid, owner.gid);
    return await launch(native, cluster, socketFolder, owner, options.mostConnections ?? 500, temporary);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

type Owner = typeof NOBODY | undefined;

async function initialise(
  native: string,
  cluster: string,
  owner: Owner,
  { superuserPassword, dataFolder }: PostgresOptions,
  temporary: string,
): Promise<void> {
  // A cluster that was left half made has no PG_VERSION or no end: it is made in another folder and renamed by its owner's hand.
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { mode: 0o700 });
  const passwordFile = join(temporary, 'password');
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  if (owner !== undefined) for (const path of [cluster, passwordFile]) chownSync(path, owner.uid, owner.gid);
  if (
    owner !== undefined &&
    spawnSync('/bin/sh', ['-c', 'test -w "$0"', cluster], { ...owner, cwd: '/' }).status !== 0
  ) {
    rmSync(cluster, { recursive: true, force: true });
    throw new WorkbenchError(
      'queue.folder',
      `the user nobody, who runs PostgreSQL for root, cannot reach ${dataFolder}`,
      {
        hint: 'give --data with a folder that every user can reach, e.g. /var/lib/tessera-queue, or start the queue as another user than root',
      },
    );
  }
  const { status, stderr, stdout } = await run(
    join(native, 'bin/initdb'),
    [
      `--pgdata=${cluster}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
    ],
    owner,
  );
  rmSync(passwordFile);
  if (status !== 0) {
    rmSync(cluster, { recursive: true, force: true });
    throw serverError('PostgreSQL could not make its files', `${stdout}\n${stderr}`);
  }
}

/** A server whose head was killed goes on: it is asked to end, since its socket is known to nobody any more. */
async function endOrphan(native: string, cluster: string, owner: Owner): Promise<void> {
  if (!existsSync(join(cluster, 'postmaster.pid'))) return;
  await run(join(native, 'bin/pg_ctl'), ['stop', '--mode=fast', '--wait', `--pgdata=${cluster}`], owner); // fails where there is none
}

async function launch(
  native: string,
  cluster: string,
  socketFolder: string,
  owner: Owner,
  mostConnections: number,
  temporary: string,
): Promise<RunningPostgres> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    port: SOCKET_PORT,
    max_connections: mostConnections,
    idle_in_transaction_session_timeout: '60s',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const child = spawn(
    join(native, 'bin/postgres'),
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a group of its own: Ctrl-C in the terminal is for the head, which ends it when its clients have been let go.
    {
      ...owner,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const ended = new Promise<string>((settle) => {
    child.on('error', ({ message }) => settle(message));
    child.on('close', () => settle(said));
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  const socketPath = join(socketFolder, `.s.PGSQL.${SOCKET_PORT}`);
  for (const until = performance.now() + START_MS; !said.includes('ready to accept connections');) {
    if (isOver || performance.now() > until) {
      child.kill('SIGKILL');
      throw serverError('PostgreSQL did not start', said);
    }
    await delay(20);
  }
  return {
    pid: child.pid ?? 0,
    socketFolder,
    socketPath,
    superuser: SUPERUSER,
    ended,
    async stop() {
      child.kill('SIGINT'); // "fast": it ends sessions and writes everything
      await ended;
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/** The programs where `owner` can run them: as they are installed, else as a copy. */
function reachableNative(packageFolder: string, owner: Owner, temporary: string): string {
  const native = join(packageFolder, 'native');
  try {
    makeLinks(packageFolder, native);
    if (
      owner === undefined ||
      spawnSync(join(native, 'bin/postgres'), ['--version'], { ...owner, cwd: '/' }).status === 0
    )
      return native;
  } catch {
    // Its folder may be one that this user cannot write to: the copy is.
  }
  const copy = join(temporary, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  makeLinks(packageFolder, copy);
  return copy;
}

/** The links that the package's script would make, which npm does not run unasked. */
function makeLinks(packageFolder: string, native: string): void {
  const links = JSON.parse(readFileSync(join(packageFolder, 'native/pg-symlinks.json'), 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''));
    try {
      if (!existsSync(path)) symlinkSync(basename(source), join(dirname(path), basename(path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was faster
    }
  }
}

async function run(
  program: string,
  argv: readonly string[],
  owner: Owner,
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, argv, {
    ...owner,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status: status ?? 1, stdout, stderr };
}

function serverError(what: string, said: string): WorkbenchError {
  const last = said.trim().split('\n').slice(-3).join(' ').trim();
  return new WorkbenchError('queue.server', `${what}: ${last === '' ? 'it said nothing' : last}`, {
    hint: 'see that its folder can be written to and that the disk has room; or use a PostgreSQL server that is there',
  });
}
