/** One scheduler on one scenario: how good and how fast, with the same budget for all that search. */
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler } from '#main/engine/schedulers/index.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultGenes, type GeneSelection } from '#shared/domain/scheduler.ts';

/** Mapping and order are decided, on all cores at their nominal frequencies. */
export const contestGenes: GeneSelection = { ...defaultGenes, priorities: true, cores: false, frequencies: false };

export interface Budget {
  readonly generations: number;
  /** Genomes per generation. */
  readonly genomes: number;
}

export interface Result {
  /** The least makespan among all schedules that were evaluated, ms. */
  readonly makespanMs: number;
  readonly seconds: number;
  readonly evaluations: number;
  /** Where the scheduler proves one, ms. */
  readonly boundMs: number | undefined;
}

/** Runs `scheduler` (with those of our options it knows) to its end, in this thread. @throws WorkbenchError */
export async function compete(
  scenario: ResolvedScenario,
  scheduler: string,
  seed: number,
  { generations, genomes }: Budget,
  options: Record<string, unknown> = {},
): Promise<Result> {
  const known = parseOptions(findScheduler(scheduler), {});
  const wanted = {
    generations,
    populationSize: genomes,
    moves: genomes,
    children: genomes,
    neighbours: genomes,
    maxSchedules: generations * genomes,
    batchSize: genomes,
    weights: { throughput: 1, energy: 0, latency: 0, penalty: 0 },
    genes: contestGenes,
    ...options,
  };
  await prepareScheduler(scheduler);
  const started = performance.now();
  const run = createRun(
    scenario,
    { scheduler, seed, options: Object.fromEntries(Object.entries(wanted).filter(([name]) => name in known)) },
    { createEvaluator: createKernel },
  );
  let makespanMs = Number.POSITIVE_INFINITY;
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    const { metrics, metricCount } = generation.newChromosomes;
    for (let at = 0; at < metrics.length; at += metricCount) makespanMs = Math.min(makespanMs, metrics[at]);
  }
  return {
    makespanMs,
    seconds: (performance.now() - started) / 1000,
    evaluations: run.evaluations,
    boundMs: run.conclusion.makespanBoundMs,
  };
}
