/** Carrying out a search for one command, recorded or not, with progress and Ctrl-C. */
import type { Client } from '#shared/contract/client.ts';
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { activeStatuses, type Metrics, type TradeOff } from '#shared/domain/run.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { nodeSpawner, runUnrecorded } from '../../compose.ts';
import { onInterrupt } from '../interrupt.ts';
import type { ScenarioArgument } from './arguments.ts';
import { printJson, printText, remark } from './output.ts';
import { showProgress } from './progress.ts';
import { renderRunResult, type RunResult } from './run-result.ts';
import { resolveScenarioArgument, withWorkbench } from './session.ts';

export interface SearchRequest {
  readonly scenario: ScenarioArgument;
  readonly configuration: SchedulerConfiguration;
  readonly name: string | undefined;
  readonly db: string | undefined;
  readonly record: boolean;
  readonly quiet: boolean;
  readonly threads: number | undefined;
}

/** A result with what a person wants to see beside it. */
export interface SearchReport {
  readonly result: RunResult;
  readonly scenarioName: string;
  readonly reference: Metrics;
}

/** Searches until the end, or until Ctrl-C. @throws WorkbenchError */
export function search(request: SearchRequest): Promise<SearchReport> {
  if (!request.record) return searchUnrecorded(request);
  const { scenario, configuration, name, db, quiet, threads } = request;
  return withWorkbench(db, (client, close) =>
    followRun(client, close, quiet, async () => {
      const { run } = await client.invoke('runs.start', { scenario, configuration, ...(name === undefined ? {} : { name }), ...(threads === undefined ? {} : { threads }) });
      return run.id;
    }),
  );
}

/**
 * Starts a run and follows it to its end. Ctrl-C cancels it; a request to end (SIGTERM) leaves it interrupted.
 * @param start gives the run's id
 * @throws WorkbenchError `run.failed` or `run.interrupted`
 */
export async function followRun(client: Client, close: () => Promise<void>, quiet: boolean, start: () => Promise<number>): Promise<SearchReport> {
  const progress = showProgress(quiet);
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
        // It may have ended by itself in the meantime; then the end is told by its event.
        if (!(error instanceof WorkbenchError && error.code === 'run.notRunning')) ended.reject(error);
      });
    });
    await ended.promise;
    progress.end();
    const status = latest.get(id)?.status;
    if (status === 'interrupted') throw interrupted(id, latest.get(id)?.statusReason);
    return reportOf(await client.invoke('runs.get', { runId: id }));
  } finally {
    interruption.release();
    for (const stop of stops) stop();
  }
}

function reportOf(detail: RunDetail): SearchReport {
  const { run, best, reference, scenario } = detail;
  const front = frontOf(detail);
  if (run.status !== 'finished' && run.status !== 'cancelled') {
    throw new WorkbenchError('run.failed', `run ${run.id} failed: ${run.statusReason ?? 'its process gave no reason'}`, { hint: run.generations === 0 ? `"tessera runs show ${run.id}" shows what was recorded` : `"tessera resume ${run.id}" tries again from its last checkpoint` });
  }
  const { id, scheduler, seed, status, generations, evaluations, elapsedMs } = run;
  return {
    result: { runId: id, scheduler, seed, status, generations, evaluations, elapsedMs, best: best ?? null, ...(front === undefined ? {} : { front }) },
    scenarioName: String(scenario['name']),
    reference,
  };
}

/** The best trade-offs of a recorded run with their metrics and mapping, as `best` has them. */
export function frontOf({ front, scenario, configuration }: RunDetail): TradeOff[] | undefined {
  if (front === undefined) return undefined;
  const problem = compileProblem(resolveScenario(parseScenario(scenario), emptyLibrary), genesOf(configuration));
  return front.map(({ chromosomeId, genome, fitness }) => ({ chromosomeId, ...describeSolution(problem, Uint8Array.from(genome), fitness) }));
}

function interrupted(runId: number, reason: string | undefined): WorkbenchError {
  return new WorkbenchError('run.interrupted', `run ${runId} was interrupted: ${reason ?? 'its process ended'}`, { hint: `"tessera resume ${runId}" continues it` });
}

async function searchUnrecorded({ scenario: argument, configuration, db, quiet, threads }: SearchRequest): Promise<SearchReport> {
  const scenario = await resolveScenarioArgument(argument, db);
  const reference = referenceMetrics(compileProblem(scenario));
  const progress = showProgress(quiet);
  const interruption = onInterrupt();
  interruption.onStop(() => {
    progress.end();
    remark('cancelling …');
  });
  try {
    const { status, generations, evaluations, elapsedMs, best, front } = await runUnrecorded({ scenario, configuration, spawner: nodeSpawner, threads, onProgress: (update) => progress.update(update), signal: interruption.signal });
    progress.end();
    const { scheduler, seed } = configuration;
    return { result: { runId: null, scheduler, seed, status, generations, evaluations, elapsedMs, best: best ?? null, ...(front === undefined ? {} : { front }) }, scenarioName: scenario.name, reference };
  } finally {
    interruption.release();
  }
}

/** Prints a report and sets the exit code: 1 for a cancelled run. */
export function printReport({ result, scenarioName, reference }: SearchReport, json: boolean): void {
  if (json) printJson(result);
  else printText(renderRunResult(result, scenarioName, reference));
  if (result.status === 'cancelled') process.exitCode = 1;
}
