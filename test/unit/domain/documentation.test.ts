/** The reference for users: its examples are accepted as they stand, and it leaves out no field. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonSchemaFiles } from '#main/formats/json-schema.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { metricsSchema } from '#shared/domain/run.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { checkProfileLayers, parseProfile } from '#shared/domain/profile.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { parseSchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { describeAssignment, readMapping } from '#shared/scheduling/solution.ts';

const docs = resolve(import.meta.dirname, '../../../resources/docs');
const documents = readFileSync(resolve(docs, 'documents.md'), 'utf8');
const simulation = readFileSync(resolve(docs, 'simulation.md'), 'utf8');

/** The JSON examples marked with `kind`. */
const examples = (kind: string): unknown[] =>
  [...documents.matchAll(new RegExp(`\`\`\`json ${kind}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => JSON.parse(text!));

describe('documents.md', () => {
  it('has examples of every kind that are accepted as they stand', () => {
    for (const [kind, parse] of [
      ['platform', parsePlatform],
      ['network', parseNetwork],
      ['profile', parseProfile],
      ['scenario', parseScenario],
      ['scheduler', parseSchedulerConfiguration],
    ] as const) {
      expect(examples(kind).length).toBeGreaterThan(0);
      for (const example of examples(kind)) expect(() => parse(example)).not.toThrow();
    }
  });

  it('has mapping files that fit its own platform and network', () => {
    const scenario = parseScenario({
      schemaVersion: 1,
      id: 's',
      platform: examples('platform')[0],
      applications: [{ id: 'a', network: examples('network')[0] }],
    });
    const resolved = resolveScenario(scenario, emptyLibrary);
    expect(examples('mapping')).toHaveLength(3);
    for (const mapping of examples('mapping')) {
      const { problem, assignment } = readMapping(resolved, mapping);
      expect(Object.keys(describeAssignment(problem, assignment).mapping)).toHaveLength(3);
    }
  });

  it('has a profile of layers that its own network has', () => {
    const profile = parseProfile(examples('profile')[0]);
    expect(() => checkProfileLayers(profile, parseNetwork(examples('network')[0]))).not.toThrow();
  });

  it('names every field of every format', () => {
    const fields = new Set([...jsonSchemaFiles().values()].flatMap((text) => fieldsOf(JSON.parse(text))));
    expect([...fields].filter((field) => !documents.includes(field))).toEqual([]);
    expect(fields.size).toBeGreaterThan(40);
  });
});

describe('simulation.md', () => {
  it('names every metric', () => {
    expect(Object.keys(metricsSchema.shape).filter((metric) => !simulation.includes(`\`${metric}\``))).toEqual([]);
  });
});

/** Names of the properties of a JSON Schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    (key === 'properties' ? Object.keys(value as object) : []).concat(fieldsOf(value)),
  );
}
