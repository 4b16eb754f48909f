/** How a replay becomes a film: which generation each of its frames shows, and how long it is. */
import type { FrameRange } from '../../../playback/playback.ts';
import type { ThemeName } from '../../../theme/palette.ts';

/** combined: schedule, population and what happened; diversity: the population's genes and how mixed they are. */
export const filmKinds = ['combined', 'diversity'] as const;
export type FilmKind = (typeof filmKinds)[number];

export interface FilmOptions {
  readonly kind: FilmKind;
  readonly range: FrameRange;
  /** Generations shown per second. */
  readonly generationsPerS: number;
  readonly framesPerS: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly theme: ThemeName;
}

/** The last generation stays on show for so long, s. */
const HOLD_S = 1.5;
/** A film that nobody has chosen a speed for lasts about so long, s. */
const USUAL_S = 15;

/** Frame rates whose frames last whole hundredths of a second, which is what a GIF can say. */
export const frameRates = [10, 20, 25, 50] as const;
/** Even on both sides, as video codecs want them. */
export const filmSizes = [
  { widthPx: 640, heightPx: 360 },
  { widthPx: 960, heightPx: 540 },
  { widthPx: 1280, heightPx: 720 },
  { widthPx: 1920, heightPx: 1080 },
] as const;
export const filmSpeeds = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** The speed at which `generations` of them last about as long as people watch. */
export function usualSpeed(generations: number): number {
  return filmSpeeds.find((speed) => generations / speed <= USUAL_S) ?? filmSpeeds[filmSpeeds.length - 1];
}

/** How many frames a film has, the last generation held included. */
export function frameCountOf({
  range,
  generationsPerS,
  framesPerS,
}: Pick<FilmOptions, 'range' | 'generationsPerS' | 'framesPerS'>): number {
  return Math.ceil(((range.to - range.from) / generationsPerS + HOLD_S) * framesPerS);
}

/** The generation that frame `frame` shows. */
export function generationOfFrame(
  { range, generationsPerS, framesPerS }: Pick<FilmOptions, 'range' | 'generationsPerS' | 'framesPerS'>,
  frame: number,
): number {
  return Math.min(range.to, range.from + Math.floor((frame * generationsPerS) / framesPerS));
}
