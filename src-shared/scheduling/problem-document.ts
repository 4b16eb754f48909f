/**
 * The problem in the open: what a scheduler of somebody else's needs to know of a scenario, without Tessera's documents and models. All
 * times are worked out: where each task may run and how long it takes there, what each transfer takes, when each job is released.
 */
import { z } from 'zod';
import { ENGINE_VERSION } from '../domain/engine-version.ts';
import type { MakespanBound } from '../domain/run.ts';
import { defaultAssignment, groupSizeOf, type Assignment } from './decode.ts';
import { taskDurationMs, type Problem } from './problem.ts';
import { describeAssignment, layerIdsOf } from './solution.ts';

const ms = z.number().min(0);

export const problemDocumentSchema = z.strictObject({
  format: z.literal('tessera-problem'),
  version: z.literal(1),
  scenario: z.string().describe('Id of the scenario'),
  engineVersion: z.string().describe('Version of the rules that schedules are simulated by'),
  processors: z.array(z.string()).describe('Ids, in the order in which transferMs counts them'),
  elements: z
    .array(
      z.strictObject({
        id: z.string(),
        processor: z.string(),
        units: z.int().min(1).describe('Tasks that it runs at the same time'),
      }),
    )
    .describe('Where tasks run: a core, a group of cores, or a whole processor'),
  settings: z
    .strictObject({
      frequencies: z.record(z.string(), z.number()),
      activeCores: z.record(z.string(), z.number()),
      coreConfigurations: z.record(z.string(), z.array(z.number())).optional(),
    })
    .describe(
      'What timesMs and elements hold for, in the words of a mapping file: a solution that does not say otherwise has them',
    ),
  tasks: z
    .array(
      z.strictObject({
        id: z.string(),
        layers: z
          .array(z.string())
          .optional()
          .describe('The layers that it executes as one, where it is more than a layer'),
        application: z.string(),
        applicationPriority: z.number().describe('Comes before the priority of tasks; the highest starts first'),
        priority: z
          .number()
          .describe(
            'Of the ready tasks of an element the highest starts first; "priorities" of a solution take its place',
          ),
        timesMs: z.record(z.string(), ms).describe('By element, only where the task may run'),
      }),
    )
    .describe('A layer of an application. All instances of an application have the same mapping'),
  edges: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        transferMs: z.array(z.array(ms)).describe('By processor: row = where "from" runs, column = where "to" runs'),
      }),
    )
    .describe('"to" starts when "from" of the same instance has ended and its output has arrived'),
  jobs: z
    .array(
      z.strictObject({
        task: z.string(),
        instance: z.int().min(0),
        releaseMs: ms.describe('It starts no sooner; where another instance releases it, the earliest that could be'),
        deadlineMs: ms
          .nullable()
          .describe(
            'By when the instance should have ended, counted from 0 as releaseMs is; null: no deadline, or one that counts from the end of another instance',
          ),
      }),
    )
    .describe('A task of one instance: what is executed'),
  streams: z
    .array(
      z.strictObject({
        application: z.string(),
        instance: z.int().min(0),
        release: z.int().min(0).describe('Instances of one release are released together'),
        after: z
          .strictObject({ application: z.string(), instance: z.int().min(0) })
          .nullable()
          .describe('It is released when this one ends; null: at its releaseMs'),
        deadlineAfterReleaseMs: ms
          .nullable()
          .describe('By when it should have ended, counted from its release; null: no deadline'),
        dropsLate: z
          .boolean()
          .describe('It is dropped when a later release of its application comes before any of its jobs has started'),
      }),
    )
    .optional()
    .describe('Only where instances release others, or may be dropped'),
  channels: z
    .array(z.string())
    .optional()
    .describe('Links and buses that transfers go over; only where there are buses'),
  ways: z
    .array(z.array(z.array(z.string())))
    .optional()
    .describe(
      'By processor: the channels from one (row) to another (column), one after the other; only where there are buses',
    ),
  tickMs: ms.describe('Tasks start only at multiples of it; 0: at any time'),
  contendedLinks: z.boolean().describe('Whether transfers over the same link wait for each other'),
  bound: z
    .strictObject({ makespanMs: z.number(), method: z.string() })
    .nullable()
    .describe('No solution ends earlier, whatever its frequencies and cores; null: nothing is known'),
});
export type ProblemDocument = z.output<typeof problemDocumentSchema>;

/**
 * @param bound the best that is known, of every schedule that a mapping file can describe
 */
export function describeProblem(problem: Problem, bound: MakespanBound | undefined): ProblemDocument {
  const { scenario, processors, pes, tasks } = problem;
  const settings = settingsOf(problem);
  const active = pes.filter((pe) => isActive(problem, settings, pe.index));
  const count = processors.length;
  const applicationOf = (task: number) => scenario.applications[tasks[task].application];
  const { frequencies, activeCores, coreConfigurations } = describeAssignment(problem, settings);
  return {
    format: 'tessera-problem',
    version: 1,
    scenario: scenario.id,
    engineVersion: ENGINE_VERSION,
    processors: processors.map(({ id }) => id),
    elements: active.map(({ id, processor, units }) => ({ id, processor: processors[processor].id, units })),
    settings: { frequencies, activeCores, ...(coreConfigurations === undefined ? {} : { coreConfigurations }) },
    tasks: tasks.map(({ index, id, members }) => ({
      id,
      ...(members === undefined ? {} : { layers: layerIdsOf(problem, tasks[index]) }),
      application: applicationOf(index).id,
      applicationPriority: applicationOf(index).priority,
      priority: problem.layerPriority[index],
      timesMs: Object.fromEntries(
        active
          .map((pe) => [pe.id, durationOn(problem, settings, index, pe.index)] as const)
          .filter(([, timeMs]) => !Number.isNaN(timeMs)),
      ),
    })),
    edges: Array.from(problem.edgeProducer, (producer, edge) => ({
      from: tasks[producer].id,
      to: tasks[problem.edgeConsumer[edge]].id,
      transferMs: processors.map((_, from) =>
        Array.from(problem.transferMs.subarray((edge * count + from) * count, (edge * count + from + 1) * count)),
      ),
    })),
    jobs: Array.from(problem.jobTask, (task, job) => {
      const releaseMs = problem.jobReleaseMs[job];
      const { deadlineMs, after } = applicationOf(task);
      return {
        task: tasks[task].id,
        instance: problem.jobInstance[job],
        releaseMs,
        deadlineMs: deadlineMs === null || after !== undefined ? null : releaseMs + deadlineMs,
      };
    }),
    ...describeStreams(problem),
    ...describeWays(problem),
    tickMs: problem.dispatchTickMs,
    contendedLinks: problem.contendedLinks,
    bound: bound === undefined ? null : { makespanMs: bound.makespanMs, method: bound.method },
  };
}

/** Which instances release others, and which may be dropped; nothing where there are none. */
function describeStreams({
  streams,
  scenario,
  instanceApplication,
  instanceNumber,
}: Problem): Pick<ProblemDocument, 'streams'> {
  if (streams === undefined) return {};
  const nameOf = (instance: number): { application: string; instance: number } => ({
    application: scenario.applications[instanceApplication[instance]].id,
    instance: instanceNumber[instance],
  });
  return {
    streams: Array.from(streams.triggerOf, (trigger, instance) => ({
      ...nameOf(instance),
      release: streams.releaseNumber[instance],
      after: trigger < 0 ? null : nameOf(trigger),
      deadlineAfterReleaseMs: scenario.applications[instanceApplication[instance]].deadlineMs,
      dropsLate: streams.dropsLate[instanceApplication[instance]] === 1,
    })),
  };
}

/** What transfers go over where there are buses; nothing where every two processors have a link. */
function describeWays({
  scenario,
  processors,
  firstHop,
  hopChannel,
}: Problem): Pick<ProblemDocument, 'channels' | 'ways'> {
  const { buses } = scenario.platform.interconnect;
  if (buses === undefined) return {};
  const links = processors.length ** 2;
  const nameOf = (channel: number): string =>
    channel < links
      ? `${processors[Math.floor(channel / processors.length)].id}>${processors[channel % processors.length].id}`
      : buses[channel - links].id;
  return {
    channels: [...new Set(hopChannel)].sort((a, b) => a - b).map(nameOf),
    ways: processors.map((_, from) =>
      processors.map((__, to) => {
        const pair = from * processors.length + to;
        return Array.from(hopChannel.subarray(firstHop[pair], firstHop[pair + 1]), nameOf);
      }),
    ),
  };
}

/** The decisions that a solution has which only says where each task runs; its places are of no account. */
function settingsOf(problem: Problem): Assignment {
  return defaultAssignment(
    problem,
    problem.tasks.map(() => 0),
  );
}

function isActive(problem: Problem, settings: Assignment, pe: number): boolean {
  const { processor, indexInProcessor } = problem.pes[pe];
  const { dispatch, arrangements } = problem.processors[processor];
  return dispatch === 'pooled' || indexInProcessor < arrangements[settings.arrangement[processor]].groups.length;
}

/** ms; NaN where the task cannot run. */
function durationOn(problem: Problem, settings: Assignment, task: number, pe: number): number {
  const { processor } = problem.pes[pe];
  return taskDurationMs(
    problem,
    task,
    processor,
    settings.operatingPoint[processor],
    groupSizeOf(problem, settings, pe),
  );
}
