/** The makespan that the integer program without an order proves, by itself: without a run of the scheduler `milp`. */
import { certainProblem } from '#shared/analysis/certain-problem.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { solveMilp } from '../milp/highs.ts';
import { relaxedProgram } from '../milp/unordered-program.ts';

/** Share by which the solver's tolerances may raise its bound: a hundred times what they are set to. */
const SOLVER_MARGIN = 1e-7;
/** Nodes of its search tree: where the first few do not raise the bound, many do not either. */
const MAX_NODES = 100;
/** Choices of a processor for a task, and transfers between them, beyond which the program takes minutes and is left out. */
const MOST_CHOICES = 20_000;

/** Whether the program is small enough to be solved in seconds. */
export function canRelax({ tasks, edgeProducer, processors }: Problem): boolean {
  return tasks.length * processors.length + edgeProducer.length * processors.length ** 2 <= MOST_CHOICES;
}

/**
 * No schedule that a genome of the problem can stand for ends earlier, ms; 0 where nothing is proven. The same for the same horizon, however
 * fast the machine. Blocks its thread, for seconds; `loadSolver` comes first.
 * @param horizonMs makespan of a schedule that is known to exist
 */
export function relaxationBoundMs(given: Problem, horizonMs: number): number {
  const problem = certainProblem(given);
  // Neither is always better: intervals raise the optimum, but where it is out of reach, the simpler program is further after as many nodes.
  return Math.max(...[false, true].map((hasIntervals) => provenMs(problem, horizonMs, hasIntervals)));
}

function provenMs(problem: Problem, horizonMs: number, hasIntervals: boolean): number {
  const { program, timeUnitMs } = relaxedProgram(problem, horizonMs, hasIntervals);
  const { bound } = solveMilp(program, MAX_NODES, 'bound');
  return Number.isFinite(bound) ? Math.max(0, Math.min(bound * timeUnitMs, horizonMs) * (1 - SOLVER_MARGIN)) : 0;
}
