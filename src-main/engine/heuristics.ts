/** Genomes that simple rules give: where a search may start instead of from chance alone. */
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { canRun, type ProcessingElement, type Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import { defaultDurationMs, defaultElements, defaultGroupSize, defaultPoint } from './load.ts';

/** NPU first, fastest processor, earliest finish, least energy; in this order, and each only once. */
export function heuristicGenomes(problem: Problem): Uint8Array[] {
  const genomes = [
    encodeAssignment(problem, npuFirstAssignment(problem)),
    encodeMapping(problem, (task, choices) => least(choices, (pe) => defaultDurationMs(problem, task, pe))),
    encodeMapping(problem, earliestFinish(problem)),
    encodeMapping(problem, (task, choices) => least(choices, (pe) => taskEnergyUJ(problem, task, pe))),
  ];
  return genomes.filter(
    (genes, index) => genomes.findIndex((earlier) => earlier.every((gene, locus) => gene === genes[locus])) === index,
  );
}

/** Chooses one of the processing elements that can run a task. */
type Rule = (task: number, choices: readonly ProcessingElement[]) => ProcessingElement;

/** Every task mapped by `rule`, producers before their consumers; default core arrangement and frequency. */
function encodeMapping(problem: Problem, rule: Rule): Uint8Array {
  const peOfTask = new Int32Array(problem.tasks.length);
  const active = defaultElements(problem);
  for (const task of topologicalOrder(problem)) {
    const able = active.filter((pe) => canRun(problem, task, pe.processor));
    peOfTask[task] = rule(task, able).index;
  }
  return encodeAssignment(problem, defaultAssignment(problem, peOfTask));
}

/** List scheduling of one instance per application in topological order: where the task would finish first. A rule with a memory. */
function earliestFinish(problem: Problem): Rule {
  const freeMs = problem.pes.map((pe) => Array.from({ length: pe.units }, () => 0));
  const finishMs = new Float64Array(problem.tasks.length);
  const processorOfTask = new Int32Array(problem.tasks.length);
  const processorCount = problem.processors.length;
  const startMs = (task: number, pe: ProcessingElement): number => {
    let start = problem.scenario.applications[problem.tasks[task].application].startTimeMs;
    for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
      const producer = problem.edgeProducer[edge];
      const arrival =
        finishMs[producer] +
        problem.transferMs[(edge * processorCount + processorOfTask[producer]) * processorCount + pe.processor];
      if (arrival > start) start = arrival;
    }
    return Math.max(start, Math.min(...freeMs[pe.index]));
  };
  return (task, choices) => {
    const chosen = least(choices, (pe) => startMs(task, pe) + defaultDurationMs(problem, task, pe));
    finishMs[task] = startMs(task, chosen) + defaultDurationMs(problem, task, chosen);
    processorOfTask[task] = chosen.processor;
    const units = freeMs[chosen.index];
    units[units.indexOf(Math.min(...units))] = finishMs[task];
    return chosen;
  };
}

/** The first of `choices` with the least `cost`. */
function least(choices: readonly ProcessingElement[], cost: (pe: ProcessingElement) => number): ProcessingElement {
  let best = choices[0];
  let bestCost = cost(best);
  for (const pe of choices) {
    const own = cost(pe);
    if (own < bestCost) {
      best = pe;
      bestCost = own;
    }
  }
  return best;
}

/** Energy of the busy cores while the task runs, µJ (mW·ms). */
function taskEnergyUJ(problem: Problem, task: number, pe: ProcessingElement): number {
  const point = problem.processors[pe.processor].operatingPoints[defaultPoint(problem, pe.processor)];
  return point.activePowerMW * defaultGroupSize(problem, pe) * defaultDurationMs(problem, task, pe);
}
