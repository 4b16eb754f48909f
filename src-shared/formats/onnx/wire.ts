/** Writes Protocol Buffers messages (https://protobuf.dev/programming-guides/encoding), field by field. */
import { describeValue, WorkbenchError } from '../../domain/errors.ts';
import { encodeUtf8 } from './utf8.ts';

/** Parts of a message, to be put together at the end. */
export type Part = Uint8Array | readonly Part[];

const VARINT = 0;
const FIXED32 = 5;
const BYTES = 2;

/** Longer texts are passed over when a model is read. */
const MAX_TEXT_BYTES = 1 << 16;

/** @param number whole and not negative; negative ones are written as 64-bit two's complement */
export function varint(number: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(number));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** A field with a whole number. */
export function whole(number: number, content: number): Part {
  return [varint(number * 8 + VARINT), varint(content)];
}

/** A field with a number of single precision. */
export function float32(number: number, content: number): Part {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, content, true);
  return [varint(number * 8 + FIXED32), bytes];
}

/** A field with a message, or with bytes. */
export function field(number: number, content: Part): Part {
  const bytes = joined(content);
  return [opening(number, bytes.length), bytes];
}

/** What comes before the `length` bytes of a field. */
export function opening(number: number, length: number): Part {
  return [varint(number * 8 + BYTES), varint(length)];
}

/** @throws WorkbenchError `onnx.notExpressible` for a text that readers would pass over */
export function text(number: number, content: string): Part {
  const bytes = encodeUtf8(content);
  if (bytes.length > MAX_TEXT_BYTES)
    throw new WorkbenchError(
      'onnx.notExpressible',
      `a text of ${bytes.length} bytes is too long for an ONNX file: ${describeValue(content)}`,
      { hint: 'write Tessera JSON instead' },
    );
  return field(number, bytes);
}

/** The bytes of `part`. */
export function joined(part: Part): Uint8Array<ArrayBuffer> {
  const pieces = flat(part);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function flat(part: Part): Uint8Array[] {
  return part instanceof Uint8Array ? [part] : part.flatMap(flat);
}
