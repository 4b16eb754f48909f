/** Tessera's own documents as JSON files: a platform, a network, or a scenario, which may have its platform and networks inside. */
import { z } from 'zod';
import type { DocumentKind } from '#shared/contract/shapes.ts';
import { idSchema } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { defineReader, defineWriter, type Format, type KindedDocument } from './format.ts';
import { findJsonFault } from './json-position.ts';
import { readText } from './text.ts';

/** The field that tells a kind from the others. */
const marks: readonly (readonly [field: string, kind: DocumentKind])[] = [['processors', 'platform'], ['layers', 'network'], ['applications', 'scenario']];

/** The document of `value`, checked with the schema of its kind. @throws WorkbenchError `<kind>.invalid` */
export function parseKind(kind: DocumentKind, value: unknown): KindedDocument {
  return kind === 'platform' ? { kind, document: parsePlatform(value) } : kind === 'network' ? { kind, document: parseNetwork(value) } : { kind, document: parseScenario(value) };
}

/**
 * The document in a JSON text.
 * @param name the file, for messages
 * @throws WorkbenchError `json.invalid` with line and column, `json.notADocument`, or `<kind>.invalid` with the path
 */
export function readJsonDocument(text: string, name: string): KindedDocument {
  const value = parseJson(text, name);
  const found = typeof value === 'object' && value !== null ? marks.filter(([field]) => Object.hasOwn(value, field)) : [];
  const [[, kind] = []] = found;
  if (kind === undefined || found.length > 1) {
    throw new WorkbenchError('json.notADocument', `${name} is JSON, but ${kind === undefined ? 'no document of Tessera' : `has ${found.map(([field]) => `"${field}"`).join(' and ')}`}`, {
      hint: 'expected an object with "processors" (a platform), "layers" (a network) or "applications" (a scenario)',
      path: [name],
    });
  }
  return parseKind(kind, value);
}

/** @throws WorkbenchError `json.invalid` with line and column */
function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const { offset, message } = findJsonFault(text) ?? { offset: text.length, message: cause.message };
    const before = text.slice(0, offset).split('\n');
    const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
    throw new WorkbenchError('json.invalid', `${name}, line ${line}, column ${column}: not JSON: ${message}`, { hint: 'check the quotes, commas and brackets there', path: [name, line, column], cause });
  }
}

export const jsonFormat: Format = {
  id: 'json',
  name: 'Tessera JSON',
  description: 'a platform, a network, or a scenario, with its platform and networks inside or named by their ids',
  extensions: ['.json'],
  mediaType: 'application/json',
  reader: defineReader({
    kinds: ['platform', 'network', 'scenario'],
    options: z.strictObject({ id: idSchema.optional().describe('Id of the document; default: the one in the file') }),
    recognises: ({ name, head }) => /\.json$/i.test(name) || /^\s*\{/.test(new TextDecoder().decode(head.subarray(0, 64))),
    async read([file], { id }) {
      const read = readJsonDocument(await readText(file), file.name);
      const subject = id === undefined ? read : parseKind(read.kind, { ...read.document, id });
      return { documents: [subject], notes: [] };
    },
  }),
  writer: defineWriter({
    kinds: ['platform', 'network', 'scenario'],
    options: z.strictObject({ inline: z.boolean().default(false).describe('For a scenario: with its platform and networks inside, so that the file stands for itself') }),
    write(subject, options, inline) {
      const document = subject.kind === 'scenario' && options.inline ? inline() : subject.document;
      return { files: [{ name: `${document.id}.json`, content: `${JSON.stringify(document, undefined, 2)}\n`, mediaType: 'application/json' }], notes: [] };
    },
  }),
};
