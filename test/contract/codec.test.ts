/** What the binary form of messages keeps, and what it refuses. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '#shared/contract/codec.ts';
import { parseHostMessage, parseRequestMessage } from '#shared/contract/messages.ts';

const typedArrays = fc.oneof(fc.uint8Array(), fc.int8Array(), fc.uint16Array(), fc.int16Array(), fc.uint32Array(), fc.int32Array(), fc.float32Array(), fc.float64Array());
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
    expect(decodeMessage(encodeMessage({ padding, part }))).toEqual({ padding, part: new Float64Array([2, Number.NaN, -0]) });
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

test.each([['a Map', new Map([['a', 1]])], ['a Set', new Set([1])], ['an instance of a class', new URL('http://localhost/')], ['64-bit elements', new BigInt64Array(1)]])('refuses to encode %s rather than to lose it', (_, value) => {
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

test('never throws anything but a WorkbenchError for arbitrary bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const parse of [parseRequestMessage, parseHostMessage]) expect(['nothing', 'WorkbenchError']).toContain(nameOfError(() => parse(bytes)));
    }),
  );
});

test('names the field of a request that is not one', () => {
  expect(() => parseRequestMessage(encodeMessage({ id: -1, route: 'app.info', input: {} }))).toThrow(expect.objectContaining({ code: 'request.invalid', path: ['id'] }));
  expect(() => parseRequestMessage(encodeMessage('hello'))).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

function nameOfError(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
