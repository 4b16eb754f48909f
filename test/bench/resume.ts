/** Long runs that are interrupted and continued: their memory, their record, and how long it takes until they go on. */
import { join } from 'node:path';
import { benchSpawner, inFolder, openWorkbench, scenarioOf, watchMemory } from './recorded-runs.ts';
import type { BenchSection, BenchSize } from './types.ts';

interface Case {
  readonly tasks: number;
  readonly generations: number;
  readonly genomes: number;
  /** The generation after which the application is closed. */
  readonly closedAfter: number;
  /** Until then, so that a short run does not end before it. */
  readonly paceGenerationsPerS?: number;
}

const cases: Readonly<Record<BenchSize, readonly Case[]>> = {
  full: [
    { tasks: 200, generations: 1000, genomes: 200, closedAfter: 800 },
    { tasks: 200, generations: 5000, genomes: 500, closedAfter: 4500 },
  ],
  tiny: [{ tasks: 20, generations: 60, genomes: 10, closedAfter: 5, paceGenerationsPerS: 50 }],
};

export const resumeSection: BenchSection = {
  name: 'resume',
  async run(size) {
    const rows: Record<string, string | number>[] = [];
    for (const each of cases[size]) rows.push(await interruptAndContinue(each, size));
    return [
      {
        title: 'Long runs, interrupted and continued',
        note: 'ga, recorded, seed 1; the application is closed in the middle and opened again. "continued after": from the command to the first new generation, the start of the process and reading the record included. Peak resident memory of the run process before and after (Linux: VmHWM).',
        rows,
      },
    ];
  },
};

function interruptAndContinue(
  { tasks, generations, genomes, closedAfter, ...pace }: Case,
  size: BenchSize,
): Promise<Record<string, string | number>> {
  return inFolder(async (folder) => {
    const memory = watchMemory(benchSpawner(size));
    const path = join(folder, 'tessera.db');
    const first = openWorkbench(path, memory.spawner);
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    first.client.on('run.progress', ({ generation }) => (generation >= closedAfter ? resolve() : undefined));
    const {
      run: { id },
    } = await first.client.invoke('runs.start', {
      scenario: { ...scenarioOf(tasks) },
      configuration: {
        scheduler: 'ga',
        seed: 1,
        options: { populationSize: genomes, generations, stagnationLimit: 0 },
      },
      ...pace,
    });
    await reached;
    await first.close();
    const peakBefore = memory.peakMB();

    const second = openWorkbench(path, memory.spawner);
    try {
      const recorded = await second.chromosomes(id);
      const { promise: goesOn, resolve: told } = Promise.withResolvers<void>();
      second.client.on('run.progress', () => told());
      const asked = performance.now();
      await second.client.invoke('runs.resume', { runId: id });
      await goesOn;
      const seconds = (performance.now() - asked) / 1000;
      const run = await second.finished(id);
      const peakAfter = memory.peakMB();
      const chromosomes = await second.chromosomes(id);
      await second.close();
      return {
        run: `${generations} × ${genomes}, ${tasks} tasks`,
        'search s': run.elapsedMs / 1000,
        'generations/s': (generations / run.elapsedMs) * 1000,
        chromosomes,
        'database MB': second.bytes() / 1e6,
        'bytes/chromosome': second.bytes() / chromosomes,
        'peak memory MB': peakBefore,
        'interrupted at chromosome': recorded,
        'continued after s': seconds,
        'peak memory MB, continued': peakAfter,
      };
    } finally {
      await second.close();
    }
  });
}
