/** Makes a film of a recorded run: draws one frame after the other and hands them to an encoder. Reads, draws and encodes overlap. */
import { timelineThemes } from '../../timeline/timeline-theme.ts';
import { captionOf, geneMapScene, pointsOf, sampledGenerations, scatterScene } from '../replay/replay-scenes.ts';
import type { HeadlineMetricName } from '#shared/domain/run.ts';
import { ScheduleStage } from '../replay/schedule-stage.ts';
import { drawFilmFrame, type FilmFrame } from './draw-film.ts';
import type { FilmCanvas, FilmEncoder, Pixels } from './film-encoder.ts';
import { frameCountOf, generationOfFrame, type FilmOptions } from './film-plan.ts';
import type { FilmSource } from './film-source.ts';

/** Wider films are drawn larger, not with more on them. */
const WIDEST_LAYOUT_PX = 1280;
const ENOUGH_MS = 1e6;

export interface FilmTask {
  readonly source: FilmSource;
  readonly options: FilmOptions;
  /** Name of the run. */
  readonly title: string;
  readonly xAxis: HeadlineMetricName;
  readonly yAxis: HeadlineMetricName;
  /** @param samples pictures from all over the film */
  readonly createEncoder: (canvas: FilmCanvas, samples: readonly Pixels[]) => Promise<FilmEncoder>;
  /** After each frame. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** @throws DOMException `AbortError` when `signal` says so; whatever the encoder throws */
export async function recordFilm(task: FilmTask): Promise<Blob> {
  const { options, signal } = task;
  await document.fonts.ready;
  const film = filmCanvas(options);
  const samples: Pixels[] = [];
  const { from, to } = options.range;
  for (const offset of sampledGenerations(to - from + 1)) {
    signal.throwIfAborted();
    await drawGeneration(task, film, new ScheduleStage(), from + offset, ENOUGH_MS);
    samples.push(film.context.getImageData(0, 0, film.canvas.width, film.canvas.height).data);
  }
  const encoder = await task.createEncoder(film, samples);
  try {
    const stage = new ScheduleStage();
    const total = frameCountOf(options);
    for (let frame = 0; frame < total; frame++) {
      signal.throwIfAborted();
      await drawGeneration(task, film, stage, generationOfFrame(options, frame), 1000 / options.framesPerS);
      await encoder.add();
      task.onProgress(frame + 1, total);
      await nextTurn();
    }
    return await encoder.finish();
  } catch (error) {
    encoder.cancel();
    throw error;
  }
}

/** Draws one frame of the film as it is at `generation`, `elapsedMs` after the one before. */
async function drawGeneration({ source, options, title, xAxis, yAxis }: FilmTask, { context, canvas }: FilmCanvas, stage: ScheduleStage, generation: number, elapsedMs: number): Promise<void> {
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
    const scatter = scatterScene({ generation, points, firstPoints, best: points[population.members.indexOf(bestId)] }, xAxis, yAxis, source.ranges);
    frame = { ...shown, kind: 'combined', problem, stage, scatter, caption: captionOf(problem, generations, scenes, bests, generation) };
  } else {
    frame = { ...shown, kind: 'diversity', genes: geneMapScene(problem, population, bests, bestId, source.mutationsAt(generation)) };
  }
  const scale = scaleOf(options);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  drawFilmFrame(context, frame, canvas.width / scale, canvas.height / scale, timelineThemes[options.theme]);
}

function scaleOf({ widthPx }: FilmOptions): number {
  return Math.max(1, widthPx / WIDEST_LAYOUT_PX);
}

function filmCanvas({ widthPx, heightPx, framesPerS }: FilmOptions): FilmCanvas {
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = heightPx;
  // Opacity keeps text from being drawn for the subpixels of one screen; every picture is read back.
  const context = canvas.getContext('2d', { alpha: true, willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  return { canvas, context, framesPerS };
}

/** Lets the page do what it has to before going on; not held up in a hidden window, as a timer would be. */
function nextTurn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => {
    port1.close();
    resolve();
  });
  port1.start();
  port2.postMessage(undefined);
  return promise;
}
