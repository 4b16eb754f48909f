/** The promises of the palette: contrast of every mark, readable text on it, colours apart for colour-blind eyes. */
import { describe, expect, it } from 'vitest';
import {
  applicationColor,
  contrastRatio,
  MINIMUM_MARK_CONTRAST,
  mixColors,
  processorColor,
  surfaceColor,
  textColorOn,
  verdictColor,
  withAlpha,
  type ThemeName,
} from '#renderer/theme/palette.ts';
import { processorKinds } from '#shared/domain/platform.ts';

const themes: readonly ThemeName[] = ['light', 'dark'];

describe.each(themes)('palette, %s theme', (theme) => {
  const applications = Array.from({ length: 21 }, (_, index) => applicationColor(index, theme));
  const processors = processorKinds.flatMap((kind) => [0, 1, 2, 3].map((core) => processorColor(kind, core, theme)));
  const secondCluster = [0, 1, 2, 3].map((core) => processorColor('cpu', core, theme, 1));

  it('gives every mark a contrast of at least 3 : 1 against the surface', () => {
    expect(
      [...applications, ...processors, ...secondCluster].filter(
        (color) => contrastRatio(color, surfaceColor[theme]) < MINIMUM_MARK_CONTRAST,
      ),
    ).toEqual([]);
  });

  it('writes text on every fill with a contrast of at least 4.5 : 1', () => {
    expect(
      [...applications, ...processors, ...secondCluster].filter(
        (color) => contrastRatio(color, textColorOn(color)) < 4.5,
      ),
    ).toEqual([]);
    for (const verdict of ['better', 'worse'] as const)
      expect(contrastRatio(verdictColor(verdict, theme), surfaceColor[theme])).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps the first seven applications apart for normal, protanopic and deuteranopic eyes', () => {
    const tooClose = Object.entries(colorVision).flatMap(([name, matrix]) =>
      applications.slice(0, 7).flatMap((color, a) =>
        applications
          .slice(0, a)
          .filter((other) => oklabDistance(color, other, matrix) < 0.08)
          .map((other) => `${name}: ${color} and ${other}`),
      ),
    );
    expect(tooClose).toEqual([]);
  });

  it('gives 21 applications and the four cores of a cluster colours of their own', () => {
    expect(new Set(applications).size).toBe(21);
    expect(new Set([...processors, ...secondCluster]).size).toBe(processors.length + 4);
  });
});

describe('colour arithmetic', () => {
  it('has the contrast of black and white at 21, and of a colour with itself at 1', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrastRatio('#3193c6', '#3193c6')).toBe(1);
  });

  it('mixes by channel and writes opacity', () => {
    expect(mixColors('#000000', '#ffffff', 0.5)).toBe('#808080');
    expect(withAlpha('#0102ff', 0.25)).toBe('rgba(1, 2, 255, 0.25)');
  });

  it('refuses what is not #rrggbb', () => {
    expect(() => withAlpha('red', 1)).toThrow(RangeError);
  });
});

/** Linear sRGB seen by each kind of eye (Machado, Oliveira & Fernandes 2009, severity 1.0). */
const colorVision: Record<string, readonly (readonly number[])[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Euclidean distance in OKLab (Ottosson 2020) of two colours as seen through `matrix`. */
function oklabDistance(a: string, b: string, matrix: readonly (readonly number[])[]): number {
  const [first, second] = [a, b].map((color) => {
    const linear = [1, 3, 5].map((at) => {
      const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    const [red, green, blue] = matrix.map((row) =>
      Math.max(0, row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]),
    );
    const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  });
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}
