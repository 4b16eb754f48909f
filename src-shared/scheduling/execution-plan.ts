/**
 * The execution plan: what decisions come to before anything runs, and all that the simulator knows of them. Whatever a genome may come
 * to decide, it is here that it turns into elements, times and ranks.
 */
import { arrangementOf, groupSizeOf, type Assignment } from './decode.ts';
import { PRIORITY_LEVELS } from './genome-segments.ts';
import { taskDurationMs, type Problem } from './problem.ts';

/**
 * T tasks, N processing elements, P processors; the same for every instance of an application. Layers that are executed as one are one task
 * (coarsen.ts).
 */
export interface ExecutionPlan {
  /** [T] processing element. */
  readonly peOf: Int32Array;
  /** [T] time on it, ms. */
  readonly durationMs: Float64Array;
  /** [T] of the ready jobs of an element the lowest starts first, among equals the one that has waited longest. */
  readonly rank: Int32Array;
  /** [N] cores that one of its jobs keeps busy: the size of a group of cores, else 1. */
  readonly coresOf: Int32Array;
  /** Power while nothing runs, mW. */
  readonly standingPowerMW: number;
  /** [P] what a busy core draws beyond an idle one, mW. */
  readonly busyCoreMW: Float64Array;
}

/** Plans assignments of one problem, reusing its buffers: a plan is valid until the next one. */
export class ExecutionPlanner {
  private readonly problem: Problem;
  /** [T] rank by (application priority, layer priority), 0 first; and by application priority with room for priority genes. */
  private readonly layerRank: Int32Array;
  private readonly lowestGeneRank: Int32Array;
  private readonly current: { -readonly [Field in keyof ExecutionPlan]: ExecutionPlan[Field] };

  constructor(problem: Problem) {
    this.problem = problem;
    this.layerRank = priorityRanks(problem);
    this.lowestGeneRank = lowestGeneRanks(problem);
    this.current = {
      peOf: new Int32Array(problem.tasks.length),
      durationMs: new Float64Array(problem.tasks.length),
      rank: new Int32Array(problem.tasks.length),
      coresOf: new Int32Array(problem.pes.length),
      standingPowerMW: 0,
      busyCoreMW: new Float64Array(problem.processors.length),
    };
  }

  plan(assignment: Assignment): ExecutionPlan {
    const { problem, current } = this;
    const { taskPriority } = assignment;
    for (let pe = 0; pe < problem.pes.length; pe++) current.coresOf[pe] = groupSizeOf(problem, assignment, pe);
    for (let task = 0; task < problem.tasks.length; task++) {
      const pe = assignment.peOfTask[task];
      const { processor } = problem.pes[pe];
      const point = assignment.operatingPoint[processor];
      current.peOf[task] = pe;
      current.durationMs[task] = taskDurationMs(problem, task, processor, point, current.coresOf[pe]);
      current.rank[task] =
        taskPriority === undefined ? this.layerRank[task] : this.lowestGeneRank[task] - taskPriority[task];
    }
    let standingPowerMW = 0;
    for (const processor of problem.processors) {
      const { activeCores } = arrangementOf(problem, assignment, processor.index);
      const point = processor.operatingPoints[assignment.operatingPoint[processor.index]];
      standingPowerMW +=
        activeCores * processor.idlePowerMW +
        (processor.coreCount - activeCores) * processor.offPowerMW +
        point.clusterPowerMW;
      current.busyCoreMW[processor.index] = point.activePowerMW - processor.idlePowerMW;
    }
    current.standingPowerMW = standingPowerMW;
    return current;
  }
}

/** [T] dense rank of each task by application priority, then layer priority; 0 is the highest. */
export function priorityRanks(problem: Problem): Int32Array {
  return denseRanks(
    problem,
    (a, b) => applicationOrder(problem, a, b) || problem.layerPriority[b] - problem.layerPriority[a],
  );
}

/** [T] rank of each task by application priority if its priority gene were 0; a gene g > 0 lowers it by g, and the lowest rank starts first. */
export function lowestGeneRanks(problem: Problem): Int32Array {
  return denseRanks(problem, (a, b) => applicationOrder(problem, a, b)).map(
    (rank) => rank * PRIORITY_LEVELS + PRIORITY_LEVELS - 1,
  );
}

function applicationOrder({ applicationPriority, tasks }: Problem, a: number, b: number): number {
  return applicationPriority[tasks[b].application] - applicationPriority[tasks[a].application];
}

/** [T] 0 for the first tasks in the order of `compare`, 1 for those after them, … */
function denseRanks(problem: Problem, compare: (a: number, b: number) => number): Int32Array {
  const order = problem.tasks.map((task) => task.index).sort((a, b) => compare(a, b) || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((task, position) => {
    if (position > 0) rank[task] = rank[order[position - 1]] + (compare(order[position - 1], task) === 0 ? 0 : 1);
  });
  return rank;
}
