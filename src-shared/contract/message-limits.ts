/** How large and how deep a MessagePack message may be: checked by one walk over its bytes, before anything is made of them. */

export interface MessageLimits {
  /** Containers within containers. */
  readonly maxDepth: number;
  /** Values in all: each number, text, container, and each key of a map. */
  readonly maxValues: number;
}

/** Bytes after the head byte of the types 0xc0 … 0xdf that give a length or hold the value (https://github.com/msgpack/msgpack/blob/master/spec.md). */
const widths = [
  0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
] as const;

/**
 * What in `bytes` is beyond `limits` or is not a whole message, in words; undefined when all is well. Allocates nothing
 * but the open containers' counts, and takes time in proportion to the bytes.
 */
export function beyondLimits(bytes: Uint8Array, { maxDepth, maxValues }: MessageLimits): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Per open container, the values that are still to come in it. */
  const open: number[] = [1];
  /** Values begun or promised by the containers so far. */
  let values = 1;
  let at = 0;
  while (open.length > 0) {
    if (at >= bytes.byteLength) return 'it ends too early';
    const { children, length } = readHead(view, at);
    at += length;
    if (at > bytes.byteLength) return 'it ends too early';
    values += children;
    if (children > bytes.byteLength - at) return 'a container promises more than the message has';
    if (values > maxValues) return `it has more than ${maxValues} values`;
    open[open.length - 1]--;
    if (children > 0) {
      if (open.length > maxDepth) return `it is nested deeper than ${maxDepth}`;
      open.push(children);
    }
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
  }
  return at === bytes.byteLength ? undefined : `${bytes.byteLength - at} bytes follow its end`;
}

/** Of the value at `at`: how many values it contains, and how many bytes it takes without them. */
function readHead(view: DataView, at: number): { readonly children: number; readonly length: number } {
  const head = view.getUint8(at);
  if (head < 0x80 || head >= 0xe0) return { children: 0, length: 1 };
  if (head < 0x90) return { children: 2 * (head - 0x80), length: 1 };
  if (head < 0xa0) return { children: head - 0x90, length: 1 };
  if (head < 0xc0) return { children: 0, length: 1 + head - 0xa0 };
  const width = widths[head - 0xc0];
  const fixed = 1 + width;
  if (at + fixed > view.byteLength) return { children: 0, length: fixed };
  if (head >= 0xde) return { children: 2 * unsigned(view, at + 1, width), length: fixed };
  if (head >= 0xdc) return { children: unsigned(view, at + 1, width), length: fixed };
  if (head >= 0xd9 || (head >= 0xc4 && head <= 0xc6))
    return { children: 0, length: fixed + unsigned(view, at + 1, width) };
  if (head >= 0xc7 && head <= 0xc9) return { children: 0, length: fixed + 1 + unsigned(view, at + 1, width) }; // and the extension's type
  if (head >= 0xd4 && head <= 0xd8) return { children: 0, length: 2 + 2 ** (head - 0xd4) }; // type, and 1, 2, 4, 8 or 16 bytes
  return { children: 0, length: fixed };
}

function unsigned(view: DataView, at: number, width: number): number {
  return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
}
