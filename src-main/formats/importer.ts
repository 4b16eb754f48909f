/** Reads files that a person chose: finds out their formats, puts together what belongs together, and keeps one file's faults from the others. */
import type { KnownDocument } from '#shared/domain/document-kinds.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import type { FormatNote } from '#shared/contract/format-shapes.ts';
import { isAssignmentTable } from '#shared/formats/plans/assignment-table.ts';
import { isNestPlan } from '#shared/formats/plans/nest-plan-text.ts';
import { recogniseStandIn } from '#shared/formats/lookalikes.ts';
import { HEAD_BYTES, type Format, type ProfileMatch, type ReadResult, type SourceFile } from './format.ts';
import { findFormat, formats } from './index.ts';
import { unknownTableError } from './missing-columns.ts';
import { decodeHead, spreadsheetFault } from './text.ts';

/** A file, and what else is at hand where it lies. */
export interface ChosenFile extends SourceFile {
  /** Opens a file by its name relative to this one; undefined when it is not at hand. */
  companion?(name: string): Promise<SourceFile | undefined>;
}

/** What became of the files of one group. */
export type ReadOutcome = { readonly files: readonly string[] } & (
  | {
      readonly status: 'read';
      readonly format: string;
      readonly documents: readonly KnownDocument[];
      readonly notes: readonly FormatNote[];
      readonly profile?: ProfileMatch;
    }
  | { readonly status: 'failed'; readonly format?: string; readonly error: WorkbenchError }
);

export interface ReadRequest {
  /** Id of a format, or "auto". */
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Called before a group of files is read. */
  readonly onProgress?: (files: readonly string[], done: number, total: number) => void;
}

interface Group {
  readonly format: Format | undefined;
  readonly files: readonly ChosenFile[];
}

/**
 * Reads `files`, each group whole or not at all.
 * @throws WorkbenchError `format.unknown` or `format.writeOnly`; what is wrong with a file is in its outcome
 */
export async function readFiles(
  files: readonly ChosenFile[],
  { format: wanted, options, onProgress }: ReadRequest,
): Promise<ReadOutcome[]> {
  const chosen = wanted === 'auto' ? undefined : readable(findFormat(wanted));
  const groups = await groupsOf(files, chosen);
  const outcomes: ReadOutcome[] = [];
  /** Files that one of the documents refers to, such as weights: not to be read by themselves. */
  const companions = new Set<string>();
  const inOrder = groups.toSorted((a, b) => Number(a.format === undefined) - Number(b.format === undefined));
  for (const [done, group] of inOrder.entries()) {
    const names = group.files.map((file) => file.name);
    if (group.format === undefined && names.every((name) => companions.has(name))) continue;
    onProgress?.(names, done, inOrder.length);
    outcomes.push(await readGroup(group, files, options, companions));
  }
  return outcomes.toSorted((a, b) => Number(hasScenario(a)) - Number(hasScenario(b)));
}

/** Scenarios come last, so that the platforms and networks of other files are there when they are saved. */
function hasScenario(outcome: ReadOutcome): boolean {
  return outcome.status === 'read' && outcome.documents.some(({ kind }) => kind === 'scenario');
}

async function readGroup(
  { format, files }: Group,
  all: readonly ChosenFile[],
  options: ReadRequest['options'],
  companions: Set<string>,
): Promise<ReadOutcome> {
  const names = files.map((file) => file.name);
  if (format === undefined)
    return {
      files: names,
      status: 'failed',
      error: (await standInError(files, 'format.unrecognised')) ?? (await unrecognised(files[0])),
    };
  const companion = async (name: string): Promise<SourceFile | undefined> => {
    const baseName = name.replace(/^.*[/\\]/, '');
    companions.add(baseName);
    return all.find((file) => file.name === baseName) ?? (await files[0]?.companion?.(name));
  };
  try {
    const read: ReadResult = await readable(format).reader.read(files, options, companion);
    return { files: names, status: 'read', format: format.id, ...read };
  } catch (error) {
    return {
      files: names,
      status: 'failed',
      format: format.id,
      error:
        error instanceof WorkbenchError
          ? ((await standInError(files, `${format.id}.invalid`)) ?? withFileNames(error, names))
          : unexpected(error, names),
    };
  }
}

/** The error for one of `files` that is empty or only a placeholder for the real one; undefined where there is no such file. */
async function standInError(files: readonly SourceFile[], code: string): Promise<WorkbenchError | undefined> {
  for (const file of files) {
    const standIn = await recogniseStandIn(file);
    if (standIn !== undefined)
      return new WorkbenchError(code, `${file.name}: ${standIn.message}`, { hint: standIn.hint, path: [file.name] });
  }
  return undefined;
}

/** A bug in handling one file is no reason to lose the others. */
function unexpected(cause: unknown, names: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    'internal.unexpected',
    `${names.join(' and ')}: something unexpected went wrong: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
    { hint: 'please report it with this line, and with the file if you may', cause },
  );
}

/** Every message names the file it is about. */
function withFileNames(error: WorkbenchError, names: readonly string[]): WorkbenchError {
  if (names.some((name) => error.message.includes(name))) return error;
  const { code, message, hint, path, details } = error;
  return new WorkbenchError(code, `${names.join(' and ')}: ${message}`, { hint, path, details, cause: error });
}

async function groupsOf(
  files: readonly ChosenFile[],
  chosen: (Format & { readonly reader: object }) | undefined,
): Promise<Group[]> {
  const byFormat = new Map<Format | undefined, ChosenFile[]>();
  for (const file of files) {
    const format = chosen ?? (await recognise(file));
    byFormat.set(format, [...(byFormat.get(format) ?? []), file]);
  }
  const groups: Group[] = [];
  for (const [format, own] of byFormat) {
    const together = (await format?.reader?.group?.(own)) ?? own.map((file) => [file]);
    groups.push(...together.map((group) => ({ format, files: own.filter((file) => group.includes(file)) })));
  }
  return groups;
}

async function recognise(file: SourceFile): Promise<Format | undefined> {
  const head = { name: file.name, head: await file.read(0, HEAD_BYTES) };
  return formats.find((format) => format.reader?.recognises(head) === true);
}

function readable(format: Format): Format & { readonly reader: NonNullable<Format['reader']> } {
  const { reader } = format;
  if (reader !== undefined) return { ...format, reader };
  throw new WorkbenchError('format.writeOnly', `${format.name} can be written, but not read`, {
    hint: suggest('', readableIds()),
    path: ['format'],
  });
}

async function unrecognised(file: SourceFile): Promise<WorkbenchError> {
  const { name } = file;
  const head = await file.read(0, HEAD_BYTES);
  return (
    spreadsheetFault(head, name) ??
    scheduleFault(decodeHead(head), name) ??
    unknownTableError(
      name,
      decodeHead(head),
      formats.flatMap(({ reader }) => reader?.tables ?? []),
    ) ??
    new WorkbenchError('format.unrecognised', `${name} is in no format that can be read`, {
      hint: `name the format if you know it: ${readableIds().join(', ')}`,
      path: [name],
    })
  );
}

/** A schedule is no document: it belongs to a scenario. */
function scheduleFault(head: string, name: string): WorkbenchError | undefined {
  if (!isNestPlan(head) && !isAssignmentTable(head)) return undefined;
  return new WorkbenchError('format.isSchedule', `${name} says where layers run, which belongs to a scenario`, {
    hint: 'give it with the scenario: New run, "From a file" in the window; "tessera import nest-plan FILE --scenario ID" on the command line',
    path: [name],
  });
}

function readableIds(): string[] {
  return formats.filter((format) => format.reader !== undefined).map((format) => format.id);
}
