/** What the drawing code and the formats that write pictures of a run agree on: the code is built apart and loaded when a picture is asked for. */
import { z } from 'zod';
import type { Baseline } from '../domain/run.ts';
import type { Ancestry, ChromosomeColumns, MutationMap, ReplayWindow } from './replay-shapes.ts';
import type { GenerationSeries, RunDetail } from './shapes.ts';

/** The charts of a run, by what they show; some runs lack some of them. */
export const chartNameSchema = z.enum([
  'convergence',
  'makespan',
  'throughput',
  'energy',
  'latency',
  'hypervolume',
  'schedule',
  'utilisation',
  'load',
  'power',
  'population',
  'genes',
  'lineage',
  'mutations',
]);
export type ChartName = z.output<typeof chartNameSchema>;

export const pictureThemeSchema = z.enum(['light', 'dark']);
export type PictureTheme = z.output<typeof pictureThemeSchema>;

/** A run as its pictures read it. */
export interface PicturedRun {
  readonly detail: RunDetail;
  /** Of the schedule that is drawn. */
  readonly chromosomeId: number;
  readonly genes: Uint8Array;
  /** What its figures are compared with. */
  readonly baseline: Baseline;
  generations(): Promise<GenerationSeries>;
  /** Each chromosome that was the best of a generation. */
  bests(): Promise<ChromosomeColumns>;
  /** The populations of generations `from … from + length − 1`, as far as there are so many. */
  window(from: number, length: number): Promise<ReplayWindow>;
  /** The family of the schedule that is drawn. */
  ancestry(): Promise<Ancestry>;
  /** Over the whole run. */
  mutations(): Promise<MutationMap>;
}

/** A chart as an SVG document. */
export interface ChartPicture {
  readonly chart: ChartName;
  readonly svg: string;
}

/** The replay as GIF. */
export const gifOptionsSchema = z.strictObject({
  kind: z
    .enum(['combined', 'diversity'])
    .default('combined')
    .describe('combined: the best schedule and the population; diversity: the genes and how mixed they are'),
  theme: pictureThemeSchema.default('light').describe('colours'),
  generationsPerS: z
    .number()
    .min(0.25)
    .max(1000)
    .optional()
    .describe('generations shown per second; without it, so many that the film lasts about 15 s'),
  framesPerS: z
    .union([z.literal(5), z.literal(10), z.literal(20), z.literal(25)])
    .default(10)
    .describe('frames per second'),
  widthPx: z.int().min(480).max(1920).default(960).describe('width, pixels'),
  heightPx: z.int().min(320).max(1080).default(540).describe('height, pixels'),
  from: z.int().min(0).default(0).describe('first generation'),
  to: z.int().min(0).optional().describe('last generation; without it, the last of the run'),
});
export type GifOptions = z.output<typeof gifOptionsSchema>;

/** What a film reads of its run: one window of generations at a time. */
export type FilmedRun = Pick<PicturedRun, 'detail' | 'generations' | 'bests' | 'window'>;

/** What makes a film in addition to the drawing code. */
export interface GifStudio {
  /** The pixels of an SVG document, `scale` of them per unit: red, green, blue, opacity. */
  rasterize(svg: string, scale: number): Promise<Uint8ClampedArray<ArrayBuffer>>;
  /** Takes what has been written of the file, in order. */
  write(part: Uint8Array<ArrayBuffer>): Promise<void> | void;
  /** After each frame. */
  onProgress?(done: number, total: number): void;
  /** An `AbortSignal` is one. */
  readonly signal?: { throwIfAborted(): void };
}

/** What the built drawing code exports. */
export interface PicturesModule {
  /** @param chart undefined: all the run has. Empty where the run has no such chart */
  drawPictures(run: PicturedRun, chart: ChartName | undefined, theme: PictureTheme): Promise<ChartPicture[]>;
  /** The report of `run` as one HTML document. */
  writeReport(
    run: PicturedRun,
    made: { readonly by: string; /** Unix time, ms. */ readonly at: number },
  ): Promise<string>;
  /** Draws the replay of `run` and writes it as it goes. @throws DOMException `AbortError` when the signal says so */
  filmGif(run: FilmedRun, options: GifOptions, studio: GifStudio): Promise<void>;
}
