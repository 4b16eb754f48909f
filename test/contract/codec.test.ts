/** What the binary form of messages keeps, and what it refuses. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '#shared/contract/codec.ts';
import { encodeRequest, MAX_REQUEST_BYTES, parseHostMessage, parseRequestMessage } from '#shared/contract/messages.ts';

const typedArrays = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
);
const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

test('keeps JSON values and typed arrays of every element type as they are', () => {
  fc.assert(
    fc.property(json, typedArrays, typedArrays, (value, first, second) => {
      // MessagePack has no negative zero among its whole numbers; typed arrays keep it.
      const message = { value: JSON.parse(JSON.stringify(value)) as unknown, nested: [{ first }, second] };
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }),
  );
});

test('keeps a typed array that is a part of a larger buffer, at any alignment', () => {
  const part = new Float64Array([1, 2, Number.NaN, -0, 5]).subarray(1, 4);
  for (const padding of ['', 'a', 'ab', 'abc']) {
    expect(decodeMessage(encodeMessage({ padding, part }))).toEqual({
      padding,
      part: new Float64Array([2, Number.NaN, -0]),
    });
  }
});

test('gives a plain Uint8Array for bytes read from a Node buffer, sharing no memory with it', () => {
  const frame = Buffer.from(encodeMessage({ genes: Buffer.from([1, 2, 3]) }));
  const { genes } = decodeMessage(frame) as { genes: Uint8Array };
  frame.fill(0);
  expect(Object.getPrototypeOf(genes)).toBe(Uint8Array.prototype);
  expect([...genes]).toEqual([1, 2, 3]);
});

test('leaves fields that are undefined out, so that optional fields stay optional', () => {
  expect(Object.keys(decodeMessage(encodeMessage({ a: undefined, b: 1 })) as object)).toEqual(['b']);
});

test.each([
  ['a Map', new Map([['a', 1]])],
  ['a Set', new Set([1])],
  ['an instance of a class', new URL('http://localhost/')],
  ['64-bit elements', new BigInt64Array(1)],
])('refuses to encode %s rather than to lose it', (_, value) => {
  expect(() => encodeMessage({ value })).toThrow(expect.objectContaining({ code: 'contract.notEncodable' }));
});

test('refuses anything but one whole message', () => {
  const frame = encodeMessage({ id: 1, route: 'app.info', input: {} });
  const tooMuch = new Uint8Array([...frame, 0]);
  const forgedLength = Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff); // an array of 4,294,967,295 elements
  const forgedExtension = Uint8Array.of(0xc7, 3, 1, 0, 0, 0); // 3 bytes of Float64Array
  for (const bytes of [new Uint8Array(), frame.subarray(0, -1), tooMuch, forgedLength, forgedExtension]) {
    expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ code: 'contract.notDecodable' }));
  }
});

describe('a request', () => {
  const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner: unknown) => [inner], 0);
  const request = (input: unknown) => ({ id: 1, route: 'documents.save', input });

  test.each([
    ['is nested deeper than a host takes', nested(31), nested(32), 'nested deeper than 32'],
    [
      'has more values than a host takes',
      Array.from({ length: 499_993 }).fill(0),
      Array.from({ length: 499_994 }).fill(0),
      'more than 500000 values',
    ],
  ])('that %s is refused before it is sent and before it is read', (_, within, beyond, reason) => {
    expect(parseRequestMessage(encodeRequest(request(within)))).toEqual(request(within));
    expect(() => encodeRequest(request(beyond))).toThrow(
      expect.objectContaining({ code: 'request.tooLarge', message: expect.stringContaining(reason) }),
    );
    expect(() => parseRequestMessage(encodeMessage(request(beyond)))).toThrow(
      expect.objectContaining({ code: 'contract.notDecodable', message: expect.stringContaining(reason) }),
    );
  });

  test('of more bytes than a host takes is not sent', () => {
    expect(() => encodeRequest(request('x'.repeat(MAX_REQUEST_BYTES)))).toThrow(
      expect.objectContaining({ code: 'request.tooLarge', message: expect.stringContaining('bytes') }),
    );
  });

  test('may hold a network of ten thousand layers', () => {
    const layers = Array.from({ length: 10_000 }, (_, i) => ({
      id: `layer-${i}`,
      name: `Layer ${i}`,
      op: 'Conv',
      inputs: [`layer-${i - 1}`],
      outputBytes: 4096,
      executionTimeMs: { cpu: 1.5, gpu: 0.5, npu: 0.25 },
    }));
    expect(parseRequestMessage(encodeRequest(request({ kind: 'network', document: { layers } })))).toEqual(
      request({ kind: 'network', document: { layers } }),
    );
  });
});

test('arrays within arrays, each said to be as long as the message, are refused before any is made', () => {
  const heads = Array.from({ length: 1000 }, () => [0xdd, 0, 0, 0x20, 0]).flat(); // 8192 elements each
  expect(() => decodeMessage(Uint8Array.from([...heads, ...Array.from<number>({ length: 10_000 }).fill(0)]))).toThrow(
    expect.objectContaining({ code: 'contract.notDecodable' }),
  );
});

test('every type of MessagePack is measured as it is decoded: a document of one field follows each', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
        fc.double({ noNaN: true }),
        fc.string({ maxLength: 70_000, size: 'max' }),
        typedArrays,
        fc.array(fc.boolean(), { maxLength: 70_000 }),
        json,
        fc.constantFrom(null, true),
      ),
      (value) => {
        const decoded = decodeMessage(encodeMessage({ value, last: 1 })) as { last: number };
        expect(decoded.last).toBe(1);
      },
    ),
    { numRuns: 100 },
  );
});

test('never throws anything but a WorkbenchError for arbitrary bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const parse of [parseRequestMessage, parseHostMessage])
        expect(['nothing', 'WorkbenchError']).toContain(nameOfError(() => parse(bytes)));
    }),
  );
});

test('names the field of a request that is not one', () => {
  expect(() => parseRequestMessage(encodeMessage({ id: -1, route: 'app.info', input: {} }))).toThrow(
    expect.objectContaining({ code: 'request.invalid', path: ['id'] }),
  );
  expect(() => parseRequestMessage(encodeMessage('hello'))).toThrow(
    expect.objectContaining({ code: 'request.invalid' }),
  );
});

function nameOfError(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
