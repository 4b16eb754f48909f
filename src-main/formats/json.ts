/** Tessera's own documents as JSON files: a platform, a network, a profile, or a scenario, which may have its platform and networks inside. */
import { z } from 'zod';
import { idSchema } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  documentKinds,
  kindEntry,
  kindsMarkedIn,
  parseKnown,
  type KnownDocument,
} from '#shared/domain/document-kinds.ts';
import { listed } from '#shared/domain/words.ts';
import { defineReader, defineWriter, type Format } from './format.ts';
import { findJsonFault } from './json-position.ts';
import { readText } from './text.ts';

/**
 * The document in a JSON text.
 * @param name the file, for messages
 * @throws WorkbenchError `json.invalid` with line and column, `json.notADocument`, or `<kind>.invalid` with the path
 */
export function readJsonDocument(text: string, name: string): KnownDocument {
  const value = parseJson(text, name);
  const found = kindsMarkedIn(value);
  const [kind] = found;
  if (kind === undefined || found.length > 1) {
    const marks = found.map((each) => `"${kindEntry(each).mark}"`);
    const expected = documentKinds.map((each) => `"${kindEntry(each).mark}" (a ${each})`);
    throw new WorkbenchError(
      'json.notADocument',
      `${name} is JSON, but ${kind === undefined ? 'no document of Tessera' : `has ${marks.join(' and ')}`}`,
      { hint: `expected an object with ${listed(expected, expected.length, 'or')}`, path: [name] },
    );
  }
  return parseKnown(kind, value);
}

/** The value of a JSON text. @param name the file, for messages. @throws WorkbenchError `json.invalid` with line and column */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const { offset, message } = findJsonFault(text) ?? { offset: text.length, message: cause.message };
    const before = text.slice(0, offset).split('\n');
    const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
    throw new WorkbenchError('json.invalid', `${name}, line ${line}, column ${column}: not JSON: ${message}`, {
      hint: 'check the quotes, commas and brackets there',
      path: [name, line, column],
      cause,
    });
  }
}

export const jsonFormat: Format = {
  id: 'json',
  name: 'Tessera JSON',
  description:
    'a platform, a network, a profile, or a scenario, with its platform and networks inside or named by their ids',
  extensions: ['.json'],
  mediaType: 'application/json',
  reader: defineReader({
    kinds: documentKinds,
    options: z.strictObject({ id: idSchema.optional().describe('Id of the document; default: the one in the file') }),
    recognises: ({ name, head }) =>
      /\.json$/i.test(name) || /^\s*\{/.test(new TextDecoder().decode(head.subarray(0, 64))),
    async read([file], { id }) {
      const read = readJsonDocument(await readText(file), file.name);
      const subject = id === undefined ? read : parseKnown(read.kind, { ...read.document, id });
      return { documents: [subject], notes: [] };
    },
  }),
  writer: defineWriter({
    kinds: documentKinds,
    options: z.strictObject({
      inline: z
        .boolean()
        .default(false)
        .describe('For a scenario: with its platform and networks inside, so that the file is self-contained'),
    }),
    write(subject, options, inline) {
      const document = subject.kind === 'scenario' && options.inline ? inline() : subject.document;
      return {
        files: [
          {
            name: `${document.id}.json`,
            content: `${JSON.stringify(document, undefined, 2)}\n`,
            mediaType: 'application/json',
          },
        ],
        notes: [],
      };
    },
  }),
};
