/** `tessera runs export … --format gif`: the replay of a run, written while it is drawn; shows how far it is, and Ctrl-C leaves no half file. */
import type { Client } from '#shared/contract/client.ts';
import { nothingToExport, type FormatNote } from '#shared/contract/format-shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { gifTask } from '../../toolbox.ts';
import { onInterrupt } from '../../interrupt.ts';
import { usageError } from '../output.ts';
import { placeOf, writeInParts } from '../part-file.ts';
import { showSteps } from '../progress.ts';

export const GIF_FORMAT = 'gif';
/** Formats that only a browser's encoders can write. */
const videoFormats = new Set(['webm', 'mp4']);

/** @throws WorkbenchError `cli.usage` where `format` is a video */
export function refuseVideo(format: string): void {
  if (videoFormats.has(format))
    throw usageError(
      `${format} needs the video encoders of a browser`,
      'open the run in the workbench, press "Export" and choose the replay as a film; or use --format gif here',
    );
}

/**
 * Writes the replay of run `runId` to `out` (a file, or a folder for it).
 * @param options those of the format
 * @returns where it is, and what there is to say about it
 * @throws WorkbenchError `run.unknown`, `run.nothingToExport`, `options.invalid`, `output.notWritten`, or `export.cancelled` after Ctrl-C
 */
export async function exportGif(
  client: Client,
  runId: number,
  options: Readonly<Record<string, unknown>>,
  out: string | undefined,
  quiet: boolean,
): Promise<{ path: string; notes: readonly FormatNote[] }> {
  const detail = await client.invoke('runs.get', { runId });
  if (detail.run.generations === 0) throw nothingToExport(detail.run);
  const film = gifTask(
    {
      detail,
      generations: () => client.invoke('runs.generations', { runId }),
      bests: () => client.invoke('replay.bests', { runId }),
      window: (from, length) => client.invoke('replay.window', { runId, from, length }),
    },
    options,
  );
  const path = placeOf(film.name, out);
  const interruption = onInterrupt();
  const progress = showSteps('frame', quiet);
  let notes: readonly FormatNote[] = [];
  try {
    await writeInParts(path, async (write) => {
      notes = await film.record({
        write,
        signal: interruption.signal,
        onProgress: (done, total) => progress.update({ done, total }),
      });
    });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new WorkbenchError('export.cancelled', 'the export was cancelled', {
      hint: `nothing was written to "${path}"; run the command again for the film`,
      cause: error,
    });
  } finally {
    progress.end();
    interruption.release();
  }
  return { path, notes };
}
