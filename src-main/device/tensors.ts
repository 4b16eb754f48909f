/** Tensors in memory that threads share: what one element writes, another reads without a copy. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { DeviceTensor } from './protocol.ts';
import type { Runtime } from './runtime.ts';

export type Buffers = ReadonlyMap<string, SharedArrayBuffer>;

/** By ONNX element type: the runtime's name and the array that holds the elements. */
const kinds = new Map<
  number,
  { readonly name: string; readonly array: new (buffer: ArrayBufferLike) => ArrayBufferView }
>([
  [1, { name: 'float32', array: Float32Array }],
  [2, { name: 'uint8', array: Uint8Array }],
  [3, { name: 'int8', array: Int8Array }],
  [4, { name: 'uint16', array: Uint16Array }],
  [5, { name: 'int16', array: Int16Array }],
  [6, { name: 'int32', array: Int32Array }],
  [7, { name: 'int64', array: BigInt64Array }],
  [9, { name: 'bool', array: Uint8Array }],
  [11, { name: 'float64', array: Float64Array }],
  [12, { name: 'uint32', array: Uint32Array }],
  [13, { name: 'uint64', array: BigUint64Array }],
]);
const bytesOfKind: Readonly<Record<string, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float64: 8,
  uint32: 4,
  uint64: 8,
};

/** A buffer for each that `tensors` name. @throws WorkbenchError `device.elementType` */
export function allocate(tensors: Iterable<DeviceTensor>): Map<string, SharedArrayBuffer> {
  const buffers = new Map<string, SharedArrayBuffer>();
  for (const tensor of tensors) {
    if (buffers.has(tensor.buffer)) continue;
    const { name } = kindOf(tensor);
    const elements = tensor.shape.reduce((all, size) => all * size, 1);
    buffers.set(tensor.buffer, new SharedArrayBuffer(Math.max(1, elements) * bytesOfKind[name]));
  }
  return buffers;
}

/** The runtime's tensors over the buffers, by name. */
export function tensorsOver(
  ort: Runtime,
  tensors: readonly DeviceTensor[],
  buffers: Buffers,
): Record<string, InstanceType<Runtime['Tensor']>> {
  return Object.fromEntries(
    tensors.map((tensor) => {
      const { name, array: Elements } = kindOf(tensor);
      const buffer = buffers.get(tensor.buffer);
      if (buffer === undefined) throw new Error(`there is no buffer "${tensor.buffer}"`);
      return [tensor.name, new ort.Tensor(name as never, new Elements(buffer) as never, tensor.shape)];
    }),
  );
}

/** Fills a buffer with numbers that follow from `seed`: floats in 0…1 without denormals, whole numbers 0 and 1. */
export function fill(
  { elementType }: Pick<DeviceTensor, 'elementType'>,
  buffer: SharedArrayBuffer,
  seed: number,
): void {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  if (elementType === 1) {
    const numbers = new Float32Array(buffer);
    for (let at = 0; at < numbers.length; at++) numbers[at] = (next() >>> 8) / 2 ** 24 + 2 ** -20;
  } else if (elementType === 11) {
    const numbers = new Float64Array(buffer);
    for (let at = 0; at < numbers.length; at++) numbers[at] = (next() >>> 8) / 2 ** 24 + 2 ** -20;
  } else {
    // One byte of each element: 0 or 1 in every whole type, little-endian.
    const bytes = new Uint8Array(buffer);
    const size = bytesOfKind[kinds.get(elementType)?.name ?? 'uint8'];
    for (let at = 0; at < bytes.length; at += size) bytes[at] = next() & 1;
  }
}

/** The largest difference relative to the largest number of `a`; infinite where one has NaN and the other has not. */
export function differenceOf(
  { elementType }: Pick<DeviceTensor, 'elementType'>,
  a: SharedArrayBuffer,
  b: SharedArrayBuffer,
): number {
  const Elements = kinds.get(elementType)?.array ?? Uint8Array;
  const numbers = (buffer: SharedArrayBuffer): number[] =>
    Array.from(new Elements(buffer) as unknown as ArrayLike<number | bigint>, Number);
  const [left, right] = [numbers(a), numbers(b)];
  let most = 0;
  let scale = Number.MIN_VALUE;
  for (let at = 0; at < left.length; at++) {
    if (Object.is(left[at], right[at])) scale = Math.max(scale, Math.abs(left[at]) || 0);
    else if (Number.isFinite(left[at]) && Number.isFinite(right[at])) {
      scale = Math.max(scale, Math.abs(left[at]));
      most = Math.max(most, Math.abs(left[at] - right[at]));
    } else return Number.MAX_VALUE;
  }
  return most / scale;
}

function kindOf({ name, elementType }: DeviceTensor): {
  readonly name: string;
  readonly array: new (buffer: ArrayBufferLike) => ArrayBufferView;
} {
  const kind = kinds.get(elementType);
  if (kind === undefined)
    throw new WorkbenchError(
      'device.elementType',
      `value "${name}" has elements of type ${elementType}, which no element here moves`,
      {
        hint: 'keep the layers on both sides of it together',
      },
    );
  return kind;
}
