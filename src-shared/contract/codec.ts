/**
 * The binary form of what crosses a socket: MessagePack, with typed arrays kept as typed arrays (one extension type per
 * element type, the elements in little-endian order, which is that of every platform Tessera runs on).
 */
import { Decoder, DecodeError, Encoder, ExtData } from '@msgpack/msgpack';
import { WorkbenchError } from '../domain/errors.ts';
import { beyondLimits, type MessageLimits } from './message-limits.ts';

/** Extension type of an element type: its position in this list plus 1. Append only: both ends of a socket must agree. */
const elementTypes = [Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Int16Array, Int8Array] as const;

const extensions = {
  tryToEncode(value: unknown): ExtData | null {
    if (!ArrayBuffer.isView(value)) {
      if (Array.isArray(value) || isPlainObject(value)) return null;
      throw new WorkbenchError('contract.notEncodable', `a ${nameOf(value)} cannot cross the boundary`, {
        hint: 'use plain objects, arrays and typed arrays',
      });
    }
    if (value instanceof Uint8Array) return null; // MessagePack's own binary type
    const index = elementTypes.findIndex((type) => value instanceof type);
    if (index < 0)
      throw new WorkbenchError('contract.notEncodable', `a ${nameOf(value)} cannot cross the boundary`, {
        hint: `use one of Uint8Array, ${elementTypes.map((type) => type.name).join(', ')}`,
      });
    return new ExtData(index + 1, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  },
  decode(bytes: Uint8Array, type: number): unknown {
    const elements = elementTypes[type - 1];
    if (elements === undefined || bytes.byteLength % elements.BYTES_PER_ELEMENT !== 0)
      throw new DecodeError(`extension ${type} of ${bytes.byteLength} bytes is not a typed array`);
    // A copy, because a view would need aligned bytes and would keep the whole message alive.
    return new elements(bytes.slice().buffer);
  },
};

/** Encodes plain objects, arrays, typed arrays and primitives; fields that are undefined are left out. @throws WorkbenchError `contract.notEncodable` */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return new Encoder({ extensionCodec: extensions, ignoreUndefined: true, initialBufferSize: 4096 }).encode(message);
}

/** Deeper than any document, and far from what the parsers' recursion can bear. */
const anyMessage: MessageLimits = { maxDepth: 100, maxValues: Number.POSITIVE_INFINITY };

/**
 * The opposite of `encodeMessage`. The result shares no memory with `bytes`.
 * @throws WorkbenchError `contract.notDecodable` for anything but one whole message within `limits`
 */
export function decodeMessage(bytes: Uint8Array, limits: MessageLimits = anyMessage): unknown {
  const fault = beyondLimits(bytes, limits);
  if (fault !== undefined) throw notDecodable(bytes, fault);
  // A copy as a plain Uint8Array: binary fields are views of it, and a Node Buffer would hand out Buffers.
  const own = new Uint8Array(bytes);
  try {
    return new Decoder({ extensionCodec: extensions }).decode(own);
  } catch (cause) {
    throw notDecodable(bytes, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function notDecodable(bytes: Uint8Array, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('contract.notDecodable', `${bytes.byteLength} bytes that are not a message: ${reason}`, {
    hint: 'reload the page: it may be older than the host',
    cause,
  });
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : typeof value;
}
