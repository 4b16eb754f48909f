/** What the report of a run says: facts, figures, pictures, processors, options and mapping; the same on the page and in a file. */
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import type { Baseline } from '#shared/domain/run.ts';
import { layerCountOf } from '#shared/scheduling/member-shares.ts';
import { describeAssignment } from '#shared/scheduling/solution.ts';
import { convergenceLines, referenceColor } from '../../../charts/convergence.ts';
import type { LegendEntry } from '../../../canvas/legend.ts';
import { loadLegend } from '../../../charts/load.ts';
import { utilizationLegend } from '../../../charts/utilization.ts';
import { isWithoutFigures, metricOf, shownMetrics, titleWithUnit } from '#shared/domain/metrics.ts';
import { fieldsOf, leavesOf, valueAt } from '../../../components/options-schema.ts';
import {
  formatCount,
  formatDelta,
  formatElapsed,
  formatExact,
  formatExactMoment,
  formatNumber,
  formatPercent,
  verdictOf,
  verdictSymbol,
} from '../../../format.ts';
import { isPowered } from '../../../timeline/scene/scene.ts';
import type { GenerationView } from '../../../recorded/generation-columns.ts';
import type { Schedule } from '../../../recorded/schedule-of.ts';
import { deadlinesText, boundText } from './answer-texts.ts';
import { convergencePicture, loadPicture, schedulePicture, utilizationPicture } from './report-pictures.ts';

/** More layers are counted, not listed: nobody reads them on paper. */
const MOST_LAYERS = 400;

export interface ReportedRun {
  readonly run: RunSummary;
  readonly detail: RunDetail;
  readonly generations: GenerationView;
  readonly schedule: Schedule;
  readonly schedulerName: string;
  /** JSON Schema of the scheduler's options; without it they are listed by their names in files. */
  readonly optionsSchema: Readonly<Record<string, unknown>> | undefined;
  /** What the figures are compared with. */
  readonly baseline: Baseline;
}

/** All numbers as they are written. */
export interface ReportContent {
  readonly name: string;
  readonly notes: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly baselineName: string;
  /** The first answer: whether the deadlines are met. */
  readonly deadlines: { readonly text: string; readonly verdict: 'better' | 'worse' | 'equal' };
  /** The second: how far the makespan is from what nothing can beat. */
  readonly distance: string;
  readonly applications: readonly {
    readonly name: string;
    readonly missed: string;
    readonly worst: string;
    readonly deadline: string;
    readonly mean: string;
    readonly verdict: 'better' | 'worse' | 'equal';
    readonly delta: string;
  }[];
  readonly metrics: readonly {
    readonly title: string;
    readonly value: string;
    readonly base: string;
    readonly verdict: 'better' | 'worse' | 'equal';
    readonly delta: string;
  }[];
  /** As SVG. */
  readonly schedule: string;
  readonly charts: readonly { readonly title: string; readonly legend: readonly LegendEntry[]; readonly svg: string }[];
  readonly processors: readonly {
    readonly name: string;
    readonly cores: string;
    readonly frequency: string;
    readonly layers: string;
    readonly utilization: string;
  }[];
  readonly options: readonly { readonly title: string; readonly value: string }[];
  readonly layers: readonly {
    readonly key: string;
    readonly application: string;
    readonly layer: string;
    readonly op: string;
    readonly pe: string;
    readonly start: string;
    readonly duration: string;
  }[];
  /** Layers that are only counted. */
  readonly moreLayers: number;
}

/** @param measure width of a text in a CSS font, for the pictures */
export function reportOf(reported: ReportedRun, measure: (text: string, font: string) => number): ReportContent {
  const { run, detail, schedule, schedulerName } = reported;
  const { problem } = schedule;
  const date = (unixMs: number | undefined): string => (unixMs === undefined ? '–' : formatExactMoment(unixMs));
  return {
    name: run.name,
    notes: run.notes,
    facts: [
      ['Scenario', `${run.scenarioName} on ${run.platformName}`],
      ['Scheduler', schedulerName],
      ['Seed', String(run.seed)],
      ['State', run.status],
      ['Generations', formatCount(run.generations)],
      ['Evaluations', formatCount(run.evaluations)],
      ['Time searching', formatElapsed(run.elapsedMs)],
      ['Started', date(run.startedAt)],
      ['Engine', `version ${detail.engineVersion}`],
      [
        'Run',
        detail.origin === undefined
          ? String(run.id)
          : `${run.id}, imported; ${detail.origin.originalId} where it was made`,
      ],
    ],
    baselineName: reported.baseline.name,
    ...answersOf(reported),
    metrics: metricRows(schedule, reported.baseline),
    schedule: schedulePicture(schedule, measure).svg,
    charts: chartsOf(reported),
    processors: processorRows(schedule),
    options: optionRows(reported),
    layers: layerRows(schedule),
    moreLayers: Math.max(0, problem.tasks.length - MOST_LAYERS),
  };
}

function answersOf({
  detail,
  schedule: { problem, metrics },
  baseline,
}: ReportedRun): Pick<ReportContent, 'deadlines' | 'distance' | 'applications'> {
  return {
    deadlines: deadlinesText(problem, metrics),
    distance: boundText(metrics.makespanMs, detail.bound),
    applications: problem.scenario.applications.map(({ id, name, deadlineMs }) => {
      const own = metrics.applications[id];
      const base = baseline.metrics.applications[id]?.meanResponseMs ?? Number.NaN;
      const verdict = verdictOf(own.meanResponseMs, base, metricOf('latencyMs').goal);
      return {
        name,
        missed: deadlineMs === null ? '–' : `${own.deadlineMisses} of ${own.instances}`,
        worst: formatNumber(own.maxResponseMs, 4),
        deadline: deadlineMs === null ? 'none' : formatNumber(deadlineMs, 4),
        mean: formatNumber(own.meanResponseMs, 4),
        verdict,
        delta: `${verdictSymbol[verdict]} ${formatDelta(own.meanResponseMs, base)}`,
      };
    }),
  };
}

function metricRows({ metrics }: Schedule, { metrics: reference }: Baseline): ReportContent['metrics'] {
  return shownMetrics
    .filter(({ name }) => !isWithoutFigures(name, metrics[name]))
    .map((metric) => {
      const { name, goal } = metric;
      const verdict = verdictOf(metrics[name], reference[name], goal);
      return {
        title: titleWithUnit(metric),
        value: formatNumber(metrics[name], 4),
        base: formatNumber(reference[name], 4),
        verdict,
        delta: `${verdictSymbol[verdict]} ${formatDelta(metrics[name], reference[name])}`,
      };
    });
}

function chartsOf({ generations, schedule, baseline }: ReportedRun): ReportContent['charts'] {
  const { problem, metrics } = schedule;
  const hasPower = metrics.peakPowerMW > 0;
  return [
    {
      title: 'Convergence: fitness',
      legend: convergenceLines(generations, 'fitness', 'light'),
      svg: convergencePicture(generations, 'fitness', undefined),
    },
    {
      title: 'Convergence: makespan',
      legend: [
        ...convergenceLines(generations, 'makespanMs', 'light'),
        { name: baseline.name, color: referenceColor('light'), dash: 'dashed' as const },
      ],
      svg: convergencePicture(generations, 'makespanMs', { name: baseline.name, value: baseline.metrics.makespanMs }),
    },
    {
      title: 'Utilisation',
      legend: utilizationLegend(problem, baseline.name, 'light'),
      svg: utilizationPicture(schedule, baseline),
    },
    {
      title: hasPower ? 'Power over time' : 'Busy cores over time',
      legend: loadLegend(problem, 'light'),
      svg: loadPicture(schedule, hasPower ? 'powerMW' : 'busyCores'),
    },
  ];
}

function processorRows({ problem, assignment, metrics }: Schedule): ReportContent['processors'] {
  const { activeCores, frequencies } = describeAssignment(problem, assignment);
  return problem.scenario.platform.processors.map(({ id, name, coreCount }) => ({
    name,
    cores: activeCores[id] === undefined ? '–' : `${activeCores[id]} of ${coreCount}`,
    frequency: frequencies[id] === undefined ? '–' : formatCount(frequencies[id]),
    layers: formatCount(
      layerCountOf(
        problem.tasks.filter(
          (task) => problem.processors[problem.pes[assignment.peOfTask[task.index]].processor].id === id,
        ),
      ),
    ),
    utilization: problem.pes
      .filter((pe) => problem.processors[pe.processor].id === id && isPowered(problem, assignment, pe))
      .map((pe) => `${pe.id} ${formatPercent(metrics.utilization[pe.id])}`)
      .join(', '),
  }));
}

function optionRows({ detail: { configuration }, optionsSchema }: ReportedRun): ReportContent['options'] {
  if (optionsSchema === undefined) return namedValues(configuration.options);
  return fieldsOf(optionsSchema).flatMap((part) =>
    leavesOf([part]).map((field) => ({
      title: part.kind === 'group' ? `${part.title}: ${field.title.toLowerCase()}` : field.title,
      value: optionText(valueAt(configuration.options, field.path) ?? field.defaultValue),
    })),
  );
}

/** Each value by its path: "weights.energy". */
function namedValues(options: Readonly<Record<string, unknown>>, above = ''): { title: string; value: string }[] {
  return Object.entries(options).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? namedValues({ ...value }, `${above}${name}.`)
      : [{ title: `${above}${name}`, value: optionText(value) }],
  );
}

function optionText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? formatExact(value) : typeof value === 'string' ? value : JSON.stringify(value);
}

function layerRows({ problem, timeline }: Schedule): ReportContent['layers'] {
  const firstJob = new Map<number, number>();
  problem.jobTask.forEach((task, job) => firstJob.has(task) || firstJob.set(task, job));
  return problem.tasks.slice(0, MOST_LAYERS).map((task) => {
    const application = problem.scenario.applications[task.application];
    const job = firstJob.get(task.index) ?? 0;
    const layer = application.network.layers[task.layer];
    return {
      key: task.id,
      application: application.name,
      layer: layer.name,
      op: layer.op,
      pe: problem.pes[timeline.pe[job]].id,
      start: formatNumber(timeline.startMs[job], 4),
      duration: formatNumber(timeline.endMs[job] - timeline.startMs[job], 4),
    };
  });
}
