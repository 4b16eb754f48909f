/** Writes a film as GIF in a thread of its own; a few frames may be under way at a time. */
import type { FilmCanvas, FilmEncoder, Pixels } from './film-encoder.ts';
import type { GifAnswer, GifCommand } from './gif-worker.ts';

/** Frames handed over and not written yet. */
const MOST_WAITING = 3;

/** @param samples pictures from all over the film */
export async function createGifEncoder(
  { canvas, context, framesPerS }: FilmCanvas,
  samples: readonly Pixels[],
): Promise<FilmEncoder> {
  const worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module', name: 'gif' });
  /** Blobs, so that the browser may keep them on its disk. */
  const parts: Blob[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  let fault: Error | undefined;
  worker.addEventListener('message', ({ data }: MessageEvent<GifAnswer>) => {
    for (const part of data.parts) parts.push(new Blob([part]));
    waiting.shift()?.resolve();
  });
  worker.addEventListener('error', (event) => {
    fault = new Error(event.message === '' ? 'the thread that writes the GIF could not be started' : event.message);
    for (const { reject } of waiting.splice(0)) reject(fault);
  });
  function send(command: GifCommand, transfer: Transferable[]): Promise<void> {
    if (fault !== undefined) return Promise.reject(fault);
    const answered = Promise.withResolvers<void>();
    waiting.push(answered);
    worker.postMessage(command, transfer);
    return answered.promise;
  }

  await send(
    { do: 'begin', width: canvas.width, height: canvas.height, samples },
    samples.map(({ buffer }) => buffer),
  );
  return {
    async add() {
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const answered = send({ do: 'add', pixels, delayCs: Math.round(100 / framesPerS) }, [pixels.buffer]);
      answered.catch(() => {}); // told by the next call, or by `finish`
      await (waiting.length > MOST_WAITING ? waiting[0]?.promise : undefined);
    },
    async finish() {
      await send({ do: 'finish' }, []);
      worker.terminate();
      return new Blob(parts, { type: 'image/gif' });
    },
    cancel: () => worker.terminate(),
  };
}
