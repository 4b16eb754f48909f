/**
 * Writes a GIF frame by frame: one palette for the whole film, of each frame only what has changed, and pictures that stay the same as
 * one frame that lasts longer. What is written is handed out in parts, so that memory holds two frames, not the film.
 */
import { GIFEncoder, quantize, nearestColorIndex, type Palette } from 'gifenc';
import type { Pixels } from './film-encoder.ts';

/** The last entry of the palette means "as before". */
const TRANSPARENT = 255;
/** More pixels of the samples are thinned before the palette is made. */
const MOST_SAMPLED_PIXELS = 400_000;
/** The previous picture stays; the next one is drawn over it. */
const KEEP = 1;
/** A part is handed out when it has so many bytes. */
const PART_BYTES = 1 << 20;

export class GifFilm {
  readonly #width: number;
  readonly #height: number;
  readonly #colors: Palette;
  readonly #encoder = GIFEncoder({ initialCapacity: PART_BYTES * 2, auto: false });
  readonly #onPart: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** By colour of 5, 6 and 5 bits: its index in the palette, or −1 where it has not been looked up yet. */
  readonly #nearest = new Int16Array(65_536).fill(-1);
  /** What is shown once `#pending` is written, and what was shown before. */
  #shown: Uint8Array | undefined;
  #pending: { readonly indexes: Uint8Array; readonly isFirst: boolean; delayCs: number } | undefined;

  /**
   * @param samples pictures from all over the film, from which the palette is made
   * @param onPart takes what has been written, in order
   */
  constructor(
    width: number,
    height: number,
    samples: readonly Pixels[],
    onPart: (bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    this.#width = width;
    this.#height = height;
    this.#onPart = onPart;
    this.#colors = quantize(thin(samples), TRANSPARENT, { format: 'rgb565' });
    this.#encoder.writeHeader();
  }

  /** @param delayCs how long it is on show, hundredths of a second */
  add(pixels: Pixels, delayCs: number): void {
    const indexes = this.#indexed(pixels);
    const before = this.#shown;
    if (before === undefined) {
      this.#pending = { indexes, isFirst: true, delayCs };
    } else {
      const changed = changedOnly(before, indexes);
      if (changed === undefined && this.#pending !== undefined && this.#pending.delayCs + delayCs < 65_536) {
        this.#pending.delayCs += delayCs;
        return;
      }
      this.#write();
      this.#pending = { indexes: changed ?? new Uint8Array(indexes.length).fill(TRANSPARENT), isFirst: false, delayCs };
    }
    this.#shown = indexes;
  }

  finish(): void {
    this.#write();
    this.#encoder.finish();
    this.#handOut();
  }

  #write(): void {
    if (this.#pending === undefined) return;
    const { indexes, isFirst, delayCs } = this.#pending;
    this.#encoder.writeFrame(indexes, this.#width, this.#height, {
      first: isFirst,
      delay: delayCs * 10,
      dispose: KEEP,
      repeat: 0,
      // All 256 entries are there, so that the last is free to mean "as before".
      ...(isFirst
        ? { palette: Array.from({ length: 256 }, (_, index) => this.#colors[index] ?? [0, 0, 0]) }
        : { transparent: true, transparentIndex: TRANSPARENT }),
    });
    this.#pending = undefined;
    if (this.#encoder.bytesView().byteLength >= PART_BYTES) this.#handOut();
  }

  #handOut(): void {
    this.#onPart(new Uint8Array(this.#encoder.bytes()));
    this.#encoder.reset();
  }

  #indexed(pixels: Pixels): Uint8Array {
    const indexes = new Uint8Array(this.#width * this.#height);
    const nearest = this.#nearest;
    for (let i = 0, at = 0; i < indexes.length; i++, at += 4) {
      const key = ((pixels[at] >> 3) << 11) | ((pixels[at + 1] >> 2) << 5) | (pixels[at + 2] >> 3);
      let index = nearest[key];
      if (index < 0) {
        index = nearestColorIndex(this.#colors, [pixels[at], pixels[at + 1], pixels[at + 2]]);
        nearest[key] = index;
      }
      indexes[i] = index;
    }
    return indexes;
  }
}

/** `after` with everything that is as in `before` transparent; undefined where nothing has changed. */
function changedOnly(before: Uint8Array, after: Uint8Array): Uint8Array | undefined {
  const changed = new Uint8Array(after.length).fill(TRANSPARENT);
  let isSame = true;
  for (let i = 0; i < after.length; i++) {
    if (after[i] === before[i]) continue;
    changed[i] = after[i];
    isSame = false;
  }
  return isSame ? undefined : changed;
}

/** Pixels of all pictures, evenly thinned. */
function thin(pictures: readonly Pixels[]): Uint8Array {
  const total = pictures.reduce((sum, { length }) => sum + length / 4, 0);
  const step = Math.max(1, Math.ceil(total / MOST_SAMPLED_PIXELS));
  const kept: number[] = [];
  let skipped = 0;
  for (const pixels of pictures) {
    for (let at = 0; at < pixels.length; at += 4) {
      if (skipped++ % step === 0) kept.push(pixels[at], pixels[at + 1], pixels[at + 2], 255);
    }
  }
  return Uint8Array.from(kept);
}
