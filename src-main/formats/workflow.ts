/** Workflows of scientific computing as networks: tasks with measured run times, and the files by which they hand data on. */
import { z } from 'zod';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { idSchema } from '#shared/domain/common.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network, type NetworkInput } from '#shared/domain/network.ts';

/** A task as the formats of workflows have it. */
export interface WorkflowTask {
  readonly id: string;
  readonly name: string;
  /** The program it runs. */
  readonly program: string;
  /** s; undefined where it was not measured. */
  readonly runtimeS: number | undefined;
  /** Ids of the tasks it waits for. */
  readonly parents: Iterable<string>;
  /** Names of files. */
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

export interface Workflow {
  readonly name: string;
  readonly tasks: readonly WorkflowTask[];
  /** Size of each file, bytes; undefined where it is not known. */
  readonly sizeOf: ReadonlyMap<string, number>;
}

/** The options of readers of workflows. */
export const workflowOptions = {
  id: idSchema.optional().describe("Id of the network; default: the file's name"),
  executionTimeKey: idSchema.default('cpu').describe('Processor that the run times are for'),
};
export const workflowOptionsSchema = z.strictObject(workflowOptions);

/** What a workflow is called in messages, and what becomes of it. */
export interface WorkflowTarget {
  /** Id of the format: "dax". */
  readonly format: string;
  /** The file, for messages. */
  readonly file: string;
  readonly id: string;
  readonly executionTimeKey: string;
}

/**
 * The network of a workflow: a layer per task; along an edge go the files that the one task writes and the other reads.
 * @throws WorkbenchError `<format>.invalid` for tasks and parents that do not fit, `network.invalid` for cycles
 */
export function workflowNetwork(
  { name, tasks, sizeOf }: Workflow,
  { format, file, id, executionTimeKey }: WorkflowTarget,
): { readonly network: Network; readonly notes: readonly FormatNote[] } {
  const invalid = (message: string, hint: string): WorkbenchError =>
    new WorkbenchError(`${format}.invalid`, `${format}: ${file}: ${message}`, { hint, path: [file] });
  if (tasks.length === 0) throw invalid('there is no task', 'check that it is the right file');
  const byId = new Map<string, WorkflowTask>();
  for (const task of tasks) {
    if (byId.has(task.id)) throw invalid(`there are two tasks "${task.id}"`, 'each task needs an id of its own');
    byId.set(task.id, task);
  }
  const bytesOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, each) => sum + (sizeOf.get(each) ?? 0), 0);
  const writers = new Map<string, Set<string>>();
  for (const task of tasks)
    for (const each of task.writes) writers.set(each, (writers.get(each) ?? new Set()).add(task.id));
  const elsewhere: string[] = [];
  const layers = tasks.map((task): NetworkInput['layers'][number] => {
    const parents = new Set(task.parents);
    for (const parent of parents)
      if (!byId.has(parent))
        throw invalid(
          `task "${task.id}" waits for "${parent}", which does not exist`,
          suggest(parent, [...byId.keys()]),
        );
    if (
      [...task.reads].some((each) =>
        [...(writers.get(each) ?? [])].some((writer) => writer !== task.id && !parents.has(writer)),
      )
    )
      elsewhere.push(task.id);
    return {
      id: task.id,
      ...(task.name === task.id || task.name === '' ? {} : { name: task.name }),
      op: task.program === '' ? 'Task' : task.program,
      executionTimeMs: task.runtimeS === undefined ? {} : { [executionTimeKey]: task.runtimeS * 1000 },
      dependencies: [...parents].map((parent) => ({
        layer: parent,
        bytes: bytesOf([...(byId.get(parent)?.writes ?? [])].filter((each) => task.reads.has(each))),
      })),
      outputBytes: bytesOf(task.writes),
    };
  });
  const network = parseNetwork({
    schemaVersion: 1,
    id,
    ...(name === '' ? {} : { name }),
    provenance: [
      `measured: run times of the workflow ${file}, as imported`,
      'assumed: every processor runs a task as long as it took',
    ],
    timeSources: { [executionTimeKey]: 'measured' },
    layers,
  });
  return { network, notes: notesOf(tasks, sizeOf, writers, elsewhere) };
}

function notesOf(
  tasks: readonly WorkflowTask[],
  sizeOf: ReadonlyMap<string, number>,
  writers: ReadonlyMap<string, ReadonlySet<string>>,
  elsewhere: readonly string[],
): FormatNote[] {
  const read = new Set(tasks.flatMap((task) => [...task.reads]));
  const outside = [...read].filter((each) => !writers.has(each));
  const unsized = [...new Set([...read, ...writers.keys()])].filter((each) => !sizeOf.has(each));
  const unmeasured = tasks.filter((task) => task.runtimeS === undefined).map((task) => task.id);
  return [
    ...(unmeasured.length === 0
      ? []
      : [
          {
            message: `${unmeasured.length} of ${tasks.length} tasks have no run time, so they can run nowhere`,
            hint: 'enter their times',
            layers: unmeasured,
          },
        ]),
    ...(outside.length === 0
      ? []
      : [{ message: `${outside.length} files come from outside the workflow: reading them takes no time` }]),
    ...(unsized.length === 0 ? [] : [{ message: `${unsized.length} files have no size: they count as empty` }]),
    ...(elsewhere.length === 0
      ? []
      : [
          {
            message: `${elsewhere.length} tasks read files of tasks that they do not follow directly: what these files take to move is left out`,
            layers: [...elsewhere],
          },
        ]),
  ];
}
