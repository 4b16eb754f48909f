/** Bounds of documents and requests: looked at before what is within, and errors of a size that somebody can read. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listOf, tableOf } from '#shared/domain/bounded.ts';
import { closest, WorkbenchError } from '#shared/domain/errors.ts';
import { MOST_LAYERS, parseNetwork } from '#shared/domain/network.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { parseSweep } from '#shared/domain/sweep.ts';
import { MOST_ISSUES } from '#shared/domain/zod-issues.ts';
import { routes } from '#shared/contract/routes.ts';

const network = (layers: unknown[], rest: object = {}): object => ({ schemaVersion: 1, id: 'wide', layers, ...rest });
const layer = (id: string, rest: object = {}): object => ({ id, op: 'Conv', executionTimeMs: { cpu: 1 }, ...rest });

/** `count` empty entries, and how many of them were looked at. */
function watched(count: number): { readonly entries: unknown[]; readonly seen: () => number } {
  let seen = 0;
  const entries = new Proxy(
    Array.from({ length: count }, () => ({})),
    {
      get(target, key, receiver): unknown {
        if (typeof key === 'string' && /^\d+$/.test(key)) seen++;
        return Reflect.get(target, key, receiver);
      },
    },
  );
  return { entries, seen: () => seen };
}

function errorOf(work: () => unknown): WorkbenchError {
  try {
    work();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a list that is too long is refused before its entries are looked at', () => {
  it.each([
    ['layers', parseNetwork, MOST_LAYERS, (entries: unknown[]) => network(entries)],
    [
      'dependencies',
      parseNetwork,
      MOST_LAYERS,
      (entries: unknown[]) => network([layer('a', { dependencies: entries })]),
    ],
    ['provenance', parseNetwork, 10_000, (entries: unknown[]) => network([layer('a')], { provenance: entries })],
    ['processors', parsePlatform, 1000, (entries: unknown[]) => ({ schemaVersion: 1, id: 'p', processors: entries })],
    [
      'links',
      parsePlatform,
      100_000,
      (entries: unknown[]) => ({
        schemaVersion: 1,
        id: 'p',
        processors: [{ id: 'cpu', kind: 'cpu' }],
        interconnect: { links: entries },
      }),
    ],
    [
      'applications',
      parseScenario,
      10_000,
      (entries: unknown[]) => ({ schemaVersion: 1, id: 's', platform: 'p', applications: entries }),
    ],
    [
      'seeds',
      parseSweep,
      2000,
      (entries: unknown[]) => ({ name: 's', scenarios: ['simple'], schedulers: [{ scheduler: 'ga' }], seeds: entries }),
    ],
  ])('%s', (field, parse, most, document) => {
    const { entries, seen } = watched(most + 1);
    expect(errorOf(() => parse(document(entries))).message).toMatch(
      new RegExp(`${field}: an array of ${most + 1} has too many entries`),
    );
    expect(seen()).toBe(0);
  });

  it('a table with too many fields', () => {
    const times = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`key${index}`, 'not a time']));
    const error = errorOf(() => parseNetwork(network([layer('a', { executionTimeMs: times })])));
    expect(error.details).toEqual([
      expect.objectContaining({
        path: ['layers', 0, 'executionTimeMs'],
        message: 'an object has too many entries',
        expected: 'at most 1000 entries',
      }),
    ]);
  });
});

it('a list full of faults is given up once there are as many as anybody is shown', () => {
  const { entries, seen } = watched(MOST_LAYERS);
  expect(errorOf(() => parseNetwork(network(entries))).details).toHaveLength(MOST_ISSUES);
  expect(seen()).toBeLessThan(2 * MOST_ISSUES); // each of the first 100, and once more those whose values are shown
});

it('a list within its bound is read whole, whatever its length', () => {
  const schema = listOf(z.object({ value: z.int().default(7) }), 5000).min(2);
  expect(
    parseDocument(
      schema,
      Array.from({ length: 5000 }, () => ({})),
      'list',
    ),
  ).toEqual(Array.from({ length: 5000 }, () => ({ value: 7 })));
  expect(errorOf(() => parseDocument(schema, [{}], 'list')).message).toContain('too few');
  expect(
    errorOf(() => parseDocument(schema, [...Array.from({ length: 4999 }, () => ({})), { value: 0.5 }], 'list')).path,
  ).toEqual([4999, 'value']);
  expect(parseDocument(tableOf(z.string(), z.int(), 2), { a: 1, b: 2 }, 'table')).toEqual({ a: 1, b: 2 });
});

it('references that lead nowhere are not all looked up', () => {
  const layers = Array.from({ length: MOST_LAYERS }, (_, index) =>
    layer(`layer${index}`, { dependencies: [`nowhere${index}`] }),
  );
  expect(errorOf(() => parseNetwork(network(layers))).details).toHaveLength(MOST_ISSUES);
});

it('a long cycle is shown by its ends', () => {
  const count = 15_000;
  const layers = Array.from({ length: count }, (_, index) =>
    layer(`layer${index}`, { dependencies: [`layer${(index + 1) % count}`] }),
  );
  const { message, details } = errorOf(() => parseNetwork(network(layers)));
  expect(message).toMatch(/cycle of 15000 layers: "layer0" ← .* ← … ← .* ← "layer14999" ← "layer0"$/);
  expect(message.length).toBeLessThan(400);
  expect(details[0].value?.length).toBeLessThan(400);
});

it('an error carries sentences of a size that can be read', () => {
  const long = 'x'.repeat(1_000_000);
  const error = errorOf(() => parseNetwork(network([layer('a')], { [long]: 1 })));
  const text = JSON.stringify(error.toPayload());
  expect(text).toContain('unknown field');
  expect(text.length).toBeLessThan(20_000);
  expect(
    new WorkbenchError('a.b', long, {
      hint: long,
      path: [long],
      details: [{ path: [long], message: long, expected: long, hint: long, value: long }],
    }),
  ).toMatchObject({
    message: expect.stringMatching(/^x{1999}…$/),
    details: [{ message: expect.stringMatching(/^x{1999}…$/) }],
  });
});

it('what was meant is looked for among those it can be, and not for ever', () => {
  expect(closest('x'.repeat(100_000), ['resnet50'])).toBeUndefined();
  expect(
    closest(
      `layer${'9'.repeat(300)}`,
      Array.from({ length: 20_000 }, (_, index) => `layer${index}${'8'.repeat(300)}`),
    ),
  ).toBeUndefined();
});

it.each([
  ['runs.update', routes.runsUpdate, { runId: 1, notes: 'x'.repeat(100_001) }, 'notes'],
  [
    'runs.update',
    routes.runsUpdate,
    { runId: 1, tags: Array.from({ length: 51 }, (_, index) => `tag${index}`) },
    'tags',
  ],
  ['runs.list', routes.runsList, { text: 'x'.repeat(1001) }, 'text'],
  ['runs.list', routes.runsList, { ids: Array.from({ length: 20_001 }, () => 1) }, 'ids'],
  ['documents.get', routes.documentsGet, { kind: 'network', id: 'x'.repeat(1001) }, 'id'],
  [
    'documents.import',
    routes.documentsImport,
    { files: [], options: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, 1])) },
    'options',
  ],
])('%s bounds %s', (_, route, input, field) => {
  expect(errorOf(() => parseDocument(route.input, input, 'input')).details.map(({ path }) => path[0])).toContain(field);
});
