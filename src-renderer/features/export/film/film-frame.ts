/** One frame of a film of a recorded run, drawn on any context. */
import type { HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { PictureContext } from '../../../canvas/draw-context.ts';
import { canvasThemes } from '../../../canvas/canvas-theme.ts';
import { captionOf, geneMapScene, pointsOf, scatterScene } from '../../../plots/replay-scenes.ts';
import type { ScheduleStage } from '../../../plots/schedule-stage.ts';
import { drawFilmFrame, type FilmFrame } from './draw-film.ts';
import type { FilmOptions } from './film-plan.ts';
import type { FilmSource } from './film-source.ts';

/** Wider films are drawn larger, not with more on them. */
const WIDEST_LAYOUT_PX = 1280;
/** Time after which everything is where it belongs, ms. */
export const ENOUGH_MS = 1e6;

export interface FilmSubject {
  readonly source: FilmSource;
  readonly options: FilmOptions;
  /** Name of the run. */
  readonly title: string;
  readonly xAxis: HeadlineMetricName;
  readonly yAxis: HeadlineMetricName;
}

/** Pixels of the film per unit of what `drawGeneration` draws. */
export function scaleOf({ widthPx }: Pick<FilmOptions, 'widthPx'>): number {
  return Math.max(1, widthPx / WIDEST_LAYOUT_PX);
}

/** Draws the film as it is at `generation`, `elapsedMs` after the frame before. */
export async function drawGeneration(
  { source, options, title, xAxis, yAxis }: FilmSubject,
  context: PictureContext,
  stage: ScheduleStage,
  generation: number,
  elapsedMs: number,
): Promise<void> {
  const { problem, generations, bests, scenes } = source;
  const population = await source.frame(generation);
  const bestId = generations.bestChromosomeId[generation];
  const shown = { title, generation, generations };
  let frame: FilmFrame;
  if (options.kind === 'combined') {
    const scene = scenes.get(bestId)?.scene;
    if (scene !== undefined) stage.advance(scene, scene.makespanMs, elapsedMs, elapsedMs === ENOUGH_MS);
    const points = pointsOf(population, xAxis, yAxis);
    const firstPoints = source.first === undefined ? [] : pointsOf(source.first, xAxis, yAxis);
    const scatter = scatterScene(
      { generation, points, firstPoints, best: points[population.members.indexOf(bestId)] },
      xAxis,
      yAxis,
      source.ranges,
    );
    frame = {
      ...shown,
      kind: 'combined',
      problem,
      stage,
      scatter,
      caption: captionOf(problem, generations, scenes, bests, generation),
    };
  } else {
    frame = {
      ...shown,
      kind: 'diversity',
      genes: geneMapScene(problem, population, bests, bestId, source.mutationsAt(generation)),
    };
  }
  const scale = scaleOf(options);
  drawFilmFrame(context, frame, options.widthPx / scale, options.heightPx / scale, canvasThemes[options.theme]);
}
