/** How much work a run will be: the evaluations its options ask for, and the time they took lately. */
import type { RunSummary } from '#shared/contract/shapes.ts';

export { estimateEvaluations } from '#shared/domain/evaluations.ts';

/** How many of the last runs with a scenario and scheduler are used to estimate the speed. */
export const SPEED_RUNS = 10;

/** The fastest of the last runs (others may have shared the processor); `perMs` in evaluations per ms. */
export function recentSpeed(
  runs: readonly RunSummary[],
): { readonly run: RunSummary; readonly perMs: number } | undefined {
  return runs
    .filter((run) => run.elapsedMs > 200 && run.evaluations > 0)
    .map((run) => ({ run, perMs: run.evaluations / run.elapsedMs }))
    .sort((a, b) => b.perMs - a.perMs)[0];
}
