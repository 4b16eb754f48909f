/** What the drawing code and the formats that write pictures of a run agree on: the code is built apart and loaded when a picture is asked for. */
import { z } from 'zod';
import type { Ancestry, ChromosomeColumns, ReplayWindow } from './replay-shapes.ts';
import type { GenerationSeries, RunDetail } from './shapes.ts';

/** The charts of a run, by what they show; some runs lack some of them. */
export const chartNameSchema = z.enum(['convergence', 'hypervolume', 'schedule', 'utilisation', 'load', 'power', 'population', 'genes', 'lineage']);
export type ChartName = z.output<typeof chartNameSchema>;

export const pictureThemeSchema = z.enum(['light', 'dark']);
export type PictureTheme = z.output<typeof pictureThemeSchema>;

/** A run as its pictures read it. */
export interface PicturedRun {
  readonly detail: RunDetail;
  /** Of the schedule that is drawn. */
  readonly chromosomeId: number;
  readonly genes: Uint8Array;
  generations(): Promise<GenerationSeries>;
  /** Each chromosome that was the best of a generation. */
  bests(): Promise<ChromosomeColumns>;
  /** The populations of generations `from … from + length − 1`, as far as there are so many. */
  window(from: number, length: number): Promise<ReplayWindow>;
  /** The family of the schedule that is drawn. */
  ancestry(): Promise<Ancestry>;
}

/** A chart as an SVG document. */
export interface ChartPicture {
  readonly chart: ChartName;
  readonly svg: string;
}

/** What the built drawing code exports. */
export interface PicturesModule {
  /** @param chart undefined: all the run has. Empty where the run has no such chart */
  drawPictures(run: PicturedRun, chart: ChartName | undefined, theme: PictureTheme): Promise<ChartPicture[]>;
}
