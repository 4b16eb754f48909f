/** `.tessera` files from and to this window: whole runs, a piece at a time, so that neither side holds a file. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { client } from '../api/index.ts';

/** Bytes given to the host at a time. */
const PIECE_BYTES = 1 << 20;

/** @param onProgress share done, 0…1 @throws DOMException `AbortError` when `signal` says so */
export async function exportRuns(
  runIds: readonly number[],
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Blob> {
  /** Blobs, so that the browser may keep them on its disk. */
  const parts: Blob[] = [];
  for (let cursor: string | undefined; ;) {
    signal.throwIfAborted();
    const { bytes, next, share } = await client.invoke('runs.exportArchive', {
      runIds: [...runIds],
      ...(cursor === undefined ? {} : { cursor }),
    });
    parts.push(new Blob([new Uint8Array(bytes)]));
    onProgress(share);
    if (next === undefined) return new Blob(parts, { type: 'application/octet-stream' });
    cursor = next;
  }
}

/** Reads the runs of `file` into the record: all of them or none. @throws WorkbenchError `archive.…`; DOMException `AbortError` when `signal` says so */
export async function importRuns(
  file: Blob,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<RunSummary[]> {
  const { importId } = await client.invoke('runs.importBegin', {});
  try {
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      signal.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
      onProgress((await client.invoke('runs.importPiece', { importId, bytes })).share);
    }
    return (await client.invoke('runs.importEnd', { importId })).runs;
  } catch (error) {
    // After an error of the host it is over already; then this does nothing.
    await client.invoke('runs.importCancel', { importId }).catch(() => undefined);
    throw error;
  }
}
