/** What recording costs in time and space: whole runs in their own process, with and without a record. */
import { join } from 'node:path';
import { runUnrecorded } from '#main/hosts/toolbox.ts';
import type { ProcessSpawner } from '#main/processes/spawner.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { benchSpawner, inFolder, openWorkbench, scenarioOf } from './recorded-runs.ts';
import type { BenchSection } from './types.ts';

const REPEATS = 5;

export const recordingSection: BenchSection = {
  name: 'recording',
  async run(size) {
    const [cases, generations, repeats] = size === 'tiny' ? [[20], 5, 1] : [[20, 100, 200], 400, REPEATS];
    const rows: Record<string, number>[] = [];
    for (const tasks of cases) rows.push(await overhead(tasks, generations, repeats, benchSpawner(size)));
    return [
      {
        title: 'Recording',
        note: `ga, ${generations} generations of 100 genomes in the built run process; time of the search as the run process reports it, fastest of ${repeats}; bytes of the whole database file. Genes are packed to the bits they need, so that a chromosome can take less than its genome.`,
        rows,
      },
    ];
  },
};

async function overhead(
  tasks: number,
  generations: number,
  repeats: number,
  spawner: ProcessSpawner,
): Promise<Record<string, number>> {
  const scenario = scenarioOf(tasks);
  const configuration = { scheduler: 'ga', seed: 1, options: { populationSize: 100, generations, stagnationLimit: 0 } };
  // The fastest of a few, by turns: whatever else the machine does only ever adds time.
  let withoutMs = Number.POSITIVE_INFINITY;
  let recorded: Recorded | undefined;
  for (let i = 0; i < repeats; i++) {
    withoutMs = Math.min(withoutMs, (await runUnrecorded({ scenario, configuration, spawner })).elapsedMs);
    const next = await record(scenario, configuration, spawner);
    if (recorded === undefined || next.run.elapsedMs < recorded.run.elapsedMs) recorded = next;
  }
  if (recorded === undefined) throw new Error('nothing was measured');
  const { run, chromosomes, bytes } = recorded;
  return {
    tasks,
    'generations/s, not recorded': (generations / withoutMs) * 1000,
    'generations/s, recorded': (generations / run.elapsedMs) * 1000,
    'time ratio': run.elapsedMs / withoutMs,
    chromosomes,
    'bytes/chromosome': bytes / chromosomes,
    'bytes beyond the genome': bytes / chromosomes - compileProblem(scenario).layout.length,
  };
}

interface Recorded {
  readonly run: RunSummary;
  readonly chromosomes: number;
  readonly bytes: number;
}

/** Runs to the end in a database of its own. */
function record(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  spawner: ProcessSpawner,
): Promise<Recorded> {
  return inFolder(async (folder) => {
    const workbench = openWorkbench(join(folder, 'tessera.db'), spawner);
    try {
      const { run: started } = await workbench.client.invoke('runs.start', {
        scenario: { ...scenario },
        configuration,
      });
      const run = await workbench.finished(started.id);
      const chromosomes = await workbench.chromosomes(run.id);
      await workbench.close();
      return { run, chromosomes, bytes: workbench.bytes() };
    } finally {
      await workbench.close();
    }
  });
}
