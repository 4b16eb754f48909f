/** Documents that a command names: an id of a preset or a stored document, or a file. */
import { existsSync } from 'node:fs';
import { documentKindTable, type DocumentKind } from '#shared/domain/document-kinds.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import type { Platform, Processor } from '#shared/domain/platform.ts';
import { databasePath } from '../paths.ts';
import { followMoves, loadPresets, resourcesDirectory } from '../toolbox.ts';
import { parseFileOrJson } from './arguments.ts';
import { withWorkbench } from './session.ts';

/** What looks like a path is a file. @param db the record, for stored documents @throws WorkbenchError `<kind>.unknown`, `input.…` */
export async function findDocument<Document>(
  kind: DocumentKind,
  argument: string,
  parse: (input: unknown) => Document,
  db: string | undefined,
): Promise<Document> {
  const isFile = /[/\\]|\.json$/i.test(argument);
  return parse(isFile ? parseFileOrJson(argument, kind) : await storedDocument(kind, argument, db));
}

/** A preset, else a document of the database where there is one. @throws WorkbenchError `<kind>.unknown` */
async function storedDocument(kind: DocumentKind, id: string, db: string | undefined): Promise<unknown> {
  const known = loadPresets(resourcesDirectory())[documentKindTable[kind].folder] as ReadonlyMap<string, unknown>;
  const preset = known.get(id);
  if (preset !== undefined) return preset;
  if (existsSync(followMoves(databasePath(db))))
    return (await withWorkbench(db, (client) => client.invoke('documents.get', { kind, id }))).document;
  throw new WorkbenchError(`${kind}.unknown`, `there is no ${kind} "${id}"`, { hint: suggest(id, [...known.keys()]) });
}

/** The processor `id`; default: the NPU, else the first. @throws WorkbenchError `processor.unknown` */
export function processorOf({ processors, id: platform }: Platform, id: string | undefined): Processor {
  const found =
    id === undefined
      ? (processors.find(({ kind }) => kind === 'npu') ?? processors[0])
      : processors.find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new WorkbenchError('processor.unknown', `platform "${platform}" has no processor "${id ?? ''}"`, {
    hint: suggest(
      id ?? '',
      processors.map((each) => each.id),
    ),
  });
}
