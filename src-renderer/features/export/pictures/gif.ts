/** The replay of a recorded run as GIF without a page: each frame drawn as SVG, made pixels by the caller, and written at once. */
import type { GifOptions, PicturedRun, PicturesModule } from '#shared/contract/pictures.ts';
import { SvgContext } from '../../../timeline/svg-context.ts';
import { sampledGenerations } from '../../replay/replay-scenes.ts';
import { ScheduleStage } from '../../replay/schedule-stage.ts';
import { drawGeneration, ENOUGH_MS, scaleOf, type FilmSubject } from '../film-frame.ts';
import { frameCountOf, generationOfFrame, usualSpeed, type FilmOptions } from '../film-plan.ts';
import type { FilmSource } from '../film-source.ts';
import { GifFilm } from '../gif-film.ts';
import { estimateTextWidth } from './text-widths.ts';

export async function recordGif(run: PicturedRun, source: FilmSource, options: GifOptions, rasterize: Parameters<PicturesModule['filmGif']>[2]): Promise<Uint8Array<ArrayBuffer>[]> {
  const film = planOf(options, source.generations.length);
  const hasEnergy = source.generations.energyMJ.some((energy) => energy > 0);
  const subject: FilmSubject = { source, options: film, title: run.detail.run.name, xAxis: 'makespanMs', yAxis: hasEnergy ? 'energyMJ' : 'latencyMs' };
  const scale = scaleOf(film);
  const svgAt = async (stage: ScheduleStage, generation: number, elapsedMs: number): Promise<string> => {
    const context = new SvgContext(estimateTextWidth);
    await drawGeneration(subject, context, stage, generation, elapsedMs);
    return context.toString(film.widthPx / scale, film.heightPx / scale, subject.title);
  };
  const samples = [];
  for (const offset of sampledGenerations(film.range.to - film.range.from + 1)) samples.push(await rasterize(await svgAt(new ScheduleStage(), film.range.from + offset, ENOUGH_MS), scale));

  const parts: Uint8Array<ArrayBuffer>[] = [];
  const gif = new GifFilm(film.widthPx, film.heightPx, samples, (part) => parts.push(part));
  const stage = new ScheduleStage();
  let latest = { svg: '', pixels: samples[0] };
  for (let frame = 0; frame < frameCountOf(film); frame++) {
    const svg = await svgAt(stage, generationOfFrame(film, frame), 1000 / film.framesPerS);
    if (svg !== latest.svg) latest = { svg, pixels: await rasterize(svg, scale) };
    gif.add(latest.pixels, Math.round(100 / film.framesPerS));
  }
  gif.finish();
  return parts;
}

/** The options with what depends on the run filled in. */
function planOf({ kind, theme, generationsPerS, framesPerS, widthPx, heightPx, from, to }: GifOptions, generations: number): FilmOptions {
  const last = Math.min(to ?? generations - 1, generations - 1);
  const range = { from: Math.min(from, last), to: last };
  return { kind, theme, framesPerS, widthPx, heightPx, range, generationsPerS: generationsPerS ?? usualSpeed(range.to - range.from + 1) };
}
