/** `tessera runs export … --format tessera` and `tessera runs import`: whole runs as files, written and read piece by piece. */
import { open } from 'node:fs/promises';
import type { Client } from '#shared/contract/client.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { remark } from '../output.ts';
import { placeOf, reasonOf, writeInParts } from '../part-file.ts';

export const ARCHIVE_FORMAT = 'tessera';
/** Bytes given to the workbench at a time. */
const PIECE_BYTES = 1 << 20;
/** At most so often, ms. */
const REMARK_EVERY_MS = 1000;

/**
 * Writes `runIds` with everything recorded of them to `out` (a file, or a folder for it). The file is there when it is whole.
 * @returns where it is
 * @throws WorkbenchError `run.unknown`, `run.active` or `output.notWritten`
 */
export async function exportArchive(
  client: Client,
  runIds: readonly number[],
  out: string | undefined,
  quiet: boolean,
): Promise<string> {
  const path = placeOf(`run-${runIds.join('-').slice(0, 60)}.tessera`, out);
  const tell = teller('exported', quiet);
  await writeInParts(path, async (write) => {
    for (let cursor: string | undefined; ;) {
      const { bytes, next, share } = await client.invoke('runs.exportArchive', {
        runIds: [...runIds],
        ...(cursor === undefined ? {} : { cursor }),
      });
      await write(bytes);
      tell(share);
      if (next === undefined) return;
      cursor = next;
    }
  });
  return path;
}

/** Reads the runs of a `.tessera` file into the record: all of them or none. @throws WorkbenchError `input.unreadable` or `archive.…` */
export async function importArchive(client: Client, path: string, quiet: boolean): Promise<RunSummary[]> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new WorkbenchError('input.unreadable', `cannot read "${path}": ${reasonOf(error)}`, {
      hint: 'check its path',
      cause: error,
    });
  }
  const tell = teller(`${path} read`, quiet);
  try {
    const { importId } = await client.invoke('runs.importBegin', {});
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(PIECE_BYTES) });
      if (bytesRead === 0) break;
      tell((await client.invoke('runs.importPiece', { importId, bytes: buffer.subarray(0, bytesRead) })).share);
    }
    return (await client.invoke('runs.importEnd', { importId })).runs;
  } finally {
    await file.close();
  }
}

/** Says now and then how far it is; nothing where all is done at once. */
function teller(what: string, quiet: boolean): (share: number) => void {
  let last = performance.now();
  return (share) => {
    if (quiet || performance.now() - last < REMARK_EVERY_MS) return;
    last = performance.now();
    remark(`${what}: ${Math.floor(share * 100)} %`);
  };
}
