/** The one place that speaks with a queue: connecting, submitting, fetching, completing, pieces of records, and who is there. */
import { randomUUID, X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { Client, Pool, type ClientConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { jobId, jobSchema, outcomeSchema, queueName, type Job, type JobOutcome } from './job.ts';
import type { QueueAddress } from './join-file.ts';
import { assertProtocol, BOSS_SCHEMA, bossOn, jobOptions, readMeta } from './schema.ts';

/** Connections of one process; one more listens. */
const MOST_CONNECTIONS = 3;
/** A connection that was cut is given up after so long, ms; TCP would take a quarter of an hour. */
const QUERY_MS = 10_000;
const CONNECT_MS = 10_000;
/** Between two tries to listen again, ms. */
const LISTEN_AGAIN_MS = 1000;
/** Jobs of one statement. */
const AT_A_TIME = 500;

/** All jobs of all queues, as pg-boss keeps them. */
const JOBS = `${BOSS_SCHEMA}.job`;

const CANCELLED = 'tessera_cancelled';
const SUBMITTED = 'tessera_submitted';
const SETTLED = 'tessera_settled';

/** Which attempt at which job: what an older attempt says is not heard any more. */
export interface Claim {
  readonly id: string;
  readonly attempt: number;
}

export interface FetchedJob extends Claim {
  /** As it was submitted; still to be checked. */
  readonly data: unknown;
}

export interface Submission {
  readonly job: Job;
  /** The scenario's canonical JSON. */
  readonly scenarioJson: string;
}

export interface Attempt {
  readonly attempt: number;
  readonly host: string;
  readonly ending: 'finished' | 'handover' | 'crash' | 'late' | 'cancelled' | null;
  readonly reason: string | null;
  readonly resultHash: string | null;
}

/** How a job is that somebody waits for. */
export interface JobState {
  readonly id: string;
  /** `gone`: the queue does not know it. */
  readonly state: 'waits' | 'runs' | 'ended' | 'cancelled' | 'gone';
  readonly outcome: JobOutcome | undefined;
  /** Attempts before the present one. */
  readonly attempt: number;
  /** Of the present attempt, where there is one. */
  readonly host: string | undefined;
  readonly generation: number | undefined;
  readonly plannedGenerations: number | undefined;
  /** Since the worker was heard last, s. */
  readonly silentS: number | undefined;
}

export interface WorkerState {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly slots: number;
  readonly running: number;
  readonly engine: string;
  readonly product: string;
  /** Of the last minute, as the system counts it. */
  readonly load: number;
  readonly freeMemoryMB: number;
  readonly crashes: number;
  readonly note: string | null;
}

export interface JobProgress extends Claim {
  readonly generation: number;
  readonly plannedGenerations: number | undefined;
  readonly bestFitness: number | undefined;
  readonly evaluationsPerS: number;
}

export interface ConnectOptions {
  /** Looks for workers that have fallen silent: done by each worker, so that it is done when no workbench is open. */
  readonly supervise?: boolean;
  readonly onError?: (error: Error) => void;
}

/** A pool of connections to `address`. */
export function poolFor(address: QueueAddress, most: number = MOST_CONNECTIONS): Pool {
  return new Pool({ ...connectionOptions(address), max: most, query_timeout: QUERY_MS });
}

function connectionOptions({ host, port, database, user, password, tls }: QueueAddress): ClientConfig {
  return {
    host,
    port,
    database,
    user,
    password,
    application_name: 'tessera',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    ...(tls.mode === 'off' ? {} : tls.mode === 'verified' ? { ssl: true } : pinned(tls.certificate)),
  };
}

/** TLS 1.3 from the first byte with the one certificate, whatever name the server is reached by. */
function pinned(certificate: string): Partial<ClientConfig> & { sslnegotiation: 'direct' } {
  const { fingerprint256 } = new X509Certificate(certificate);
  return {
    sslnegotiation: 'direct',
    ssl: {
      ca: certificate,
      minVersion: 'TLSv1.3',
      checkServerIdentity: (_host: string, peer: PeerCertificate) =>
        peer.fingerprint256 === fingerprint256 ? undefined : new Error('it is not the pinned certificate'),
    },
  };
}

const affectedSchema = z.object({ affected: z.number() });
const wrapped = z.object({ value: z.unknown() });

export class QueueClient {
  readonly name: string;
  readonly heartbeatS: number;
  readonly #address: QueueAddress;
  readonly #pool: Pool;
  readonly #boss: PgBoss;
  readonly #onError: (error: Error) => void;
  readonly #queue = queueName(ENGINE_VERSION);
  #isClosed = false;
  #listening: Client | undefined;

  private constructor(
    address: QueueAddress,
    pool: Pool,
    boss: PgBoss,
    heartbeatS: number,
    onError: (error: Error) => void,
  ) {
    this.name = address.name;
    this.#address = address;
    this.#pool = pool;
    this.#boss = boss;
    this.heartbeatS = heartbeatS;
    this.#onError = onError;
  }

  /** @throws WorkbenchError `queue.unreachable`, `queue.refused`, `queue.otherCertificate`, `queue.notSetUp`, `queue.otherProtocol` */
  static async connect(
    address: QueueAddress,
    { supervise = false, onError = () => {} }: ConnectOptions = {},
  ): Promise<QueueClient> {
    const pool = poolFor(address);
    pool.on('error', onError); // of a connection that is idle: the next query opens another one
    try {
      const { protocol, boss: schema, heartbeatS } = await readMeta(pool);
      assertProtocol(protocol, schema);
      const boss = bossOn(pool, { supervise });
      boss.on('error', onError);
      await boss.start();
      return new QueueClient(address, pool, boss, heartbeatS, onError);
    } catch (error) {
      await pool.end();
      throw connectionError(error, address);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#listening?.end().catch(() => {});
    await this.#boss.stop({ graceful: false }).catch(() => {});
    await this.#pool.end();
  }

  // What a workbench asks

  /** Puts jobs into the queue that are not there yet, and waits for all of them. @param submission who waits; ranks are those of the list */
  async submit(submission: string, jobs: readonly Submission[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += AT_A_TIME) {
      const some = jobs.slice(from, from + AT_A_TIME);
      const scenarios = new Map(some.map(({ job, scenarioJson }) => [job.scenario, scenarioJson]));
      for (const [hash, json] of scenarios)
        await this.#query('INSERT INTO tessera.scenario (hash, json) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
          hash,
          json,
        ]);
      const ids = some.map(({ job }) => jobId(job.runKey));
      await this.#query(
        'INSERT INTO tessera.want (job, submission, scenario) SELECT unnest($1::uuid[]), $2, unnest($3::text[]) ON CONFLICT DO NOTHING',
        [ids, submission, some.map(({ job }) => job.scenario)],
      );
      await this.#forgetUseless(ids);
      await this.#boss.insert(
        this.#queue,
        some.map(({ job }, index) => ({
          id: jobId(job.runKey),
          data: job,
          priority: -(from + index),
          heartbeatSeconds: this.heartbeatS,
          ...jobOptions,
        })),
      );
    }
    await this.#notify(SUBMITTED, '');
  }

  /** Removes jobs that have ended without a record that could be fetched: submitted again, they are tried again. */
  async #forgetUseless(ids: readonly string[]): Promise<void> {
    const { rows } = await this.#query<{ id: string; state: string; output: unknown; has_pieces: boolean }>(
      `SELECT id, state::text AS state, output, EXISTS (SELECT 1 FROM tessera.piece WHERE job = id) AS has_pieces
        FROM ${JOBS} WHERE name = $1 AND id = ANY($2::uuid[]) AND state::text IN ('completed', 'cancelled', 'failed')`,
      [this.#queue, ids],
    );
    const useless = rows.filter(({ state, output, has_pieces }) => {
      const outcome = state === 'completed' ? outcomeOf(output) : undefined;
      return outcome?.status !== 'finished' || !has_pieces;
    });
    await this.#remove(useless.map(({ id }) => id));
  }

  async #remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#boss.deleteJob(this.#queue, [...ids]);
    for (const table of ['piece', 'attempt', 'progress'])
      await this.#query(`DELETE FROM tessera.${table} WHERE job = ANY($1::uuid[])`, [ids]);
  }

  /** How all jobs are that `submission` waits for. */
  async states(submission: string): Promise<JobState[]> {
    const { rows } = await this.#query<{
      id: string;
      state: string | null;
      attempt: number | null;
      output: unknown;
      host: string | null;
      generation: number | null;
      planned: number | null;
      silent_s: number | null;
    }>(
      `SELECT want.job AS id, j.state::text AS state, j.retry_count AS attempt, CASE WHEN j.state::text = 'completed' THEN j.output END AS output,
          attempt.host, progress.generation, progress.planned,
          CASE WHEN j.state::text = 'active' THEN extract(epoch FROM now() - coalesce(j.heartbeat_on, j.started_on))::float8 END AS silent_s
        FROM tessera.want LEFT JOIN ${JOBS} j ON j.name = $2 AND j.id = want.job
          LEFT JOIN tessera.attempt ON attempt.job = want.job AND attempt.attempt = j.retry_count
          LEFT JOIN tessera.progress ON progress.job = want.job AND progress.attempt = j.retry_count
        WHERE want.submission = $1`,
      [submission, this.#queue],
    );
    return rows.map((row) => ({
      id: row.id,
      state: stateOf(row.state),
      outcome: row.output === null ? undefined : outcomeOf(row.output),
      attempt: row.attempt ?? 0,
      host: row.host ?? undefined,
      generation: row.generation ?? undefined,
      plannedGenerations: row.planned ?? undefined,
      silentS: row.silent_s ?? undefined,
    }));
  }

  /** `submission` waits no longer; what nobody waits for is removed. */
  async settle(submission: string, id: string): Promise<void> {
    await this.#query('DELETE FROM tessera.want WHERE submission = $1 AND job = $2', [submission, id]);
    if (await this.#isWanted(id)) return;
    await this.#remove([id]);
    await this.#query(
      'DELETE FROM tessera.scenario WHERE NOT EXISTS (SELECT 1 FROM tessera.want WHERE want.scenario = scenario.hash)',
      [],
    );
  }

  /** `submission` no longer wants it; where nobody does, the worker that has it hears of it at once. */
  async cancel(submission: string, id: string): Promise<void> {
    await this.#query('DELETE FROM tessera.want WHERE submission = $1 AND job = $2', [submission, id]);
    if (await this.#isWanted(id)) return;
    await this.#boss.cancel(this.#queue, id);
    await this.#notify(CANCELLED, id);
    await this.#query('DELETE FROM tessera.piece WHERE job = $1', [id]);
  }

  async #isWanted(id: string): Promise<boolean> {
    return (await this.#query('SELECT 1 FROM tessera.want WHERE job = $1 LIMIT 1', [id])).rows.length > 0;
  }

  /** Those heard of within the last 15 s. */
  async workers(): Promise<WorkerState[]> {
    const { rows } = await this.#query<Omit<WorkerState, 'freeMemoryMB'> & { free_memory_mb: number }>(
      `SELECT id, host, pid, slots, running, engine, product, load, free_memory_mb, crashes, note
        FROM tessera.worker WHERE seen_at > now() - interval '15 s' ORDER BY host, pid`,
      [],
    );
    return rows.map(({ free_memory_mb, ...worker }) => ({ ...worker, freeMemoryMB: free_memory_mb }));
  }

  /** How many jobs wait and run, of every engine's version. */
  async counts(): Promise<{ readonly waiting: number; readonly running: number }> {
    const { rows } = await this.#query<{ waiting: number; running: number }>(
      `SELECT count(*) FILTER (WHERE state::text IN ('created', 'retry'))::int AS waiting,
          count(*) FILTER (WHERE state::text = 'active')::int AS running FROM ${JOBS} WHERE name LIKE 'run-e%'`,
      [],
    );
    return rows[0];
  }

  // What a worker asks

  /** Takes up to `most` jobs of this engine's version. */
  async fetch(most: number): Promise<FetchedJob[]> {
    const jobs = await this.#boss.fetch(this.#queue, { batchSize: most, includeMetadata: true });
    return jobs.map(({ id, data, retryCount }) => ({ id, data, attempt: retryCount }));
  }

  /** Notes that this worker has begun; returns the attempts before. */
  async begin({ id, attempt }: Claim, worker: string, host: string): Promise<Attempt[]> {
    await this.#query(
      `INSERT INTO tessera.attempt (job, attempt, worker, host) VALUES ($1, $2, $3, $4)
        ON CONFLICT (job, attempt) DO UPDATE SET worker = $3, host = $4, started_at = now(), ended_at = NULL, ending = NULL`,
      [id, attempt, worker, host],
    );
    return (await this.attempts(id)).filter((before) => before.attempt < attempt);
  }

  async attempts(id: string): Promise<Attempt[]> {
    const { rows } = await this.#query<Attempt>(
      'SELECT attempt, host, ending, reason, result_hash AS "resultHash" FROM tessera.attempt WHERE job = $1 ORDER BY attempt',
      [id],
    );
    return rows;
  }

  /** @throws WorkbenchError `queue.noScenario` */
  async scenario(hash: string): Promise<string> {
    const { rows } = await this.#query<{ json: string }>('SELECT json FROM tessera.scenario WHERE hash = $1', [hash]);
    if (rows.length === 1) return rows[0].json;
    throw new WorkbenchError('queue.noScenario', 'the scenario of the job is not in the queue', {
      hint: 'submit it again',
    });
  }

  /** Says that the attempts go on; returns those that are no longer this worker's. */
  async touch(claims: readonly Claim[]): Promise<Claim[]> {
    if (claims.length === 0) return [];
    const given = claims.map(({ id, attempt }) => ({ id, retryCount: attempt }));
    const { affected } = affectedSchema.parse(await this.#boss.touch(this.#queue, given));
    if (affected === claims.length) return [];
    const { rows } = await this.#query<{ id: string; attempt: number }>(
      `SELECT id, retry_count AS attempt FROM ${JOBS} WHERE name = $1 AND id = ANY($2::uuid[]) AND state::text = 'active'`,
      [this.#queue, claims.map(({ id }) => id)],
    );
    const held = new Map(rows.map(({ id, attempt }) => [id, attempt]));
    return claims.filter(({ id, attempt }) => held.get(id) !== attempt);
  }

  async putPiece({ id, attempt }: Claim, seq: number, bytes: Uint8Array): Promise<void> {
    await this.#query(
      `INSERT INTO tessera.piece (job, attempt, seq, bytes) VALUES ($1, $2, $3, $4)
        ON CONFLICT (job, attempt, seq) DO UPDATE SET bytes = excluded.bytes`,
      [id, attempt, seq, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
    );
  }

  /** The record that an attempt has sent, in its order. */
  async *pieces({ id, attempt }: Claim): AsyncGenerator<Uint8Array> {
    for (let seq = 0; ; seq++) {
      const { rows } = await this.#query<{ bytes: Buffer }>(
        'SELECT bytes FROM tessera.piece WHERE job = $1 AND attempt = $2 AND seq = $3',
        [id, attempt, seq],
      );
      if (rows.length === 0) return;
      yield rows[0].bytes;
    }
  }

  /** Notes what a record that was sent comes to. */
  async noteResult({ id, attempt }: Claim, hash: string | null, bytes: number): Promise<void> {
    await this.#query('UPDATE tessera.attempt SET result_hash = $3, bytes = $4 WHERE job = $1 AND attempt = $2', [
      id,
      attempt,
      hash,
      bytes,
    ]);
  }

  /** The job is done, by this attempt. False where the job is no longer this worker's; nothing has changed then. */
  async complete(claim: Claim, outcome: JobOutcome): Promise<boolean> {
    const given = { id: claim.id, retryCount: claim.attempt };
    const { affected } = affectedSchema.parse(await this.#boss.complete(this.#queue, given, outcome));
    if (affected === 0) return false;
    await this.#query('DELETE FROM tessera.progress WHERE job = $1', [claim.id]);
    await this.#notify(SETTLED, claim.id);
    return true;
  }

  /** Gives the job back, for another attempt. False where it is no longer this worker's. */
  async giveBack(claim: Claim): Promise<boolean> {
    const given = { id: claim.id, retryCount: claim.attempt };
    const { affected } = affectedSchema.parse(await this.#boss.fail(this.#queue, given));
    if (affected > 0) await this.#notify(SUBMITTED, '');
    return affected > 0;
  }

  async end({ id, attempt }: Claim, ending: NonNullable<Attempt['ending']>, reason?: string): Promise<void> {
    await this.#query(
      'UPDATE tessera.attempt SET ending = $3, reason = $4, ended_at = now() WHERE job = $1 AND attempt = $2',
      [id, attempt, ending, reason?.slice(0, 4000) ?? null],
    );
  }

  async tellProgress(rows: readonly JobProgress[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#query(
      `INSERT INTO tessera.progress (job, attempt, generation, planned, best, evaluations_per_s)
        SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::float8[], $6::float8[])
        ON CONFLICT (job) DO UPDATE SET attempt = excluded.attempt, generation = excluded.generation, planned = excluded.planned,
          best = excluded.best, evaluations_per_s = excluded.evaluations_per_s, at = now()`,
      [
        rows.map(({ id }) => id),
        rows.map(({ attempt }) => attempt),
        rows.map(({ generation }) => generation),
        rows.map(({ plannedGenerations }) => plannedGenerations ?? null),
        rows.map(({ bestFitness }) => bestFitness ?? null),
        rows.map(({ evaluationsPerS }) => evaluationsPerS),
      ],
    );
  }

  async tellWorker(worker: WorkerState): Promise<void> {
    const { id, host, pid, slots, running, engine, product, load, freeMemoryMB, crashes, note } = worker;
    await this.#query(
      `INSERT INTO tessera.worker (id, host, pid, slots, running, engine, product, load, free_memory_mb, crashes, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET running = $5, load = $8, free_memory_mb = $9, crashes = $10, note = $11, seen_at = now()`,
      [id, host, pid, slots, running, engine, product, load, freeMemoryMB, crashes, note],
    );
  }

  async forgetWorker(id: string): Promise<void> {
    await this.#query("DELETE FROM tessera.worker WHERE id = $1 OR seen_at < now() - interval '1 day'", [id]);
  }

  /**
   * Calls `heard` for what others tell, until this client is closed. Where the connection is lost it is made again; what was told
   * meanwhile is lost, so nothing may depend on it alone.
   */
  async listen(heard: (what: 'cancelled' | 'submitted' | 'settled', id: string) => void): Promise<void> {
    if (this.#isClosed) return;
    const again = (): void => {
      if (this.#isClosed || this.#listening !== client) return;
      this.#listening = undefined;
      setTimeout(() => void this.listen(heard), LISTEN_AGAIN_MS).unref();
    };
    const client = new Client(connectionOptions(this.#address));
    this.#listening = client;
    client.on('error', (error) => {
      this.#onError(error);
      again();
    });
    client.on('end', again);
    const channels = { [CANCELLED]: 'cancelled', [SUBMITTED]: 'submitted', [SETTLED]: 'settled' } as const;
    client.on('notification', ({ channel, payload }) => {
      if (channel in channels) heard(channels[channel as keyof typeof channels], payload ?? '');
    });
    try {
      await client.connect();
      for (const channel of Object.keys(channels)) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)));
      void client.end().catch(() => {});
      again();
    }
  }

  async #notify(channel: string, payload: string): Promise<void> {
    await this.#query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  async #query<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<QueryResult<Row>> {
    try {
      return await this.#pool.query<Row>(text, values);
    } catch (error) {
      throw connectionError(error, this.#address);
    }
  }
}

/** A name under which a workbench waits for its jobs. */
export const newSubmission = (): string => randomUUID();

function stateOf(state: string | null): JobState['state'] {
  if (state === null) return 'gone';
  if (state === 'active') return 'runs';
  if (state === 'completed' || state === 'failed') return 'ended';
  return state === 'cancelled' ? 'cancelled' : 'waits';
}

/** What pg-boss keeps is wrapped where it is no object. */
function outcomeOf(output: unknown): JobOutcome | undefined {
  const { data } = outcomeSchema.safeParse(output);
  if (data !== undefined) return data;
  const inner = wrapped.safeParse(output);
  return inner.success ? outcomeSchema.safeParse(inner.data.value).data : undefined;
}

/** A job that this Tessera understands. @throws ZodError */
export function parseJob(data: unknown): Job {
  return jobSchema.parse(data);
}

/** What kept a connection from being made or used, in words; an error that is another kind as it is. */
export function connectionError(error: unknown, { name, host, port, user }: QueueAddress): unknown {
  if (error instanceof WorkbenchError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const options = { cause: error };
  if (code === '28P01' || code === '28000')
    return new WorkbenchError('queue.refused', `queue "${name}" refuses the user ${user}: ${error.message}`, {
      ...options,
      hint: 'its passwords may have changed: take the join file that its head has now',
    });
  if (/CERT|SELF_SIGNED|pinned certificate|ERR_TLS|ERR_SSL/.test(`${code} ${error.message}`))
    return new WorkbenchError(
      'queue.otherCertificate',
      `what answers at ${host}:${port} does not have the certificate of queue "${name}": ${error.message}`,
      {
        ...options,
        hint: 'take the join file that its head has now; if it is the same one, something is between you and it',
      },
    );
  if (
    /^E[A-Z]+$/.test(code) ||
    /timeout|terminated|Connection|ECONN/i.test(error.message) ||
    code.startsWith('57P') ||
    code.startsWith('08')
  )
    return new WorkbenchError(
      'queue.unreachable',
      `queue "${name}" at ${host}:${port} cannot be reached: ${error.message}`,
      {
        ...options,
        hint: 'see that its head runs and that this machine may reach its port; through ssh: ssh -L PORT:HEAD:PORT LOGIN',
      },
    );
  return error;
}
