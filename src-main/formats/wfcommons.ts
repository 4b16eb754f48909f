/** Workflow instances in the JSON of WfCommons (WfFormat 1.0 to 1.6; Coleman et al., FGCS 128, 2022). */
import { z } from 'zod';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { nonNegative } from '#shared/domain/common.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { defineReader, type Format } from './format.ts';
import { parseJson } from './json.ts';
import { decodeHead, readText } from './text.ts';
import { workflowNetwork, workflowOptions, type Workflow, type WorkflowTask } from './workflow.ts';

const names = z.array(z.string()).default([]);
const fileUse = z.looseObject({
  link: z.enum(['input', 'output']),
  name: z.string().optional(),
  id: z.string().optional(),
  sizeInBytes: nonNegative.optional(),
  size: nonNegative.optional(),
});
const task = z.looseObject({
  id: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  category: z.string().optional(),
  program: z.string().optional(),
  parents: names,
  children: names,
  inputFiles: names,
  outputFiles: names,
  files: z.array(fileUse).default([]),
  runtimeInSeconds: nonNegative.optional(),
  runtime: nonNegative.optional(),
});
const measured = z.looseObject({
  id: z.string(),
  runtimeInSeconds: nonNegative.optional(),
  command: z.looseObject({ program: z.string().optional() }).optional(),
});
const instance = z.looseObject({
  name: z.string().default(''),
  workflow: z.looseObject({
    /** From 1.5 on: what there is, and apart from it what was measured. */
    specification: z
      .looseObject({
        tasks: z.array(task),
        files: z.array(z.looseObject({ id: z.string(), sizeInBytes: nonNegative.optional() })).default([]),
      })
      .optional(),
    execution: z.looseObject({ tasks: z.array(measured).default([]) }).optional(),
    /** Up to 1.4, and as they were called at first. */
    tasks: z.array(task).optional(),
    jobs: z.array(task).optional(),
  }),
});

/** Up to 1.3 sizes were called `size`, of which the versions of the format say different units. */
const bytesPerSize = { bytes: 1, kB: 1000, KiB: 1024 } as const;
const sizeUnit = z
  .enum(['bytes', 'kB', 'KiB'])
  .optional()
  .describe(
    'What the sizes of files are in where they are called "size" (up to version 1.3); default: such sizes are left out',
  );

export const wfcommonsFormat: Format = {
  id: 'wfcommons',
  name: 'WfCommons workflow',
  description: 'a workflow instance of WfCommons (WfFormat JSON): tasks with run times, and the files between them',
  extensions: ['.json'],
  mediaType: 'application/json',
  reader: defineReader({
    kinds: ['network'],
    options: z.strictObject({ ...workflowOptions, sizeUnit }),
    recognises({ head }) {
      const text = decodeHead(head);
      return (
        /^\s*\{/.test(text) &&
        /"workflow"\s*:\s*\{/.test(text) &&
        /"(specification|execution|tasks|jobs|schemaVersion)"\s*:/.test(text)
      );
    },
    async read([file], options) {
      const { workflow, notes } = readInstance(parseJson(await readText(file), file.name), options.sizeUnit);
      const read = workflowNetwork(workflow, {
        format: 'wfcommons',
        file: file.name,
        id: options.id ?? idFrom(baseName(file.name)),
        executionTimeKey: options.executionTimeKey,
      });
      return { documents: [{ kind: 'network', document: read.network }], notes: [...notes, ...read.notes] };
    },
  }),
};

/** @throws WorkbenchError `wfcommons.invalid` */
function readInstance(
  value: unknown,
  unit: keyof typeof bytesPerSize | undefined,
): { readonly workflow: Workflow; readonly notes: readonly FormatNote[] } {
  const { name, workflow } = parseDocument(instance, value, 'wfcommons');
  const given = workflow.specification?.tasks ?? workflow.tasks ?? workflow.jobs ?? [];
  const sizeOf = new Map<string, number>();
  for (const { id, sizeInBytes } of workflow.specification?.files ?? [])
    if (sizeInBytes !== undefined) sizeOf.set(id, sizeInBytes);
  let leftOut = 0;
  for (const { files } of given) {
    for (const use of files) {
      const bytes =
        use.sizeInBytes ?? (use.size === undefined || unit === undefined ? undefined : use.size * bytesPerSize[unit]);
      if (bytes !== undefined) sizeOf.set(fileName(use), bytes);
      else if (use.size !== undefined) leftOut++;
    }
  }
  const measuredById = new Map((workflow.execution?.tasks ?? []).map((each) => [each.id, each]));
  /** Older versions name parents and children by name. */
  const idOf = new Map(given.flatMap(({ id, name: own }) => (own === undefined ? [] : [[own, id ?? own] as const])));
  const ids = new Set(given.map(({ id, name: own }) => id ?? own ?? ''));
  const known = (reference: string): string => (ids.has(reference) ? reference : (idOf.get(reference) ?? reference));
  const parentsOf = new Map<string, Set<string>>(given.map((each) => [taskId(each), new Set(each.parents.map(known))]));
  for (const each of given) for (const child of each.children) parentsOf.get(known(child))?.add(taskId(each));
  const tasks = given.map((each): WorkflowTask => {
    const id = taskId(each);
    const run = measuredById.get(id);
    const uses = (link: 'input' | 'output'): string[] => each.files.filter((use) => use.link === link).map(fileName);
    return {
      id,
      name: each.name ?? id,
      program: each.category ?? each.program ?? run?.command?.program ?? withoutNumber(each.name ?? ''),
      runtimeS: run?.runtimeInSeconds ?? each.runtimeInSeconds ?? each.runtime,
      parents: parentsOf.get(id) ?? [],
      reads: new Set([...each.inputFiles, ...uses('input')]),
      writes: new Set([...each.outputFiles, ...uses('output')]),
    };
  });
  const notes =
    leftOut === 0
      ? []
      : [
          {
            message: `${leftOut} sizes of files are left out: this version of the format does not say what they are in`,
            hint: 'say it with the option sizeUnit (--set sizeUnit=bytes or kB)',
          },
        ];
  return { workflow: { name, tasks, sizeOf }, notes };
}

function taskId({ id, name = '' }: z.output<typeof task>): string {
  return id ?? name;
}

function fileName({ name, id = '' }: z.output<typeof fileUse>): string {
  return name ?? id;
}

/** "mProject" for "mProject_ID0000001" */
function withoutNumber(name: string): string {
  return name.replace(/[_-](ID)?\d+$/i, '');
}
