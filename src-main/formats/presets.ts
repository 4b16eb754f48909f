/** Reads the presets that ship with the product from resources/presets: platforms, networks, scenarios and demos. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { demoSchema, type Demo } from '#shared/contract/shapes.ts';
import { documentKinds, documentKindTable, kindEntry, type PresetDocuments } from '#shared/domain/document-kinds.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';

/** The documents that ship with the product, and the demos that run some of them. */
export interface Presets extends PresetDocuments {
  readonly demos: readonly Demo[];
}

/**
 * Reads every preset below `<resourcesDirectory>/presets` and checks that documents and demos fit together.
 * @throws WorkbenchError `presets.unreadable` or `presets.invalid`, naming the file.
 */
export function loadPresets(resourcesDirectory: string): Presets {
  const directory = join(resourcesDirectory, 'presets');
  const documents = Object.fromEntries(
    documentKinds.map((kind) => {
      const { folder, parse } = kindEntry(kind);
      return [folder, readFolder(join(directory, folder), parse, kind === 'profile')];
    }),
  ) as unknown as PresetDocuments;
  for (const kind of documentKinds) {
    const { folder, check } = kindEntry(kind);
    for (const [id, document] of documents[documentKindTable[kind].folder])
      inFile(join(directory, folder, `${id}.json`), () => check(document, documents));
  }
  const { scenarios } = documents;
  const demosFile = join(directory, 'demos.json');
  const demos = readJson(demosFile, (input) => parseDocument(z.array(demoSchema), input, 'demos'));
  for (const demo of demos) {
    if (scenarios.has(demo.scenario)) continue;
    throw new WorkbenchError(
      'presets.invalid',
      `${demosFile}: demo "${demo.id}" uses scenario "${demo.scenario}", which does not exist`,
      { hint: suggest(demo.scenario, [...scenarios.keys()]) },
    );
  }
  return { ...documents, demos };
}

/** Every `<id>.json` of a folder, in order of file name. @param isOptional a folder that is not there has none */
function readFolder<Document extends { readonly id: string }>(
  folder: string,
  parse: (input: unknown) => Document,
  isOptional: boolean,
): ReadonlyMap<string, Document> {
  const documents = new Map<string, Document>();
  for (const name of listFolder(folder, isOptional)) {
    const file = join(folder, name);
    const document = readJson(file, parse);
    if (`${document.id}.json` !== name) {
      throw new WorkbenchError('presets.invalid', `${file}: the document's id is "${document.id}"`, {
        hint: `rename the file to ${document.id}.json`,
      });
    }
    documents.set(document.id, document);
  }
  return documents;
}

function listFolder(folder: string, isOptional: boolean): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (cause) {
    if (isOptional && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new WorkbenchError('presets.unreadable', `cannot read the presets in ${folder}`, {
      hint: 'the installation is incomplete: install again',
      cause,
    });
  }
}

function readJson<Value>(file: string, parse: (input: unknown) => Value): Value {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WorkbenchError('presets.unreadable', `cannot read ${file}`, {
      hint: 'the installation is incomplete: install again',
      cause,
    });
  }
  return inFile(file, () => {
    let input: unknown;
    try {
      input = JSON.parse(text);
    } catch (cause) {
      throw new WorkbenchError('presets.invalid', `not JSON: ${String(cause)}`, { cause });
    }
    return parse(input);
  });
}

/** Runs `work` and puts the file's name in front of what it complains about. */
function inFile<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError('presets.invalid', `${file}: ${error.message}`, {
      hint: error.hint,
      path: error.path,
      details: error.details,
      cause: error,
    });
  }
}
