/** The static-type baseline: every type of operation has its processor, whatever the layer and the load. */
import { z } from 'zod';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { defaultDurationMs, leastLoadedElement, workMs } from '../load.ts';
import { subgraphsSchema, weightsSchema } from '../options.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

export const staticType = constructedScheduler(
  {
    id: 'static_type',
    name: 'Static by type',
    description: 'Each type of operation on the processor that runs all layers of that type fastest',
    source: 'The usual delegate practice: a fixed processor per operation type',
    optionsSchema: z.strictObject({ subgraphs: subgraphsSchema, weights: weightsSchema }),
  },
  (problem) => ({ genomes: [genomeOfMapping(problem, staticTypeMapping(problem))] }),
);

/** Each task on the first processor of its type's ranking that can run it; there on the element with the least work so far. */
export function staticTypeMapping(problem: Problem): number[] {
  const loadMs = new Float64Array(problem.pes.length);
  const rankings = new Map<string, readonly number[]>();
  return problem.tasks.map(({ index: task }) => {
    const type = opOf(problem, task);
    const ranking = rankings.get(type) ?? rankProcessors(problem, type);
    rankings.set(type, ranking);
    const processor = ranking.find((candidate) => canRun(problem, task, candidate)) ?? 0;
    const pe = leastLoadedElement(problem, processor, loadMs);
    loadMs[pe] += workMs(problem, task, problem.pes[pe]);
    return pe;
  });
}

/** Processors by the number of layers of `type` they cannot run, then by their time for the others; platform order among equals. */
function rankProcessors(problem: Problem, type: string): number[] {
  const tasks = problem.tasks.map(({ index }) => index).filter((task) => opOf(problem, task) === type);
  const judged = problem.processors.map(({ index, firstPe }) => {
    const able = tasks.filter((task) => canRun(problem, task, index));
    const timeMs = able.reduce((sum, task) => sum + defaultDurationMs(problem, task, problem.pes[firstPe]), 0);
    return { index, missing: tasks.length - able.length, timeMs };
  });
  return judged.sort((a, b) => a.missing - b.missing || a.timeMs - b.timeMs).map(({ index }) => index);
}

function opOf(problem: Problem, task: number): string {
  const { application, layer } = problem.tasks[task];
  return problem.scenario.applications[application].network.layers[layer].op;
}
