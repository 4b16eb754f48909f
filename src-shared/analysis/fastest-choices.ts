/**
 * The best that a genome of a problem can choose for each processor by itself: the most units, and the least time of each task over
 * core arrangements and frequencies. What bounds argue from, because no single choice need have both.
 */
import { lociThatSet } from '../scheduling/genome-layout.ts';
import type { AssignmentPart, SegmentName } from '../scheduling/genome-segments.ts';
import { taskDurationMs, type Problem } from '../scheduling/problem.ts';

/** The kind of gene that chooses a processor's arrangement of cores, or its operating point; undefined where none does. */
function geneFor({ layout, processors }: Problem, part: AssignmentPart, processor: number): SegmentName | undefined {
  const locus = lociThatSet(layout, part, processors.length)[processor];
  return locus < 0 ? undefined : layout.loci[locus].segment;
}

function arrangementsOf(problem: Problem, processor: number): number[] {
  const { arrangements, defaultArrangement } = problem.processors[processor];
  return geneFor(problem, 'arrangement', processor) === undefined
    ? [defaultArrangement]
    : arrangements.map((_, index) => index);
}

function pointsOf(problem: Problem, processor: number): number[] {
  const { operatingPoints, nominalPoint } = problem.processors[processor];
  return geneFor(problem, 'operatingPoint', processor) === undefined
    ? [nominalPoint]
    : operatingPoints.map((_, point) => point);
}

/** Whether no frequency, active cores or core configuration that a genome can choose makes any layer faster, or more of them run at once, than the defaults. */
export function defaultsAreFastest(problem: Problem): boolean {
  return problem.processors.every((processor) => {
    const { index, defaultArrangement, operatingPoints, nominalPoint, highestPoint } = processor;
    // By default all cores are active, but of the configurations any may be the fastest.
    if (geneFor(problem, 'arrangement', index) === 'coreConfiguration') return false;
    const factorOf = (point: number): number => operatingPoints[point].timeFactor;
    const points = pointsOf(problem, index);
    const fastest = arrangementsOf(problem, index).map((arrangement) =>
      Math.min(...points.map((point) => factorOf(Math.min(point, highestPoint[arrangement])))),
    );
    return Math.min(...fastest) >= factorOf(Math.min(nominalPoint, highestPoint[defaultArrangement]));
  });
}

/** Units of `processor` that can be busy at once, at most. */
export function mostUnits(problem: Problem, processor: number): number {
  const { dispatch, coreCount, arrangements } = problem.processors[processor];
  return dispatch === 'pooled'
    ? coreCount
    : Math.max(...arrangementsOf(problem, processor).map((index) => arrangements[index].groups.length));
}

/** Operating point and group size of everything that a genome can make of `processor`. */
function waysOf(problem: Problem, processor: number): { readonly point: number; readonly size: number }[] {
  const { dispatch, arrangements, highestPoint } = problem.processors[processor];
  const points = pointsOf(problem, processor);
  return arrangementsOf(problem, processor).flatMap((index) => {
    const sizes = dispatch === 'pooled' ? [1] : arrangements[index].groups;
    return points.flatMap((point) => sizes.map((size) => ({ point: Math.min(point, highestPoint[index]), size })));
  });
}

/** What the least time of any task on `processor` is for a base time of 1, over all that a genome can choose. */
export function shortestFactor(problem: Problem, processor: number): number {
  const { basePerformance, groupSpeedup, operatingPoints } = problem.processors[processor];
  return waysOf(problem, processor)
    .map(({ point, size }) => (1 / basePerformance / groupSpeedup[size]) * operatingPoints[point].timeFactor)
    .reduce((least, factor) => Math.min(least, factor), Number.POSITIVE_INFINITY);
}

/** [T][P] the least time of each task on each processor, ms; Infinity where it cannot run. */
export function shortestDurations(problem: Problem): number[][] {
  return possibleDurations(problem).map((byProcessor) =>
    byProcessor.map((times) => times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)),
  );
}

/** [T][P] every time that a task can take on a processor, ms; none where it cannot run. */
export function possibleDurations(problem: Problem): number[][][] {
  const ways = problem.processors.map((_, processor) => waysOf(problem, processor));
  return problem.tasks.map(({ index }) =>
    ways.map((own, processor) => {
      const times = own.map(({ point, size }) => taskDurationMs(problem, index, processor, point, size));
      return times.some(Number.isNaN) ? [] : times;
    }),
  );
}
