/** The thread in which a GIF is written, so that the page stays alive meanwhile. */
import type { Pixels } from './film-encoder.ts';
import { GifFilm } from './gif-film.ts';

export type GifCommand =
  | { readonly do: 'begin'; readonly width: number; readonly height: number; readonly samples: readonly Pixels[] }
  | { readonly do: 'add'; readonly pixels: Pixels; readonly delayCs: number }
  | { readonly do: 'finish' };
/** Each command is answered once, in order. */
export interface GifAnswer {
  /** What has been written since the last answer. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

let film: GifFilm | undefined;
let parts: Uint8Array<ArrayBuffer>[] = [];

self.addEventListener('message', ({ data }: MessageEvent<GifCommand>) => {
  if (data.do === 'begin') film = new GifFilm(data.width, data.height, data.samples, (part) => parts.push(part));
  else if (data.do === 'add') film?.add(data.pixels, data.delayCs);
  else film?.finish();
  const answer: GifAnswer = { parts };
  parts = [];
  self.postMessage(answer, { transfer: answer.parts.map(({ buffer }) => buffer) });
});
