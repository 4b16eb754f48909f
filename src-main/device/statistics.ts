/** Statistics of many runs: times net of waiting for a core, without the runs that waited most. */
import type { Series } from './protocol.ts';

export interface Summary {
  /** Median of wall less wait, ms. */
  readonly medianMs: number;
  /** Median of the wall time of all runs, ms. */
  readonly wallMs: number;
  readonly minMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  /** Runs that count. */
  readonly runs: number;
  /** Share of the runs that were left out since they waited for a core, 0…1. */
  readonly droppedShare: number;
  /** More runs waited than not: those that waited least were kept. */
  readonly contended: boolean;
  /** Interquartile range / median above 5 %. */
  readonly noisy: boolean;
  readonly disturbed: boolean;
}

const MOST_WAITING_SHARE = 0.01;
const MOST_WAITING_MS = 0.003;
/** However much others run, this share is kept. */
const LEAST_KEPT_SHARE = 0.4;
const MOST_SPREAD = 0.05;

/** The runs of all sessions together; each was measured in rotation with the others. */
export function summaryOf(series: readonly Series[]): Summary {
  const all = series.flatMap(({ wallMs, waitMs }) =>
    wallMs.map((wall, run) => ({ wall, wait: waitMs?.[run] ?? 0, net: wall - (waitMs?.[run] ?? 0) })),
  );
  const calm = all.filter(({ wall, wait }) => wait <= wall * MOST_WAITING_SHARE + MOST_WAITING_MS);
  const least = Math.ceil(all.length * LEAST_KEPT_SHARE);
  const contended = calm.length < least;
  const kept = contended ? all.toSorted((a, b) => a.wait / a.wall - b.wait / b.wall).slice(0, least) : calm;
  const net = kept.map((run) => run.net).toSorted((a, b) => a - b);
  const medianMs = quantile(net, 0.5);
  return {
    medianMs,
    wallMs: median(all.map(({ wall }) => wall)),
    minMs: net[0] ?? 0,
    p10Ms: quantile(net, 0.1),
    p90Ms: quantile(net, 0.9),
    runs: net.length,
    droppedShare: all.length === 0 ? 0 : 1 - kept.length / all.length,
    contended,
    noisy: quantile(net, 0.75) - quantile(net, 0.25) > medianMs * MOST_SPREAD,
    disturbed: series.some(({ disturbed }) => disturbed),
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Of sorted values, between the two nearest; 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? 0;
  return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place - Math.floor(place));
}
