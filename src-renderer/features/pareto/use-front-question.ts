/**
 * What the Pareto page is asked for, as its address has it: which runs, which two axes, and among which schedules the trade-offs are; and
 * the fronts that answer it.
 */
import { computed, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { frontQuestion } from '#shared/analysis/front-remark.ts';
import { needsPower, shownMetrics, titleWithUnit, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import { commonDetailAxes, type DetailAxis, type FrontAxis } from '../../recorded/front-axes.ts';
import { axesOf } from '../../recorded/front-points.ts';
import { useFronts } from '../../recorded/use-fronts.ts';

/** As many sides as have colours of their own. */
export const MOST_RUNS = 6;

/** "two": the front of the two axes; "all": of every metric; "searched": in the objectives that each run searched for. */
export type FrontScope = 'two' | 'all' | 'searched';

export function useFrontQuestion() {
  const route = useRoute();
  const router = useRouter();
  const runIds = computed(() =>
    [
      ...new Set(
        String(route.params['runs'] ?? '')
          .split(',')
          .map(Number)
          .filter((id) => Number.isInteger(id) && id > 0),
      ),
    ].slice(0, MOST_RUNS),
  );
  const scope = computed<FrontScope>(
    () => (['all', 'searched'] as const).find((each) => each === route.query['of']) ?? 'two',
  );

  // What the runs of the fronts have in common. It decides which axes there are, and so which fronts are asked for: the address may name
  // an objective that is known to be one only when the first fronts have come.
  /** Until the runs are there, energy is taken to be known. */
  const hasPower = shallowRef(true);
  /** Objectives of the runs that are not among the metrics of their chromosomes. Their fronts are known only to the search itself. */
  const details = shallowRef<readonly DetailAxis[]>([]);
  /** The objectives that the runs searched for. */
  const searched = shallowRef<readonly unknown[]>([]);
  const detailNames = computed(() => details.value.map(({ name }) => name));

  const axes = computed(() =>
    scope.value === 'searched'
      ? axesOf(route.query, hasPower.value, detailNames.value, searched.value)
      : axesOf(route.query, hasPower.value),
  );
  const x = computed(() => axes.value.x);
  const y = computed(() => axes.value.y);
  const objectives = computed<HeadlineMetricName[]>(() =>
    scope.value === 'two'
      ? [...new Set([x.value, y.value])].flatMap((axis) =>
          shownMetrics.filter(({ name }) => name === axis).map(({ name }) => name),
        )
      : shownMetrics.map(({ name }) => name),
  );
  /** What tells points apart. */
  const apartNames = computed<readonly string[]>(() =>
    scope.value === 'searched' ? [...objectives.value, ...detailNames.value] : objectives.value,
  );

  const { fronts, gone, isLoading, error, reload } = useFronts(
    () => runIds.value,
    () => objectives.value,
    () => scope.value === 'searched',
  );
  // At once: points must not be read by objectives of other runs.
  watch(
    fronts,
    (loaded) => {
      details.value = commonDetailAxes(loaded);
      searched.value = loaded.flatMap(({ detail }) => frontQuestion(detail.configuration.options)?.objectives ?? []);
    },
    { flush: 'sync' },
  );
  watch(
    fronts,
    (loaded) => (hasPower.value = loaded.length === 0 || loaded.some(({ detail }) => detail.reference.energyMJ > 0)),
  );

  const metrics = computed<readonly FrontAxis[]>(() => [
    ...shownMetrics.filter((metric) => hasPower.value || !needsPower(metric.name)),
    ...(scope.value === 'searched' ? details.value : []),
  ]);
  const scopes = computed(() => [
    { label: 'the two axes', value: 'two' },
    { label: 'all metrics', value: 'all' },
    ...(searched.value.length > 0 ? [{ label: 'the objectives of the run', value: 'searched' }] : []),
  ]);
  /** The metrics, and what the runs searched for in addition: to choose that is to ask for the front of the search itself. */
  const options = computed(() =>
    [...new Map([...metrics.value, ...details.value].map((axis) => [axis.name, axis])).values()].map(
      ({ title, name }) => ({ label: title, value: name }),
    ),
  );
  const titleOf = (name: string): string => {
    const axis = metrics.value.find((metric) => metric.name === name);
    return axis === undefined ? name : titleWithUnit(axis);
  };

  const show = (changes: { runs?: readonly number[]; x?: string; y?: string; of?: string }): void =>
    void router.replace({
      name: 'pareto',
      params: { runs: (changes.runs ?? runIds.value).join(',') },
      query: {
        x: changes.x ?? x.value,
        y: changes.y ?? y.value,
        ...((changes.of ?? scope.value) === 'two' ? {} : { of: changes.of ?? scope.value }),
      },
    });
  const showAxis = (changes: { x?: string; y?: string }): void =>
    show({
      ...changes,
      ...(detailNames.value.some((name) => name === changes.x || name === changes.y) ? { of: 'searched' } : {}),
    });

  return {
    runIds,
    scope,
    scopes,
    x,
    y,
    options,
    metrics,
    details,
    objectives,
    apartNames,
    titleOf,
    show,
    showAxis,
    fronts,
    gone,
    isLoading,
    error,
    reload,
  };
}
