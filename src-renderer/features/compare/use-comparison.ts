/** The runs of a comparison, loaded with what its charts need: details, convergence, the last population, the best schedule. */
import { onScopeDispose, shallowRef, watch } from 'vue';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { GenerationSeries, RunDetail } from '#shared/contract/shapes.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../../api/index.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { scheduleOf, type Schedule } from '../run/use-schedule.ts';
import { problemOfRun } from '../run/run-problem.ts';
import { formatSides, type ComparisonAddress } from './address.ts';
import { sideTitles } from './short-titles.ts';

/** One run of a side. */
export interface ComparedRun {
  readonly detail: RunDetail;
  readonly series: GenerationSeries;
  /** Every generation's best, once. */
  readonly bests: ChromosomeColumns;
}

/** A run, or several that differ by their seed. */
export interface ComparedSide {
  readonly runs: readonly ComparedRun[];
  /** The run with the best result (the highest fitness): whose schedule and configuration are shown. */
  readonly leader: ComparedRun;
  readonly problem: Problem;
  /** Undefined before the first generation. */
  readonly schedule: Schedule | undefined;
  /** The run's name, or "Simple scenario, Genetic algorithm × 10"; with what tells it apart where two sides would have the same. */
  readonly title: string;
}

export type ComparisonState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: WorkbenchError }
  | { readonly status: 'ready'; readonly sides: readonly ComparedSide[]; /** What the sides were loaded for; the page's address is ahead of it while more is loaded. */ readonly address: ComparisonAddress };

/** @param schedulerName how a scheduler is called */
export function useComparison(address: () => ComparisonAddress, schedulerName: (id: string) => string) {
  const state = shallowRef<ComparisonState>({ status: 'loading' });
  /** Kept while the page is open: adding a side loads only that side. */
  const known = new Map<number, ComparedRun>();
  /** Runs loaded and wanted, while something is being loaded. */
  const progress = shallowRef<{ readonly loaded: number; readonly total: number }>();
  let latest = 0;

  async function load(): Promise<void> {
    const own = ++latest;
    const wanted = address();
    const { sides } = wanted;
    const total = sides.reduce((sum, side) => sum + side.length, 0);
    if (total === 0) {
      state.value = { status: 'loading' };
      return;
    }
    let loaded = 0;
    // What was there stays until what comes is complete.
    if (state.value.status !== 'ready') state.value = { status: 'loading' };
    progress.value = { loaded, total };
    try {
      const built: Omit<ComparedSide, 'title'>[] = [];
      for (const side of sides) {
        const runs: ComparedRun[] = [];
        for (const runId of side) {
          runs.push(known.get(runId) ?? (await loadRun(runId)));
          if (own !== latest) return;
          const run = runs[runs.length - 1];
          // A run that goes on is loaded anew the next time.
          if (run.detail.run.endedAt !== undefined) known.set(runId, run);
          progress.value = { loaded: ++loaded, total };
        }
        built.push(sideOf(runs));
      }
      const titles = sideTitles(built.map(({ runs, leader: { detail } }) => ({
        name: runs.length === 1 ? detail.run.name : `${detail.run.scenarioName}, ${schedulerName(detail.run.scheduler)}`,
        count: runs.length, options: detail.configuration.options, runId: runs[0].detail.run.id,
      })));
      state.value = { status: 'ready', sides: built.map((side, index) => ({ ...side, title: titles[index] })), address: wanted };
    } catch (problem) {
      if (own === latest) state.value = { status: 'failed', error: asWorkbenchError(problem) };
    } finally {
      if (own === latest) progress.value = undefined;
    }
  }

  watch(() => formatSides(address().sides), () => void load(), { immediate: true });
  watch(address, (next) => {
    // Another baseline or colour needs nothing new.
    if (state.value.status === 'ready' && formatSides(state.value.address.sides) === formatSides(next.sides)) state.value = { ...state.value, address: next };
  });
  onScopeDispose(() => latest++);
  return { state, progress, reload: load };
}

async function loadRun(runId: number): Promise<ComparedRun> {
  const [detail, series, bests] = await Promise.all([client.invoke('runs.get', { runId }), client.invoke('runs.generations', { runId }), client.invoke('replay.bests', { runId })]);
  return { detail, series, bests };
}

function sideOf(runs: readonly ComparedRun[]): Omit<ComparedSide, 'title'> {
  const leader = runs.reduce((best, run) => ((run.detail.run.bestFitness ?? Number.NEGATIVE_INFINITY) > (best.detail.run.bestFitness ?? Number.NEGATIVE_INFINITY) ? run : best));
  const problem = problemOfRun(leader.detail);
  const { best } = leader.detail;
  return {
    runs, leader, problem,
    schedule: best === undefined ? undefined : scheduleOf(problem, Uint8Array.from(best.genome)),
  };
}
