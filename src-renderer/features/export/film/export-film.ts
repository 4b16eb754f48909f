/** The replay of a run as a file: the recorded run is read over the contract, drawn and encoded here. */
import type { HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../../../api/index.ts';
import type { GenerationView } from '../../../recorded/generation-columns.ts';
import type { FilmOptions } from './film-plan.ts';
import { FilmSource } from './film-source.ts';
import { createGifEncoder } from './gif-encoder.ts';
import { recordFilm } from './record-film.ts';
import { createVideoEncoder } from './video-encoder.ts';

export const filmFormats = ['gif', 'webm', 'mp4'] as const;
export type FilmFormat = (typeof filmFormats)[number];

export interface FilmedRun {
  readonly runId: number;
  readonly name: string;
  readonly problem: Problem;
  readonly generations: GenerationView;
}

/** @param onProgress share done, 0…1 */
export async function exportFilm(
  run: FilmedRun,
  options: FilmOptions,
  format: FilmFormat,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Blob> {
  const { runId, name, problem, generations } = run;
  const source = await FilmSource.open(
    {
      bests: () => client.invoke('replay.bests', { runId }),
      window: (from, length) => client.invoke('replay.window', { runId, from, length }),
    },
    problem,
    generations,
    signal,
  );
  const yAxis: HeadlineMetricName = generations.energyMJ.some((energy) => energy > 0) ? 'energyMJ' : 'latencyMs';
  return recordFilm({
    source,
    options,
    title: name,
    xAxis: 'makespanMs',
    yAxis,
    signal,
    createEncoder: (canvas, samples) =>
      format === 'gif' ? createGifEncoder(canvas, samples) : createVideoEncoder(format, canvas),
    onProgress: (done, total) => onProgress(done / total),
  });
}
