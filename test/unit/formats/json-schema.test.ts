/** The published JSON Schemas: current, and agreeing with what the parsers accept. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaFiles, writeJsonSchemas } from '#main/formats/json-schema.ts';

const resources = resolve(import.meta.dirname, '../../../resources');
/** A validator made from the published text alone. Zod reads patterns without the "u" flag that JSON Schema prescribes, so letters are ASCII here. */
const schemaOf = (kind: string): z.ZodType =>
  z.fromJSONSchema(
    JSON.parse(
      jsonSchemaFiles()
        .get(`${kind}.schema.json`)!
        .replaceAll(String.raw`\\p{L}\\p{N}`, 'A-Za-z0-9'),
    ),
  );

describe('resources/schema', () => {
  it('is current (run `node src-main/formats/json-schema.ts`)', () => {
    const files = jsonSchemaFiles();
    expect(readdirSync(join(resources, 'schema')).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(readFileSync(join(resources, 'schema', name), 'utf8')).toBe(text);
  });

  it('has a schema for each kind of document, that allows no other fields', () => {
    expect([...jsonSchemaFiles().keys()]).toEqual([
      'platform.schema.json',
      'network.schema.json',
      'profile.schema.json',
      'scenario.schema.json',
      'scheduler.schema.json',
      'problem.schema.json',
    ]);
    for (const text of jsonSchemaFiles().values())
      expect(JSON.parse(text)).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
      });
  });

  it('accepts every preset', () => {
    for (const kind of ['platform', 'network', 'scenario']) {
      const folder = join(resources, 'presets', `${kind}s`);
      for (const name of readdirSync(folder))
        expect(schemaOf(kind).safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')))).toMatchObject({
          success: true,
        });
    }
    for (const { configuration } of JSON.parse(readFileSync(join(resources, 'presets/demos.json'), 'utf8')))
      expect(schemaOf('scheduler').safeParse(configuration)).toMatchObject({ success: true });
  });

  it.each([
    ['platform', { schemaVersion: 1, id: 'a', processors: [{ id: 'cpu', kind: 'cpu', cores: 4 }] }],
    ['platform', { schemaVersion: 1, id: 'a/b', processors: [{ id: 'cpu', kind: 'cpu' }] }],
    ['network', { schemaVersion: 1, id: 'a', layers: [{ id: 'x', op: 'Conv', executionTimeMs: { cpu: -1 } }] }],
    [
      'network',
      {
        schemaVersion: 1,
        id: 'a',
        layers: [{ id: 'x', op: 'Conv', dependencies: [{ layer: 'y', transferMs: { cpu: 1 } }] }],
      },
    ],
    ['scenario', { schemaVersion: 1, id: 'a', platform: 5, applications: [{ id: 'a', network: 'b' }] }],
    ['scheduler', { scheduler: 'ga', seed: -1 }],
  ])('refuses a wrong %s: %j', (kind, document) => {
    expect(schemaOf(kind).safeParse(document).success).toBe(false);
  });
});

it('writing touches only the files that differ', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-schema-'));
  try {
    expect(writeJsonSchemas(directory)).toHaveLength(6);
    expect(writeJsonSchemas(directory)).toEqual([]);
    writeFileSync(join(directory, 'network.schema.json'), '{}');
    expect(writeJsonSchemas(directory)).toEqual(['network.schema.json']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
