/** GIFs are what a viewer makes of them: every picture of the film is read back by an independent decoder. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import { GifFilm } from '#renderer/features/export/film/gif-film.ts';
import type { Pixels } from '#renderer/features/export/film/film-encoder.ts';
import { decodeGif, type DecodedGif } from '#test/fixtures/gif-decoder.ts';

type Color = readonly [number, number, number];

/** A picture with one colour per pixel. */
function picture(colors: readonly Color[]): Pixels {
  return Uint8ClampedArray.from(colors.flatMap((color) => [...color, 255]));
}

function written(
  width: number,
  height: number,
  frames: readonly Pixels[],
  delayCs = 5,
  samples = frames,
): DecodedGif & { readonly parts: number } {
  const parts: Uint8Array[] = [];
  const film = new GifFilm(width, height, samples, (part) => parts.push(part));
  for (const frame of frames) film.add(frame, delayCs);
  film.finish();
  return { ...decodeGif(new Uint8Array(Buffer.concat(parts))), parts: parts.length };
}

/** Far enough apart that none is taken for another. */
const palette: readonly Color[] = [
  [255, 255, 255],
  [207, 90, 0],
  [49, 147, 198],
  [158, 80, 125],
  [17, 19, 24],
  [22, 164, 121],
];
const films = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 16 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    frames: fc.array(fc.array(fc.constantFrom(...palette), { minLength: width * height, maxLength: width * height }), {
      minLength: 1,
      maxLength: 6,
    }),
  }),
);

describe('a GIF', () => {
  test('shows each picture as it was, one after the other, for as long as it should: random films', () => {
    fc.assert(
      fc.property(films, ({ width, height, frames }) => {
        const gif = written(width, height, frames.map(picture));
        expect([gif.width, gif.height, gif.repeat]).toEqual([width, height, 0]);
        // Pictures that are alike are one that lasts longer.
        const shown = gif.frames.flatMap(({ rgb, delayCs }) => Array.from({ length: delayCs / 5 }, () => [...rgb]));
        expect(shown).toEqual(frames.map((colors) => colors.flat()));
      }),
      { numRuns: 60 },
    );
  });

  test('keeps to the nearest colour of a palette of its samples where there are more colours than it can have', () => {
    const colors = Array.from({ length: 4096 }, (_, i): Color => [
      (i % 16) * 17,
      (Math.floor(i / 16) % 16) * 17,
      Math.floor(i / 256) * 17,
    ]);
    const [frame] = written(64, 64, [picture(colors)]).frames;
    const errors = colors.map(([r, g, b], i) =>
      Math.hypot(r - frame!.rgb[i * 3]!, g - frame!.rgb[i * 3 + 1]!, b - frame!.rgb[i * 3 + 2]!),
    );
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(25);
  });

  test('holds a picture longer than a GIF can say as two of the same', () => {
    const still = picture([[0, 0, 0]]);
    const gif = written(
      1,
      1,
      Array.from({ length: 3 }, () => still),
      30_000,
    );
    expect(gif.frames.map(({ delayCs }) => delayCs)).toEqual([60_000, 30_000]);
  });

  test('is handed out in parts while it is written', () => {
    const noise = Array.from({ length: 14 }, (_, seed) =>
      picture(
        Array.from(
          { length: 600 * 400 },
          (__, i): Color =>
            palette[Math.floor((Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1) * 6)]!,
        ),
      ),
    );
    expect(written(600, 400, noise, 5, [noise[0]!]).parts).toBeGreaterThan(1);
  });
});
