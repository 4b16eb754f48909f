/** `tessera worker`: takes runs from a queue, searches them on this machine and sends their records back. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { createClient } from '#shared/contract/client.ts';
import { composeWorkbench } from '../../../compose.ts';
import { inProcessTransport } from '../../in-process-transport.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openLog } from '../../log.ts';
import { dataDirectory } from '../../paths.ts';
import { commandLineProgram, productVersion } from '../../product.ts';
import { loadQueues, nodeSpawner, resourcesDirectory, type Spool } from '../../toolbox.ts';
import { duration, wholeNumber, withJson, withQuiet, type OutputOptions } from '../arguments.ts';
import { printJson, printText, remark } from '../output.ts';

const USUAL_SPOOL_LIMIT = 50e9;

interface WorkerOptions extends OutputOptions {
  readonly join: string;
  readonly slots?: number;
  readonly untilIdle?: number;
  readonly spool?: string;
  readonly spoolLimit: number;
  readonly quiet?: true;
}

export function registerWorker(program: Command): void {
  withQuiet(withJson(program.command('worker')))
    .description(
      'take runs from a queue and search them here, until it is ended (its runs are then handed over) or idle',
    )
    .requiredOption('--join <file>', 'the file worker.json that "tessera queue start" has written')
    .option('--slots <n>', 'runs at the same time (default: as many as there are cores)', wholeNumber(1, 1024))
    .option('--until-idle <time>', 'end when there was nothing to do for so long, e.g. 10m', duration)
    .option('--spool <folder>', 'where runs are recorded until they are sent (default: in the folder of this user)')
    .option('--spool-limit <size>', 'take nothing more while this is used there, e.g. 50GB', size, USUAL_SPOOL_LIMIT)
    .action(async (options: WorkerOptions) => {
      const { QueueClient, readJoinFile, Worker, openSpoolRecord } = await loadQueues();
      const address = readJoinFile(options.join);
      const slots = options.slots ?? availableParallelism();
      const say = (line: string): void => {
        if (options.quiet !== true) remark(line);
      };
      const queue = await QueueClient.connect(address, {
        supervise: true,
        onError: ({ message }) => say(`warning: ${message}`),
      });
      const folder = spoolFolder(options.spool === undefined ? join(dataDirectory(), 'spool') : resolve(options.spool));
      const openSpool = (): Spool => {
        const databasePath = join(folder, 'tessera.db');
        const workbench = composeWorkbench({
          databasePath,
          resourcesDirectory: resourcesDirectory(),
          // A folder of its own: what this user has confirmed or set does not concern what others submit.
          dataDirectory: folder,
          commandLine: commandLineProgram(),
          host: 'cli',
          version: productVersion(),
          spawner: nodeSpawner,
          maxRunning: slots,
          restartWaitsMs: [],
          log: openLog(folder, 'worker'),
        });
        const record = openSpoolRecord(databasePath);
        return {
          client: createClient(inProcessTransport(workbench)),
          resultHash: record.resultHash,
          bytes: record.bytes,
          async close() {
            record.close();
            await workbench.close();
          },
        };
      };
      const interruption = onInterrupt();
      try {
        const worker = new Worker({
          queue,
          openSpool,
          slots,
          untilIdleMs: options.untilIdle,
          spoolLimitBytes: options.spoolLimit,
          host: hostname(),
          product: `Tessera ${productVersion()}`,
          signal: interruption.signal,
          onLine: say,
        });
        say(`works for queue "${address.name}" at ${address.host}:${address.port} with ${slots} slots`);
        const report = await worker.run();
        if (options.json) printJson(report);
        else
          printText(
            `${report.finished} finished, ${report.failed} given up, ${report.cancelled} cancelled, ${report.handedOver} handed over` +
              (report.late === 0 ? '' : `, ${report.late} that others were faster with`),
          );
      } finally {
        interruption.release();
        await queue.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
}

/** A folder for this process; those that killed workers of this machine have left are removed. */
function spoolFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const prefix = `worker-${hostname()}-`;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = join(parent, `${prefix}${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const BYTES_PER: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** Bytes of a size such as "50GB", for commander. */
function size(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(MB|GB|TB)$/.exec(text) ?? [];
  const bytes = Number(number) * (BYTES_PER[unit ?? ''] ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a size with its unit: MB, GB or TB, e.g. 50GB.');
}
