/** How much work a run will be: the evaluations its options ask for, and the time they took lately. */
import type { RunSummary } from '#shared/contract/shapes.ts';

/** Genomes scored at most; undefined where the options do not tell. Members of the elite are not scored again. */
export function estimateEvaluations(options: Readonly<Record<string, unknown>>): number | undefined {
  const { generations, populationSize, eliteSize } = options;
  if (typeof generations !== 'number' || typeof populationSize !== 'number') return undefined;
  const elite = typeof eliteSize === 'number' && eliteSize < populationSize ? eliteSize : 0;
  return generations < 1 ? 0 : populationSize + (generations - 1) * (populationSize - elite);
}

/** The last run with this scenario and scheduler that searched long enough to tell a speed; `perMs` in evaluations per ms. */
export function recentSpeed(runs: readonly RunSummary[], scenarioId: string, scheduler: string): { readonly run: RunSummary; readonly perMs: number } | undefined {
  const run = runs.find((candidate) => candidate.scenarioId === scenarioId && candidate.scheduler === scheduler && candidate.elapsedMs > 200 && candidate.evaluations > 0);
  return run === undefined ? undefined : { run, perMs: run.evaluations / run.elapsedMs };
}
