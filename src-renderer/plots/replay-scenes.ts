/** What a replay shows of a generation, from what was recorded of it: the population in objective space, its genes, the caption. */
import {
  headlineMetricNames,
  metricIndex,
  metricOf,
  minimised,
  titleWithUnit,
  type HeadlineMetricName,
} from '#shared/domain/metrics.ts';
import { placeGenes, placeShares } from '#shared/analysis/population.ts';
import { nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import type { ChromosomeColumns } from '#shared/contract/replay-shapes.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { GenerationView } from '../recorded/generation-columns.ts';
import type { BestScenes } from '../recorded/best-scenes.ts';
import { describeGeneration, originOf, type Caption, type ShownBest } from '../recorded/caption.ts';
import type { GeneMapScene } from './draw-gene-map.ts';
import type { ScatterScene } from './draw-scatter.ts';
import type { PlotFrame } from './following-frame.ts';
import { widen, type Range } from './plot-frame.ts';
import { rowOf, type ReplayFrame } from '../recorded/replay-source.ts';

/** Mutations are summed over this many generations: those of one are too few to see where they strike. */
const HOT_GENERATIONS = 10;
/** Generations looked at beforehand, so that the plot's axes hold still. */
const SAMPLES = 9;
/** Share of the members that may lie beyond the plot's edges, where they are drawn at the edge. */
const WORST_SHARE = 0.01;
/** A population that improves by more than this is shown in ratios: else its late generations would fill a corner. */
const LARGEST_LINEAR_RATIO = 2.5;

export type MetricRanges = ReadonlyMap<HeadlineMetricName, Range>;

/** "Makespan (ms)". */
export function titleOf(name: HeadlineMetricName): string {
  return titleWithUnit(metricOf(name));
}

/** `scene` on other axes: those of a frame that follows. */
export function scatterWithin(
  scene: ScatterScene,
  frame: PlotFrame,
  x: HeadlineMetricName,
  y: HeadlineMetricName,
): ScatterScene {
  return { ...scene, xRange: frame.x, yRange: frame.y, text: { x: axisTitle(x, frame.x), y: axisTitle(y, frame.y) } };
}

/** As `titleOf`; a scale of ratios says so. */
function axisTitle(name: HeadlineMetricName, range: Range): string {
  return range.isLogarithmic === true ? `${titleOf(name)}, logarithmic` : titleOf(name);
}

/** The generations whose populations say how far the plot's axes reach, of `count`. */
export function sampledGenerations(count: number): number[] {
  return [...new Set(Array.from({ length: SAMPLES }, (_, i) => Math.round((i / (SAMPLES - 1)) * (count - 1))))];
}

/**
 * Which values of each metric are worth the room, the same for the whole replay: all bests, and all members of the sampled generations
 * but the worst hundredth. Where they differ by more than a small factor the scale is logarithmic, so that the first generations,
 * which are far worse than the rest, do not squeeze it into a corner.
 */
export function plotRanges(
  sampled: readonly Pick<ChromosomeColumns, 'ids' | 'metrics'>[],
  bests: Pick<ChromosomeColumns, 'ids' | 'metrics'>,
): MetricRanges {
  const values = (columns: Pick<ChromosomeColumns, 'ids' | 'metrics'>, metric: number): Float64Array =>
    Float64Array.from(columns.ids, (_, row) => columns.metrics[row * headlineMetricNames.length + metric]);
  return new Map(
    headlineMetricNames.map((name, metric) => {
      const members = Float64Array.from(sampled.flatMap((columns) => [...values(columns, metric)])).sort();
      const ofBests = values(bests, metric);
      const isHigherBetter = metricOf(name).goal === 'higher';
      const usual =
        members.length === 0
          ? []
          : [
              quantile(members, isHigherBetter ? WORST_SHARE : 0),
              quantile(members, isHigherBetter ? 1 : 1 - WORST_SHARE),
            ];
      const ends = [...usual, ...ofBests];
      const low = ends.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
      const high = ends.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY);
      return [name, { low, high, isLogarithmic: low > 0 && high / low > LARGEST_LINEAR_RATIO }];
    }),
  );
}

/** The members of `frame` in the plane of two metrics, in their order. */
export function pointsOf(frame: ReplayFrame, x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint[] {
  const count = headlineMetricNames.length;
  const { metrics } = frame.chromosomes;
  const xAt = metricIndex[x];
  const yAt = metricIndex[y];
  return Array.from(frame.rows, (row) => ({ x: metrics[row * count + xAt], y: metrics[row * count + yAt] }));
}

export interface ShownPopulation {
  readonly generation: number;
  readonly points: readonly FrontPoint[];
  /** The population of the first generation. */
  readonly firstPoints: readonly FrontPoint[];
  /** The best by fitness. */
  readonly best: FrontPoint | undefined;
}

/** A population as the scatter plot shows it; undefined while the ranges of its axes are not known. */
export function scatterScene(
  { generation, points, firstPoints, best }: ShownPopulation,
  x: HeadlineMetricName,
  y: HeadlineMetricName,
  ranges: MetricRanges,
): ScatterScene | undefined {
  const xRange = ranges.get(x);
  const yRange = ranges.get(y);
  if (xRange === undefined || yRange === undefined) return undefined;
  return {
    generation,
    points,
    best,
    goals: { x: metricOf(x).goal, y: metricOf(y).goal },
    front: frontOf(points, x, y),
    firstFront: frontOf(firstPoints, x, y),
    xRange: widen(xRange, 0.04),
    yRange: widen(yRange, 0.06),
    text: { x: axisTitle(x, xRange), y: axisTitle(y, yRange) },
  };
}

/** Where the layers run in the population of `frame`, and its settings. @param bests undefined: the best's own genes are not known yet */
export function geneMapScene(
  problem: Problem,
  frame: ReplayFrame,
  bests: ChromosomeColumns | undefined,
  bestId: number,
  mutations: ArrayLike<number>,
): GeneMapScene {
  return {
    problem,
    shares: placeShares(problem, frame.chromosomes.genes, frame.rows),
    best: bests === undefined ? new Uint8Array(0) : placesOfBest(problem, bests, bestId),
    mutations,
  };
}

/** The genes of chromosome `id` with the places that its mapping genes mean; empty where it is not among `bests`. */
export function placesOfBest(problem: Problem, bests: ChromosomeColumns, id: number): Uint8Array {
  const row = rowOf(bests, id);
  return row === undefined ? new Uint8Array(0) : placeGenes(problem, bests.genes, [row]);
}

/** Mutations per locus over the last generations up to `generation`, as far as `countsOf` knows them. */
export function mutationsUpTo(
  loci: number,
  generation: number,
  countsOf: (generation: number) => ArrayLike<number> | undefined,
): Uint32Array {
  const sum = new Uint32Array(loci);
  for (let earlier = Math.max(0, generation - HOT_GENERATIONS + 1); earlier <= generation; earlier++) {
    const counts = countsOf(earlier);
    if (counts !== undefined) for (let locus = 0; locus < loci; locus++) sum[locus] += counts[locus];
  }
  return sum;
}

/** The best of each generation. */
type BestColumns = Pick<GenerationView, 'bestChromosomeId' | 'bestFitness' | 'makespanMs'>;

/** What happened in a generation; undefined where its best, or the one before, is not among `bests` yet. */
export function captionOf(
  problem: Problem,
  generations: BestColumns,
  scenes: BestScenes,
  bests: ChromosomeColumns,
  generation: number,
): Caption | undefined {
  const now = shownBest(generations, scenes, generation);
  if (now === undefined) return undefined;
  const before = generation === 0 ? undefined : shownBest(generations, scenes, generation - 1);
  if (generation > 0 && before === undefined) return undefined;
  const row = rowOf(bests, now.id);
  return describeGeneration(problem, before, now, row === undefined ? '' : originOf(bests, row));
}

function shownBest(
  { bestChromosomeId, bestFitness, makespanMs }: BestColumns,
  scenes: BestScenes,
  generation: number,
): ShownBest | undefined {
  const id = bestChromosomeId[generation];
  const best = id === undefined ? undefined : scenes.get(id);
  return best === undefined
    ? undefined
    : {
        id,
        fitness: bestFitness[generation],
        makespanMs: makespanMs[generation],
        assignment: best.schedule.assignment,
      };
}

/** The members that no other dominates, by x; objectives of which more is better are turned round and back. */
function frontOf(points: readonly FrontPoint[], x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint[] {
  const turned = (point: FrontPoint): FrontPoint => ({
    x: minimised(metricOf(x).goal, point.x),
    y: minimised(metricOf(y).goal, point.y),
  });
  return nonDominated(points.map(turned)).map(turned);
}
