/** Everything a replay shows at its present position: the best's schedule on its way, the population, the gene map, the caption. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { headlineMetricNames, type HeadlineMetricName } from '#shared/domain/run.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { alleleShares } from '#shared/analysis/population.ts';
import { nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { client } from '../../api/index.ts';
import { shownMetrics } from '../../components/headline-metrics.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import type { GenerationView } from '../run/generation-columns.ts';
import { BestScenes } from './best-scenes.ts';
import { describeGeneration, originOf, type Caption, type ShownBest } from './caption.ts';
import type { GeneMapScene } from './draw-gene-map.ts';
import type { ScatterScene } from './draw-scatter.ts';
import { widen, type Range } from './plot-frame.ts';
import { frameIn, ReplaySource, rowOf, type ReplayFrame } from './replay-source.ts';

/** Mutations are summed over this many generations: those of one are too few to see where they strike. */
const HOT_GENERATIONS = 10;
/** Generations looked at beforehand, so that the plot's axes hold still. */
const SAMPLES = 9;
/** Share of the members that may lie beyond the plot's edges, where they are drawn at the edge. */
const WORST_SHARE = 0.1;

export function useReplay(runId: number, problem: Problem, generations: () => GenerationView, onArrival: () => void) {
  const error = shallowRef<WorkbenchError>();
  const bests = shallowRef<ChromosomeColumns>();
  const ranges = shallowRef<ReadonlyMap<HeadlineMetricName, Range>>(new Map());
  const firstFrame = shallowRef<ReplayFrame>();
  const fail = (problemReport: unknown): void => void (error.value = asWorkbenchError(problemReport));
  const load = (from: number, length: number) => client.invoke('replay.window', { runId, from, length });
  const source = new ReplaySource({ load, onArrival, onError: fail });
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
      for (const generation of samplesOf(count)) {
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
  watch(() => generations().length, (count) => {
    source.setCount(count);
    if (count === 0 || (preparedFor >= 0 && bests.value === undefined)) return;
    // While the run goes on, now and then is enough: what is missing is only the newest bests.
    if (preparedFor >= 0 && count < preparedFor * 1.1 + 10) return;
    preparedFor = count;
    void prepare();
  }, { immediate: true });

  const scenes = computed(() => (bests.value === undefined ? undefined : new BestScenes(problem, bests.value)));

  function shownBest(generation: number): ShownBest | undefined {
    const view = generations();
    const id = view.bestChromosomeId[generation];
    const best = id === undefined ? undefined : scenes.value?.get(id);
    return best === undefined ? undefined : { id: view.bestChromosomeId[generation], fitness: view.bestFitness[generation], makespanMs: view.makespanMs[generation], assignment: best.schedule.assignment };
  }

  function captionOf(generation: number): Caption | undefined {
    const now = shownBest(generation);
    const columns = bests.value;
    if (now === undefined || columns === undefined) return undefined;
    const before = generation === 0 ? undefined : shownBest(generation - 1);
    if (generation > 0 && before === undefined) return undefined;
    const row = rowOf(columns, now.id);
    return describeGeneration(problem, before, now, row === undefined ? '' : originOf(columns, row));
  }

  /** Where the time axis ends when all bests shall be comparable: the latest end of any of them. */
  const longestMs = computed(() => generations().makespanMs.reduce((latest, makespan) => Math.max(latest, makespan), 0));

  function scatterOf(generation: number, x: HeadlineMetricName, y: HeadlineMetricName): ScatterScene | undefined {
    const frame = source.at(generation);
    const xRange = ranges.value.get(x);
    const yRange = ranges.value.get(y);
    if (frame === undefined || xRange === undefined || yRange === undefined) return undefined;
    const points = pointsOf(frame, x, y);
    const best = frame.members.indexOf(generations().bestChromosomeId[generation]);
    return {
      generation, points,
      front: frontOf(points, x, y),
      firstFront: firstFrame.value === undefined ? [] : frontOf(pointsOf(firstFrame.value, x, y), x, y),
      best: points[best],
      xRange: widen(xRange, 0.04), yRange: widen(yRange, 0.06),
      text: { x: titleOf(x), y: titleOf(y) },
    };
  }

  function geneMapOf(generation: number): GeneMapScene | undefined {
    const frame = source.at(generation);
    if (frame === undefined) return undefined;
    const columns = bests.value;
    const row = columns === undefined ? undefined : rowOf(columns, generations().bestChromosomeId[generation]);
    return {
      problem,
      shares: alleleShares(problem.layout, frame.chromosomes.genes, frame.rows),
      best: columns === undefined || row === undefined ? new Uint8Array(0) : columns.genes.subarray(row * columns.loci, (row + 1) * columns.loci),
      mutations: mutationsAround(generation),
    };
  }

  /** Mutations per locus over the last generations up to `generation`, as far as they are here. */
  function mutationsAround(generation: number): Uint32Array {
    const sum = new Uint32Array(problem.layout.length);
    for (let earlier = Math.max(0, generation - HOT_GENERATIONS + 1); earlier <= generation; earlier++) {
      source.peek(earlier)?.mutationCounts.forEach((count, locus) => (sum[locus] += count));
    }
    return sum;
  }

  return { error, longestMs, bests, captionOf, scatterOf, geneMapOf };
}

/** "Makespan (ms)". */
export function titleOf(name: HeadlineMetricName): string {
  const metric = shownMetrics.find((shown) => shown.name === name);
  return metric === undefined ? name : `${metric.title} (${metric.unit})`;
}

function samplesOf(count: number): number[] {
  return [...new Set(Array.from({ length: SAMPLES }, (_, i) => Math.round((i / (SAMPLES - 1)) * (count - 1))))];
}

/**
 * Which values of each metric are worth the room: all bests, and all members but the worst tenth, which would squeeze the others into
 * a corner (the first generations are far worse than the rest).
 */
function plotRanges(sampled: readonly ChromosomeColumns[], bests: ChromosomeColumns): Map<HeadlineMetricName, Range> {
  const values = (columns: ChromosomeColumns, metric: number): Float64Array => Float64Array.from(columns.ids, (_, row) => columns.metrics[row * headlineMetricNames.length + metric]);
  return new Map(headlineMetricNames.map((name, metric) => {
    const members = Float64Array.from(sampled.flatMap((columns) => [...values(columns, metric)])).sort();
    const ofBests = values(bests, metric);
    const isHigherBetter = goalOf(name) === 'higher';
    const usual = members.length === 0 ? [] : [quantile(members, isHigherBetter ? WORST_SHARE : 0), quantile(members, isHigherBetter ? 1 : 1 - WORST_SHARE)];
    return [name, { low: Math.min(...usual, ...ofBests), high: Math.max(...usual, ...ofBests) }];
  }));
}

function goalOf(name: HeadlineMetricName): 'lower' | 'higher' {
  return shownMetrics.find((metric) => metric.name === name)?.goal ?? 'lower';
}

function pointsOf(frame: ReplayFrame, x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint[] {
  const count = headlineMetricNames.length;
  const { metrics } = frame.chromosomes;
  const xAt = headlineMetricNames.indexOf(x);
  const yAt = headlineMetricNames.indexOf(y);
  return Array.from(frame.rows, (row) => ({ x: metrics[row * count + xAt], y: metrics[row * count + yAt] }));
}

/** The members that no other dominates, by x; objectives of which more is better are turned round and back. */
function frontOf(points: readonly FrontPoint[], x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint[] {
  const sign = (name: HeadlineMetricName): number => (goalOf(name) === 'higher' ? -1 : 1);
  const turned = (point: FrontPoint): FrontPoint => ({ x: sign(x) * point.x, y: sign(y) * point.y });
  return nonDominated(points.map(turned)).map(turned);
}
