/** What recording costs in time, space and memory: whole runs in their own process, with and without a record. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pino } from 'pino';
import { composeWorkbench, resourcesDirectory, runUnrecorded } from '#main/compose.ts';
import { Random } from '#main/engine/random.ts';
import { nodeSpawnerOf } from '#main/processes/node-spawner.ts';
import type { ProcessSpawner } from '#main/processes/spawner.ts';
import { createClient } from '#shared/contract/client.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection, BenchTable } from './types.ts';

const SAMPLE_MS = 20;
const REPEATS = 3;

/** The built run process, as the product starts it. */
const nodeSpawner = nodeSpawnerOf(resolve(import.meta.dirname, '../../out/main/run-process.js'));

export const recordingSection: BenchSection = {
  name: 'recording',
  async run() {
    const rows: Record<string, number>[] = [];
    for (const tasks of [20, 100, 200]) rows.push(await overhead(tasks));
    return [
      { title: 'Recording', note: `ga, 400 generations of 100 genomes in the built run process; time of the search as the run process reports it, fastest of ${REPEATS}; bytes of the whole database file.`, rows },
      await peakMemory(),
    ];
  },
};

async function overhead(tasks: number): Promise<Record<string, number>> {
  const scenario = scenarioOf(tasks);
  const configuration = { scheduler: 'ga', seed: 1, options: { populationSize: 100, generations: 400, stagnationLimit: 0 } };
  // The fastest of a few: whatever else the machine does only ever adds time.
  const without = fastest(await repeat(() => runUnrecorded({ scenario, configuration, spawner: nodeSpawner })), (outcome) => outcome.elapsedMs);
  const recorded = fastest(await repeat(() => record(scenario, configuration, nodeSpawner)), ({ run }) => run.elapsedMs);
  return {
    tasks,
    'generations/s, not recorded': (without.generations / without.elapsedMs) * 1000,
    'generations/s, recorded': (recorded.run.generations / recorded.run.elapsedMs) * 1000,
    'time ratio': recorded.run.elapsedMs / without.elapsedMs,
    chromosomes: recorded.chromosomes,
    'bytes/chromosome': recorded.bytes / recorded.chromosomes,
    'bytes beyond the genome': recorded.bytes / recorded.chromosomes - recorded.loci,
  };
}

async function repeat<Result>(action: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let i = 0; i < REPEATS; i++) results.push(await action());
  return results;
}

function fastest<Result>(results: readonly Result[], elapsedMs: (result: Result) => number): Result {
  return results.reduce((best, result) => (elapsedMs(result) < elapsedMs(best) ? result : best));
}

async function peakMemory(): Promise<BenchTable> {
  const memory = watchMemory(nodeSpawner);
  const { run, chromosomes, bytes } = await record(scenarioOf(200), { scheduler: 'ga', seed: 1, options: { populationSize: 200, generations: 1000, stagnationLimit: 0 } }, memory.spawner);
  return {
    title: 'A long run: 1 000 generations × 200 genomes, 200 tasks, recorded',
    note: 'Peak resident memory of the run process (Linux: VmHWM).',
    rows: [{ 'time s': run.elapsedMs / 1000, 'generations/s': (run.generations / run.elapsedMs) * 1000, chromosomes, 'database MB': bytes / 1e6, 'peak memory MB': memory.peakMB() }],
  };
}

function scenarioOf(tasks: number): ResolvedScenario {
  const random = new Random(tasks);
  return randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n));
}

/** Runs to the end in a database of its own. */
async function record(scenario: ResolvedScenario, configuration: SchedulerConfiguration, spawner: ProcessSpawner): Promise<{ run: RunSummary; chromosomes: number; bytes: number; loci: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const databasePath = join(directory, 'tessera.db');
  const workbench = composeWorkbench({ databasePath, resourcesDirectory: resourcesDirectory(), dataDirectory: dirname(databasePath), commandLine: 'tessera', host: 'cli', version: 'bench', spawner, log: pino({ level: 'silent' }) });
  try {
    const client = createClient({ invoke: (route, input) => workbench.invoke(route, input), subscribe: (listener) => workbench.subscribe((event) => listener(event.name, event.payload)) });
    const { promise, resolve } = Promise.withResolvers<RunSummary>();
    client.on('run.changed', ({ run }) => {
      if (run.status === 'finished' || run.status === 'failed' || run.status === 'interrupted') resolve(run);
    });
    const { run: started } = await client.invoke('runs.start', { scenario: { ...scenario }, configuration });
    const run = await promise;
    if (run.status !== 'finished') throw new Error(`run ${started.id} is ${run.status}: ${run.statusReason ?? ''}`);
    const series = await client.invoke('runs.generations', { runId: run.id });
    const last = await client.invoke('runs.population', { runId: run.id, generation: series.length - 1 });
    const chromosomes = await countChromosomes(client, run.id, Math.max(...last.chromosomes.map((chromosome) => chromosome.id)));
    await workbench.close();
    return { run, chromosomes, bytes: statSync(databasePath).size, loci: last.chromosomes[0].genes.length };
  } finally {
    await workbench.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Ids are given in order of first appearance: the count is one more than the highest that exists, found by bisection. */
async function countChromosomes(client: ReturnType<typeof createClient>, runId: number, known: number): Promise<number> {
  const exists = (chromosomeId: number): Promise<boolean> => client.invoke('runs.chromosome', { runId, chromosomeId }).then(() => true, () => false);
  let low = known;
  let high = known + 1;
  while (await exists(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await exists(middle)) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** A spawner that follows the peak resident memory of the processes it starts; the kernel keeps the peak, it is only read in time. */
function watchMemory(spawner: ProcessSpawner): { spawner: ProcessSpawner; peakMB: () => number } {
  let peakKB = Number.NaN;
  return {
    peakMB: () => peakKB / 1000,
    spawner: {
      spawnRunProcess() {
        const child = spawner.spawnRunProcess();
        const timer = setInterval(() => {
          try {
            const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
            if (peak !== undefined) peakKB = Number(peak);
          } catch {
            clearInterval(timer); // it has ended, or this is not Linux: then the table says NaN
          }
        }, SAMPLE_MS);
        child.onExit(() => clearInterval(timer));
        return child;
      },
    },
  };
}
