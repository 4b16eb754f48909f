/**
 * Which part of objective space a replay shows while it follows: the front, the best and the better members, on a frame
 * that holds still as long as they fill it well.
 */
import { quantile } from '#shared/scheduling/metrics.ts';
import type { Goal } from '#shared/domain/metrics.ts';
import type { ScatterScene } from './draw-scatter.ts';
import { widen, type Range } from './plot-frame.ts';

/** Share of the members that are shown within the frame, the better ones; the others lie at its edge. */
const SHOWN_SHARE = 0.75;
const MARGIN = 0.12;
/** Around a single value, as a share of it. */
const LEAST_SPAN = 0.02;
/** A frame is kept while what it is for takes at least this share of it. */
const LEAST_FILLED = 0.45;
/** Time in which the frame covers 63 % of its way, ms. */
const TIME_CONSTANT_MS = 70;
/** Closer than this share of its span, it has arrived. */
const ARRIVED = 1e-3;

export interface PlotFrame {
  readonly x: Range;
  readonly y: Range;
}

/** @param direction of the metric: where more is better, the worst members are the least ones */
function interestingRange(values: readonly number[], whole: readonly number[], goal: Goal): Range {
  const sorted = Float64Array.from(values).sort();
  const usual =
    sorted.length === 0
      ? []
      : goal === 'lower'
        ? [sorted[0], quantile(sorted, SHOWN_SHARE)]
        : [quantile(sorted, 1 - SHOWN_SHARE), sorted[sorted.length - 1]];
  const ends = [...usual, ...whole];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const spare = Math.max(0, Math.abs(high) * LEAST_SPAN - (high - low)) / 2;
  return { low: low - spare, high: high + spare };
}

/** The part of a population that is worth the room: its front and its best whole, and the better three quarters of its members. Undefined for none. */
export function interestingFrame({
  points,
  front,
  best,
  goals,
}: Pick<ScatterScene, 'points' | 'front' | 'best' | 'goals'>): PlotFrame | undefined {
  const whole = best === undefined ? front : [...front, best];
  if (whole.length + points.length === 0) return undefined;
  return {
    x: interestingRange(
      points.map(({ x }) => x),
      whole.map(({ x }) => x),
      goals.x,
    ),
    y: interestingRange(
      points.map(({ y }) => y),
      whole.map(({ y }) => y),
      goals.y,
    ),
  };
}

function holds(range: Range, part: Range): boolean {
  return (
    part.low >= range.low && part.high <= range.high && part.high - part.low >= LEAST_FILLED * (range.high - range.low)
  );
}

export class FollowingFrame {
  #shown: PlotFrame | undefined;
  #target: PlotFrame | undefined;

  /** Where the frame is now; undefined before the first `follow`. */
  get shown(): PlotFrame | undefined {
    return this.#shown;
  }

  /** Sends the frame to where it shows `part`, each axis only where it no longer does. */
  follow(part: PlotFrame): void {
    const axis = (range: Range | undefined, wanted: Range): Range =>
      range !== undefined && holds(range, wanted) ? range : widen(wanted, MARGIN);
    this.#target = { x: axis(this.#target?.x, part.x), y: axis(this.#target?.y, part.y) };
    this.#shown ??= this.#target;
  }

  /** The next `follow` begins from nothing: other axes are shown. */
  reset(): void {
    this.#shown = undefined;
    this.#target = undefined;
  }

  /** Moves the frame for `elapsedMs`; true: it is still on its way. @param isInstant it is where it belongs at once */
  advance(elapsedMs: number, isInstant: boolean): boolean {
    const [shown, target] = [this.#shown, this.#target];
    if (shown === undefined || target === undefined || shown === target) return false;
    const share = isInstant ? 1 : 1 - Math.exp(-elapsedMs / TIME_CONSTANT_MS);
    const between = (from: Range, to: Range): Range => ({
      low: from.low + (to.low - from.low) * share,
      high: from.high + (to.high - from.high) * share,
    });
    const isClose = (from: Range, to: Range): boolean =>
      Math.max(Math.abs(from.low - to.low), Math.abs(from.high - to.high)) <= ARRIVED * (to.high - to.low);
    const next = { x: between(shown.x, target.x), y: between(shown.y, target.y) };
    this.#shown = isClose(next.x, target.x) && isClose(next.y, target.y) ? target : next;
    return this.#shown !== target;
  }
}
