/** However a file is damaged, reading it ends: in checked documents, or in one error that says what, where and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { asBytes, asFile, readBytes, write, type NamedBytes } from '#test/fixtures/formats.ts';
import { aNetwork, aSmallScenario } from '#test/fixtures/builders.ts';
import {
  aConvolutionalModel,
  aModelWithExternalData,
  anUnrolledModel,
  aShapeComputingModel,
} from '#test/fixtures/onnx-models.ts';
import type { KnownDocument } from '#shared/domain/document-kinds.ts';
import { readJsonDocument } from '#main/formats/json.ts';

const network = aNetwork('net')
  .withLayer('stem', { cpu: 4, npu: 1 }, { outputBytes: 4000, macs: 1e6, parameters: 100 })
  .withLayer(
    'left, "x"',
    { cpu: 2 },
    { dependencies: [{ layer: 'stem', bytes: 100, transferMs: { 'cpu>npu': 1.5 } }], priority: 2 },
  )
  .withLayer('end', { cpu: 1, npu: 1 }, { dependencies: ['stem', 'left, "x"'] })
  .build();
const subject = { kind: 'network', document: network } as const;
const stg = asFile('graph.stg', '5\n0 0 0\n1 4 1 0\n2 3 1 0\n3 2 1 1\n4 6 2 1 2\n5 1 2 3 4\n6 0 1 5\n# comment\n');
const squeezenet = {
  name: 'squeezenet.onnx',
  bytes: new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/formats/onnx/light_squeezenet.onnx'))),
};

/** Files of each format; all of a group belong together. */
const corpus: Readonly<Record<string, readonly (readonly NamedBytes[])[]>> = {
  json: [asBytes(write(subject, 'json')), [asFile('scenario.json', JSON.stringify(aSmallScenario().input))]],
  csv: [asBytes(write(subject, 'csv'))],
  prism: [
    asBytes(
      write(
        {
          kind: 'network',
          document: aNetwork('p')
            .withLayer('a', { cpu: 1, npu: 0.5 })
            .withLayer('b', { cpu: 2 }, { dependencies: [{ layer: 'a', bytes: 10 }] })
            .build(),
        },
        'prism',
      ),
    ),
  ],
  profile: [
    [
      asFile(
        'p.json',
        '[{"cat":"Session","name":"model_loading_uri","dur":5,"ts":1},\n{"cat":"Node","name":"a_kernel_time","dur":900,"ts":2,"args":{"provider":"CPU"}},\n{"cat":"Node","name":"a_kernel_time","dur":120,"ts":3,"args":{"provider":"CPU"}}]',
      ),
    ],
  ],
  'nest-device': [
    [
      asFile(
        'board.yaml',
        '---\n- name: PU1\n  backendName: CPU\n  parameters: |\n    "nonSupportedNodes":""\n    "deviceID" : "0"\n- name: PU2\n  backendName: VTA\n  parameters: |\n    "supportedNodes":"Convolution,Relu"\n  dramMemory: 200000000\n...\n',
      ),
    ],
  ],
  stg: [[stg], [asFile('costs.stg', '3\n0 0 0\n1 4 1\n  0 0\n2 3 1\n  0 0\n3 2 2\n  1 6\n  2 5\n4 0 1\n  3 0\n')]],
  wfcommons: [
    [
      asFile(
        'w.json',
        '{"name":"w","schemaVersion":"1.5","workflow":{"specification":{"tasks":[{"name":"a","id":"a","parents":[],"children":["b"],"outputFiles":["f"]},{"name":"b","id":"b","parents":["a"],"inputFiles":["f"]}],"files":[{"id":"f","sizeInBytes":10}]},"execution":{"tasks":[{"id":"a","runtimeInSeconds":1.5},{"id":"b","runtimeInSeconds":2}]}}}',
      ),
    ],
  ],
  dax: [
    [
      asFile(
        'w.dax',
        '<?xml version="1.0"?>\n<adag name="w"><job id="A" name="a" runtime="1.5"><uses file="f" link="output" size="10"/></job><job id="B" name="b" runtime="2"><uses file="f" link="input" size="10"/></job><child ref="B"><parent ref="A"/></child></adag>',
      ),
    ],
  ],
  onnx: [
    asBytes(write(subject, 'onnx')),
    [{ name: 'conv.onnx', bytes: aConvolutionalModel() }],
    [{ name: 'shape.onnx', bytes: aShapeComputingModel() }],
    [{ name: 'external.onnx', bytes: aModelWithExternalData().bytes }],
    [squeezenet],
    [{ name: 'unrolled.onnx', bytes: anUnrolledModel() }],
  ],
};

interface Damage {
  readonly kind: 'flip' | 'set' | 'insert' | 'delete' | 'truncate' | 'repeat' | 'swap';
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'delete', 'truncate', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .constantFrom(
        '0',
        '-1',
        '1e999',
        '99999999999999999999',
        ',',
        '"',
        '\n',
        '[',
        '{',
        ';',
        '\u0000',
        'NaN',
        '__proto__',
        'null',
        '😀',
      )
      .map((text) => new TextEncoder().encode(text)),
    fc.constant(Uint8Array.from({ length: 10 }, () => 0xff)),
  ),
});

function damaged(bytes: Uint8Array, { kind, at: share, length, bytes: other }: Damage): Uint8Array {
  const at = Math.floor(share * bytes.length);
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  switch (kind) {
    case 'flip':
      return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 << (length % 8)) : byte));
    case 'set':
      return Buffer.concat([before, other, bytes.subarray(at + other.length)]);
    case 'insert':
      return Buffer.concat([before, other, part, after]);
    case 'delete':
      return Buffer.concat([before, after]);
    case 'truncate':
      return before;
    case 'repeat':
      return Buffer.concat([before, part, part, after]);
    case 'swap':
      return Buffer.concat([before, part.toReversed(), after]);
  }
}

/** What an error leaves unsaid. */
function flawsOf(error: unknown, files: readonly NamedBytes[]): string[] {
  if (!(error instanceof WorkbenchError)) return [`not a WorkbenchError: ${String(error)}`];
  const flaws: string[] = [];
  if (!files.some(({ name }) => error.message.includes(name))) flaws.push(`no file in "${error.message}"`);
  if (error.hint === '') flaws.push(`no hint for "${error.message}"`);
  if (error.code.startsWith('internal')) flaws.push(error.code);
  return flaws;
}

/** What a format has to be given. */
const optionsOf: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  profile: {
    network: JSON.parse(JSON.stringify(aNetwork('p').withLayer('a', { cpu: 1 }).build())) as Record<string, unknown>,
    key: 'npu',
  },
};

/** A document that is read again as it is. */
function isWhole({ document }: KnownDocument): boolean {
  return isDeepStrictEqual(readJsonDocument(JSON.stringify(document), 'again').document, document);
}

test.each(Object.entries(corpus))('a thousand damaged files of %s', async (format, groups) => {
  for (const files of groups)
    for (const outcome of await readBytes(files, format, optionsOf[format])) expect(outcome.status).toBe('read');
  let refused = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...groups),
    fc.nat(),
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    async (files, which, damages, automatic) => {
      const broken = files.map(({ name, bytes }, index) => ({
        name,
        bytes: index === which % files.length ? damages.reduce(damaged, bytes) : bytes,
      }));
      const outcomes = await readBytes(broken, automatic ? 'auto' : format, optionsOf[format]);
      refused += outcomes.filter(({ status }) => status === 'failed').length;
      expect(
        outcomes.flatMap((outcome): unknown[] =>
          outcome.status === 'failed'
            ? flawsOf(outcome.error, broken)
            : outcome.documents.filter((read) => !isWhole(read)),
        ),
      ).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
  expect(refused).toBeGreaterThan(200);
});
