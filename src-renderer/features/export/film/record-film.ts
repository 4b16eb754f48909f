/** Makes a film of a recorded run: draws one frame after the other and hands them to an encoder. Reads, draws and encodes overlap. */
import { sampledGenerations } from '../../../plots/replay-scenes.ts';
import { ScheduleStage } from '../../../plots/schedule-stage.ts';
import type { FilmCanvas, FilmEncoder, Pixels } from './film-encoder.ts';
import { drawGeneration, ENOUGH_MS, scaleOf, type FilmSubject } from './film-frame.ts';
import { frameCountOf, generationOfFrame, type FilmOptions } from './film-plan.ts';

export interface FilmTask extends FilmSubject {
  /** @param samples pictures from all over the film */
  readonly createEncoder: (canvas: FilmCanvas, samples: readonly Pixels[]) => Promise<FilmEncoder>;
  /** After each frame. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** @throws DOMException `AbortError` when `signal` says so; whatever the encoder throws */
export async function recordFilm(task: FilmTask): Promise<Blob> {
  const { options, signal } = task;
  await document.fonts.ready;
  const film = filmCanvas(options);
  const samples: Pixels[] = [];
  const { from, to } = options.range;
  for (const offset of sampledGenerations(to - from + 1)) {
    signal.throwIfAborted();
    await drawGeneration(task, film.context, new ScheduleStage(), from + offset, ENOUGH_MS);
    samples.push(film.context.getImageData(0, 0, film.canvas.width, film.canvas.height).data);
  }
  const encoder = await task.createEncoder(film, samples);
  try {
    const stage = new ScheduleStage();
    const total = frameCountOf(options);
    for (let frame = 0; frame < total; frame++) {
      signal.throwIfAborted();
      await drawGeneration(task, film.context, stage, generationOfFrame(options, frame), 1000 / options.framesPerS);
      await encoder.add();
      task.onProgress(frame + 1, total);
      await nextTurn();
    }
    return await encoder.finish();
  } catch (error) {
    encoder.cancel();
    throw error;
  }
}

function filmCanvas({ widthPx, heightPx, framesPerS }: FilmOptions): FilmCanvas {
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = heightPx;
  // Opacity keeps text from being drawn for the subpixels of one screen; every picture is read back.
  const context = canvas.getContext('2d', { alpha: true, willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  const scale = scaleOf({ widthPx });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return { canvas, context, framesPerS };
}

/** Lets the page do what it has to before going on; not held up in a hidden window, as a timer would be. */
function nextTurn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => {
    port1.close();
    resolve();
  });
  port1.start();
  port2.postMessage(undefined);
  return promise;
}
