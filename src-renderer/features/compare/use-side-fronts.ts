/** The fronts of a comparison's sides in two metrics: loaded run by run, joined for groups, with hypervolumes. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { attainmentSurface, nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import { hypervolumeShares } from '#shared/analysis/hypervolume.ts';
import type { HeadlineMetricName } from '#shared/domain/run.ts';
import { client } from '../../api/index.ts';
import { shownMetrics } from '../../components/headline-metrics.ts';
import { asWorkbenchError } from '../../stores/notifications.ts';
import { pointsOfFront } from '../pareto/front-points.ts';
import { hasEnergyFigures } from './comparison-metrics.ts';
import type { ComparedSide } from './use-comparison.ts';

export interface SideFront {
  /** For a group, what half of its runs attain. */
  readonly front: readonly FrontPoint[];
  /** Share of the rectangle between the ideal corner of all fronts and NPU first that it dominates; the median over a group's runs; NaN: unknown. */
  readonly hypervolume: number;
}

export function useSideFronts(sides: () => readonly ComparedSide[], baseline: () => number) {
  const x = ref<HeadlineMetricName>('makespanMs');
  const y = ref<HeadlineMetricName>(hasEnergyFigures(sides()) ? 'energyMJ' : 'latencyMs');
  const sign = (name: HeadlineMetricName): number => (described(name)?.goal === 'higher' ? -1 : 1);
  /** To both minimised, and back. */
  const turned = (point: FrontPoint): FrontPoint => ({ x: sign(x.value) * point.x, y: sign(y.value) * point.y });

  /** By run, the front of all it recorded in the two metrics, both minimised; empty until it is here. */
  const frontsByRun = shallowRef<ReadonlyMap<number, readonly FrontPoint[]>>(new Map());
  const error = shallowRef('');
  const isComplete = ref(false);
  let latest = 0;
  watch([sides, x, y], async () => {
    const own = ++latest;
    frontsByRun.value = new Map();
    error.value = '';
    isComplete.value = false;
    const objectives = x.value === y.value ? [x.value] : [x.value, y.value];
    try {
      for (const { detail } of sides().flatMap((side) => side.runs)) {
        const columns = await client.invoke('pareto.front', { runId: detail.run.id, objectives });
        if (own !== latest) return;
        const points = pointsOfFront(columns, 0).map(({ values }) => turned({ x: values[x.value], y: values[y.value] }));
        frontsByRun.value = new Map(frontsByRun.value).set(detail.run.id, nonDominated(points));
      }
    } catch (problem) {
      if (own === latest) error.value = asWorkbenchError(problem).message;
    }
    if (own === latest) isComplete.value = true;
  }, { immediate: true });
  onScopeDispose(() => latest++);

  const byRun = computed(() => sides().map((side) => side.runs.map(({ detail }) => frontsByRun.value.get(detail.run.id) ?? [])));
  /** NPU first of the baseline. */
  const reference = computed<FrontPoint | undefined>(() => {
    const metrics = sides()[baseline()]?.leader.detail.reference;
    return metrics === undefined ? undefined : { x: metrics[x.value], y: metrics[y.value] };
  });
  const fronts = computed<SideFront[]>(() => {
    const shares = reference.value === undefined ? [] : hypervolumeShares(byRun.value.flat(), turned(reference.value));
    let first = 0;
    return byRun.value.map((own) => {
      const sorted = shares.slice(first, (first += own.length)).sort((a, b) => a - b);
      return { front: (own.length === 1 ? own[0] : attainmentSurface(own, Math.ceil(own.length / 2))).map(turned), hypervolume: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
    });
  });
  return { x, y, fronts, reference, error, isComplete, titles: computed(() => ({ x: titleOf(x.value), y: titleOf(y.value) })) };
}

function described(name: HeadlineMetricName) {
  return shownMetrics.find((metric) => metric.name === name);
}

function titleOf(name: HeadlineMetricName): string {
  return `${described(name)?.title ?? name} (${described(name)?.unit ?? ''})`;
}

/** What has to be known to read the fronts. */
export function frontsRemark(sides: readonly ComparedSide[]): string {
  const hasGroups = sides.some((side) => side.runs.length > 1);
  return `Best trade-offs of all that each run recorded${hasGroups ? '; of a group, what half of its runs attain' : ''}. HV: share of the area between the best values of all sides and NPU first (×) that a front dominates${hasGroups ? ', median' : ''}.`;
}
