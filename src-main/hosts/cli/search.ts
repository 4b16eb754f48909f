/** Carrying out a search for one command, recorded or not, with progress and Ctrl-C. */
import { frontQuestion, frontRemark } from '#shared/analysis/front-remark.ts';
import { bestKnownBound, claimedBound, provenBound, quickBound } from '#shared/analysis/makespan-bound.ts';
import type { Client } from '#shared/contract/client.ts';
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { activeStatuses, type MakespanBound, type Solution, type TradeOff } from '#shared/domain/run.ts';
import { commandOf } from '#shared/domain/external-command.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { frontBaselineIds } from '#shared/scheduling/baselines.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { completeConfiguration, keepingShortRuns, nodeSpawner, runUnrecorded } from '../toolbox.ts';
import { onInterrupt } from '../interrupt.ts';
import { answersOf, baselineFor, simpleBaselineFor, type Answers, type BaselineChoice } from './answers.ts';
import type { ScenarioArgument } from './arguments.ts';
import { printJson, printText, remark } from './output.ts';
import { showProgress } from './progress.ts';
import { renderRunResult, type RunResult } from './run-result.ts';
import { examineScenarioArgument, withWorkbench } from './session.ts';
import { warnOfTimes, withWarnings } from './time-warnings.ts';

/** Starts the runs of commands that make one after the other. */
export const searchSpawner = keepingShortRuns(nodeSpawner);

export interface SearchRequest {
  readonly scenario: ScenarioArgument;
  readonly configuration: SchedulerConfiguration;
  readonly name: string | undefined;
  readonly db: string | undefined;
  readonly record: boolean;
  readonly quiet: boolean;
  readonly threads: number | undefined;
  readonly tags?: readonly string[];
  readonly baseline: BaselineChoice;
}

/** A result with what a person wants to see along with it. */
export interface SearchReport {
  readonly result: RunResult;
  readonly scenarioName: string;
}

/** Searches until the end, or until Ctrl-C. @throws WorkbenchError */
export function search(request: SearchRequest): Promise<SearchReport> {
  if (!request.record) return searchUnrecorded(request);
  return withWorkbench(request.db, (client, close) => searchRecorded(client, close, request), searchSpawner);
}

/** The same over a workbench that is open already. */
export async function searchRecorded(
  client: Client,
  close: () => Promise<void>,
  { scenario, configuration, name, quiet, threads, tags, baseline }: SearchRequest,
): Promise<SearchReport> {
  const { remarks, scenario: resolved } = await client.invoke('scenarios.resolve', { scenario });
  // A search is not begun for a comparison that cannot be made.
  if (typeof baseline === 'number') await baselineFor(parseResolvedScenario(resolved), baseline, client);
  const warnings = warnOfTimes(remarks);
  // Naming a program on the command line confirms it, also for the time when the run is resumed.
  const command = commandOf(configuration);
  if (command !== undefined) await client.invoke('commands.confirm', command);
  const report = await followRun(client, close, { isQuiet: quiet, baseline }, async () => {
    const { run } = await client.invoke('runs.start', {
      scenario,
      configuration,
      ...(name === undefined ? {} : { name }),
      ...(tags === undefined ? {} : { tags: [...tags] }),
      ...(threads === undefined ? {} : { threads }),
    });
    return run.id;
  });
  return { ...report, result: { ...report.result, ...withWarnings(warnings) } };
}

/**
 * Starts a run and follows it to its end. Ctrl-C cancels it; a request to end (SIGTERM) leaves it interrupted.
 * @param start gives the run's id
 * @throws WorkbenchError `run.failed` or `run.interrupted`
 */
export async function followRun(
  client: Client,
  close: () => Promise<void>,
  { isQuiet, baseline }: { readonly isQuiet: boolean; readonly baseline: BaselineChoice },
  start: () => Promise<number>,
): Promise<SearchReport> {
  const progress = showProgress(isQuiet);
  const ended = Promise.withResolvers<void>();
  const latest = new Map<number, RunSummary>();
  let runId: number | undefined;
  const check = (): void => {
    const run = runId === undefined ? undefined : latest.get(runId);
    if (run !== undefined && !activeStatuses.includes(run.status) && run.restartsAt === undefined) ended.resolve();
  };
  const stops = [
    client.on('run.progress', (update) => (update.runId === runId ? progress.update(update) : undefined)),
    client.on('run.changed', ({ run }) => {
      latest.set(run.id, run);
      if (run.id === runId && run.restartsAt !== undefined) {
        progress.end();
        remark(`${run.statusReason ?? 'its process ended'}; it is continued from its last checkpoint`);
      }
      check();
    }),
  ];
  const interruption = onInterrupt();
  try {
    runId = await start();
    const id = runId;
    check();
    interruption.onStop((cause) => {
      progress.end();
      remark(cause === 'SIGINT' ? 'cancelling …' : 'stopping …');
      const stopped = cause === 'SIGINT' ? client.invoke('runs.cancel', { runId: id }) : close();
      stopped.catch((error: unknown) => {
        // It may have ended by itself in the meantime; then an event reports its end.
        if (!(error instanceof WorkbenchError && error.code === 'run.notRunning')) ended.reject(error);
      });
    });
    await ended.promise;
    progress.end();
    const status = latest.get(id)?.status;
    if (status === 'interrupted') throw interrupted(id, latest.get(id)?.statusReason);
    const detail = await client.invoke('runs.get', { runId: id });
    const found = parseResolvedScenario(detail.scenario);
    const answers = answersOf({
      scenario: found,
      genes: genesOf(detail.configuration),
      metrics: detail.best?.metrics,
      best: detail.best,
      bound: bestKnownBound(
        boundAtOnce(found, detail.configuration, detail.best),
        // A solver's run is not the same each time anyway, and a proof is what it is for.
        detail.configuration.scheduler === 'cp' ? detail.bound : undefined,
      ),
      baseline: await baselineFor(found, baseline, client),
    });
    return reportOf(detail, answers);
  } finally {
    interruption.release();
    for (const stop of stops) stop();
  }
}

/**
 * The bound that is known without waiting, and what the search itself proved: the same each time. What a thread proves
 * alongside the search depends on how long that takes; it is recorded with the run.
 */
function boundAtOnce(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  best: Pick<Solution, 'makespanBoundMs' | 'externalBoundMs' | 'boundBy' | 'metrics'> | undefined,
): MakespanBound | undefined {
  const problem = compileProblem(scenario, genesOf(completeConfiguration(configuration)));
  return bestKnownBound(
    quickBound(problem),
    provenBound(problem, best),
    best === undefined ? undefined : claimedBound(problem, best),
  );
}

function reportOf(detail: RunDetail, answers: Answers): SearchReport {
  const { run, best, scenario } = detail;
  const front = frontOf(detail);
  if (run.status !== 'finished' && run.status !== 'cancelled') {
    throw new WorkbenchError(
      'run.failed',
      `run ${run.id} failed: ${run.statusReason ?? 'its process gave no reason'}`,
      {
        hint:
          run.generations === 0
            ? `"tessera runs show ${run.id}" shows what was recorded`
            : `"tessera resume ${run.id}" tries again from its last checkpoint`,
      },
    );
  }
  const { id, scheduler, seed, status, generations, evaluations, elapsedMs } = run;
  return {
    result: {
      runId: id,
      scheduler,
      seed,
      status,
      generations,
      evaluations,
      elapsedMs,
      best: best ?? null,
      ...answers,
      ...(front === undefined
        ? {}
        : {
            front,
            ...remarkOfFront(front, parseResolvedScenario(scenario), detail.configuration),
          }),
    },
    scenarioName: String(scenario['name']),
  };
}

/** Against the schedules that a person would try first. */
function remarkOfFront(
  front: readonly TradeOff[],
  scenario: ResolvedScenario,
  { options }: Pick<SchedulerConfiguration, 'options'>,
): { frontRemark?: string } {
  const question = frontQuestion(options);
  const text =
    question === undefined
      ? undefined
      : frontRemark(
          front.map(({ metrics }) => metrics),
          frontBaselineIds(compileProblem(scenario)).map((id) => simpleBaselineFor(scenario, id)),
          question,
        );
  return text === undefined ? {} : { frontRemark: text };
}

/** The best trade-offs of a recorded run with their metrics and mapping, as `best` has them. */
export function frontOf({ front, scenario, configuration }: RunDetail): TradeOff[] | undefined {
  if (front === undefined) return undefined;
  const problem = problemOfSnapshot({ scenario, configuration });
  return front.map(({ chromosomeId, genome, fitness }) => ({
    chromosomeId,
    ...describeSolution(problem, Uint8Array.from(genome), fitness),
  }));
}

function interrupted(runId: number, reason: string | undefined): WorkbenchError {
  return new WorkbenchError('run.interrupted', `run ${runId} was interrupted: ${reason ?? 'its process ended'}`, {
    hint: `"tessera resume ${runId}" continues it`,
  });
}

async function searchUnrecorded({
  scenario: argument,
  configuration,
  db,
  quiet,
  threads,
  baseline: choice,
}: SearchRequest): Promise<SearchReport> {
  const { scenario, remarks } = await examineScenarioArgument(argument, db);
  const warnings = warnOfTimes(remarks);
  const baseline =
    typeof choice === 'number'
      ? await withWorkbench(db, (client) => baselineFor(scenario, choice, client))
      : simpleBaselineFor(scenario, choice);
  const progress = showProgress(quiet);
  const interruption = onInterrupt();
  interruption.onStop(() => {
    progress.end();
    remark('cancelling …');
  });
  try {
    const { status, generations, evaluations, elapsedMs, best, front, bound } = await runUnrecorded({
      scenario,
      configuration,
      spawner: searchSpawner,
      threads,
      onProgress: (update) => progress.update(update),
      signal: interruption.signal,
    });
    progress.end();
    const { scheduler, seed } = configuration;
    const answers = answersOf({
      scenario,
      genes: genesOf(completeConfiguration(configuration)),
      metrics: best?.metrics,
      best,
      bound: bestKnownBound(
        boundAtOnce(scenario, configuration, best),
        configuration.scheduler === 'cp' ? bound : undefined,
      ),
      baseline,
    });
    return {
      result: {
        runId: null,
        scheduler,
        seed,
        status,
        generations,
        evaluations,
        elapsedMs,
        best: best ?? null,
        ...answers,
        ...(front === undefined
          ? {}
          : { front, ...remarkOfFront(front, scenario, completeConfiguration(configuration)) }),
        ...withWarnings(warnings),
      },
      scenarioName: scenario.name,
    };
  } finally {
    interruption.release();
  }
}

/** Prints a report and sets the exit code: 1 for a cancelled run. */
export function printReport({ result, scenarioName }: SearchReport, json: boolean): void {
  if (json) printJson(result);
  else printText(renderRunResult(result, scenarioName));
  if (result.status === 'cancelled') process.exitCode = 1;
}
