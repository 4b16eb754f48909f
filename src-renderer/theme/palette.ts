/**
 * Colours that carry meaning, the same on every page: applications, processor kinds, better and worse.
 *
 * All derive from the Okabe–Ito palette (Okabe & Ito 2008, "Color Universal Design"). The original hues are kept; per theme their
 * lightness is set so that every mark has a contrast of at least 3 : 1 against `surfaceColor` and the application colours stay
 * apart for protanopic and deuteranopic eyes (simulated after Machado et al. 2009).
 */
import type { ProcessorKind } from '#shared/domain/platform.ts';

export type ThemeName = 'light' | 'dark';

/** Background of panels, charts and timelines: what the contrast of every colour here is measured against. */
export const surfaceColor: Readonly<Record<ThemeName, string>> = { light: '#ffffff', dark: '#17191e' };

/** Lowest contrast of a mark (tile, line, point) against the surface, WCAG 2.2 criterion 1.4.11. */
export const MINIMUM_MARK_CONTRAST = 3;

// Sky blue, vermilion, reddish purple, bluish green, yellow, blue, orange: the first ones are the farthest from the processor kinds.
const applicationHues: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#3193c6', '#cf5a00', '#9e507d', '#16a479', '#5a5503', '#0774b5', '#4c3202'],
  dark: ['#5bb9ee', '#d9661a', '#9e507d', '#56d1a3', '#f6ea4a', '#308dcf', '#efa81c'],
};

// Four shades for the cores of a cluster; the first is the kind's own colour, its neighbours differ clearly. CPUs have another four for a second cluster.
const processorShades: Readonly<Record<ThemeName, Readonly<Record<ProcessorKind, readonly string[]>>>> = {
  light: {
    cpu: ['#177cbc', '#04466f', '#3d98db', '#036097', '#6a63cf', '#332c86', '#8a84e6', '#4d46ab'],
    gpu: ['#c18503', '#7a5304', '#9d6b04', '#593c03'],
    npu: ['#0a8762', '#044f38', '#16a479', '#006b4c'],
    dsp: ['#a75785', '#6c214f', '#c673a1', '#893c69'],
  },
  dark: {
    cpu: ['#3692d4', '#b5ddff', '#5fb9fe', '#0b6da8', '#8c86f0', '#dedcff', '#b3aeff', '#6a63cf'],
    gpu: ['#e8a10a', '#8b5f0a', '#fecf8a', '#b97f02'],
    npu: ['#0ca176', '#7af3c3', '#4dc99c', '#007756'],
    dsp: ['#c16f9d', '#ffc3e2', '#e893c1', '#9b4d7a'],
  },
};

const verdicts: Readonly<Record<ThemeName, Readonly<Record<'better' | 'worse', string>>>> = {
  light: { better: '#007a55', worse: '#b84a00' },
  dark: { better: '#3fbe91', worse: '#f2813c' },
};

/** Share of white (dark theme) or black (light theme) mixed into a hue each time the seven hues have been used up. */
const RING_MIX = 0.35;
const MAX_RINGS = 3;

/** Colour of the application with that index in its scenario. From the eighth on the hues return darker (light theme) or lighter (dark theme). */
export function applicationColor(index: number, theme: ThemeName): string {
  const hues = applicationHues[theme];
  const hue = hues[index % hues.length];
  const ring = Math.floor(index / hues.length) % MAX_RINGS;
  return ring === 0 ? hue : mixColors(hue, theme === 'light' ? '#000000' : '#ffffff', ring * RING_MIX);
}

const SHADES_PER_CLUSTER = 4;

/**
 * Colour of a processor kind; `core` is the core within its cluster (0 for the cluster as a whole), whose shades repeat after four,
 * `cluster` the cluster's number among those of its kind (`clusterOf`), whose shades repeat after two for CPUs and at once for others.
 */
export function processorColor(kind: ProcessorKind, core: number, theme: ThemeName, cluster = 0): string {
  const shades = processorShades[theme][kind];
  return shades[(cluster * SHADES_PER_CLUSTER + (core % SHADES_PER_CLUSTER)) % shades.length];
}

/** The number of a processor among those of its kind, in the order of the platform. */
export function clusterOf(processors: readonly { readonly kind: ProcessorKind }[], index: number): number {
  const { kind } = processors[index];
  let earlier = 0;
  for (let i = 0; i < index; i++) if (processors[i].kind === kind) earlier++;
  return earlier;
}

/** Text and marks that say "better" or "worse" than a base; contrast at least 4.5 : 1. Show ▲ or ▼ with it, never colour alone. */
export function verdictColor(verdict: 'better' | 'worse', theme: ThemeName): string {
  return verdicts[theme][verdict];
}

/** Black or white, whichever reads better on `fill`; always at least 4.5 : 1. */
export function textColorOn(fill: string): '#000000' | '#ffffff' {
  return contrastRatio(fill, '#000000') >= contrastRatio(fill, '#ffffff') ? '#000000' : '#ffffff';
}

/** Contrast ratio of two "#rrggbb" colours, 1…21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(a: string, b: string): number {
  const luminanceA = relativeLuminance(a);
  const luminanceB = relativeLuminance(b);
  return (Math.max(luminanceA, luminanceB) + 0.05) / (Math.min(luminanceA, luminanceB) + 0.05);
}

/** `amount` (0…1) of `other` mixed into `color`, per sRGB channel. */
export function mixColors(color: string, other: string, amount: number): string {
  const to = channels(other);
  return `#${channels(color)
    .map((value, i) =>
      Math.round(value + (to[i] - value) * amount)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** "#rrggbb" with an opacity (0…1), for CSS and canvas. */
export function withAlpha(color: string, alpha: number): string {
  return `rgba(${channels(color).join(', ')}, ${alpha})`;
}

function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  if (!/^#[\da-f]{6}$/i.test(color)) throw new RangeError(`"${color}" is not a colour of the form #rrggbb`);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** WCAG 2.2, "relative luminance", 0…1. */
function relativeLuminance(color: string): number {
  const [red, green, blue] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
