/** The fronts of a comparison's sides in two metrics: loaded run by run, joined for groups, with hypervolumes. */
import { computed, ref, shallowRef, watch } from 'vue';
import { attainmentSurface, nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import { hypervolumeShares } from '#shared/analysis/hypervolume.ts';
import { metricOf, minimised, titleWithUnit, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import { client } from '../api/index.ts';
import { useLatest } from '../api/use-latest.ts';
import { asWorkbenchError } from '../stores/notifications.ts';
import { pointsOfFront } from '../recorded/front-points.ts';
import { hasEnergyFigures } from './comparison-metrics.ts';
import type { ComparedSide } from './use-comparison.ts';

export interface SideFront {
  /** For a group, what half of its runs attain. */
  readonly front: readonly FrontPoint[];
  /**
   * Share of the rectangle between the ideal corner of all fronts and NPU first that it dominates; the median over a
   * group's runs; NaN: unknown, as while a front is still to come.
   */
  readonly hypervolume: number;
}

export function useSideFronts(sides: () => readonly ComparedSide[], baseline: () => number) {
  const x = ref<HeadlineMetricName>('makespanMs');
  const y = ref<HeadlineMetricName>(hasEnergyFigures(sides()) ? 'energyMJ' : 'latencyMs');
  /** To both minimised, and back. */
  const turned = (point: FrontPoint): FrontPoint => ({
    x: minimised(metricOf(x.value).goal, point.x),
    y: minimised(metricOf(y.value).goal, point.y),
  });

  /**
   * What the fronts of all runs were loaded for, and by run the front of all it recorded in the two metrics, both
   * minimised. All of them or none: from a part, every figure would be wrong.
   */
  const loaded = shallowRef<{
    readonly sides: readonly ComparedSide[];
    readonly x: HeadlineMetricName;
    readonly y: HeadlineMetricName;
    readonly byRun: ReadonlyMap<number, readonly FrontPoint[]>;
  }>();
  const error = shallowRef('');
  const begin = useLatest();
  watch(
    [sides, x, y],
    async () => {
      const isLatest = begin();
      error.value = '';
      const wanted = { sides: sides(), x: x.value, y: y.value };
      const objectives = wanted.x === wanted.y ? [wanted.x] : [wanted.x, wanted.y];
      const byRun = new Map<number, readonly FrontPoint[]>();
      try {
        for (const { detail } of wanted.sides.flatMap((side) => side.runs)) {
          const columns = await client.invoke('pareto.front', { runId: detail.run.id, objectives });
          if (!isLatest()) return;
          byRun.set(
            detail.run.id,
            nonDominated(
              pointsOfFront(columns, 0).map(({ values }) => turned({ x: values[wanted.x], y: values[wanted.y] })),
            ),
          );
        }
        loaded.value = { ...wanted, byRun };
      } catch (problem) {
        if (isLatest()) error.value = asWorkbenchError(problem).message;
      }
    },
    { immediate: true },
  );

  /** The fronts of what is asked for; undefined until all of them are here. */
  const current = computed(() =>
    loaded.value !== undefined &&
    loaded.value.sides === sides() &&
    loaded.value.x === x.value &&
    loaded.value.y === y.value
      ? loaded.value.byRun
      : undefined,
  );
  const byRun = computed(() =>
    sides().map((side) => side.runs.map(({ detail }) => current.value?.get(detail.run.id) ?? [])),
  );
  /** NPU first of the baseline. */
  const reference = computed<FrontPoint | undefined>(() => {
    const metrics = sides()[baseline()]?.leader.detail.reference;
    return metrics === undefined ? undefined : { x: metrics[x.value], y: metrics[y.value] };
  });
  const fronts = computed<SideFront[]>(() => {
    const shares =
      reference.value === undefined || current.value === undefined
        ? []
        : hypervolumeShares(byRun.value.flat(), turned(reference.value));
    let first = 0;
    return byRun.value.map((own) => {
      const sorted = shares.slice(first, (first += own.length)).sort((a, b) => a - b);
      return {
        front: (own.length === 1 ? own[0] : attainmentSurface(own, Math.ceil(own.length / 2))).map(turned),
        hypervolume: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      };
    });
  });
  const status = computed<'loading' | 'failed' | 'complete'>(() =>
    current.value !== undefined ? 'complete' : error.value === '' ? 'loading' : 'failed',
  );
  return {
    x,
    y,
    fronts,
    reference,
    error,
    status,
    titles: computed(() => ({ x: titleWithUnit(metricOf(x.value)), y: titleWithUnit(metricOf(y.value)) })),
  };
}

/** What has to be known to read the fronts. */
export function frontsRemark(sides: readonly ComparedSide[]): string {
  const hasGroups = sides.some((side) => side.runs.length > 1);
  return (
    `Best trade-offs of all that each run recorded${hasGroups ? '; of a group, what half of its runs attain' : ''}. HV: ` +
    'share of the area between the best values of all sides and NPU first (×) that a front ' +
    `dominates${hasGroups ? ', median' : ''}.`
  );
}
