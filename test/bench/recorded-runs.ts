/** Whole runs in the built run process for the benchmarks: a workbench over a database of its own, and the memory of what it starts. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pino } from 'pino';
import { composeWorkbench } from '#main/compose.ts';
import { nodeSpawner, resourcesDirectory } from '#main/hosts/toolbox.ts';
import { Random } from '#main/engine/random.ts';
import { nodeSpawnerOf } from '#main/processes/node-spawner.ts';
import type { ProcessSpawner } from '#main/processes/spawner.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSize } from './types.ts';

const SAMPLE_MS = 20;

/** The built run process, as the product starts it; that of the sources where speed does not matter. */
export function benchSpawner(size: BenchSize): ProcessSpawner {
  return size === 'tiny' ? nodeSpawner : nodeSpawnerOf(resolve(import.meta.dirname, '../../out/main/run-process.js'));
}

/** A random task graph of so many tasks, always the same. */
export function scenarioOf(tasks: number): ResolvedScenario {
  const random = new Random(tasks);
  return randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n));
}

/** Does something in a folder of its own, which is removed afterwards. */
export async function inFolder<Result>(action: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface BenchWorkbench {
  readonly client: Client;
  /** Resolves with the run when it has finished. @throws Error when it ends in another way */
  finished(runId: number): Promise<RunSummary>;
  /** Number of distinct genomes recorded. */
  chromosomes(runId: number): Promise<number>;
  /** Of the whole file, once the workbench is closed. */
  bytes(): number;
  close(): Promise<void>;
}

export function openWorkbench(databasePath: string, spawner: ProcessSpawner): BenchWorkbench {
  const workbench = composeWorkbench({
    databasePath,
    resourcesDirectory: resourcesDirectory(),
    dataDirectory: dirname(databasePath),
    commandLine: 'tessera',
    host: 'cli',
    version: 'bench',
    spawner,
    log: pino({ level: 'silent' }),
  });
  const client = createClient({
    invoke: (route, input) => workbench.invoke(route, input),
    subscribe: (listener) => workbench.subscribe((event) => listener(event.name, event.payload)),
  });
  return {
    client,
    finished: (runId) =>
      new Promise((resolve, reject) => {
        const look = (run: RunSummary): void => {
          if (run.id !== runId) return;
          if (run.status === 'finished') resolve(run);
          else if (run.status === 'failed' || run.status === 'interrupted')
            reject(new Error(`run ${run.id} is ${run.status}: ${run.statusReason ?? ''}`));
        };
        client.on('run.changed', ({ run }) => look(run));
        client.invoke('runs.get', { runId }).then(({ run }) => look(run), reject);
      }),
    chromosomes: (runId) => countChromosomes(client, runId),
    bytes: () => statSync(databasePath).size,
    close: () => workbench.close(),
  };
}

/** Ids are given in order of first appearance: the count is one more than the highest that exists, found by bisection. */
async function countChromosomes(client: Client, runId: number): Promise<number> {
  const exists = (chromosomeId: number): Promise<boolean> =>
    client.invoke('runs.chromosome', { runId, chromosomeId }).then(
      () => true,
      () => false,
    );
  let low = 0;
  let high = 1;
  while (await exists(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await exists(middle)) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** A spawner that follows the peak resident memory of the process it started last; the kernel keeps the peak, it is only read in time. NaN where this is not Linux. */
export function watchMemory(spawner: ProcessSpawner): { spawner: ProcessSpawner; peakMB: () => number } {
  let peakKB = Number.NaN;
  return {
    peakMB: () => peakKB / 1000,
    spawner: {
      spawnRunProcess(wishes) {
        peakKB = Number.NaN;
        const child = spawner.spawnRunProcess(wishes);
        const timer = setInterval(() => {
          try {
            const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
            if (peak !== undefined) peakKB = Number(peak);
          } catch {
            clearInterval(timer); // it has ended
          }
        }, SAMPLE_MS);
        child.onExit(() => clearInterval(timer));
        return child;
      },
    },
  };
}
