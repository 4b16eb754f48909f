/** Schedulers that plan every layer's start before anything runs: how such a plan becomes a genome, and which order of it is kept. */
import { z } from 'zod';
import { decodeGenome, defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { makespanOf } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { TOLERANCE } from '#shared/scheduling/rounding.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import type { InsertionSchedule } from '../list-scheduling/insertion.ts';
import { taskGraphOf, type TaskGraph } from '../list-scheduling/task-graph.ts';
import { genesSchemaWith, subgraphsSchema, weightsSchema } from '../options.ts';
import type { Scheduler } from '../search.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

const optionsSchema = z.strictObject({
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: weightsSchema,
});
type PlannedOptions = z.output<typeof optionsSchema>;

/**
 * A scheduler whose one schedule is the `plan` of a paper: its mapping, and priorities that fall in the order of its starts. Where the
 * layers' own priorities give the same mapping a shorter schedule, they are kept instead; the conclusion says which, and what was planned.
 */
export function plannedScheduler(
  declaration: Pick<Scheduler, 'id' | 'name' | 'description' | 'source'>,
  plan: (graph: TaskGraph) => InsertionSchedule,
): Scheduler<PlannedOptions> {
  return constructedScheduler({ ...declaration, optionsSchema }, (problem) => {
    const { peOfTask, startMs, lengthMs } = plan(taskGraphOf(problem));
    const schedules = genomesOfPlan(problem, peOfTask, startMs).map((genes) => ({
      genes,
      makespanMs: makespanOf(simulate(problem, decodeGenome(problem, genes))),
    }));
    const kept = schedules.reduce((shortest, schedule) =>
      schedule.makespanMs < shortest.makespanMs ? schedule : shortest,
    );
    const inOrderMs = problem.layout.offsetOf.priority === undefined ? undefined : schedules[0]?.makespanMs;
    return { genomes: [kept.genes], conclusion: { remark: remarkOn(problem, lengthMs, kept.makespanMs, inOrderMs) } };
  });
}

/**
 * The mapping of a plan in the default core arrangements at default frequencies: first with priorities that fall, on each processing
 * element, in the order in which the layers start (`startMs`, by task), where these are searched; last with the layers' own.
 */
export function genomesOfPlan(
  problem: Problem,
  peOfTask: readonly number[],
  startMs: ArrayLike<number>,
): readonly [Uint8Array, ...Uint8Array[]] {
  const plain = genomeOfMapping(problem, peOfTask);
  if (problem.layout.offsetOf.priority === undefined) return [plain];
  const taskPriority = new Uint8Array(peOfTask.length);
  const byStart = problem.tasks.map(({ index }) => index).sort((a, b) => startMs[a] - startMs[b] || a - b);
  for (const tasks of Map.groupBy(byStart, (task) => peOfTask[task]).values()) {
    // More layers than levels: neighbours share one, and the one that is ready first goes first.
    const layersPerLevel = Math.max(1, tasks.length / PRIORITY_LEVELS);
    tasks.forEach((task, position) => {
      taskPriority[task] = PRIORITY_LEVELS - 1 - Math.floor(position / layersPerLevel);
    });
  }
  return [encodeAssignment(problem, { ...defaultAssignment(problem, peOfTask), taskPriority }), plain];
}

/** What there is to say about the schedule that is kept. @param inOrderMs makespan in the order of the plan, undefined where that is not searched */
function remarkOn(problem: Problem, plannedMs: number, makespanMs: number, inOrderMs: number | undefined): string {
  const ms = (value: number): string => `${Number(value.toPrecision(6))} ms`;
  const others =
    inOrderMs === undefined || inOrderMs === makespanMs
      ? ''
      : `, which is shorter than in the plan's order (${ms(inOrderMs)})`;
  const order =
    inOrderMs === makespanMs ? "in the plan's order" : `in the order of the layers' own priorities${others}`;
  // A plan covers one instance of each application, without ticks or contention.
  const isWhole =
    problem.applicationInstances.every((count) => count === 1) &&
    problem.dispatchTickMs === 0 &&
    problem.streams === undefined &&
    !problem.contendedLinks;
  if (!isWhole) return `Mapping of the plan for one instance of each application, dispatched ${order}.`;
  // Sums in another order differ in their last bits.
  if (Math.abs(makespanMs - plannedMs) <= TOLERANCE * plannedMs) return `As planned: ${ms(plannedMs)}, ${order}.`;
  const why = makespanMs > plannedMs ? ' The plan leaves units idle on purpose, which dispatch never does.' : '';
  return `Planned: ${ms(plannedMs)}. Dispatched ${order}: ${ms(makespanMs)}.${why}`;
}
