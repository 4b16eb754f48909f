/**
 * A scheduling problem as a job shop sees it: every task once, on one of several elements that do one task at a time, with transfers
 * between processors. Made from a `Problem` in the default core arrangements at default frequencies.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import { defaultDurationMs, defaultElements } from '../load.ts';

/** T tasks, M elements. */
export interface Shop {
  readonly problem: Problem;
  readonly tasks: number;
  readonly elements: number;
  /** [M] processing element and processor. */
  readonly peOfElement: Int32Array;
  readonly processorOfElement: Int32Array;
  /** [T × M] duration, ms; NaN where the task cannot run. */
  readonly durationMs: Float64Array;
  /** [T] elements that can run the task, ascending. */
  readonly able: readonly Int32Array[];
  /** [T] */
  readonly releaseMs: Float64Array;
  /** [T] producers before consumers. */
  readonly order: Int32Array;
  /** [M] elements of the same number are interchangeable: the same processor, the same durations. */
  readonly classOfElement: Int32Array;
}

/** Why `problem` is not a job shop, with what to use instead; undefined where it is one. */
export function obstacleToShop(problem: Problem): WorkbenchError | undefined {
  const refused = (what: string): WorkbenchError =>
    new WorkbenchError(
      'criticalPath.unsupported',
      `the critical-path search cannot schedule scenario "${problem.scenario.id}": ${what}`,
      { hint: 'use the scheduler "auto", which takes every scenario', path: ['scheduler'] },
    );
  const several = problem.scenario.applications.find((_, index) => problem.applicationInstances[index] > 1);
  if (several !== undefined) return refused(`application "${several.id}" has more than one instance`);
  const follower = problem.scenario.applications.find(({ after }) => after !== undefined);
  if (follower !== undefined)
    return refused(`application "${follower.id}" starts when "${follower.after?.application}" ends`);
  if (problem.streams !== undefined) return refused('late instances are dropped');
  if (problem.dispatchTickMs > 0) return refused(`it dispatches only every ${problem.dispatchTickMs} ms`);
  if (problem.contendedLinks) return refused('transfers wait for each other on contended links');
  const pooled = problem.pes.find(({ units }) => units > 1);
  if (pooled !== undefined)
    return refused(`processor "${problem.processors[pooled.processor].id}" is a pool of ${pooled.units} units`);
  return undefined;
}

/** @throws WorkbenchError `criticalPath.unsupported` */
export function shopOf(problem: Problem): Shop {
  const obstacle = obstacleToShop(problem);
  if (obstacle !== undefined) throw obstacle;
  const pes = defaultElements(problem);
  const durationMs = new Float64Array(problem.tasks.length * pes.length);
  const able = problem.tasks.map(({ index }) => {
    pes.forEach((pe, element) => {
      durationMs[index * pes.length + element] = defaultDurationMs(problem, index, pe);
    });
    return Int32Array.from(pes.keys()).filter((element) => !Number.isNaN(durationMs[index * pes.length + element]));
  });
  const releaseMs = Float64Array.from(
    problem.tasks,
    ({ application }) => problem.scenario.applications[application].startTimeMs,
  );
  const isAlike = (a: number, b: number): boolean =>
    pes[a].processor === pes[b].processor &&
    problem.tasks.every(({ index }) =>
      Object.is(durationMs[index * pes.length + a], durationMs[index * pes.length + b]),
    );
  const classOfElement = Int32Array.from(
    pes,
    (_, element) =>
      Array.from({ length: element }, (__, earlier) => earlier).find((earlier) => isAlike(earlier, element)) ?? element,
  );
  return {
    problem,
    tasks: problem.tasks.length,
    elements: pes.length,
    peOfElement: Int32Array.from(pes, (pe) => pe.index),
    processorOfElement: Int32Array.from(pes, (pe) => pe.processor),
    durationMs,
    able,
    releaseMs,
    order: Int32Array.from(topologicalOrder(problem)),
    classOfElement,
  };
}

/** Time of `edge` from element `from` to element `to`, ms. */
export function transferMs({ problem, processorOfElement }: Shop, edge: number, from: number, to: number): number {
  const count = problem.processors.length;
  return problem.transferMs[(edge * count + processorOfElement[from]) * count + processorOfElement[to]];
}
