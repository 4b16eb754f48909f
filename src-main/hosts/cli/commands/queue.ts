/** `tessera queue`: starting a queue for many machines, adding one that runs elsewhere, and which there are. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { onInterrupt } from '../../interrupt.ts';
import { dataDirectory } from '../../paths.ts';
import { loadQueues, type QueueAddress } from '../../toolbox.ts';
import { duration, wholeNumber, withJson, type OutputOptions } from '../arguments.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { table } from '../table.ts';

const USUAL_PORT = 7433;
const LOOPBACK = '127.0.0.1';

export function registerQueue(program: Command): void {
  const queue = program.command('queue').description('run sweeps on many machines: queues that workers take runs from');
  registerStart(queue);
  registerAdd(queue);
  registerList(queue);
  registerRemove(queue);
}

interface StartOptions extends OutputOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly heartbeat: number;
}

function registerStart(queue: Command): void {
  withJson(queue.command('start'))
    .description('start a queue here, with PostgreSQL out of npm behind TLS; runs until it is ended')
    .option('--name <name>', 'how it is called on this machine and in its join files', queueName, 'lab')
    .option('--host <address>', 'address to listen at; 0.0.0.0: all of this machine', LOOPBACK)
    .option('--port <n>', 'port to listen at; 0: any that is free', wholeNumber(0, 65_535), USUAL_PORT)
    .option('--data <folder>', 'where it keeps its files (default: a folder of this user)')
    .option(
      '--heartbeat <time>',
      'how long a worker may be silent before its runs are given to others',
      heartbeat,
      60_000,
    )
    .action(async ({ json, name, host, port, data, heartbeat: heartbeatMs }: StartOptions) => {
      const { findServerPackages, installServerPackages, startHead, SavedQueues } = await loadQueues();
      const directory = dataDirectory();
      let packages = findServerPackages(directory);
      if (packages === undefined) {
        remark('PostgreSQL (60 MB) and what makes certificates (9 MB) are being installed for this user …');
        packages = await installServerPackages(directory, remark);
      }
      const head = await startHead({
        name,
        folder: data === undefined ? folderFor(name, directory) : resolve(data),
        packages,
        host,
        port,
        heartbeatS: Math.round(heartbeatMs / 1000),
        onError: ({ message }) => remark(`warning: ${message}`),
      });
      new SavedQueues(directory).add(head.client);
      if (json) printJson({ name, port: head.port, pid: process.pid, postgresPid: head.pid, ...head.files });
      else
        printText(
          [
            `queue "${name}" at ${host}:${head.port}`,
            `on each machine that is to work: tessera worker --join worker.json, with ${head.files.worker}`,
            `on each machine that submits:   tessera queue add queue.json, with ${head.files.client}`,
            `here:                           tessera sweep study.json --on ${name}`,
          ].join('\n'),
        );
      const interruption = onInterrupt();
      const stopped = new Promise<'stopped'>((settle) => interruption.onStop(() => settle('stopped')));
      const end = await Promise.race([stopped, head.ended]);
      await head.close();
      if (end !== 'stopped')
        throw new WorkbenchError(
          'host.queueEnded',
          `PostgreSQL ended by itself: ${end.trim().split('\n').at(-1) ?? ''}`,
          {
            hint: 'start the queue again: what it had is still there',
          },
        );
      process.exit(0);
    });
}

/** Root's PostgreSQL is run by the user nobody, who cannot reach root's own folders. */
function folderFor(name: string, directory: string): string {
  return process.getuid?.() === 0 ? `/var/lib/tessera-queue/${name}` : join(directory, 'queue-server', `queue-${name}`);
}

function queueName(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,40}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected small letters, digits, "-" and "_", 41 at most.');
}

function heartbeat(text: string): number {
  const timeMs = duration(text);
  if (timeMs >= 10_000 && timeMs <= 3_600_000) return timeMs;
  throw new InvalidArgumentError('Expected a time from 10s to 1h.');
}

interface AddOptions extends OutputOptions {
  readonly name?: string;
  readonly workerFile: string;
}

function registerAdd(queue: Command): void {
  withJson(queue.command('add <file|url>'))
    .description(
      'add a queue: the join file of one that runs elsewhere, or postgres://USER@HOST/DATABASE of a server that is there ' +
        '(its password in TESSERA_QUEUE_PASSWORD)',
    )
    .option('--name <name>', 'how it is called here', queueName)
    .option('--worker-file <file>', 'with a URL: where the join file for workers is written', 'worker.json')
    .action(async (source: string, { json, name, workerFile }: AddOptions) => {
      const { QueueClient, readJoinFile, SavedQueues } = await loadQueues();
      const isUrl = /^postgres(ql)?:\/\//.test(source);
      if (!isUrl && !existsSync(source) && source.includes('://'))
        throw usageError(`"${source}" is neither a file nor a URL of PostgreSQL`, 'use postgres://USER@HOST/DATABASE');
      const made = isUrl ? await setUpServer(source, name ?? 'lab', resolve(workerFile)) : undefined;
      const address: QueueAddress = made?.address ?? {
        ...readJoinFile(source),
        ...(name === undefined ? {} : { name }),
      };
      const client = await QueueClient.connect(address); // refused now rather than with the first sweep
      await client.close();
      new SavedQueues(dataDirectory()).add(address);
      for (const note of made?.notes ?? []) remark(`note: ${note}`);
      if (json)
        printJson({
          name: address.name,
          host: address.host,
          port: address.port,
          ...(made === undefined ? {} : { worker: made.file }),
        });
      else
        printText(
          `queue "${address.name}" at ${address.host}:${address.port} added${made === undefined ? '' : `; for workers: ${made.file}`}`,
        );
    });
}

/** Makes a queue in the database of a server that is there, with roles of few rights where its user may make roles. */
async function setUpServer(
  source: string,
  name: string,
  file: string,
): Promise<{ readonly address: QueueAddress; readonly file: string; readonly notes: readonly string[] }> {
  const { connectionError, poolFor, setUpQueue, writeJoinFile, queueAddressSchema } = await loadQueues();
  const url = new URL(source);
  if (url.password !== '')
    throw usageError(
      'the URL has a password in it, which everybody on this machine can see',
      'put it into TESSERA_QUEUE_PASSWORD and leave it out of the URL',
    );
  const own = queueAddressSchema.parse({
    version: 1,
    name,
    host: decodeURIComponent(url.hostname) || 'localhost',
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    user: decodeURIComponent(url.username) || 'postgres',
    password: process.env['TESSERA_QUEUE_PASSWORD'] ?? process.env['PGPASSWORD'] ?? '',
    tls: { mode: url.searchParams.get('sslmode') === 'disable' ? 'off' : 'verified' },
  } satisfies QueueAddress);
  const pool = poolFor(own);
  try {
    const { rows } = await pool.query<{ may: boolean; there: boolean }>(
      `SELECT (rolsuper OR rolcreaterole) AS may, EXISTS (SELECT 1 FROM pg_roles WHERE rolname IN ('tessera_client', 'tessera_worker')) AS there
        FROM pg_roles WHERE rolname = current_user`,
    );
    const password = (): string => randomBytes(32).toString('hex');
    const passwords = rows[0]?.may === true && !rows[0].there ? { client: password(), worker: password() } : undefined;
    await setUpQueue({ pool, heartbeatS: 60, passwords });
    const worker = passwords === undefined ? own : { ...own, user: 'tessera_worker', password: passwords.worker };
    writeJoinFile(file, worker);
    return {
      address: passwords === undefined ? own : { ...own, user: 'tessera_client', password: passwords.client },
      file,
      notes: [
        ...(passwords === undefined
          ? [
              `no roles were made (${rows[0]?.there === true ? 'there are some already' : `${own.user} may not`}): workers have the rights of ${own.user}`,
            ]
          : []),
        ...(own.tls.mode === 'off' ? ['nothing that goes to this server is encrypted'] : []),
      ],
    };
  } catch (error) {
    throw connectionError(error, own);
  } finally {
    await pool.end();
  }
}

function registerList(queue: Command): void {
  withJson(queue.command('list'))
    .description('the queues of this user, whether they can be reached, and what waits in them')
    .action(async ({ json }: OutputOptions) => {
      const { SavedQueues } = await loadQueues();
      const saved = new SavedQueues(dataDirectory());
      const queues = await Promise.all(saved.names().map(async (name) => ({ name, ...(await lookAt(name, saved)) })));
      if (json) printJson({ queues });
      else if (queues.length === 0) printText('no queues; "tessera queue start" starts one');
      else
        printText(
          table(queues, [
            { title: 'queue', value: ({ name }) => name },
            { title: 'address', value: ({ address }) => address },
            { title: 'workers', value: ({ workers }) => String(workers ?? '–'), align: 'right' },
            { title: 'free slots', value: ({ freeSlots }) => String(freeSlots ?? '–'), align: 'right' },
            { title: 'running', value: ({ running }) => String(running ?? '–'), align: 'right' },
            { title: 'waiting', value: ({ waiting }) => String(waiting ?? '–'), align: 'right' },
            { title: '', value: ({ error }) => error ?? '' },
          ]),
        );
    });
}

interface Look {
  readonly address: string;
  readonly workers?: number;
  readonly freeSlots?: number;
  readonly running?: number;
  readonly waiting?: number;
  readonly error?: string;
}

async function lookAt(name: string, saved: { get(name: string): QueueAddress }): Promise<Look> {
  const { QueueClient } = await loadQueues();
  const address = saved.get(name);
  const place = { address: `${address.host}:${address.port}` };
  try {
    const client = await QueueClient.connect(address);
    try {
      const workers = await client.workers();
      const freeSlots = workers.reduce((sum, { slots, running }) => sum + Math.max(0, slots - running), 0);
      return { ...place, workers: workers.length, freeSlots, ...(await client.counts()) };
    } finally {
      await client.close();
    }
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    return { ...place, error: error.message };
  }
}

function registerRemove(queue: Command): void {
  withJson(queue.command('remove <name>'))
    .description('forget a queue; what is in it stays there')
    .action(async (name: string, { json }: OutputOptions) => {
      const { SavedQueues } = await loadQueues();
      new SavedQueues(dataDirectory()).remove(name);
      if (json) printJson({ removed: name });
      else printText(`queue "${name}" removed`);
    });
}
