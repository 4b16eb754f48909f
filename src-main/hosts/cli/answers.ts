/**
 * What is said of a result first: are the deadlines met, how far is it from the lower bound, and what is it compared
 * with.
 */
import { deadlineResults, impossibleTexts, missedOf, type DeadlineResult } from '#shared/analysis/deadlines.ts';
import { responseBounds } from '#shared/analysis/response-bounds.ts';
import {
  bestKnownBound,
  claimedBound,
  distanceFrom,
  distanceText,
  isProvenGap,
} from '#shared/analysis/makespan-bound.ts';
import { gainWithinSpread, scheduleSpreadMs } from '#shared/analysis/time-spread.ts';
import type { Client } from '#shared/contract/client.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import type { Baseline, BaselineId, BoundMethod, MakespanBound, Metrics, Solution } from '#shared/domain/run.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { scenarioTimeOrigins, type OriginRow } from '#shared/domain/time-origins.ts';
import { genesOf, type GeneSelection } from '#shared/domain/scheduler.ts';
import { baselineOfRun, defaultBaselineId } from '#shared/scheduling/baselines.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { baselineOf } from '../toolbox.ts';
import { number, table } from './table.ts';

/** The id of a baseline or of a recorded run; undefined: what the platform suggests. */
export type BaselineChoice = BaselineId | number | undefined;

/** As `--json` prints them (DESIGN §19). */
export interface Answers {
  readonly bound: {
    readonly makespanMs: number;
    readonly method: BoundMethod;
    readonly proven: boolean;
    readonly lastReleaseMs: number;
  } | null;
  /** best / bound − 1; null where there is no bound, or no schedule. */
  readonly gap: number | null;
  /** Of the applications that have a deadline. */
  readonly deadlines: readonly DeadlineResult[];
  readonly baseline: Baseline;
  /** Where the times come from that it was computed with: measured (which profile), given, assumed, modelled. */
  readonly times: readonly OriginRow[];
  /** Where the gain over the baseline is smaller than the spread of the times. */
  readonly spreadRemark?: string;
}

export interface AnsweredResult {
  readonly scenario: ResolvedScenario;
  /** What the run searched and executed as one. */
  readonly genes: GeneSelection;
  /** Undefined where no schedule was found. */
  readonly metrics: Metrics | undefined;
  readonly bound: MakespanBound | undefined;
  readonly baseline: Baseline;
}

export function answersOf({
  baseline,
  best,
  ...result
}: AnsweredResult & { readonly best: Solution | undefined }): Answers {
  const remark = best === undefined ? undefined : spreadRemarkOf(result, best, baseline);
  return {
    ...verdictsOf(result),
    baseline,
    times: scenarioTimeOrigins(result.scenario),
    ...(remark === undefined ? {} : { spreadRemark: remark }),
  };
}

function spreadRemarkOf(
  { scenario, genes }: Pick<AnsweredResult, 'scenario' | 'genes'>,
  best: Solution,
  baseline: Baseline,
): string | undefined {
  if (scenario.profiles === undefined) return undefined;
  const { problem, assignment } = readMapping(scenario, best, genes);
  return gainWithinSpread(
    baseline.metrics.makespanMs - best.metrics.makespanMs,
    scheduleSpreadMs(problem, assignment.peOfTask, scenario),
    baseline.name,
    milliseconds,
  );
}

/** Bound, gap and deadlines alone. */
export function verdictsOf({
  scenario,
  genes,
  metrics,
  bound,
}: Omit<AnsweredResult, 'baseline'>): Omit<Answers, 'baseline' | 'times' | 'spreadRemark'> {
  if (metrics === undefined)
    return { bound: bound === undefined ? null : { ...bound, proven: false }, gap: null, deadlines: [] };
  const distance = bound === undefined ? undefined : distanceFrom(bound, metrics.makespanMs);
  return {
    bound: distance === undefined ? null : { ...distance.bound, proven: distance.isProven },
    gap: distance?.gap ?? null,
    deadlines: deadlineResults(scenario, metrics, leastResponses(scenario, genes)),
  };
}

/** Undefined where no application has a deadline. */
function leastResponses(scenario: ResolvedScenario, genes: GeneSelection): ArrayLike<number> | undefined {
  return scenario.applications.every(({ deadlineMs }) => deadlineMs === null)
    ? undefined
    : responseBounds(compileProblem(scenario, genes));
}

/** The answers about a recorded run. @throws WorkbenchError as `baselineFor` */
export async function answersOfRun(detail: RunDetail, choice: BaselineChoice, client: Client): Promise<Answers> {
  const scenario = parseResolvedScenario(detail.scenario);
  return answersOf({
    scenario,
    genes: genesOf(detail.configuration),
    metrics: detail.best?.metrics,
    bound: boundOf(scenario, detail),
    best: detail.best,
    baseline: await baselineFor(scenario, choice, client),
  });
}

/** What is proven, or what an external scheduler says beyond it. */
function boundOf(scenario: ResolvedScenario, { bound, best }: RunDetail): MakespanBound | undefined {
  if (best?.externalBoundMs === undefined) return bound;
  return bestKnownBound(bound, claimedBound(compileProblem(scenario), best));
}

/** @param client asked for a recorded run. @throws WorkbenchError `baseline.…`, `run.unknown` */
export async function baselineFor(
  scenario: ResolvedScenario,
  choice: BaselineChoice,
  client: Client,
): Promise<Baseline> {
  if (typeof choice !== 'number') return simpleBaselineFor(scenario, choice);
  return baselineOfRun(await client.invoke('runs.get', { runId: choice }), compileProblem(scenario));
}

export function simpleBaselineFor(scenario: ResolvedScenario, choice: BaselineId | undefined): Baseline {
  return baselineOf(scenario, choice ?? defaultBaselineId(compileProblem(scenario)));
}

/** The first lines of every result in text. @param makespanMs of the schedule */
export function renderAnswers({ bound, gap, deadlines }: Answers, makespanMs: number): string {
  return [...deadlineLines(deadlines), boundLine(bound, gap, makespanMs)].join('\n');
}

/** Where the times come from, a line for each network and processor. */
export function renderTimes(times: readonly OriginRow[]): string {
  return ['times', ...times.map(({ of, text }) => `  ${of}: ${text}`)].join('\n');
}

/** A gap in per cent: "optimal" where nothing but rounding is left of it. @param gap as a share */
export function gapText(gap: number | null | undefined): string {
  return gap === null || gap === undefined ? number(undefined) : isProvenGap(gap) ? 'optimal' : number(gap * 100);
}

function deadlineLines(deadlines: readonly DeadlineResult[]): string[] {
  const all = missedOf(deadlines);
  if (all === undefined) return ['deadlines: none set'];
  const dropped = all.dropped > 0 ? `${all.dropped} of ${all.ofInstances} instances DROPPED` : '';
  const missed = all.missed > 0 ? `MISSED by ${all.missed} of ${all.ofInstances} instances` : '';
  const faults = [missed, dropped].filter((text) => text !== '').join(', ');
  const head = `deadlines: ${faults === '' ? `all met (${all.ofInstances} of ${all.ofInstances} instances)` : faults}`;
  const mayDrop = deadlines.some((result) => result.dropped !== undefined);
  const rows = table(deadlines, [
    { title: '  application', value: ({ application }) => `  ${application}` },
    { title: 'missed', value: ({ missed, ofInstances }) => `${missed} of ${ofInstances}`, align: 'right' },
    ...(mayDrop
      ? [{ title: 'dropped', value: (result: DeadlineResult) => number(result.dropped), align: 'right' as const }]
      : []),
    { title: 'worst response ms', value: ({ worstMs }) => number(worstMs), align: 'right' },
    { title: 'deadline ms', value: ({ deadlineMs }) => number(deadlineMs ?? undefined), align: 'right' },
  ]);
  return [
    head,
    rows,
    ...impossibleTexts(deadlines, (application) => application, milliseconds).map((text) => `  ${text}`),
  ];
}

function boundLine(bound: Answers['bound'], gap: number | null, makespanMs: number): string {
  if (bound === null || gap === null) return 'makespan: no lower bound is known';
  const distance = distanceText(
    { bound, gap, isProven: bound.proven },
    milliseconds,
    (share) => `${number(share * 100)} %`,
  );
  return `makespan: ${milliseconds(makespanMs)}, ${distance}`;
}

function milliseconds(value: number): string {
  return `${number(value)} ms`;
}
