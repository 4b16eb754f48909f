/** The best-mapping baseline: each layer, or each whole application, where it would be done first given the work already placed. */
import { z } from 'zod';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { defaultElements, workMs } from '../load.ts';
import { BASIC, subgraphsAtLaunches, weightsSchema } from '../options.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';
import { genomeByRule } from './whole-network-rules.ts';

const granularities = ['both', 'layer', 'application'] as const;

export const bestMapping = constructedScheduler(
  {
    id: 'best_mapping',
    name: 'Best mapping',
    description:
      'Each layer, and each whole application, on its fastest processing element considering the work already there',
    source:
      'Puzzle, arXiv 2508.17764 (baseline "Best Mapping", whole applications); minimum completion time, Ibarra & Kim, J. ACM 24 (1977) (layers)',
    optionsSchema: z.strictObject({
      granularity: z
        .enum(granularities)
        .default('both')
        .meta({
          ...BASIC,
          title: 'Granularity',
          description: 'What is mapped as one piece: each layer, each whole application, or one schedule of each kind',
        }),
      subgraphs: subgraphsAtLaunches,
      weights: weightsSchema,
    }),
  },
  (problem, { granularity }) => ({
    genomes: [
      ...(granularity === 'application' ? [] : [genomeOfMapping(problem, layerByLayer(problem))]),
      ...(granularity === 'layer' ? [] : [genomeByRule(problem, wholeApplications)]),
    ],
  }),
);

/** Tasks in order, each where load + its own work is least. */
export function layerByLayer(problem: Problem): number[] {
  const loadMs = new Float64Array(problem.pes.length);
  return problem.tasks.map(({ index }) => placeTask(problem, index, loadMs));
}

/** Applications by falling work, each placed as a whole. */
export function wholeApplications(problem: Problem): Int32Array {
  let loadMs = new Float64Array(problem.pes.length);
  const peOfTask = new Int32Array(problem.tasks.length);
  const applications = problem.scenario.applications.map((_, application) => ({
    application,
    workMs: leastWorkMs(problem, application),
  }));
  for (const { application } of applications.sort((a, b) => b.workMs - a.workMs)) {
    const placement = placeWhole(problem, tasksOf(problem, application), loadMs);
    loadMs = placement.loadMs;
    for (const [task, pe] of placement.mapping) peOfTask[task] = pe;
  }
  return peOfTask;
}

interface Placement {
  /** Processing element by task. */
  readonly mapping: ReadonlyMap<number, number>;
  readonly loadMs: Float64Array<ArrayBuffer>;
  /** Largest load among the elements used, ms. */
  readonly busiestMs: number;
}

/**
 * `tasks` on the one element that leaves the busiest of the elements used least busy, the first among equals. Those that cannot
 * run there are placed in the same way, as a whole.
 */
function placeWhole(problem: Problem, tasks: readonly number[], before: Float64Array): Placement {
  const homes = defaultElements(problem).filter((pe) => tasks.some((task) => canRun(problem, task, pe.processor)));
  const placements = homes.map((home): Placement => {
    const loadMs = Float64Array.from(before);
    const here = tasks.filter((task) => canRun(problem, task, home.processor));
    for (const task of here) loadMs[home.index] += workMs(problem, task, home);
    const mapping = here.map((task) => [task, home.index] as const);
    const rest = tasks.filter((task) => !canRun(problem, task, home.processor));
    if (rest.length === 0) return { mapping: new Map(mapping), loadMs, busiestMs: loadMs[home.index] };
    const elsewhere = placeWhole(problem, rest, loadMs);
    return {
      mapping: new Map([...mapping, ...elsewhere.mapping]),
      loadMs: elsewhere.loadMs,
      busiestMs: Math.max(loadMs[home.index], elsewhere.busiestMs),
    };
  });
  return placements.reduce((least, placement) => (placement.busiestMs < least.busiestMs ? placement : least));
}

/** The element where `task` would be done first by load, the first among equals; adds its work there. */
function placeTask(problem: Problem, task: number, loadMs: Float64Array): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const pe of defaultElements(problem)) {
    const done = canRun(problem, task, pe.processor)
      ? loadMs[pe.index] + workMs(problem, task, pe)
      : Number.POSITIVE_INFINITY;
    if (best < 0 || done < least) {
      least = done;
      best = pe.index;
    }
  }
  loadMs[best] = least;
  return best;
}

/** The application's work with each layer on its fastest element, ms. */
function leastWorkMs(problem: Problem, application: number): number {
  const idle = new Float64Array(problem.pes.length);
  return tasksOf(problem, application).reduce((sum, task) => {
    const loadMs = idle.slice();
    return sum + loadMs[placeTask(problem, task, loadMs)];
  }, 0);
}

function tasksOf(problem: Problem, application: number): number[] {
  const first = problem.applicationFirstTask[application];
  return Array.from({ length: problem.applicationFirstTask[application + 1] - first }, (_, index) => first + index);
}
