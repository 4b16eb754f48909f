/** Files read piece by piece, so that only what is looked at is ever in memory: the same readers serve a disk, a browser's file and bytes. */

export interface RandomAccessSource {
  /** Bytes. */
  readonly size: number;
  /** Exactly the bytes from `offset` on: `length` of them, fewer only where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What a browser's `Blob` and `File` have of this. */
interface Sliceable {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export function bytesSource(bytes: Uint8Array): RandomAccessSource {
  return { size: bytes.byteLength, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}

/** A file that a person chose in a browser or dropped onto the window; nothing is read before it is asked for. */
export function blobSource(blob: Sliceable): RandomAccessSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
