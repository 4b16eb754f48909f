/** α* and the curve of satisfaction of every side of a comparison, simulated here in slices, and the bound that is proven for them. */
import { onScopeDispose, shallowRef, watch } from 'vue';
import { curveAlphas, curveOf } from '#shared/analysis/frequency-curve.ts';
import { FrequencyProbe, hasFrequency, type Satisfaction } from '#shared/analysis/request-frequency.ts';
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import { client } from '../api/index.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import type { ComparedSide } from './use-comparison.ts';

export interface SideFrequency {
  /** Undefined where no point of the grid is enough. */
  readonly alpha: number | undefined;
  /** Null: nothing is proven. */
  readonly bound: FrequencyBound | null;
  readonly points: readonly Satisfaction[];
  /** Nearest to the scenario's own frequency. */
  readonly atOne: Satisfaction;
}

export type FrequencyState =
  | { readonly status: 'computing'; readonly share: number }
  | { readonly status: 'failed'; readonly message: string }
  /** By side; undefined for one without a schedule, or whose scenario has no periods. */
  | { readonly status: 'ready'; readonly sides: readonly (SideFrequency | undefined)[] };

/** The window stays alive: after so long others have their turn, ms. */
const SLICE_MS = 12;
/** Shares of the work: finding α*, then the curve. */
const [FINDING, DRAWING] = [0.3, 0.7];

export function useFrequencyCurves(sides: () => readonly ComparedSide[]) {
  const state = shallowRef<FrequencyState>({ status: 'computing', share: 0 });
  let turn = 0;

  async function compute(compared: readonly ComparedSide[]): Promise<void> {
    const own = ++turn;
    const isLatest = (): boolean => own === turn;
    state.value = { status: 'computing', share: 0 };
    let done = 0;
    /** Undefined when something else is wanted by now. */
    const inSlices = async <Result>(steps: Generator<number, Result>, weight: number): Promise<Result | undefined> => {
      let until = performance.now() + SLICE_MS;
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done === true) {
          done += weight / compared.length;
          return step.value;
        }
        if (performance.now() < until) continue;
        state.value = { status: 'computing', share: done + (step.value * weight) / compared.length };
        await new Promise((resolve) => setTimeout(resolve));
        if (!isLatest()) return undefined;
        until = performance.now() + SLICE_MS;
      }
    };
    try {
      const probes = compared.map(({ schedule }) =>
        schedule === undefined || !hasFrequency(schedule.problem.scenario)
          ? undefined
          : new FrequencyProbe(schedule.problem, schedule.assignment),
      );
      const bounds = compared.map(({ leader }, index) =>
        probes[index] === undefined
          ? Promise.resolve({ bound: null })
          : client.invoke('runs.frequencyBound', { runId: leader.detail.run.id }),
      );
      const proven = Promise.all(bounds);
      proven.catch(() => undefined); // awaited below
      const alphas: (number | undefined)[] = [];
      for (const probe of probes) {
        alphas.push(probe === undefined ? undefined : await inSlices(probe.leastAlpha(), FINDING));
        if (!isLatest()) return;
      }
      const found = (await proven).map(({ bound }) => bound);
      const marks = [1, ...alphas, ...found.map((bound) => bound?.alpha)].filter((mark) => mark !== undefined);
      const result: (SideFrequency | undefined)[] = [];
      for (const [index, probe] of probes.entries()) {
        const points =
          probe === undefined ? [] : await inSlices(curveOf(probe, curveAlphas(marks, alphas[index])), DRAWING);
        if (!isLatest() || points === undefined) return;
        result.push(
          points.length === 0
            ? undefined
            : { alpha: alphas[index], bound: found[index], points, atOne: nearestToOne(points) },
        );
      }
      if (isLatest()) state.value = { status: 'ready', sides: result };
    } catch (error) {
      if (isLatest()) state.value = { status: 'failed', message: asWorkbenchError(error).message };
    }
  }

  watch(sides, (compared) => void compute(compared), { immediate: true });
  onScopeDispose(() => turn++);
  return { state, again: () => void compute(sides()) };
}

function nearestToOne(points: readonly Satisfaction[]): Satisfaction {
  return points.reduce((nearest, point) => (Math.abs(point.alpha - 1) < Math.abs(nearest.alpha - 1) ? point : nearest));
}
