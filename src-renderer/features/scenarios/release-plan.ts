/** When the applications of a scenario are released, and how that is drawn over time: releases, periods, deadlines. */
import { releasesBefore } from '#shared/scheduling/compile-jobs.ts';
import { listAt, numberOf, textOf, type Content } from '../../editing/json-path.ts';
import type { PlannedApplication } from '../../plots/draw-releases.ts';

/** Reads what is there, whether or not it is valid. */
export function readPlan(content: Content): readonly PlannedApplication[] {
  const groups = listAt(content, ['groups']);
  return listAt(content, ['applications']).map((application, index) => {
    const group = groupOf(groups, application);
    const released = group === undefined ? application : groups[group];
    const period = numberOf(released['periodMs']);
    const own = numberOf(application['deadlineMs']);
    const deadline = own ?? (group === undefined ? undefined : (numberOf(released['deadlineMs']) ?? period));
    return {
      index,
      name: textOf(application['name']) || textOf(application['id']),
      startTimeMs: Math.max(0, numberOf(released['startTimeMs']) ?? 0),
      periodMs: period !== undefined && period > 0 ? period : undefined,
      instances: application['instances'] === null ? undefined : Math.max(1, numberOf(application['instances']) ?? 1),
      deadlineMs: deadline !== undefined && deadline > 0 ? deadline : undefined,
      ...(group === undefined ? {} : { group, hasOwnDeadline: own !== undefined }),
    };
  });
}

/** Index of the group that `application` is a member of. */
export function groupOf(groups: readonly Content[], application: Content): number | undefined {
  const index = groups.findIndex(
    ({ applications }) => Array.isArray(applications) && applications.includes(application['id']),
  );
  return index < 0 ? undefined : index;
}

/** Releases shown before the picture would only become smaller. */
const SHOWN_PERIODS = 5;

/** How far the picture reaches, ms: all of it, or the first periods where there are many. @param lengths of one instance of each application, ms */
export function planEnd(
  plan: readonly PlannedApplication[],
  lengths: readonly number[],
  horizonMs: number | undefined,
): number {
  const ends = plan.map(({ startTimeMs, periodMs, instances, deadlineMs, index }) => {
    const count = periodMs === undefined ? 1 : Math.min(SHOWN_PERIODS, instances ?? SHOWN_PERIODS);
    return startTimeMs + (count - 1) * (periodMs ?? 0) + Math.max(deadlineMs ?? 0, lengths[index] ?? 0);
  });
  const longest = Math.max(0, ...ends);
  const end = horizonMs === undefined ? longest : Math.min(Math.max(longest, 0), horizonMs * 1.05);
  return end > 0 ? end * 1.04 : 10;
}

/** The releases of an application before `untilMs`; undefined when they are more than `most`: they can only be hinted at. */
export function releases(
  { startTimeMs, periodMs, instances }: PlannedApplication,
  untilMs: number,
  horizonMs: number | undefined,
  most: number,
): number[] | undefined {
  const limit = Math.min(untilMs, horizonMs ?? Infinity);
  if (!(startTimeMs < limit)) return [];
  if (periodMs === undefined) return [startTimeMs];
  const count = Math.min(instances ?? Infinity, releasesBefore(startTimeMs, periodMs, limit));
  return count > most ? undefined : Array.from({ length: count }, (_, index) => startTimeMs + index * periodMs);
}

/** `ms` on a multiple of `step`, without the digits that floating-point adds. */
export function snapped(ms: number, step: number): number {
  return Number((Math.round(ms / step) * step).toPrecision(12));
}
