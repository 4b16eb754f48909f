/** Schedules in the terms people read and write: mapping by names, frequencies, active cores, timeline entries. */
import { z } from 'zod';
import type { Solution } from '../domain/run.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import { defaultGenes, type GeneSelection } from '../domain/scheduler.ts';
import { describeValue, suggest, WorkbenchError, type Issue, type Path } from '../domain/errors.ts';
import { invalid, parseDocument } from '../domain/parse.ts';
import { arrangementOf, type Assignment } from './decode.ts';
import { executedSchedule } from './executed-schedule.ts';
import { PRIORITY_LEVELS } from './genome-segments.ts';
import { computeMetrics } from './metrics.ts';
import {
  canRun,
  compileProblem,
  findProcessingElement,
  type CoreArrangement,
  type Problem,
  type ProcessorModel,
  type TaskModel,
} from './problem.ts';
import { ranJobs, simulate, type Timeline } from './simulate.ts';
import { isLayerwise, namesOfPartition, partitionOfNames } from './subgraphs.ts';

export interface TimelineEntry {
  readonly app: string;
  readonly instance: number;
  /** The layer, or the name of the subgraph. */
  readonly layer: string;
  /** Layers that were executed as one, where these are several. */
  readonly layers?: readonly string[];
  readonly pe: string;
  readonly unit: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Everything that `genes` encode. */
export function describeSolution(of: Problem, genes: Uint8Array, fitness: number): Solution {
  const { problem, assignment } = executedSchedule(of, genes);
  return {
    genome: [...genes],
    fitness,
    metrics: computeMetrics(problem, assignment, simulate(problem, assignment)),
    ...describeAssignment(problem, assignment),
  };
}

/** An assignment by names. */
export function describeAssignment(
  problem: Problem,
  assignment: Assignment,
): Pick<Solution, 'mapping' | 'frequencies' | 'activeCores' | 'coreConfigurations' | 'priorities' | 'subgraphs'> {
  const { taskPriority } = assignment;
  const grouped = problem.processors.filter(
    (processor) => problem.scenario.platform.processors[processor.index].coreConfigurations !== undefined,
  );
  return {
    mapping: Object.fromEntries(
      problem.tasks.flatMap((task) =>
        layerIdsOf(problem, task).map((id) => [id, problem.pes[assignment.peOfTask[task.index]].id]),
      ),
    ),
    frequencies: Object.fromEntries(
      problem.processors.map((processor) => [
        processor.id,
        processor.operatingPoints[assignment.operatingPoint[processor.index]].frequencyMHz,
      ]),
    ),
    activeCores: Object.fromEntries(
      problem.processors
        .filter((processor) => processor.kind === 'cpu' && processor.dispatch === 'pinned')
        .map((processor) => [processor.id, arrangementOf(problem, assignment, processor.index).activeCores]),
    ),
    ...(grouped.length > 0
      ? {
          coreConfigurations: Object.fromEntries(
            grouped.map((processor) => [processor.id, [...arrangementOf(problem, assignment, processor.index).groups]]),
          ),
        }
      : {}),
    ...(taskPriority === undefined
      ? {}
      : {
          priorities: Object.fromEntries(
            problem.tasks.flatMap((task) => layerIdsOf(problem, task).map((id) => [id, taskPriority[task.index]])),
          ),
        }),
    ...(isLayerwise(problem.partition) ? {} : { subgraphs: namesOfPartition(problem.layerwise, problem.partition) }),
  };
}

/** The layers that a task executes, "application/layer". */
export function layerIdsOf({ scenario }: Pick<Problem, 'scenario'>, task: TaskModel): string[] {
  const { id } = scenario.applications[task.application];
  return task.members === undefined ? [task.id] : task.members.map((member) => `${id}/${member.id}`);
}

/** Every job of `timeline` that ran, by names, in order of start, then of job. */
export function describeTimeline(problem: Problem, timeline: Timeline): TimelineEntry[] {
  const order = ranJobs(timeline).sort((a, b) => timeline.startMs[a] - timeline.startMs[b] || a - b);
  return order.map((job) => {
    const task = problem.tasks[problem.jobTask[job]];
    const application = problem.scenario.applications[task.application];
    return {
      app: application.id,
      instance: problem.jobInstance[job],
      layer: application.network.layers[task.layer].id,
      ...(task.members === undefined ? {} : { layers: task.members.map(({ id }) => id) }),
      pe: problem.pes[timeline.pe[job]].id,
      unit: timeline.unit[job],
      startMs: timeline.startMs[job],
      endMs: timeline.endMs[job],
    };
  });
}

const mappingSchema = z.record(z.string(), z.string());
const subgraphsSchema = z.array(z.array(z.string()).min(1));
/**
 * A mapping with other decisions. A run's `best` and the entries of its `front` are such: their results are left alone.
 */
const mappingFileSchema = z.strictObject({
  mapping: mappingSchema,
  frequencies: z.record(z.string(), z.number()).optional(),
  activeCores: z.record(z.string(), z.number()).optional(),
  coreConfigurations: z.record(z.string(), z.array(z.number())).optional(),
  priorities: z
    .record(
      z.string(),
      z
        .int()
        .min(0)
        .max(PRIORITY_LEVELS - 1),
    )
    .optional(),
  subgraphs: subgraphsSchema.optional(),
  chromosomeId: z.unknown().optional(),
  makespanBoundMs: z.unknown().optional(),
  externalBoundMs: z.unknown().optional(),
  boundBy: z.unknown().optional(),
  remark: z.unknown().optional(),
  genome: z.unknown().optional(),
  fitness: z.unknown().optional(),
  metrics: z.unknown().optional(),
});
type MappingFile = z.output<typeof mappingFileSchema>;

/**
 * The problem and the assignment that a mapping file describes: its `subgraphs` are executed as one, and where it has none, what
 * `genes` choose.
 * @throws WorkbenchError `mapping.invalid` with one issue per offending entry, and as `compileProblem`
 */
export function readMapping(
  scenario: ResolvedScenario,
  input: unknown,
  genes: GeneSelection = defaultGenes,
): { readonly problem: Problem; readonly assignment: Assignment } {
  const subgraphs = subgraphsOfFile(input);
  const problem = compileProblem(
    scenario,
    genes,
    subgraphs === undefined ? undefined : partitionOfNames(scenario, subgraphs),
  );
  return { problem, assignment: parseMapping(problem, input) };
}

function subgraphsOfFile(input: unknown): string[][] | undefined {
  if (!isWrapped(input)) return undefined;
  return parseDocument(mappingFileSchema, input, 'mapping').subgraphs;
}

function isWrapped(input: unknown): input is { readonly mapping: unknown } {
  return typeof input === 'object' && input !== null && 'mapping' in input;
}

/**
 * The assignment that a mapping file describes: the bare mapping `{ "app/layer": "pe" }`, or an object with `mapping` and other
 * decisions. Every task must be mapped, to a processing element that can run it and is active. Without `frequencies` a processor
 * runs at the operating point closest to nominal within its caps; without `activeCores` all its cores are active. With `priorities`
 * these replace the layers' own; a layer they leave out has 0. The layers of a subgraph are on one element and have one priority.
 * @throws WorkbenchError `mapping.invalid` with one issue per offending entry
 */
export function parseMapping(problem: Problem, input: unknown): Assignment {
  const hasMore = isWrapped(input);
  const file: MappingFile = hasMore
    ? parseDocument(mappingFileSchema, input, 'mapping')
    : { mapping: parseDocument(mappingSchema, input, 'mapping') };
  const at = (task: string): Path => (hasMore ? ['mapping', task] : [task]);
  const issues: Issue[] = [];
  const { arrangement, operatingPoint } = chosenArrangements(problem, file, issues);
  if (file.subgraphs !== undefined) refuseOtherSubgraphs(problem, file.subgraphs);
  const taskIds = new Set(problem.tasks.flatMap((task) => layerIdsOf(problem, task)));
  const refuseUnknown = (values: Readonly<Record<string, unknown>>, pathOf: (task: string) => Path): void => {
    for (const [key, value] of Object.entries(values)) {
      if (!taskIds.has(key))
        issues.push({
          path: pathOf(key),
          message: `there is no layer "${key}"`,
          value: describeValue(value),
          expected: '"application/layer" of the scenario',
          hint: suggest(key, [...taskIds]),
        });
    }
  };
  refuseUnknown(file.mapping, at);
  const { priorities } = file;
  if (priorities !== undefined) refuseUnknown(priorities, (task) => ['priorities', task]);
  const elementOf = (task: TaskModel, layer: string): number => {
    const name = file.mapping[layer];
    if (name === undefined) {
      issues.push({
        path: at(layer),
        message: `layer "${layer}" is not mapped`,
        expected: 'a processing element',
        hint: `add "${layer}": "${problem.pes[0].id}"`,
      });
      return 0;
    }
    try {
      const pe = findProcessingElement(problem, name);
      const processor = problem.processors[pe.processor];
      if (!canRun(problem, task.index, pe.processor)) {
        const able = problem.pes
          .filter((candidate) => canRun(problem, task.index, candidate.processor))
          .map((candidate) => candidate.id);
        issues.push({
          path: at(layer),
          message: `${task.members === undefined ? 'layer' : 'the subgraph of'} "${layer}" cannot run on "${name}"`,
          value: describeValue(name),
          expected: `one of ${able.join(', ')}`,
          hint: `map it to ${able.join(' or ')}`,
        });
      } else if (
        processor.dispatch === 'pinned' &&
        pe.indexInProcessor >= processor.arrangements[arrangement[pe.processor]].groups.length
      ) {
        issues.push({
          path: at(layer),
          message: `layer "${layer}" is mapped to "${name}", which is not active`,
          value: describeValue(name),
          expected: `an active core of "${processor.id}"`,
          hint: `raise activeCores of "${processor.id}", or map it to another core`,
        });
      }
      return pe.index;
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      issues.push({
        path: at(layer),
        message: error.message,
        value: describeValue(name),
        expected: 'a processing element of the platform',
        hint: error.hint,
      });
      return 0;
    }
  };
  const peOfTask = problem.tasks.map((task) => {
    const [first, ...others] = layerIdsOf(problem, task);
    const before = issues.length;
    const element = elementOf(task, first);
    for (const other of others) {
      const otherElement = issues.length === before ? elementOf(task, other) : element;
      if (issues.length > before || otherElement === element) continue;
      issues.push({
        path: at(other),
        message: `layers "${first}" and "${other}" of one subgraph are mapped to different elements`,
        value: describeValue(file.mapping[other]),
        expected: problem.pes[element].id,
        hint: `map both to one element, or take "${other}" out of the subgraph`,
      });
    }
    return element;
  });
  if (issues.length > 0) throw invalid('mapping', issues);
  const assignment = { peOfTask: Int32Array.from(peOfTask), arrangement, operatingPoint };
  return priorities === undefined
    ? assignment
    : { ...assignment, taskPriority: Uint8Array.from(problem.tasks, (task) => priorityOf(problem, task, priorities)) };
}

/** The priority that a file gives a task. @throws WorkbenchError `mapping.invalid` where it gives layers of one subgraph different ones */
function priorityOf(problem: Problem, task: TaskModel, priorities: Readonly<Record<string, number>>): number {
  const [first, ...others] = layerIdsOf(problem, task);
  const priority = priorities[first] ?? 0;
  const other = others.find((id) => (priorities[id] ?? 0) !== priority);
  if (other === undefined) return priority;
  throw invalid('mapping', [
    {
      path: ['priorities', other],
      message: `layers "${first}" and "${other}" of one subgraph have different priorities`,
      value: describeValue(priorities[other] ?? 0),
      expected: String(priority),
      hint: 'give both the same priority',
    },
  ]);
}

/** Refuses a file of other subgraphs than those that `problem` executes. */
function refuseOtherSubgraphs(problem: Problem, subgraphs: readonly (readonly string[])[]): void {
  const given = namesOfPartition(problem.layerwise, partitionOfNames(problem.layerwise, subgraphs));
  const own = namesOfPartition(problem.layerwise, problem.partition);
  if (JSON.stringify(given) === JSON.stringify(own)) return;
  throw invalid('mapping', [
    {
      path: ['subgraphs'],
      message: 'these are not the subgraphs that are executed here',
      value: describeValue(given),
      expected: own.length === 0 ? 'no subgraphs: every layer runs alone' : describeValue(own),
      hint: 'remove "subgraphs", or choose the option that gives them',
    },
  ]);
}

function chosenArrangements(
  problem: Problem,
  file: MappingFile,
  issues: Issue[],
): Pick<Assignment, 'arrangement' | 'operatingPoint'> {
  const arrangement = Int32Array.from(problem.processors, (processor) => processor.defaultArrangement);
  const chooseArrangement = (
    processor: ProcessorModel,
    path: Path,
    isChosen: (candidate: CoreArrangement) => boolean,
    value: string,
    names: readonly string[],
  ): void => {
    const index = processor.arrangements.findIndex(isChosen);
    if (index >= 0) arrangement[processor.index] = index;
    else
      issues.push({
        path,
        message: `"${processor.id}" cannot have ${value}`,
        value,
        expected: `one of ${names.join(', ')}`,
        hint: `use one of ${names.join(', ')}`,
      });
  };
  forEachProcessor(problem, 'activeCores', file.activeCores, issues, (processor, cores, path) => {
    chooseArrangement(
      processor,
      path,
      ({ activeCores }) => activeCores === cores,
      `${cores} active cores`,
      processor.arrangements.map(({ activeCores }) => String(activeCores)),
    );
  });
  forEachProcessor(problem, 'coreConfigurations', file.coreConfigurations, issues, (processor, sizes, path) => {
    chooseArrangement(
      processor,
      path,
      ({ groups }) => groups.join() === sizes.join(),
      `the core configuration [${sizes.join(', ')}]`,
      processor.arrangements.map(({ groups }) => `[${groups.join(', ')}]`),
    );
  });
  const highestPoint = (processor: ProcessorModel): number => processor.highestPoint[arrangement[processor.index]];
  const operatingPoint = Int32Array.from(problem.processors, (processor) =>
    Math.min(processor.nominalPoint, highestPoint(processor)),
  );
  forEachProcessor(problem, 'frequencies', file.frequencies, issues, (processor, frequency, path) => {
    const index = processor.operatingPoints.findIndex((point) => point.frequencyMHz === frequency);
    const allowed = processor.operatingPoints
      .slice(0, highestPoint(processor) + 1)
      .map((point) => point.frequencyMHz)
      .join(', ');
    if (index >= 0 && index <= highestPoint(processor)) operatingPoint[processor.index] = index;
    else {
      const message =
        index < 0
          ? `"${processor.id}" has no operating point at ${frequency} MHz`
          : `${frequency} MHz is above the cap of "${processor.id}" for its active cores`;
      issues.push({
        path,
        message,
        value: describeValue(frequency),
        expected: `one of ${allowed}`,
        hint: `use one of ${allowed}`,
      });
    }
  });
  return { arrangement, operatingPoint };
}

/** Calls `decide` for each entry of a section that names a processor of the platform, and reports the others. */
function forEachProcessor<Value>(
  problem: Problem,
  section: string,
  values: Readonly<Record<string, Value>> | undefined,
  issues: Issue[],
  decide: (processor: ProcessorModel, value: Value, path: Path) => void,
): void {
  for (const [id, value] of Object.entries(values ?? {})) {
    const processor = problem.processors.find((candidate) => candidate.id === id);
    const path = [section, id];
    if (processor !== undefined) decide(processor, value, path);
    else
      issues.push({
        path,
        message: `there is no processor "${id}"`,
        value: describeValue(value),
        expected: 'a processor of the platform',
        hint: suggest(
          id,
          problem.processors.map((candidate) => candidate.id),
        ),
      });
  }
}
