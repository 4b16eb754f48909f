/** Everything a replay shows at its present position: the best's schedule on its way, the population, the gene map, the caption. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import type { HeadlineMetricName } from '#shared/domain/metrics.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../../api/index.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import type { GenerationView } from '../../recorded/generation-columns.ts';
import { BestScenes } from '../../recorded/best-scenes.ts';
import type { Caption } from '../../recorded/caption.ts';
import type { GeneMapScene } from '../../plots/draw-gene-map.ts';
import type { ScatterScene } from '../../plots/draw-scatter.ts';
import {
  captionOf as captionAt,
  geneMapScene,
  mutationsUpTo,
  plotRanges,
  pointsOf,
  sampledGenerations,
  scatterScene,
  type MetricRanges,
} from '../../plots/replay-scenes.ts';
import { frameIn, ReplaySource, windowsFor, type ReplayFrame } from '../../recorded/replay-source.ts';

export function useReplay(runId: number, problem: Problem, generations: () => GenerationView, onArrival: () => void) {
  const error = shallowRef<WorkbenchError>();
  const bests = shallowRef<ChromosomeColumns>();
  const ranges = shallowRef<MetricRanges>(new Map());
  const firstFrame = shallowRef<ReplayFrame>();
  const fail = (problemReport: unknown): void => void (error.value = asWorkbenchError(problemReport));
  const load = (from: number, length: number) => client.invoke('replay.window', { runId, from, length });
  const source = new ReplaySource({
    load,
    onArrival,
    onError: fail,
    ...windowsFor(generations().distinctGenomes[0] ?? 1, problem.layout.length),
  });
  let isClosed = false;
  onScopeDispose(() => {
    isClosed = true;
    source.close();
  });

  /** The bests up to the newest generation, and the range of each metric over samples of the run. */
  async function prepare(): Promise<void> {
    try {
      const count = generations().length;
      const loaded = await client.invoke('replay.bests', { runId });
      if (isClosed) return;
      bests.value = loaded;
      onArrival();
      const sampled: ChromosomeColumns[] = [];
      for (const generation of sampledGenerations(count)) {
        const window = await load(generation, 1);
        if (isClosed) return;
        sampled.push(window.chromosomes);
        if (generation === 0) firstFrame.value = frameIn(window, 0);
      }
      ranges.value = plotRanges(sampled, loaded);
      onArrival();
    } catch (problemReport) {
      if (!isClosed) fail(problemReport);
    }
  }

  let preparedFor = -1;
  watch(
    () => generations().length,
    (count) => {
      source.setCount(count);
      if (count === 0 || (preparedFor >= 0 && bests.value === undefined)) return;
      // While the run goes on, now and then is enough: what is missing is only the newest bests.
      if (preparedFor >= 0 && count < preparedFor * 1.1 + 10) return;
      preparedFor = count;
      void prepare();
    },
    { immediate: true },
  );

  const scenes = computed(() => (bests.value === undefined ? undefined : new BestScenes(problem, bests.value)));

  function captionOf(generation: number): Caption | undefined {
    return scenes.value === undefined || bests.value === undefined
      ? undefined
      : captionAt(problem, generations(), scenes.value, bests.value, generation);
  }

  /** Where the time axis ends when all bests shall be comparable: the latest end of any of them. */
  const longestMs = computed(() =>
    generations().makespanMs.reduce((latest, makespan) => Math.max(latest, makespan), 0),
  );

  function scatterOf(generation: number, x: HeadlineMetricName, y: HeadlineMetricName): ScatterScene | undefined {
    const frame = source.at(generation);
    if (frame === undefined) return undefined;
    const points = pointsOf(frame, x, y);
    const firstPoints = firstFrame.value === undefined ? [] : pointsOf(firstFrame.value, x, y);
    return scatterScene(
      {
        generation,
        points,
        firstPoints,
        best: points[frame.members.indexOf(generations().bestChromosomeId[generation])],
      },
      x,
      y,
      ranges.value,
    );
  }

  function geneMapOf(generation: number): GeneMapScene | undefined {
    const frame = source.at(generation);
    if (frame === undefined) return undefined;
    return geneMapScene(
      problem,
      frame,
      bests.value,
      generations().bestChromosomeId[generation],
      mutationsUpTo(problem.layout.length, generation, (earlier) => source.peekMutations(earlier)),
    );
  }

  return { error, longestMs, bests, captionOf, scatterOf, geneMapOf };
}
