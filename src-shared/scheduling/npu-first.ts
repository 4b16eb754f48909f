/** The NPU-first schedule: the reference that fitness and deltas are measured against. */
import type { ProcessorKind } from '../domain/platform.ts';
import type { Metrics } from '../domain/run.ts';
import { defaultAssignment, type Assignment } from './decode.ts';
import { computeMetrics } from './metrics.ts';
import { canRun, taskDurationMs, type Problem } from './problem.ts';
import { simulate } from './simulate.ts';

const preference: readonly ProcessorKind[] = ['npu', 'dsp', 'gpu', 'cpu'];

/** What a person calls that schedule: "NPU first", or without an NPU by the kind that the preference goes on to, "GPU first". */
export function firstScheduleName({ processors }: Pick<Problem, 'processors'>): string {
  return `${firstKind(processors).toUpperCase()} first`;
}

/** The kind of processor that every layer is sent to where it can. */
export function firstKind(processors: Problem['processors']): ProcessorKind {
  return preference.find((kind) => processors.some((processor) => processor.kind === kind)) ?? 'cpu';
}

/**
 * Every layer on an NPU that supports it, else on a DSP, a GPU, a CPU, in this order; among several processing elements of that
 * kind on the one with the least work so far (per unit), the lowest-numbered among equals. Default core arrangement and frequency.
 */
export function npuFirstAssignment(problem: Problem): Assignment {
  const loadMs = new Float64Array(problem.pes.length);
  const defaults = defaultAssignment(
    problem,
    problem.tasks.map(() => 0),
  );
  const peOfTask = problem.tasks.map((task) => {
    const kind = preference.find((candidate) =>
      problem.processors.some(
        (processor) => processor.kind === candidate && canRun(problem, task.index, processor.index),
      ),
    );
    let chosen = -1;
    for (const pe of problem.pes) {
      const processor = problem.processors[pe.processor];
      const exists =
        processor.dispatch === 'pooled' ||
        pe.indexInProcessor < processor.arrangements[defaults.arrangement[pe.processor]].groups.length;
      if (!exists || processor.kind !== kind || !canRun(problem, task.index, pe.processor)) continue;
      if (chosen < 0 || loadMs[pe.index] < loadMs[chosen]) chosen = pe.index;
    }
    const { processor, units, indexInProcessor } = problem.pes[chosen];
    const groupSize =
      problem.processors[processor].dispatch === 'pooled'
        ? 1
        : problem.processors[processor].arrangements[defaults.arrangement[processor]].groups[indexInProcessor];
    loadMs[chosen] +=
      taskDurationMs(problem, task.index, processor, defaults.operatingPoint[processor], groupSize) / units;
    return chosen;
  });
  return defaultAssignment(problem, peOfTask);
}

/** Metrics of the NPU-first schedule. */
export function referenceMetrics(problem: Problem): Metrics {
  const assignment = npuFirstAssignment(problem);
  return computeMetrics(problem, assignment, simulate(problem, assignment));
}
