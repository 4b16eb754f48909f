/** ONNX element types by number (TensorProto.DataType of onnx.proto): name and size. */

export const ElementType = {
  undefined: 0,
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const;

/** Bits of an element; 0 for texts, whose size is not known. */
const bits: readonly number[] = [
  0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2,
];

/** Bits of an element of `type`; undefined where it has no fixed size or is not known. */
export function elementBits(type: number): number | undefined {
  const found = bits[type];
  return found === undefined || found === 0 ? undefined : found;
}

/** The numbers in the little-endian bytes of a tensor of whole numbers, floats or truth values; undefined for other types. */
export function decodeElements(bytes: Uint8Array, type: number): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  const size = (elementBits(type) ?? 0) / 8;
  if (read === undefined || bytes.byteLength % size !== 0) return undefined;
  return Array.from({ length: bytes.byteLength / size }, (_, index) => read(view, index * size));
}

/** Whether the content of a tensor of `type` is made of numbers that can be calculated with. */
export function isNumeric(type: number): boolean {
  return Object.hasOwn(readers, type);
}

const readers: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  [ElementType.float]: (view, at) => view.getFloat32(at, true),
  [ElementType.uint8]: (view, at) => view.getUint8(at),
  [ElementType.int8]: (view, at) => view.getInt8(at),
  4: (view, at) => view.getUint16(at, true),
  5: (view, at) => view.getInt16(at, true),
  [ElementType.int32]: (view, at) => view.getInt32(at, true),
  [ElementType.int64]: (view, at) => Number(view.getBigInt64(at, true)),
  [ElementType.bool]: (view, at) => view.getUint8(at),
  [ElementType.double]: (view, at) => view.getFloat64(at, true),
  [ElementType.uint32]: (view, at) => view.getUint32(at, true),
  [ElementType.uint64]: (view, at) => Number(view.getBigUint64(at, true)),
};
