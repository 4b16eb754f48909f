/** The head of a queue: PostgreSQL behind TLS, its passwords and certificate in one folder, and the watch over workers that fall silent. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Pool } from 'pg';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { startPostgres, type RunningPostgres } from './embedded-postgres.ts';
import { writeJoinFile, type QueueAddress } from './join-file.ts';
import { bossOn, CLIENT_ROLE, setUpQueue, WORKER_ROLE } from './schema.ts';
import type { ServerPackages } from './server-packages.ts';
import { openTlsFront, type TlsFront } from './tls-front.ts';

/** What a queue keeps besides the files of PostgreSQL. */
const secretsSchema = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  certificate: z.string(),
  passwords: z.strictObject({ superuser: z.string(), client: z.string(), worker: z.string() }),
});
type Secrets = z.output<typeof secretsSchema>;

export interface HeadOptions {
  readonly name: string;
  readonly folder: string;
  readonly packages: ServerPackages;
  /** Address to listen at. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** How long a worker may be silent before its runs are given to others, s; at least 10. */
  readonly heartbeatS: number;
  readonly onError: (error: Error) => void;
}

export interface Head {
  readonly port: number;
  /** Of PostgreSQL. */
  readonly pid: number;
  readonly client: QueueAddress;
  /** For those who submit, and for workers. */
  readonly files: { readonly client: string; readonly worker: string };
  /** Resolves with what PostgreSQL wrote last when it ends without being asked. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

const DATABASE = 'tessera';
const CERTIFICATE_YEARS = 20;

/** @throws WorkbenchError `queue.…` */
export async function startHead(options: HeadOptions): Promise<Head> {
  const { name, folder, packages, host, port, heartbeatS, onError } = options;
  mkdirSync(folder, { recursive: true });
  const secrets = await secretsIn(folder, packages);
  const postgres = await startPostgres({
    packageFolder: packages.postgres,
    dataFolder: folder,
    superuserPassword: secrets.passwords.superuser,
  });
  const pool = superuserPool(postgres, secrets, DATABASE);
  pool.on('error', onError);
  let front: TlsFront | undefined;
  const boss = bossOn(pool, { supervise: true });
  boss.on('error', onError);
  const close = async (): Promise<void> => {
    await front?.close();
    await boss.stop({ graceful: false }).catch(onError);
    await pool.end();
    await postgres.stop();
  };
  try {
    await makeDatabase(postgres, secrets);
    await setUpQueue({ pool, heartbeatS, passwords: secrets.passwords });
    await boss.start();
    front = await openFront(postgres, secrets, host, port);
  } catch (error) {
    await close();
    throw error;
  }
  const address = (user: string, password: string): QueueAddress => ({
    version: 1,
    name,
    host: reachedBy(host),
    port: front.port,
    database: DATABASE,
    user,
    password,
    tls: { mode: 'pinned', certificate: secrets.certificate },
  });
  const files = { client: join(folder, 'queue.json'), worker: join(folder, 'worker.json') };
  const client = address(CLIENT_ROLE, secrets.passwords.client);
  writeJoinFile(files.client, client);
  writeJoinFile(files.worker, address(WORKER_ROLE, secrets.passwords.worker));
  return { port: front.port, pid: postgres.pid, client, files, ended: postgres.ended, close };
}

async function openFront(
  { socketPath }: RunningPostgres,
  secrets: Secrets,
  host: string,
  port: number,
): Promise<TlsFront> {
  try {
    return await openTlsFront({ socketPath, host, port, key: secrets.key, certificate: secrets.certificate });
  } catch (cause) {
    throw new WorkbenchError(
      'queue.port',
      `cannot listen at ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'choose another one with --port and --host',
        cause,
      },
    );
  }
}

/** The name by which others reach what listens at `host`. */
function reachedBy(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}

function superuserPool(postgres: RunningPostgres, { passwords }: Secrets, database: string): Pool {
  return new Pool({
    host: postgres.socketFolder,
    user: postgres.superuser,
    password: passwords.superuser,
    database,
    max: 4,
  });
}

async function makeDatabase(postgres: RunningPostgres, secrets: Secrets): Promise<void> {
  const pool = superuserPool(postgres, secrets, 'postgres');
  try {
    const { rows } = await pool.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rows.length > 0) return;
    await pool.query(`CREATE DATABASE ${DATABASE}`);
    await pool.query(`REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC; GRANT CONNECT ON DATABASE ${DATABASE} TO PUBLIC`);
  } finally {
    await pool.end();
  }
}

/** Those of the folder, made with the first start. @throws WorkbenchError `queue.folder` */
async function secretsIn(folder: string, packages: ServerPackages): Promise<Secrets> {
  const path = join(folder, 'secrets.json');
  if (existsSync(path)) {
    try {
      return secretsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (cause) {
      throw new WorkbenchError('queue.folder', `${path} is not what a queue has written`, {
        hint: 'put it back from a backup, or give --data with another folder',
        cause,
      });
    }
  }
  const { generate } = (await import(pathToFileURL(packages.selfsigned).href)) as typeof import('selfsigned');
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + CERTIFICATE_YEARS);
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Tessera queue' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate,
  });
  const password = (): string => randomBytes(32).toString('hex');
  const secrets: Secrets = {
    version: 1,
    key,
    certificate: cert,
    passwords: { superuser: password(), client: password(), worker: password() },
  };
  writeFileSync(`${path}.part`, JSON.stringify(secrets), { mode: 0o600 });
  chmodSync(`${path}.part`, 0o600);
  renameSync(`${path}.part`, path);
  return secrets;
}
