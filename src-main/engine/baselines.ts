/** The schedules that others are compared with, those of list schedulers included. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Baseline, BaselineId } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { baselineNames, simpleBaseline } from '#shared/scheduling/baselines.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { createRun } from './run-search.ts';

/** @throws WorkbenchError `baseline.impossible` where the scenario has no such schedule */
export function baselineOf(scenario: ResolvedScenario, id: BaselineId): Baseline {
  if (id === 'heft' || id === 'peft') {
    const run = createRun(scenario, { scheduler: id, seed: 0, options: {} });
    while (run.step() !== undefined);
    if (run.best === undefined) throw new Error(`${id} made no schedule`);
    return {
      name: baselineNames[id],
      metrics: describeSolution(run.problem, run.best.genes, run.best.fitness).metrics,
    };
  }
  const baseline = simpleBaseline(compileProblem(scenario), id);
  if (baseline !== undefined) return baseline;
  throw new WorkbenchError(
    'baseline.impossible',
    `scenario "${scenario.id}" has no schedule on a single processor: none can run every layer`,
    { hint: 'use npu_first, heft, peft, or a run' },
  );
}
