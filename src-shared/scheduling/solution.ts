/** Schedules in the terms people read and write: mapping by names, frequencies, active cores, timeline entries. */
import { z } from 'zod';
import type { Solution } from '../domain/run.ts';
import { describeValue, suggest, WorkbenchError, type Issue } from '../domain/errors.ts';
import { invalid, parseDocument } from '../domain/parse.ts';
import { arrangementOf, decodeGenome, defaultAssignment, type Assignment } from './decode.ts';
import { computeMetrics } from './metrics.ts';
import { canRun, findProcessingElement, type Problem } from './problem.ts';
import { simulate, type Timeline } from './simulate.ts';

export interface TimelineEntry {
  readonly app: string;
  readonly instance: number;
  readonly layer: string;
  readonly pe: string;
  readonly unit: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The whole of what `genes` stand for. */
export function describeSolution(problem: Problem, genes: Uint8Array, fitness: number): Solution {
  const assignment = decodeGenome(problem, genes);
  return { genome: [...genes], fitness, metrics: computeMetrics(problem, assignment, simulate(problem, assignment)), ...describeAssignment(problem, assignment) };
}

/** An assignment by names. */
export function describeAssignment(problem: Problem, assignment: Assignment): Pick<Solution, 'mapping' | 'frequencies' | 'activeCores' | 'coreConfigurations'> {
  const grouped = problem.processors.filter((processor) => problem.scenario.platform.processors[processor.index].coreConfigurations !== undefined);
  return {
    mapping: Object.fromEntries(problem.tasks.map((task) => [task.id, problem.pes[assignment.peOfTask[task.index]].id])),
    frequencies: Object.fromEntries(problem.processors.map((processor) => [processor.id, processor.operatingPoints[assignment.operatingPoint[processor.index]].frequencyMHz])),
    activeCores: Object.fromEntries(
      problem.processors.filter((processor) => processor.kind === 'cpu' && processor.dispatch === 'pinned').map((processor) => [processor.id, arrangementOf(problem, assignment, processor.index).activeCores]),
    ),
    ...(grouped.length > 0 ? { coreConfigurations: Object.fromEntries(grouped.map((processor) => [processor.id, [...arrangementOf(problem, assignment, processor.index).groups]])) } : {}),
  };
}

/** Every job of `timeline` by names, in order of start, then of job. */
export function describeTimeline(problem: Problem, timeline: Timeline): TimelineEntry[] {
  const order = Array.from(problem.jobTask, (_, job) => job).sort((a, b) => timeline.startMs[a] - timeline.startMs[b] || a - b);
  return order.map((job) => {
    const task = problem.tasks[problem.jobTask[job]];
    const application = problem.scenario.applications[task.application];
    return {
      app: application.id,
      instance: problem.jobInstance[job],
      layer: application.network.layers[task.layer].id,
      pe: problem.pes[timeline.pe[job]].id,
      unit: timeline.unit[job],
      startMs: timeline.startMs[job],
      endMs: timeline.endMs[job],
    };
  });
}

/** Either the bare mapping `{ "app/layer": "pe" }`, or an object with `mapping` and, optionally, `frequencies`, `activeCores` and `coreConfigurations`, such as a run's `best`. */
const mappingFileSchema = z.object({
  mapping: z.record(z.string(), z.string()),
  frequencies: z.record(z.string(), z.number()).optional(),
  activeCores: z.record(z.string(), z.number()).optional(),
  coreConfigurations: z.record(z.string(), z.array(z.number())).optional(),
});

/**
 * The assignment that a mapping file describes. Every task must be mapped, to a processing element that can run it and is active.
 * @throws WorkbenchError `mapping.invalid` with one issue per offending entry
 */
export function parseMapping(problem: Problem, input: unknown): Assignment {
  const wrapped = typeof input === 'object' && input !== null && 'mapping' in input && typeof input.mapping === 'object' ? input : { mapping: input };
  const file = parseDocument(mappingFileSchema, wrapped, 'mapping');
  const issues: Issue[] = [];
  const { arrangement, operatingPoint } = chosenArrangements(problem, file, issues);
  const taskIds = new Set(problem.tasks.map((task) => task.id));
  for (const key of Object.keys(file.mapping)) {
    if (!taskIds.has(key)) issues.push({ path: [key], message: `there is no layer "${key}"`, expected: '"application/layer" of the scenario', hint: suggest(key, [...taskIds]) });
  }
  const peOfTask = problem.tasks.map((task) => {
    const name = file.mapping[task.id];
    if (name === undefined) {
      issues.push({ path: [task.id], message: `layer "${task.id}" is not mapped`, expected: 'a processing element', hint: `add "${task.id}": "${problem.pes[0].id}"` });
      return 0;
    }
    try {
      const pe = findProcessingElement(problem, name);
      const processor = problem.processors[pe.processor];
      if (!canRun(problem, task.index, pe.processor)) {
        const able = problem.pes.filter((candidate) => canRun(problem, task.index, candidate.processor)).map((candidate) => candidate.id);
        issues.push({ path: [task.id], message: `layer "${task.id}" cannot run on "${name}"`, value: describeValue(name), expected: `one of ${able.join(', ')}` });
      } else if (processor.dispatch === 'pinned' && pe.indexInProcessor >= processor.arrangements[arrangement[pe.processor]].groups.length) {
        issues.push({ path: [task.id], message: `layer "${task.id}" is mapped to "${name}", which is not active`, value: describeValue(name), expected: `an active core of "${processor.id}"` });
      }
      return pe.index;
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      issues.push({ path: [task.id], message: error.message, value: describeValue(name), expected: 'a processing element of the platform', hint: error.hint });
      return 0;
    }
  });
  if (issues.length > 0) throw invalid('mapping', issues);
  return { ...defaultAssignment(problem, peOfTask), peOfTask: Int32Array.from(peOfTask), arrangement, operatingPoint };
}

function chosenArrangements(problem: Problem, file: z.output<typeof mappingFileSchema>, issues: Issue[]): Pick<Assignment, 'arrangement' | 'operatingPoint'> {
  const ids = problem.processors.map((processor) => processor.id);
  const arrangement = Int32Array.from(problem.processors, (processor) => processor.defaultArrangement);
  for (const [id, cores] of Object.entries(file.activeCores ?? {})) {
    const processor = problem.processors.find((candidate) => candidate.id === id);
    const index = processor?.arrangements.findIndex((candidate) => candidate.activeCores === cores) ?? -1;
    if (processor === undefined) issues.push({ path: ['activeCores', id], message: `there is no processor "${id}"`, expected: 'a processor of the platform', hint: suggest(id, ids) });
    else if (index < 0) issues.push({ path: ['activeCores', id], message: `"${id}" cannot have ${cores} active cores`, value: describeValue(cores), expected: `one of ${processor.arrangements.map((candidate) => candidate.activeCores).join(', ')}` });
    else arrangement[processor.index] = index;
  }
  for (const [id, groups] of Object.entries(file.coreConfigurations ?? {})) {
    const processor = problem.processors.find((candidate) => candidate.id === id);
    const index = processor?.arrangements.findIndex((candidate) => candidate.groups.join() === groups.join()) ?? -1;
    if (processor === undefined) issues.push({ path: ['coreConfigurations', id], message: `there is no processor "${id}"`, expected: 'a processor of the platform', hint: suggest(id, ids) });
    else if (index < 0) issues.push({ path: ['coreConfigurations', id], message: `"${id}" has no core configuration (${groups.join(', ')})`, expected: `one of ${processor.arrangements.map((candidate) => `(${candidate.groups.join(', ')})`).join(', ')}` });
    else arrangement[processor.index] = index;
  }
  const operatingPoint = Int32Array.from(problem.processors, (processor) => Math.min(processor.nominalPoint, processor.highestPoint[arrangement[processor.index]]));
  for (const [id, frequency] of Object.entries(file.frequencies ?? {})) {
    const processor = problem.processors.find((candidate) => candidate.id === id);
    const index = processor?.operatingPoints.findIndex((candidate) => candidate.frequencyMHz === frequency) ?? -1;
    if (processor === undefined) issues.push({ path: ['frequencies', id], message: `there is no processor "${id}"`, expected: 'a processor of the platform', hint: suggest(id, ids) });
    else if (index < 0) issues.push({ path: ['frequencies', id], message: `"${id}" has no operating point at ${frequency} MHz`, value: describeValue(frequency), expected: `one of ${processor.operatingPoints.map((point) => point.frequencyMHz).join(', ')}` });
    else if (index > processor.highestPoint[arrangement[processor.index]]) {
      issues.push({ path: ['frequencies', id], message: `${frequency} MHz is above the cap of "${id}" for its active cores`, value: describeValue(frequency), expected: `at most ${processor.operatingPoints[processor.highestPoint[arrangement[processor.index]]].frequencyMHz} MHz` });
    } else operatingPoint[processor.index] = index;
  }
  return { arrangement, operatingPoint };
}
