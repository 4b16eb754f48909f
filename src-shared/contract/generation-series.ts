/** Series of generations, one column per figure: made of single generations, and put together from parts. */
import {
  generationColumnNames,
  generationFigures,
  type GenerationColumnName,
  type GenerationRecord,
} from '../domain/generation.ts';
import { headlineMetricNames } from '../domain/metrics.ts';
import type { GenerationSeries } from './shapes.ts';

/** What a series keeps of a generation. */
export interface SeriesPoint {
  /** Time spent searching up to it, ms. */
  readonly elapsedMs: number;
  readonly record: Pick<
    GenerationRecord,
    (typeof generationFigures)[number] | 'bestId' | 'bestMetrics' | 'hypervolume'
  >;
}

/** The series of `points`, the first of which is generation `from`. */
export function seriesOf(from: number, points: readonly SeriesPoint[]): GenerationSeries {
  const series = { ...emptySeries(from, points.length), hypervolume: hypervolumesOf(points) };
  points.forEach(({ elapsedMs, record }, i) => {
    series.elapsedMs[i] = elapsedMs;
    for (const name of generationFigures) series[name][i] = record[name];
    series.bestChromosomeId[i] = record.bestId;
    headlineMetricNames.forEach((name, metric) => {
      series[name][i] = record.bestMetrics[metric];
    });
  });
  return series;
}

/** One series of `parts` that follow each other without a gap; `from` is where it begins when there is none. */
export function concatenateSeries(from: number, parts: readonly GenerationSeries[]): GenerationSeries {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const all = emptySeries(
    from,
    parts.reduce((length, part) => length + part.length, 0),
  );
  for (const part of parts) {
    for (const name of generationColumnNames) all[name].set(part[name], part.from - from);
  }
  return { ...all, hypervolume: concatenateHypervolumes(parts) };
}

/** NaN where a generation has none; null where no generation has one. */
function hypervolumesOf(points: readonly SeriesPoint[]): GenerationSeries['hypervolume'] {
  return points.some(({ record }) => record.hypervolume !== undefined)
    ? Float64Array.from(points, ({ record }) => record.hypervolume ?? Number.NaN)
    : null;
}

function concatenateHypervolumes(parts: readonly GenerationSeries[]): GenerationSeries['hypervolume'] {
  if (parts.every(({ hypervolume }) => hypervolume === null)) return null;
  return Float64Array.from(
    parts.flatMap(({ hypervolume, length }) => [...(hypervolume ?? new Float64Array(length).fill(Number.NaN))]),
  );
}

function emptySeries(from: number, length: number): Omit<GenerationSeries, 'hypervolume'> {
  const columns = Object.fromEntries(generationColumnNames.map((name) => [name, new Float64Array(length)])) as Record<
    GenerationColumnName,
    Float64Array<ArrayBuffer>
  >;
  return { from, length, ...columns };
}
