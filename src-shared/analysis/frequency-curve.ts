/** Satisfaction over α for one schedule, at points of the grid around its α* and its bound: the curve that papers publish. */
import { frequencyGrid } from './frequency-grid.ts';
import { CHECKED_AFTER, type FrequencyProbe, type Satisfaction } from './request-frequency.ts';

/** Points of a curve, besides those that α* rests on. */
const MOST_POINTS = 120;
/** How far a curve reaches below the least and above the greatest of its marks. */
const REACH = 2;

/**
 * Points of the grid for a curve: from half the least of `marks` to twice the greatest, thinned evenly, always with `alpha` and the points that
 * have to be in time after it.
 * @param marks values of α that have to be on the curve; none: the whole grid
 */
export function curveAlphas(marks: readonly number[], alpha?: number): number[] {
  const least = Math.min(...marks) / REACH;
  const greatest = Math.max(...marks) * REACH;
  const within = [...frequencyGrid.keys()].filter(
    (index) => marks.length === 0 || (frequencyGrid[index] >= least && frequencyGrid[index] <= greatest),
  );
  const step = Math.ceil(within.length / MOST_POINTS);
  const at = alpha === undefined ? 0 : frequencyGrid.indexOf(alpha);
  return within
    .filter((index) => (index - at) % step === 0 || (alpha !== undefined && index >= at && index <= at + CHECKED_AFTER))
    .map((index) => frequencyGrid[index]);
}

/** Simulates each of `alphas`; yields the share that is done between them. */
export function* curveOf(probe: FrequencyProbe, alphas: readonly number[]): Generator<number, Satisfaction[]> {
  const points: Satisfaction[] = [];
  for (const alpha of alphas) {
    points.push(probe.satisfactionAt(alpha));
    yield points.length / alphas.length;
  }
  return points;
}
