/**
 * `device tune`: search on the times there are, measure what the best schedules execute as one and was never measured, search again; and
 * execute the best of each round, to see how far its prediction is off. Each round is a recorded sweep on a scenario with its profiles
 * inline, so that it can be repeated to the bit; executions are recorded and feed no search. Ours.
 */
import type { Client } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Execution } from '#shared/domain/execution.ts';
import { activeStatuses } from '#shared/domain/run.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import type { AgentClient, OnProgress } from './agent-client.ts';
import { executePlan } from './execution.ts';
import { defaultMeasuring } from './profiling.ts';
import type { Machine, Measuring } from './protocol.ts';
import { quantile } from './statistics.ts';
import { joinedSets, orderOf, ranked, type Candidate, type Predicted } from './tune-candidates.ts';
import { TuneTimes } from './tune-times.ts';

export interface TuneOptions {
  /** No measurement and no round is begun after so much time, ms. */
  readonly budgetMs: number;
  /** Scheduler of every search, with its own options but for what is executed as one. */
  readonly scheduler?: string;
  /** Genomes that each search scores at most. */
  readonly evaluations?: number;
  /** Of the first round; each round has the next one. */
  readonly seed?: number;
  /** Rounds of each execution that count. */
  readonly repetitions?: number;
  readonly measuring?: Measuring;
  readonly onProgress?: OnProgress;
  readonly onRound?: (round: TuneRound) => void;
  /** Also the sweep of a round, as soon as it is known. */
  readonly onSweep?: (round: number, sweep: Record<string, unknown>) => void;
  readonly signal?: AbortSignal;
  /** ms. */
  readonly now?: () => number;
}

export interface TuneRound {
  readonly round: number;
  readonly sweepId: number;
  readonly runIds: readonly number[];
  /** Different schedules that were compared, those of earlier rounds included. */
  readonly schedules: number;
  /** Sets of layers measured in this round. */
  readonly measuredSets: number;
  readonly winner: {
    readonly runId: number;
    readonly chromosomeId: number;
    readonly subgraphs: number;
    readonly predictedMs: number;
    /** Share of its time that rests on measurements of exactly these layers, in per cent. */
    readonly measuredPercent: number;
  };
  /** Missing where the same schedule had been executed before with the same prediction. */
  readonly execution?: Pick<Execution, 'executedMs' | 'netMs' | 'errorPercent' | 'waitingPercent' | 'outputsEqual'>;
  /**
   * Half of the range from the 10th to the 90th percentile of the net makespans of the executed rounds, in per cent of their median; of
   * the executed makespans where the net is not readable.
   */
  readonly noisePercent: number;
  /** |prediction / net − 1|, or the executed where the net is not readable, in per cent. */
  readonly errorPercent: number;
}

/**
 * withinNoise: the prediction of the winner is, and all of it was measured; settled: nothing is left to be measured, and the rest of the error
 * is in what no profile has; budget: the time is spent; cancelled.
 */
export type TuneEnd = 'withinNoise' | 'settled' | 'budget' | 'cancelled';

export interface TuneResult {
  readonly end: TuneEnd;
  readonly rounds: readonly TuneRound[];
  /** Ids of the profiles that it computed with last. */
  readonly profiles: readonly string[];
  readonly elapsedMs: number;
}

const tuneMeasuring: Measuring = { ...defaultMeasuring, leastMs: 300 };
/** Of each run, those of its last generation that are looked at besides its best. */
const OF_EACH_RUN = 10;
/** Schedules whose subgraphs are measured. */
const BEST = 5;
const MOST_SETS = 24;
/** Schedules that are kept from round to round. */
const MOST_KEPT = 60;
/** What may differ in what is executed as one; the searches of a round. */
const MODES = ['off', 'groups', 'network'] as const;

/**
 * Tunes a scenario on the machine of `client`.
 * @param record the workbench: documents, sweeps and executions are recorded there
 * @param reference id of a scenario, or its document; its platform is that of the machine
 * @throws WorkbenchError `device.otherPlatform`, `device.otherOutputs`, `scenario.…`, `device.…`
 */
export async function tune(
  client: AgentClient,
  machine: Machine,
  record: Client,
  reference: string | Record<string, unknown>,
  {
    budgetMs,
    scheduler = 'auto',
    evaluations = 5000,
    seed = 1,
    repetitions = 20,
    measuring = tuneMeasuring,
    onProgress = () => {},
    onRound = () => {},
    onSweep = () => {},
    signal,
    now = () => performance.now(),
  }: TuneOptions,
): Promise<TuneResult> {
  const began = now();
  const hasTime = (): boolean => now() - began < budgetMs;
  const isCancelled = (): boolean => signal?.aborted === true;
  const goesOn = (): boolean => hasTime() && !isCancelled();
  const rounds: TuneRound[] = [];
  const times = await TuneTimes.open(record, machine, reference);
  const options = { measuring, onProgress, signal };
  const result = (end: TuneEnd): TuneResult => ({
    end,
    rounds,
    profiles: times.profiles.map(({ id }) => id),
    elapsedMs: now() - began,
  });
  const executed = new Map<string, { readonly execution: Execution; readonly predictedMs: number }>();
  let kept: Candidate[] = [];
  try {
    // Without them nothing can be searched: they are measured whatever the budget.
    for (const network of times.networksWithoutTimes()) await times.measureBase(client, network, options);
    for (let round = 1; ; round++) {
      if (isCancelled()) return result('cancelled');
      if (round > 1 && !hasTime()) return result('budget');
      const frozen = parseResolvedScenario(times.frozen());
      const sweep = {
        name: `Tuning of ${frozen.name}, round ${round}`.slice(0, 200),
        scenarios: [{ ...frozen }],
        schedulers: MODES.map((subgraphs) => ({ scheduler, options: { subgraphs } })),
        budget: { evaluations },
        seeds: [(seed + round - 1) % 2 ** 32],
      };
      onSweep(round, sweep);
      const { sweepId, runIds } = await searched(record, sweep, `round ${round}: searching`, onProgress, signal);
      if (isCancelled()) return result('cancelled');
      kept.push(...(await candidatesOf(record, runIds)));
      const before = ranked(frozen, kept);
      if (before.length === 0)
        throw new WorkbenchError('run.noSchedule', 'none of the searches found a schedule', {
          hint: 'look at the runs of the newest sweep',
        });
      const wanted = joinedSets(before.slice(0, BEST), MOST_SETS);
      const measuredSets = await times.measureSets(client, wanted, options, goesOn);
      if (isCancelled()) return result('cancelled');
      const known = measuredSets === 0 ? frozen : parseResolvedScenario(times.frozen());
      const after = measuredSets === 0 ? before : ranked(known, kept);
      kept = after.slice(0, MOST_KEPT);
      const [winner] = after;
      const last = executed.get(orderOf(winner.plan));
      const isNew = last === undefined || last.predictedMs !== winner.plan.predictedMs;
      const execution = isNew
        ? await execute(client, machine, record, winner, repetitions, onProgress, signal)
        : last.execution;
      executed.set(orderOf(winner.plan), { execution, predictedMs: winner.plan.predictedMs });
      const report = roundOf(round, sweepId, runIds, after, measuredSets, execution, isNew);
      rounds.push(report);
      onRound(report);
      if (winner.unmeasured.size === 0 && report.errorPercent <= report.noisePercent) return result('withinNoise');
      if (wanted.size === 0 && winner.unmeasured.size === 0) return result('settled');
    }
  } catch (error) {
    if (isCancelled() && error instanceof WorkbenchError && error.code === 'device.cancelled')
      return result('cancelled');
    throw error;
  }
}

function roundOf(
  round: number,
  sweepId: number,
  runIds: readonly number[],
  schedules: readonly Predicted[],
  measuredSets: number,
  { executedMs, netMs, errorPercent, waitingPercent, outputsEqual, ...execution }: Execution,
  isNew: boolean,
): TuneRound {
  const [{ runId, chromosomeId, plan, measuredShare }] = schedules;
  const sorted = (execution.netRoundsMs ?? execution.roundsMs).toSorted((a, b) => a - b);
  return {
    round,
    sweepId,
    runIds,
    schedules: schedules.length,
    measuredSets,
    winner: {
      runId,
      chromosomeId,
      subgraphs: plan.problem.tasks.length,
      predictedMs: plan.predictedMs,
      measuredPercent: measuredShare * 100,
    },
    ...(isNew ? { execution: { executedMs, netMs, errorPercent, waitingPercent, outputsEqual } } : {}),
    noisePercent: ((quantile(sorted, 0.9) - quantile(sorted, 0.1)) / 2 / quantile(sorted, 0.5)) * 100,
    errorPercent: Math.abs(errorPercent.net ?? errorPercent.wall),
  };
}

/** Starts a sweep and waits for its runs; where `signal` aborts, they are cancelled. */
async function searched(
  record: Client,
  sweep: Record<string, unknown>,
  what: string,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<{ readonly sweepId: number; readonly runIds: readonly number[] }> {
  const over = Promise.withResolvers<void>();
  let sweepId: number | undefined;
  const check = async (): Promise<void> => {
    if (sweepId === undefined) return;
    const { runs } = await record.invoke('sweeps.get', { sweepId });
    const ended = runs.filter(({ run }) => !activeStatuses.includes(run.status)).length;
    onProgress(what, ended / runs.length);
    if (ended === runs.length) over.resolve();
  };
  const look = (): void => void check().catch((error: unknown) => over.reject(error));
  const stop = record.on('run.changed', look);
  const cancel = (): void => {
    if (sweepId !== undefined) record.invoke('sweeps.cancel', { sweepId }).then(look, (error) => over.reject(error));
  };
  try {
    onProgress(what, 0);
    const started = await record.invoke('sweeps.start', { sweep });
    sweepId = started.sweep.id;
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    look();
    await over.promise;
    const { runs } = await record.invoke('sweeps.get', { sweepId });
    const failed = runs.find(({ run }) => run.status === 'failed');
    if (failed !== undefined)
      throw new WorkbenchError('run.failed', `run ${failed.run.id} failed: ${failed.run.statusReason ?? 'no reason'}`, {
        hint: 'look at the run; what was measured is kept',
      });
    return { sweepId, runIds: runs.map(({ run }) => run.id) };
  } finally {
    signal?.removeEventListener('abort', cancel);
    stop();
  }
}

/** The best of each run, and the best of its last generation. */
async function candidatesOf(record: Client, runIds: readonly number[]): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const runId of runIds) {
    const { best, bestChromosomeId, configuration, scenario, run } = await record.invoke('runs.get', { runId });
    const genes = genesOf(configuration);
    if (best === undefined || bestChromosomeId === undefined) continue;
    found.push({ runId, chromosomeId: bestChromosomeId, mapping: best, genes });
    if (run.generations === 0) continue;
    const problem = problemOfSnapshot({ scenario, configuration });
    const { chromosomes } = await record.invoke('runs.population', { runId, generation: run.generations - 1 });
    for (const { id, genes: own, fitness } of chromosomes
      .toSorted((a, b) => b.fitness - a.fitness || a.id - b.id)
      .slice(0, OF_EACH_RUN))
      if (id !== bestChromosomeId)
        found.push({ runId, chromosomeId: id, mapping: describeSolution(problem, own, fitness), genes });
  }
  return found;
}

/** Executes a schedule and records that beside it. @throws WorkbenchError `device.otherOutputs` after it was recorded */
async function execute(
  client: AgentClient,
  machine: Machine,
  record: Client,
  { plan, runId, chromosomeId }: Predicted,
  rounds: number,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Execution> {
  const execution = await executePlan(client, machine, plan, {
    rounds,
    onProgress,
    ...(signal === undefined ? {} : { signal }),
  });
  await record.invoke('runs.recordExecution', { runId, chromosomeId, execution });
  if (execution.outputsEqual) return execution;
  throw otherOutputs(execution);
}

export function otherOutputs({ largestDifference }: Execution): WorkbenchError {
  return new WorkbenchError(
    'device.otherOutputs',
    `the pieces give other results than the whole networks: they differ by ${largestDifference}`,
    { hint: 'the figures are not those of this schedule; report it' },
  );
}
