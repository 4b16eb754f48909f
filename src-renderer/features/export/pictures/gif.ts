/** The replay of a recorded run as GIF without a page: each frame drawn as SVG, made pixels by the caller, and written at once. */
import type { FilmedRun, GifOptions, GifStudio } from '#shared/contract/pictures.ts';
import { SvgContext } from '../../../canvas/svg-context.ts';
import { sampledGenerations } from '../../../plots/replay-scenes.ts';
import { ScheduleStage } from '../../../plots/schedule-stage.ts';
import { drawGeneration, ENOUGH_MS, scaleOf, type FilmSubject } from '../film/film-frame.ts';
import { frameCountOf, generationOfFrame, usualSpeed, type FilmOptions } from '../film/film-plan.ts';
import type { FilmSource } from '../film/film-source.ts';
import { GifFilm } from '../film/gif-film.ts';
import { estimateTextWidth } from './text-widths.ts';

/** Memory holds a window of generations, two frames and the part that is being written. */
export async function recordGif(
  run: FilmedRun,
  source: FilmSource,
  options: GifOptions,
  studio: GifStudio,
): Promise<void> {
  const film = planOf(options, source.generations.length);
  const hasEnergy = source.generations.energyMJ.some((energy) => energy > 0);
  const subject: FilmSubject = {
    source,
    options: film,
    title: run.detail.run.name,
    xAxis: 'makespanMs',
    yAxis: hasEnergy ? 'energyMJ' : 'latencyMs',
  };
  const scale = scaleOf(film);
  const svgAt = async (stage: ScheduleStage, generation: number, elapsedMs: number): Promise<string> => {
    const context = new SvgContext(estimateTextWidth);
    await drawGeneration(subject, context, stage, generation, elapsedMs);
    return context.toString(film.widthPx / scale, film.heightPx / scale, subject.title);
  };
  const samples = [];
  for (const offset of sampledGenerations(film.range.to - film.range.from + 1)) {
    studio.signal?.throwIfAborted();
    samples.push(await studio.rasterize(await svgAt(new ScheduleStage(), film.range.from + offset, ENOUGH_MS), scale));
  }

  const written: Uint8Array<ArrayBuffer>[] = [];
  const gif = new GifFilm(film.widthPx, film.heightPx, samples, (part) => written.push(part));
  const handOver = async (): Promise<void> => {
    for (const part of written.splice(0)) await studio.write(part);
  };
  const stage = new ScheduleStage();
  const total = frameCountOf(film);
  let latest = { svg: '', pixels: samples[0] };
  for (let frame = 0; frame < total; frame++) {
    studio.signal?.throwIfAborted();
    const svg = await svgAt(stage, generationOfFrame(film, frame), 1000 / film.framesPerS);
    if (svg !== latest.svg) latest = { svg, pixels: await studio.rasterize(svg, scale) };
    gif.add(latest.pixels, Math.round(100 / film.framesPerS));
    await handOver();
    studio.onProgress?.(frame + 1, total);
  }
  gif.finish();
  await handOver();
}

/** The options with what depends on the run filled in. */
function planOf(
  { kind, theme, generationsPerS, framesPerS, widthPx, heightPx, from, to }: GifOptions,
  generations: number,
): FilmOptions {
  const last = Math.min(to ?? generations - 1, generations - 1);
  const range = { from: Math.min(from, last), to: last };
  return {
    kind,
    theme,
    framesPerS,
    widthPx,
    heightPx,
    range,
    generationsPerS: generationsPerS ?? usualSpeed(range.to - range.from + 1),
  };
}
