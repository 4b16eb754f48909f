/** The run inside a dashboard: unpacked, compiled, and asked for what each generation shows. */
import { decodeMessage } from '#shared/contract/codec.ts';
import { DASHBOARD_DATA_ID, type DashboardData } from '#shared/contract/dashboard.ts';
import type { FrontPoint } from '#shared/analysis/attainment.ts';
import type { Baseline } from '#shared/domain/run.ts';
import { headlineMetricNames, needsPower, shownMetrics, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { BestScenes } from '../../../recorded/best-scenes.ts';
import type { Caption } from '../../../recorded/caption.ts';
import type { GeneMapScene } from '../../../plots/draw-gene-map.ts';
import type { ScatterScene } from '../../../plots/draw-scatter.ts';
import {
  captionOf,
  mutationsUpTo,
  placesOfBest,
  plotRanges,
  scatterScene,
  type MetricRanges,
} from '../../../plots/replay-scenes.ts';

export class DashboardRun {
  readonly data: DashboardData;
  readonly problem: Problem;
  /** What figures are compared with. */
  readonly baseline: Baseline;
  readonly scenes: BestScenes;
  readonly #ranges: MetricRanges;

  constructor(data: DashboardData) {
    this.data = data;
    this.problem = problemOfSnapshot(data.detail);
    this.baseline = data.baseline;
    this.scenes = new BestScenes(this.problem, data.bests);
    const { populations } = data;
    const samples = [
      ...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (populations.generations.length - 1)))),
    ];
    this.#ranges = plotRanges(
      samples.map((sample) => {
        const [from, to] = [populations.offsets[sample], populations.offsets[sample + 1]];
        return {
          ids: new Uint32Array(to - from),
          metrics: Float64Array.from(
            populations.metrics.subarray(from * headlineMetricNames.length, to * headlineMetricNames.length),
          ),
        };
      }),
      data.bests,
    );
  }

  get generationCount(): number {
    return this.data.generations.length;
  }

  /** Metrics that mean something for this run: without power figures there is no energy. */
  get metrics(): readonly (typeof shownMetrics)[number][] {
    const hasEnergy = this.data.generations.energyMJ.some((energy) => energy > 0);
    return shownMetrics.filter(({ name }) => hasEnergy || !needsPower(name));
  }

  captionAt(generation: number): Caption | undefined {
    return captionOf(this.problem, this.data.generations, this.scenes, this.data.bests, generation);
  }

  /**
   * The generation whose population is shown for `generation`: itself, or the last one before it that is in the page.
   */
  sampledAt(generation: number): number {
    return this.data.populations.generations[this.#sampleAt(generation)];
  }

  scatterAt(generation: number, x: HeadlineMetricName, y: HeadlineMetricName): ScatterScene | undefined {
    const sample = this.#sampleAt(generation);
    const points = this.#points(sample, x, y);
    return scatterScene(
      {
        generation: this.sampledAt(generation),
        points,
        firstPoints: this.#points(0, x, y),
        best: points[this.data.populations.bestAt[sample]],
      },
      x,
      y,
      this.#ranges,
    );
  }

  geneMapAt(generation: number): GeneMapScene {
    const { generations, populations, bests } = this.data;
    const sample = this.#sampleAt(generation);
    const loci = this.problem.layout.length;
    const length = loci * populations.width;
    const shares = Float64Array.from(
      populations.shares.subarray(sample * length, (sample + 1) * length),
      (share) => share / 255,
    );
    const mutations = mutationsUpTo(loci, generation, (earlier) => {
      const found = this.#sampleAt(earlier);
      return populations.generations[found] === earlier
        ? populations.mutations.subarray(found * loci, (found + 1) * loci)
        : undefined;
    });
    return {
      problem: this.problem,
      shares: { width: populations.width, shares, entropy: new Float64Array(loci) },
      best: placesOfBest(this.problem, bests, generations.bestChromosomeId[this.sampledAt(generation)]),
      mutations,
    };
  }

  #sampleAt(generation: number): number {
    const { generations } = this.data.populations;
    let low = 0;
    let high = generations.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (generations[middle] <= generation) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #points(sample: number, x: HeadlineMetricName, y: HeadlineMetricName): FrontPoint[] {
    const { offsets, metrics } = this.data.populations;
    const count = headlineMetricNames.length;
    const [xAt, yAt] = [headlineMetricNames.indexOf(x), headlineMetricNames.indexOf(y)];
    return Array.from({ length: offsets[sample + 1] - offsets[sample] }, (_, i) => ({
      x: metrics[(offsets[sample] + i) * count + xAt],
      y: metrics[(offsets[sample] + i) * count + yAt],
    }));
  }
}

/** Unpacks the run that this page holds. @throws Error where the page is not whole */
export async function readRun(): Promise<DashboardRun> {
  const text = document.getElementById(DASHBOARD_DATA_ID)?.textContent ?? '';
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const unpacked = await new Response(
    new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')),
  ).arrayBuffer();
  // Written by src-main/formats/html-dashboard.ts, and sealed by gzip's checksum.
  return new DashboardRun(decodeMessage(new Uint8Array(unpacked)) as DashboardData);
}
