/**
 * Publishes the documents and the exported problem as JSON Schema (draft 2020-12), for editors and other tools. The build runs this file; a test
 * checks that resources/schema is current. The schemas give the shape of a document; rules between fields (no cycles,
 * no dangling ids, …) are checked when it is read.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { documentKinds, kindEntry } from '#shared/domain/document-kinds.ts';
import { schedulerConfigurationSchema } from '#shared/domain/scheduler.ts';
import { problemDocumentSchema } from '#shared/scheduling/problem-document.ts';

const documents = {
  ...Object.fromEntries(
    documentKinds.map((kind) => {
      const { schema, summary } = kindEntry(kind);
      return [kind, { schema, title: `Tessera ${kind}`, description: summary }];
    }),
  ),
  scheduler: {
    schema: schedulerConfigurationSchema,
    title: 'Tessera scheduler configuration',
    description: 'Which scheduler runs, with which seed and options.',
  },
  problem: {
    schema: problemDocumentSchema,
    title: 'Tessera problem',
    description:
      'A scenario as a scheduling problem, every time worked out, for schedulers of your own. It is written, never read.',
  },
};

/** Text of each schema file by its name. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(documents).map(([kind, { schema, title, description }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
      return [`${kind}.schema.json`, `${JSON.stringify({ $schema, title, description, ...rest }, undefined, 2)}\n`];
    }),
  );
}

/** Writes the schema files that are missing or differ into `directory`. @returns the names of those written. */
export function writeJsonSchemas(directory: string): string[] {
  mkdirSync(directory, { recursive: true });
  return [...jsonSchemaFiles()].flatMap(([name, text]) => {
    const file = join(directory, name);
    if (readIfPresent(file) === text) return [];
    writeFileSync(file, text);
    return [name];
  });
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

if (import.meta.main) {
  for (const name of writeJsonSchemas(resolve(import.meta.dirname, '../../resources/schema')))
    console.error(`wrote resources/schema/${name}`);
}
