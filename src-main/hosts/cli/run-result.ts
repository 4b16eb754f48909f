/** The result of a search as `run`, `demo` and `resume` print it. */
import { attainsBound } from '#shared/analysis/makespan-bound.ts';
import { figureOf, metricOf, metrics, plainTitle, type Metric } from '#shared/domain/metrics.ts';
import type { ApplicationMetrics, Baseline, Metrics, Solution, TradeOff } from '#shared/domain/run.ts';
import { countOf } from '#shared/domain/words.ts';
import { renderAnswers, renderTimes, type Answers } from './answers.ts';
import { change, duration, number, table } from './table.ts';
import type { Warning } from './time-warnings.ts';

/** What `--json` prints (DESIGN §9, §19). */
export interface RunResult extends Answers {
  /** Null for a run without a record. */
  readonly runId: number | null;
  readonly scheduler: string;
  readonly seed: number;
  readonly status: 'finished' | 'cancelled';
  readonly generations: number;
  readonly evaluations: number;
  /** Time spent searching. */
  readonly elapsedMs: number;
  /** Null when it was cancelled before its first generation. */
  readonly best: Solution | null;
  /** The best trade-offs, none dominated by another; only of a scheduler with several objectives. */
  readonly front?: readonly TradeOff[];
  /** Where a baseline is better than all of the front, or the front is a single schedule: what that means, and what to try. */
  readonly frontRemark?: string;
  /** What is to be said of the times it was computed with; missing where there is nothing to say. */
  readonly warnings?: readonly Warning[];
}

export function renderRunResult(result: RunResult, scenarioName: string): string {
  const { runId, scheduler, seed, status, generations, evaluations, elapsedMs, best, baseline } = result;
  const head =
    `${runId === null ? 'Not recorded' : `Run ${runId}`} · ${scenarioName} · ${scheduler}, seed ${seed} · ` +
    `${status}\n${countOf(generations, 'generation')}, ${countOf(evaluations, 'evaluation')} in ${duration(elapsedMs)}`;
  if (best === null) return `${head}\nno schedule was found before it ended`;
  const { makespanBoundMs, remark } = best;
  const bound = makespanBoundMs === undefined ? [] : [describeBound(makespanBoundMs, best.metrics.makespanMs)];
  return [
    head,
    renderAnswers(result, best.metrics.makespanMs),
    [
      `best fitness ${number(best.fitness)}`,
      ...bound,
      ...(remark === undefined ? [] : [remark]),
      ...(result.frontRemark === undefined ? [] : [`front: ${result.frontRemark}`]),
    ].join('\n'),
    renderMetrics(best.metrics, baseline),
    renderApplications(best.metrics, baseline),
    ...renderGroups(best.metrics),
    renderProcessors(best),
    renderTimes(result.times),
    ...(result.spreadRemark === undefined ? [] : [result.spreadRemark]),
  ].join('\n\n');
}

function describeBound(boundMs: number, makespanMs: number): string {
  return (
    `proven: no schedule at default frequencies and active cores takes less than ${number(boundMs)} ` +
    `ms${attainsBound(makespanMs, boundMs) ? ', so this one is optimal there' : ''}`
  );
}

/** Metrics, one per line; next to those of the baseline where one is given. */
export function renderMetrics(values: Metrics, baseline?: Baseline): string {
  return table(metrics, [
    { title: 'metric', value: ({ title }) => title.toLowerCase() },
    { title: 'value', value: ({ name }) => number(figureOf(values, name)), align: 'right' },
    { title: 'unit', value: ({ unit }) => unit },
    ...(baseline === undefined
      ? []
      : [
          {
            title: baseline.name,
            value: ({ name }: Metric) => number(figureOf(baseline.metrics, name)),
            align: 'right' as const,
          },
          {
            title: 'change',
            value: ({ name }: Metric) => change(figureOf(values, name), figureOf(baseline.metrics, name)),
            align: 'right' as const,
          },
        ]),
  ]);
}

/** Response times of each application; the change of the mean where a baseline is given. */
export function renderApplications(metrics: Metrics, baseline?: Baseline): string {
  return table(Object.entries(metrics.applications), [
    { title: 'application', value: ([id]) => id },
    { title: 'instances', value: ([, application]) => number(application.instances), align: 'right' },
    {
      title: plainTitle(metricOf('latencyMs')),
      value: ([, application]) => number(application.meanResponseMs),
      align: 'right',
    },
    { title: 'p50 ms', value: ([, application]) => number(application.p50ResponseMs), align: 'right' },
    { title: 'p95 ms', value: ([, application]) => number(application.p95ResponseMs), align: 'right' },
    { title: 'max ms', value: ([, application]) => number(application.maxResponseMs), align: 'right' },
    { title: 'missed', value: ([, application]) => number(application.deadlineMisses), align: 'right' },
    ...(Object.values(metrics.applications).some(({ dropped }) => dropped !== undefined)
      ? [
          {
            title: 'dropped',
            value: ([, { dropped }]: [string, ApplicationMetrics]) => number(dropped),
            align: 'right' as const,
          },
        ]
      : []),
    ...(baseline === undefined
      ? []
      : [
          {
            title: `latency vs ${baseline.name}`,
            value: ([id, { meanResponseMs }]: [string, ApplicationMetrics]) =>
              change(meanResponseMs, baseline.metrics.applications[id]?.meanResponseMs),
            align: 'right' as const,
          },
        ]),
  ]);
}

/** Spans of each group over its releases; nothing where there are none. */
export function renderGroups({ groups = {} }: Metrics): string[] {
  const rows = Object.entries(groups);
  if (rows.length === 0) return [];
  return [
    table(rows, [
      { title: 'group', value: ([id]) => id },
      { title: 'releases', value: ([, { releases }]) => String(releases), align: 'right' },
      { title: 'mean span ms', value: ([, { meanSpanMs }]) => number(meanSpanMs), align: 'right' },
      { title: 'p90 ms', value: ([, { p90SpanMs }]) => number(p90SpanMs), align: 'right' },
      { title: 'worst ms', value: ([, { worstSpanMs }]) => number(worstSpanMs), align: 'right' },
      { title: 'missed', value: ([, { deadlineMisses }]) => String(deadlineMisses), align: 'right' },
    ]),
  ];
}

/** What each processing element does. */
function renderProcessors({ metrics, mapping, frequencies }: Solution): string {
  const layers = new Map<string, number>();
  for (const pe of Object.values(mapping)) layers.set(pe, (layers.get(pe) ?? 0) + 1);
  return table(Object.entries(metrics.utilization), [
    { title: 'element', value: ([pe]) => pe },
    { title: 'layers', value: ([pe]) => String(layers.get(pe) ?? 0), align: 'right' },
    { title: 'busy %', value: ([, share]) => number(share * 100), align: 'right' },
    { title: 'MHz', value: ([pe]) => number(frequencies[pe] ?? frequencies[pe.replace(/:\d+$/, '')]), align: 'right' },
  ]);
}
