/** The result of a search as `run`, `demo` and `resume` print it. */
import { attainsBound } from '#shared/analysis/lower-bound.ts';
import type { Metrics, Solution, TradeOff } from '#shared/domain/run.ts';
import { change, counted, duration, number, table } from './table.ts';

/** What `--json` prints (DESIGN §9). */
export interface RunResult {
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
}

export const renderedUnits = [
  ['makespanMs', 'makespan', 'ms'],
  ['throughputPerS', 'throughput', '1/s'],
  ['energyMJ', 'energy', 'mJ'],
  ['latencyMs', 'mean response', 'ms'],
  ['peakPowerMW', 'peak power', 'mW'],
  ['constraintViolation', 'constraint violation', ''],
  ['deadlineMisses', 'deadline misses', ''],
] as const;

/** Undefined for energy and power where the platform has no such figures: they are not nought. */
export function figureOf<Key extends (typeof renderedUnits)[number][0]>(metrics: Pick<Metrics, Key>, key: Key): number | undefined {
  const value = metrics[key];
  return value === 0 && (key === 'energyMJ' || key === 'peakPowerMW') ? undefined : value;
}

/** @param reference metrics of the NPU-first schedule */
export function renderRunResult(result: RunResult, scenarioName: string, reference: Metrics): string {
  const { runId, scheduler, seed, status, generations, evaluations, elapsedMs, best } = result;
  const head = `${runId === null ? 'Not recorded' : `Run ${runId}`} · ${scenarioName} · ${scheduler}, seed ${seed} · ${status}\n${counted(generations, 'generation')}, ${counted(evaluations, 'evaluation')} in ${duration(elapsedMs)}`;
  if (best === null) return `${head}\nno schedule was found before it ended`;
  const { makespanBoundMs } = best;
  const bound = makespanBoundMs === undefined ? [] : [describeBound(makespanBoundMs, best.metrics.makespanMs)];
  return [head, [`best fitness ${number(best.fitness)}`, ...bound].join('\n'), renderMetrics(best.metrics, reference), renderProcessors(best)].join('\n\n');
}

function describeBound(boundMs: number, makespanMs: number): string {
  return `proven: no schedule at default frequencies and active cores takes less than ${number(boundMs)} ms${attainsBound(makespanMs, boundMs) ? ', so this one is optimal' : ''}`;
}

/** Metrics, one a line; beside those of the NPU-first schedule where these are given. */
export function renderMetrics(metrics: Metrics, reference?: Metrics): string {
  return table(renderedUnits, [
    { title: 'metric', value: ([, name]) => name },
    { title: 'value', value: ([key]) => number(figureOf(metrics, key)), align: 'right' },
    { title: 'unit', value: ([, , unit]) => unit },
    ...(reference === undefined
      ? []
      : [
          { title: 'NPU first', value: ([key]: (typeof renderedUnits)[number]) => number(figureOf(reference, key)), align: 'right' as const },
          { title: 'change', value: ([key]: (typeof renderedUnits)[number]) => change(figureOf(metrics, key), figureOf(reference, key)), align: 'right' as const },
        ]),
  ]);
}

/** Response times of each application. */
export function renderApplications(metrics: Metrics): string {
  return table(Object.entries(metrics.applications), [
    { title: 'application', value: ([id]) => id },
    { title: 'instances', value: ([, application]) => number(application.instances), align: 'right' },
    { title: 'mean ms', value: ([, application]) => number(application.meanResponseMs), align: 'right' },
    { title: 'p50 ms', value: ([, application]) => number(application.p50ResponseMs), align: 'right' },
    { title: 'p95 ms', value: ([, application]) => number(application.p95ResponseMs), align: 'right' },
    { title: 'max ms', value: ([, application]) => number(application.maxResponseMs), align: 'right' },
    { title: 'missed', value: ([, application]) => number(application.deadlineMisses), align: 'right' },
  ]);
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
