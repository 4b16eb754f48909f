/**
 * How far the time of a schedule is uncertain because the times of its layers were measured with a spread: what the spreads of the layers
 * on its busiest element add up to, as if all erred the same way at once. An upper end, and ours; times without a spread count as exact.
 */
import { nominalPlace, timesByProfiles } from '../domain/applied-profiles.ts';
import { deviationOf } from '../domain/deviation.ts';
import type { ResolvedScenario } from '../domain/scenario.ts';
import type { Problem } from '../scheduling/problem.ts';

/**
 * The spread of a schedule, ms; undefined where none of its times has one.
 * @param peOfTask element of each task
 * @param scenario that `problem` was compiled of, which keeps the layers of what the problem executes as one
 */
export function scheduleSpreadMs(
  problem: Problem,
  peOfTask: ArrayLike<number>,
  scenario: ResolvedScenario = problem.scenario,
): number | undefined {
  const { tasks, pes } = problem;
  const profiles = scenario.profiles ?? [];
  if (profiles.length === 0) return undefined;
  const times = scenario.applications.map(({ network }) => timesByProfiles(profiles, network));
  const onElement = new Float64Array(pes.length);
  let isKnown = false;
  for (const task of tasks) {
    const pe = peOfTask[task.index];
    const processor = scenario.platform.processors[pes[pe].processor];
    const { network } = problem.scenario.applications[task.application];
    const layers = task.members?.map(({ id }) => id) ?? [network.layers[task.layer].id];
    const time = times[task.application].group(layers, nominalPlace(processor));
    const deviation = time?.spread === undefined ? undefined : deviationOf(time.spread);
    if (deviation === undefined) continue;
    isKnown = true;
    onElement[pe] += deviation * problem.applicationInstances[task.application];
  }
  return isKnown ? onElement.reduce((most, each) => Math.max(most, each), 0) : undefined;
}

/** A sentence where the gain of a schedule is smaller than the spread of its times; undefined otherwise. All in ms. */
export function gainWithinSpread(
  gainMs: number,
  spreadMs: number | undefined,
  baseline: string,
  inWords: (ms: number) => string,
): string | undefined {
  if (spreadMs === undefined || gainMs <= 0 || gainMs >= spreadMs) return undefined;
  return `its gain of ${inWords(gainMs)} over ${baseline} is smaller than the spread of the times it rests on, up to ${inWords(spreadMs)}`;
}
