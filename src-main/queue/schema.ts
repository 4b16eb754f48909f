/** What a queue consists of in its database: pg-boss's own schema, tables beside it, and two roles that may do no more than they need. */
import type { Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { queueName } from './job.ts';

/** Raised when workbenches and workers of before could not work with what is in the database now. */
export const PROTOCOL = 1;
/** pg-boss changes its tables often: each version of them has a schema of its own, and nobody migrates one that others use. */
export const BOSS_SCHEMA = 'tessera_boss_46';
export const CLIENT_ROLE = 'tessera_client';
export const WORKER_ROLE = 'tessera_worker';
/** Longest piece of a record, bytes. */
export const PIECE_BYTES = 256 * 1024;

/** pg-boss allows no more; see `MOST_ATTEMPT_S`. */
const DAY_S = 86_400;
/** An attempt at a run may take so long, s: pg-boss gives it to another worker then. */
export const MOST_ATTEMPT_S = DAY_S;
const YEAR_S = 365 * DAY_S;

/** How the jobs of every queue are kept. A job is not given up for being handed over often: crashes are counted in `attempt`. */
export const jobOptions = {
  retryLimit: 100_000,
  retryDelay: 0,
  expireInSeconds: MOST_ATTEMPT_S,
  retentionSeconds: YEAR_S,
  deleteAfterSeconds: 0,
} as const;

export interface QueueSetUp {
  /** A role that may create schemas. */
  readonly pool: Pool;
  /** How long a worker may be silent before its runs are given to others, s; at least 10. */
  readonly heartbeatS: number;
  /** Passwords of the two roles; undefined: no roles are made. */
  readonly passwords: { readonly client: string; readonly worker: string } | undefined;
}

const TABLES = `
CREATE SCHEMA IF NOT EXISTS tessera;
CREATE TABLE IF NOT EXISTS tessera.meta (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  protocol integer NOT NULL,
  boss text NOT NULL,
  heartbeat_s integer NOT NULL
);
CREATE TABLE IF NOT EXISTS tessera.scenario (
  hash text PRIMARY KEY,
  json text NOT NULL
);
-- Who waits for a job: its record is kept until nobody does.
CREATE TABLE IF NOT EXISTS tessera.want (
  job uuid NOT NULL,
  submission uuid NOT NULL,
  scenario text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (submission, job)
);
CREATE INDEX IF NOT EXISTS want_by_job ON tessera.want (job);
-- Each time that a worker has taken a job; ending is NULL while it works, and where it was killed.
CREATE TABLE IF NOT EXISTS tessera.attempt (
  job uuid NOT NULL,
  attempt integer NOT NULL,
  worker uuid NOT NULL,
  host text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  ending text CHECK (ending IN ('finished', 'handover', 'crash', 'late', 'cancelled')),
  reason text,
  result_hash text,
  bytes bigint,
  PRIMARY KEY (job, attempt)
);
CREATE TABLE IF NOT EXISTS tessera.piece (
  job uuid NOT NULL,
  attempt integer NOT NULL,
  seq integer NOT NULL,
  bytes bytea NOT NULL CHECK (octet_length(bytes) <= ${16 * PIECE_BYTES}),
  PRIMARY KEY (job, attempt, seq)
);
ALTER TABLE tessera.piece ALTER COLUMN bytes SET STORAGE EXTERNAL; -- compressed already
CREATE UNLOGGED TABLE IF NOT EXISTS tessera.progress (
  job uuid PRIMARY KEY,
  attempt integer NOT NULL,
  generation integer NOT NULL,
  planned integer,
  best double precision,
  evaluations_per_s double precision NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE UNLOGGED TABLE IF NOT EXISTS tessera.worker (
  id uuid PRIMARY KEY,
  host text NOT NULL,
  pid integer NOT NULL,
  slots integer NOT NULL,
  running integer NOT NULL,
  engine text NOT NULL,
  product text NOT NULL,
  load double precision NOT NULL,
  free_memory_mb integer NOT NULL,
  crashes integer NOT NULL,
  note text,
  seen_at timestamptz NOT NULL DEFAULT now()
);
`;

const rights = (role: string, others: readonly string[]): string => `
GRANT USAGE ON SCHEMA ${BOSS_SCHEMA}, tessera TO ${role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${BOSS_SCHEMA} TO ${role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${BOSS_SCHEMA} TO ${role};
GRANT SELECT ON tessera.meta TO ${role};
${others.map((grant) => `GRANT ${grant} TO ${role};`).join('\n')}
`;

const CLIENT_RIGHTS = rights(CLIENT_ROLE, [
  'SELECT, INSERT, DELETE ON tessera.scenario, tessera.want',
  'SELECT, DELETE ON tessera.piece, tessera.attempt, tessera.progress',
  'SELECT ON tessera.worker',
]);
const WORKER_RIGHTS = rights(WORKER_ROLE, [
  'SELECT ON tessera.scenario',
  'SELECT, INSERT, UPDATE, DELETE ON tessera.piece, tessera.progress, tessera.worker',
  'SELECT, INSERT, UPDATE ON tessera.attempt',
]);

/** Any number that no other program is likely to take. */
const SET_UP_LOCK = 7_355_608_719;

/**
 * Makes what is not there yet, and the queue of this engine's version. What is there stays.
 * @throws WorkbenchError `queue.otherProtocol` where it was made by another version; what PostgreSQL refuses as it says it
 */
export async function setUpQueue({ pool, heartbeatS, passwords }: QueueSetUp): Promise<void> {
  const lock = await pool.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [SET_UP_LOCK]);
    await lock.query(TABLES);
    await lock.query(
      'INSERT INTO tessera.meta (protocol, boss, heartbeat_s) VALUES ($1, $2, $3) ON CONFLICT (one) DO NOTHING',
      [PROTOCOL, BOSS_SCHEMA, heartbeatS],
    );
    const { protocol, boss } = await readMeta(pool);
    assertProtocol(protocol, boss);
    const pgBoss = bossOn(pool, { migrate: true, createSchema: true });
    await pgBoss.start();
    try {
      const name = queueName(ENGINE_VERSION);
      const queue = { policy: 'standard', heartbeatSeconds: heartbeatS, ...jobOptions } as const;
      if ((await pgBoss.getQueue(name)) === null) await pgBoss.createQueue(name, queue);
      await lock.query('UPDATE tessera.meta SET heartbeat_s = $1', [heartbeatS]);
    } finally {
      await pgBoss.stop({ graceful: false });
    }
    if (passwords !== undefined)
      for (const [role, password, grants] of [
        [CLIENT_ROLE, passwords.client, CLIENT_RIGHTS],
        [WORKER_ROLE, passwords.worker, WORKER_RIGHTS],
      ] as const) {
        const { rows } = await lock.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
        // The passwords are hexadecimal digits of our own making.
        await lock.query(`${rows.length === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN PASSWORD '${password}'`);
        await lock.query(grants);
      }
    await lock.query('SELECT pg_advisory_unlock($1)', [SET_UP_LOCK]);
    lock.release();
  } catch (error) {
    lock.release(true);
    throw error;
  }
}

export interface BossOptions {
  readonly migrate?: boolean;
  readonly createSchema?: boolean;
  readonly supervise?: boolean;
}

/** pg-boss on connections that are ours; neither its schedules nor its register of instances are used. */
export function bossOn(pool: Pool, { migrate = false, createSchema = false, supervise = false }: BossOptions): PgBoss {
  return new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: BOSS_SCHEMA,
    migrate,
    createSchema,
    supervise,
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    reindex: false,
    monitorVacuum: false,
  });
}

export interface QueueMeta {
  readonly protocol: number;
  readonly boss: string;
  readonly heartbeatS: number;
}

/** @throws WorkbenchError `queue.notSetUp` */
export async function readMeta(pool: Pool): Promise<QueueMeta> {
  try {
    const { rows } = await pool.query<{ protocol: number; boss: string; heartbeat_s: number }>(
      'SELECT protocol, boss, heartbeat_s FROM tessera.meta',
    );
    if (rows.length === 1) return { protocol: rows[0].protocol, boss: rows[0].boss, heartbeatS: rows[0].heartbeat_s };
  } catch (error) {
    // Undefined table, or schema.
    if (!['42P01', '3F000'].includes((error as { code?: string }).code ?? '')) throw error;
  }
  throw new WorkbenchError('queue.notSetUp', 'the database has no queue of Tessera in it', {
    hint: '"tessera queue add postgres://…" makes one where there is none',
  });
}

/** @throws WorkbenchError `queue.otherProtocol` */
export function assertProtocol(protocol: number, boss: string): void {
  if (protocol === PROTOCOL && boss === BOSS_SCHEMA) return;
  const here = `${PROTOCOL} with ${BOSS_SCHEMA}`;
  throw new WorkbenchError(
    'queue.otherProtocol',
    `the queue has protocol ${protocol} with ${boss}, this Tessera ${here}`,
    {
      hint: 'use the same version of Tessera on all machines of a queue; a newer one needs a queue of its own',
    },
  );
}
