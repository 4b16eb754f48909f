/**
 * Whether a schedule keeps its deadlines, application by application; nothing is said of applications without one, unless they may drop late
 * instances.
 */
import type { Metrics } from '../domain/run.ts';
import { isLate } from '../scheduling/rounding.ts';

export interface DeadlineResult {
  /** Id. */
  readonly application: string;
  /** Instances that ended after the deadline. */
  readonly missed: number;
  /** Instances that never ran, because they were late: neither missed nor in time. Only where the application may drop some. */
  readonly dropped?: number;
  readonly ofInstances: number;
  /** Longest response, ms. */
  readonly worstMs: number;
  /** Null: it has none. */
  readonly deadlineMs: number | null;
  /** No schedule answers sooner, ms; missing where it was not asked for. */
  readonly leastMs?: number;
}

/** In the order of the scenario. @param leastMs of each application of the scenario, as of `responseBounds` */
export function deadlineResults(
  { applications }: { readonly applications: readonly { readonly id: string; readonly deadlineMs: number | null }[] },
  metrics: Pick<Metrics, 'applications'>,
  leastMs?: ArrayLike<number>,
): DeadlineResult[] {
  return applications.flatMap(({ id, deadlineMs }, index) => {
    const measured = metrics.applications[id];
    if (measured === undefined || (deadlineMs === null && measured.dropped === undefined)) return [];
    return [
      {
        application: id,
        missed: measured.deadlineMisses,
        ...(measured.dropped === undefined ? {} : { dropped: measured.dropped }),
        ofInstances: measured.instances,
        worstMs: measured.maxResponseMs,
        deadlineMs,
        ...(leastMs === undefined ? {} : { leastMs: leastMs[index] }),
      },
    ];
  });
}

/** All applications with a deadline, or that may drop instances, together; undefined where there are none. */
export function missedOf(
  results: readonly DeadlineResult[],
): { readonly missed: number; readonly dropped: number; readonly ofInstances: number } | undefined {
  if (results.length === 0) return undefined;
  return {
    missed: results.reduce((sum, { missed }) => sum + missed, 0),
    dropped: results.reduce((sum, { dropped = 0 }) => sum + dropped, 0),
    ofInstances: results.reduce((sum, { ofInstances }) => sum + ofInstances, 0),
  };
}

/** Whether a deadline is shorter than any response that a schedule can have; not where one of them is not known. */
export function isImpossible(deadlineMs: number | null, leastMs: number | undefined): boolean {
  return deadlineMs !== null && leastMs !== undefined && isLate(leastMs, deadlineMs);
}

/** Said of a deadline that is impossible. @param least the least response, with its unit */
export function impossibleText(application: string, least: string): string {
  return `impossible: no schedule of ${application} takes less than ${least}`;
}

/** What is said of each missed deadline that is impossible. @param ms writes a time, in ms, with its unit */
export function impossibleTexts(
  results: readonly DeadlineResult[],
  nameOf: (application: string) => string,
  ms: (value: number) => string,
): string[] {
  return results.flatMap(({ application, missed, deadlineMs, leastMs }) =>
    missed > 0 && leastMs !== undefined && isImpossible(deadlineMs, leastMs)
      ? [impossibleText(nameOf(application), ms(leastMs))]
      : [],
  );
}
