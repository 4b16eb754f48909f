/** How often a scenario can be asked for with one schedule, and with any: α*, its bound, and the curve around both, for `tessera saturate`. */
import { curveAlphas, curveOf } from '#shared/analysis/frequency-curve.ts';
import { atFrequency, FrequencyProbe, hasFrequency, type Satisfaction } from '#shared/analysis/request-frequency.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import type { GroupMetrics } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { Assignment } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { frequencyBound } from '../../engine/bounds/frequency-bound.ts';
import { loadSolver } from '../../engine/milp/highs.ts';

/** A group at α*. */
export interface SaturatedGroup extends GroupMetrics {
  readonly id: string;
  readonly applications: readonly string[];
  readonly periodMs: number;
  readonly deadlineMs: number | null;
}

export interface Saturation {
  /** Null where not enough is in time at any point of the grid; so is the frequency, 1/α. */
  readonly alpha: number | null;
  readonly frequency: number | null;
  /** Null where nothing is proven. */
  readonly bound: FrequencyBound | null;
  /** At α*, or at α = 1 where there is none. */
  readonly groups: readonly SaturatedGroup[];
  readonly curve: readonly Satisfaction[];
}

/** How long a task computes before it lets the process hear signals, ms. */
const SLICE_MS = 50;

/** @throws WorkbenchError `scenario.noFrequency` where nothing is released again and again */
export function refuseWithoutFrequency(scenario: ResolvedScenario): void {
  if (hasFrequency(scenario)) return;
  throw new WorkbenchError(
    'scenario.noFrequency',
    `no application of scenario "${scenario.id}" has a period, so there is no frequency to raise`,
    {
      hint: 'give an application a periodMs and several instances, or put applications into a group',
      path: ['applications'],
    },
  );
}

/** The bound over every schedule; undefined where only a share has to be in time, for which nothing is proven. */
export async function provenFrequencyBound(scenario: ResolvedScenario, share = 1): Promise<FrequencyBound | undefined> {
  if (share < 1) return undefined;
  await loadSolver();
  return frequencyBound(scenario);
}

/** α* of one schedule. @param onProgress share that is done; @throws the reason of `signal` when it is aborted */
export function saturationPoint(
  problem: Problem,
  assignment: Assignment,
  share: number,
  signal: AbortSignal,
  onProgress: (share: number) => void = () => {},
): Promise<number | undefined> {
  return inSlices(new FrequencyProbe(problem, assignment, share).leastAlpha(), signal, onProgress);
}

/** Everything that is said of one schedule whose α* is known. */
export async function saturationOf(
  problem: Problem,
  assignment: Assignment,
  { alpha, bound }: { readonly alpha: number | undefined; readonly bound: FrequencyBound | undefined },
  signal: AbortSignal,
  onProgress: (share: number) => void = () => {},
): Promise<Saturation> {
  const marks = [1, alpha, bound?.alpha].filter((mark) => mark !== undefined);
  const curve = await inSlices(
    curveOf(new FrequencyProbe(problem, assignment), curveAlphas(marks, alpha)),
    signal,
    onProgress,
  );
  const scaled = atFrequency(problem, alpha ?? 1);
  const { groups = {} } = computeMetrics(scaled, assignment, simulate(scaled, assignment));
  return {
    alpha: alpha ?? null,
    frequency: alpha === undefined ? null : 1 / alpha,
    bound: bound ?? null,
    groups: (scaled.scenario.groups ?? []).map(({ id, applications, periodMs, deadlineMs }) => ({
      id,
      applications,
      periodMs,
      deadlineMs,
      ...groups[id],
    })),
    curve,
  };
}

async function inSlices<Result>(
  steps: Generator<number, Result>,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Result> {
  let sliceFrom = performance.now();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (performance.now() - sliceFrom < SLICE_MS) continue;
    onProgress(step.value);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    sliceFrom = performance.now();
  }
}
