/** How much work a mapping gives each processing element, and which element of a processor has the least: for rules that place tasks by load. */
import { taskDurationMs, type ProcessingElement, type Problem } from '#shared/scheduling/problem.ts';

/** The processing elements there are in the default core arrangements. */
export function defaultElements(problem: Problem): ProcessingElement[] {
  return problem.pes.filter((pe) => {
    const processor = problem.processors[pe.processor];
    return (
      processor.dispatch === 'pooled' ||
      pe.indexInProcessor < processor.arrangements[processor.defaultArrangement].groups.length
    );
  });
}

/** The operating point without a gene: closest to nominal within the caps. */
export function defaultPoint(problem: Problem, processor: number): number {
  const model = problem.processors[processor];
  return Math.min(model.nominalPoint, model.highestPoint[model.defaultArrangement]);
}

/** Cores of `pe` in the default core arrangement. */
export function defaultGroupSize(problem: Problem, pe: ProcessingElement): number {
  const model = problem.processors[pe.processor];
  return model.dispatch === 'pooled' ? 1 : model.arrangements[model.defaultArrangement].groups[pe.indexInProcessor];
}

/** Time of `task` on `pe`, in the default core arrangement at the default operating point, ms; NaN where it cannot run. */
export function defaultDurationMs(problem: Problem, task: number, pe: ProcessingElement): number {
  return taskDurationMs(
    problem,
    task,
    pe.processor,
    defaultPoint(problem, pe.processor),
    defaultGroupSize(problem, pe),
  );
}

/** Work that all instances of `task` bring to each unit of `pe`, ms. */
export function workMs(problem: Problem, task: number, pe: ProcessingElement): number {
  return (
    (defaultDurationMs(problem, task, pe) * problem.applicationInstances[problem.tasks[task].application]) / pe.units
  );
}

/** [PE] work per unit under `peOfTask`, ms; tasks on elements that cannot run them, or are not there by default, count nothing. */
export function loadOfMapping(problem: Problem, peOfTask: ArrayLike<number>): Float64Array {
  const loadMs = new Float64Array(problem.pes.length);
  const present = new Set(defaultElements(problem));
  for (let task = 0; task < problem.tasks.length; task++) {
    const pe = problem.pes[peOfTask[task]];
    const work = present.has(pe) ? workMs(problem, task, pe) : 0;
    if (work > 0) loadMs[pe.index] += work;
  }
  return loadMs;
}

/** The element of `processor` with the least load, the first among equals. */
export function leastLoadedElement(problem: Problem, processor: number, loadMs: Float64Array): number {
  let least = -1;
  for (const pe of defaultElements(problem)) {
    if (pe.processor === processor && (least < 0 || loadMs[pe.index] < loadMs[least])) least = pe.index;
  }
  return least;
}
