/** How much work a run will be: the evaluations its options ask for, and the time they took lately. */
import type { RunSummary } from '#shared/contract/shapes.ts';

/**
 * Genomes scored at most; undefined where the options do not tell. Members of the elite are not scored again.
 * @param options with every default filled in
 */
export function estimateEvaluations(options: Readonly<Record<string, unknown>>): number | undefined {
  const { generations, populationSize, neighbours, eliteSize, maxSchedules } = options;
  if (typeof maxSchedules === 'number') return maxSchedules;
  const perGeneration = populationSize ?? neighbours;
  if (typeof generations !== 'number' || typeof perGeneration !== 'number') return undefined;
  const elite = typeof eliteSize === 'number' && eliteSize < perGeneration ? eliteSize : 0;
  return generations < 1 ? 0 : perGeneration + (generations - 1) * (perGeneration - elite);
}

/** How many of the last runs with a scenario and scheduler tell the speed. */
export const SPEED_RUNS = 10;

/** The fastest of the last runs (others may have shared the processor); `perMs` in evaluations per ms. */
export function recentSpeed(runs: readonly RunSummary[]): { readonly run: RunSummary; readonly perMs: number } | undefined {
  return runs
    .filter((run) => run.elapsedMs > 200 && run.evaluations > 0)
    .map((run) => ({ run, perMs: run.evaluations / run.elapsedMs }))
    .sort((a, b) => b.perMs - a.perMs)[0];
}
