/** The runs of a comparison, loaded with what its charts need: details, convergence, the last population, the best schedule. */
import { shallowRef, watch } from 'vue';
import type { WorkbenchError } from '#shared/domain/errors.ts';
import type { GenerationSeries, RunDetail } from '#shared/contract/shapes.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { scheduleOf, type Schedule } from '../recorded/schedule-of.ts';
import { formatSides, withoutRuns, type ComparisonAddress } from './address.ts';
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
  /**
   * The run's name, or "Simple scenario, Genetic algorithm × 10"; where two sides would have the same name, with what
   * tells them apart.
   */
  readonly title: string;
}

export type ComparisonState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: WorkbenchError }
  | {
      readonly status: 'ready';
      readonly sides: readonly ComparedSide[];
      /** What the sides were loaded for; the page's address is ahead of it while more is loaded. */ readonly address: ComparisonAddress;
    };

/**
 * @param schedulerName how a scheduler is called
 * @param onGone runs of the address do not exist; the others make up `rest`, which has at least one
 */
export function useComparison(
  address: () => ComparisonAddress,
  schedulerName: (id: string) => string,
  onGone: (gone: readonly number[], rest: ComparisonAddress) => void,
) {
  const state = shallowRef<ComparisonState>({ status: 'loading' });
  /** Kept while the page is open: adding a side loads only that side. */
  const known = new Map<number, ComparedRun>();
  /** Runs loaded and wanted, while something is being loaded. */
  const progress = shallowRef<{ readonly loaded: number; readonly total: number }>();
  const begin = useLatest();

  async function load(): Promise<void> {
    const isLatest = begin();
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
      const here = new Map<number, ComparedRun>();
      const gone: number[] = [];
      let firstProblem: unknown;
      for (const runId of sides.flat()) {
        try {
          const run = known.get(runId) ?? (await loadRun(runId));
          here.set(runId, run);
          // A run that goes on is loaded again the next time.
          if (run.detail.run.endedAt !== undefined) known.set(runId, run);
        } catch (problem) {
          // One that was deleted does not keep the others from being seen; any other fault does.
          if (asWorkbenchError(problem).code !== 'run.unknown') throw problem;
          firstProblem ??= problem;
          gone.push(runId);
        }
        if (!isLatest()) return;
        progress.value = { loaded: ++loaded, total };
      }
      if (here.size === 0) throw firstProblem;
      if (gone.length > 0) {
        onGone(gone, withoutRuns(wanted, gone));
        return;
      }
      const built = sides.map((side) =>
        sideOf(side.map((runId) => here.get(runId)).filter((run) => run !== undefined)),
      );
      const titles = sideTitles(
        built.map(({ runs, leader: { detail } }) => ({
          name:
            runs.length === 1 ? detail.run.name : `${detail.run.scenarioName}, ${schedulerName(detail.run.scheduler)}`,
          count: runs.length,
          options: detail.configuration.options,
          runId: runs[0].detail.run.id,
        })),
      );
      state.value = {
        status: 'ready',
        sides: built.map((side, index) => ({ ...side, title: titles[index] })),
        address: wanted,
      };
    } catch (problem) {
      if (isLatest()) state.value = { status: 'failed', error: asWorkbenchError(problem) };
    } finally {
      if (isLatest()) progress.value = undefined;
    }
  }

  watch(
    () => formatSides(address().sides),
    () => void load(),
    { immediate: true },
  );
  watch(address, (next) => {
    // Another baseline or colour needs nothing new.
    if (state.value.status === 'ready' && formatSides(state.value.address.sides) === formatSides(next.sides))
      state.value = { ...state.value, address: next };
  });
  return { state, progress, reload: load };
}

async function loadRun(runId: number): Promise<ComparedRun> {
  const [detail, series, bests] = await Promise.all([
    client.invoke('runs.get', { runId }),
    client.invoke('runs.generations', { runId }),
    client.invoke('replay.bests', { runId }),
  ]);
  return { detail, series, bests };
}

function sideOf(runs: readonly ComparedRun[]): Omit<ComparedSide, 'title'> {
  const leader = runs.reduce((best, run) =>
    (run.detail.run.bestFitness ?? Number.NEGATIVE_INFINITY) > (best.detail.run.bestFitness ?? Number.NEGATIVE_INFINITY)
      ? run
      : best,
  );
  const problem = problemOfSnapshot(leader.detail);
  const { best } = leader.detail;
  return {
    runs,
    leader,
    problem,
    schedule: best === undefined ? undefined : scheduleOf(problem, Uint8Array.from(best.genome)),
  };
}
