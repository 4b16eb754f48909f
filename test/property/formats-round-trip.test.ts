/** What is exported and imported again is the same: everything for Tessera JSON, the layers for tables, what a format carries for the others. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { dataTypeOf, parseNetwork, type Network } from '#shared/domain/network.ts';
import { parseScenario } from '#shared/domain/scenario.ts';
import { arbitraryNetwork, asBytes, documentsOf, write } from '#test/fixtures/formats.ts';
import { arbitraryScenario } from '#test/fixtures/random-scenario.ts';

async function throughFormat(
  network: Network,
  format: string,
  options: Readonly<Record<string, unknown>> = {},
  importOptions: Readonly<Record<string, unknown>> = {},
): Promise<Network> {
  const [read] = await documentsOf(
    asBytes(write({ kind: 'network', document: network }, format, options)),
    format,
    importOptions,
  );
  if (read?.kind !== 'network') throw new Error(`read as a ${read?.kind}`);
  return read.document;
}

describe('Tessera JSON', () => {
  test('keeps every network', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryNetwork,
        async (network) => void expect(await throughFormat(network, 'json')).toEqual(network),
      ),
      { numRuns: 200 },
    );
  });

  test('keeps every scenario with everything inside, and its platform', async () => {
    const property = fc.asyncProperty(arbitraryScenario(), async (resolved) => {
      const scenario = parseScenario(JSON.parse(JSON.stringify(resolved)));
      expect(await documentsOf(asBytes(write({ kind: 'scenario', document: scenario }, 'json')))).toEqual([
        { kind: 'scenario', document: scenario },
      ]);
      expect(await documentsOf(asBytes(write({ kind: 'platform', document: resolved.platform }, 'json')))).toEqual([
        { kind: 'platform', document: resolved.platform },
      ]);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

test('an ONNX file written by Tessera keeps every network', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryNetwork,
      async (network) => void expect(await throughFormat(network, 'onnx')).toEqual(network),
    ),
    { numRuns: 200 },
  );
});

test('a layer table keeps every layer, each with the data type it computes in', async () => {
  const typed = (network: Network): unknown[] =>
    network.layers.map((layer) => ({ ...layer, dataType: dataTypeOf(network, layer) }));
  await fc.assert(
    fc.asyncProperty(
      arbitraryNetwork,
      async (network) => void expect(typed(await throughFormat(network, 'csv'))).toEqual(typed(network)),
    ),
    { numRuns: 400 },
  );
});

test('a layer table is recognised by its content', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryNetwork,
      async (network) =>
        void expect(await documentsOf(asBytes(write({ kind: 'network', document: network }, 'csv')))).toHaveLength(1),
    ),
    { numRuns: 100 },
  );
});

/** What PRISM's tables can say: times of a CPU for all and of the same accelerators for some layers, whole tokens along edges. */
const prismNetwork = fc
  .array(
    fc.record({
      name: fc.constantFrom('conv', 'a, b', 'say "x"', 'Ω'),
      cpuUs: fc.integer({ min: 0, max: 1e9 }),
      npuUs: fc.option(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e6, noNaN: true }))),
      reads: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 1e6 })), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((rows) =>
    parseNetwork({
      schemaVersion: 1,
      id: 'net',
      layers: rows.map(({ name, cpuUs, npuUs, reads }, index) => ({
        id: `${name} ${index}`,
        op: name,
        executionTimeMs: { cpu: cpuUs / 1000, ...(npuUs === null ? {} : { npu: npuUs / 1000 }) },
        dependencies:
          index === 0
            ? []
            : [...new Map(reads.map(([producer, tokens]) => [producer % index, tokens]))].map(([producer, tokens]) => ({
                layer: `${rows[producer]?.name} ${producer}`,
                bytes: 2 * tokens,
              })),
      })),
    }),
  );

test("PRISM's tables keep what they can say", async () => {
  await fc.assert(
    fc.asyncProperty(
      prismNetwork,
      async (network) =>
        void expect((await throughFormat(network, 'prism', {}, { id: 'net' })).layers).toEqual(network.layers),
    ),
    { numRuns: 200 },
  );
});

const taskGraph = fc
  .array(fc.record({ time: fc.integer({ min: 0, max: 300 }), reads: fc.array(fc.nat(), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 10,
  })
  .map((tasks) =>
    parseNetwork({
      schemaVersion: 1,
      id: 'graph',
      layers: tasks.map(({ time, reads }, index) => ({
        id: `layer ${index}`,
        op: 'Any',
        executionTimeMs: { dsp: time / 4 },
        dependencies: index === 0 ? [] : [...new Set(reads.map((read) => read % index))].map((read) => `layer ${read}`),
      })),
    }),
  );

describe('a Standard Task Graph', () => {
  const options = { unitMs: 0.25, executionTimeKey: 'dsp' };

  test('keeps times and precedence', async () => {
    const property = fc.asyncProperty(taskGraph, async (network) => {
      const read = await throughFormat(network, 'stg', options, options);
      const shift = (read.layers.length - network.layers.length) / 2;
      const own = read.layers.slice(shift, shift + network.layers.length);
      expect(own.map((layer) => layer.executionTimeMs)).toEqual(network.layers.map((layer) => layer.executionTimeMs));
      const predecessors = (layers: Network['layers'], of: Network['layers']): number[][] =>
        of.map((layer) =>
          layer.dependencies
            .map(
              (dependency) =>
                layers.findIndex(({ id }) => id === dependency.layer) - (layers === read.layers ? shift : 0),
            )
            .filter((index) => index >= 0),
        );
      expect(predecessors(read.layers, own)).toEqual(predecessors(network.layers, network.layers));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('once imported, is exported as it was', async () => {
    const property = fc.asyncProperty(taskGraph, async (network) => {
      const once = await throughFormat(network, 'stg', options, { ...options, id: 'graph' });
      expect(await throughFormat(once, 'stg', options, { ...options, id: 'graph' })).toEqual(once);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
