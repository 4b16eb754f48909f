/** One run inside its process: starts the worker that searches, records its batches, reports progress, and writes how it ended. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunOutcome, RunCommand, RunEvent, StartCommand } from './protocol.ts';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import { emptyLibrary, parseScenario, resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type GeneSelection } from '#shared/domain/scheduler.ts';
import type { Solution, TradeOff } from '#shared/domain/run.ts';
import { headlineMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { completeConfiguration } from '../engine/schedulers/index.ts';
import { translate } from '../store/open.ts';
import { unpackBatch } from './batch.ts';
import { entryPath } from './entries.ts';
import { errorPayloadOf } from './error-payload.ts';
import { EvaluationThreads } from './evaluation-threads.ts';
import { unpackFront, type FrontMember } from './front.ts';
import { ProgressReporter, type BestSoFar } from './progress-reporter.ts';
import { openRunStore, type RunStore } from './run-store.ts';
import type { SearchCommand, SearchEvent, SearchTask } from './worker-protocol.ts';

/** A search that has been cancelled and says nothing for so long is in the middle of a long step: its thread is ended as it is, ms. */
const CANCEL_PATIENCE_MS = 3000;

export class RunSession {
  readonly #command: StartCommand;
  readonly #scenario: ResolvedScenario;
  readonly #send: (event: RunEvent) => Promise<void>;
  readonly #store: RunStore | undefined;
  readonly #progress: ProgressReporter;
  readonly #worker: Worker;
  readonly #evaluationEntry: string;
  #evaluation: EvaluationThreads | undefined;
  #best: BestSoFar | undefined;
  #front: readonly FrontMember[] | undefined;
  #generations: number;
  #evaluations: number;
  #elapsedMs: number;
  #cancelTimer: NodeJS.Timeout | undefined;
  #stopReason = 'the application was closed';
  #over = false;
  /** Called once, when everything is recorded and reported. */
  readonly #onOver: () => void;

  /**
   * @param evaluationEntry the file that evaluation threads run
   * @throws WorkbenchError when the record cannot be opened or the run not be resumed
   */
  constructor(command: StartCommand, send: (event: RunEvent) => Promise<void>, onOver: () => void, evaluationEntry = entryPath('evaluation-worker')) {
    this.#evaluationEntry = evaluationEntry;
    this.#command = command;
    this.#scenario = typeof command.scenario === 'string' ? resolveScenario(parseScenario(JSON.parse(command.scenario)), emptyLibrary) : command.scenario;
    this.#send = send;
    this.#onOver = onOver;
    this.#store = command.databasePath === undefined ? undefined : openRunStore(command.databasePath, command.runId);
    const resumed = command.resume ? this.#store?.resumeFrom() : undefined;
    this.#best = resumed?.best;
    this.#generations = resumed?.generations ?? 0;
    this.#evaluations = resumed?.evaluations ?? 0;
    const elapsedMs = resumed?.elapsedMs ?? 0;
    this.#elapsedMs = elapsedMs;
    this.#progress = new ProgressReporter(
      command.runId,
      { elapsedMs, evaluations: this.#evaluations, generations: this.#generations },
      (progress) => void send({ type: 'progress', progress }),
      () => performance.now(),
      command.paceGenerationsPerS,
    );
    const task: SearchTask = {
      scenario: this.#scenario,
      configuration: command.configuration,
      record: command.databasePath === undefined ? undefined : { databasePath: command.databasePath, runId: command.runId },
      state: resumed?.state,
      elapsedMs,
      paceGenerationsPerS: command.paceGenerationsPerS,
      threads: command.threads ?? availableParallelism(),
    };
    this.#worker = new Worker(entryPath('search-worker'), { workerData: task, name: `search ${command.runId}` });
    this.#worker.on('message', (event: SearchEvent) => this.#guard(() => this.#handle(event)));
    this.#worker.on('error', (error) => this.#fail(errorPayloadOf(error)));
    this.#worker.on('exit', () => this.#fail(errorPayloadOf(new Error('the search ended without a result'))));
  }

  obey(command: Exclude<RunCommand, StartCommand>): void {
    if (command.type === 'pace') this.#progress.pace(command.generationsPerS);
    this.#post(command);
    if (command.type === 'cancel' && !this.#over) this.#cancelTimer ??= setTimeout(() => this.#guard(() => this.#finish('cancel', this.#elapsedMs)), CANCEL_PATIENCE_MS);
  }

  /** Records what there is and ends, because nobody is listening any more. */
  abandon(reason: string): void {
    this.#stopReason = reason;
    this.#post({ type: 'stop' });
  }

  #post(command: SearchCommand): void {
    if (!this.#over) this.#worker.postMessage(command);
  }

  #handle(event: SearchEvent): void {
    if (this.#over) return;
    this.#cancelTimer?.refresh();
    switch (event.type) {
      case 'started':
        this.#store?.recorder.plan(event.plannedGenerations);
        this.#progress.plan(event.plannedGenerations);
        void this.#send(event);
        break;
      case 'batch': {
        const generations = unpackBatch(event.batch);
        this.#front = event.front === undefined ? undefined : unpackFront(event.front);
        this.#store?.recorder.record({ generations, checkpoint: event.state, front: event.front?.ids }, Date.now());
        // Not at once: Node hands out waiting messages of a thread without turning to commands and timers in between.
        setImmediate(() => this.#post({ type: 'credit' }));
        const fresh = generations.filter((generation) => generation.record.index >= this.#generations);
        for (const { record, elapsedMs } of fresh) {
          this.#elapsedMs = elapsedMs;
          this.#generations = record.index + 1;
          this.#evaluations = record.evaluations;
          for (const { id, genes, fitness, metrics } of record.newChromosomes) {
            if (this.#best === undefined || fitness > this.#best.fitness) this.#best = { chromosomeId: id, fitness, genes: genes.slice(), metrics: headlineMetrics(metrics) };
          }
        }
        this.#progress.add(fresh, this.#best);
        if (fresh.length > 0 && this.#store !== undefined) void this.#send({ type: 'checkpointed', generation: this.#generations - 1 });
        break;
      }
      case 'help':
        this.#evaluation = new EvaluationThreads({ scenario: this.#scenario, genes: this.#genes, memory: event.memory, threads: event.threads }, (error) => this.#fail(error), this.#evaluationEntry);
        break;
      case 'paused':
        this.#progress.flush();
        void this.#send(event);
        break;
      case 'resumed':
        void this.#send(event);
        break;
      case 'ended':
        this.#finish(event.by, event.elapsedMs, event.makespanBoundMs);
        break;
      case 'failed':
        this.#fail(event.error);
        break;
    }
  }

  #finish(by: 'itself' | 'cancel' | 'stop', elapsedMs: number, makespanBoundMs?: number): void {
    const best = this.#describeBest(makespanBoundMs);
    if (by === 'stop') {
      this.#end({ type: 'stopped' }, () => this.#store?.recorder.end({ status: 'interrupted', reason: this.#stopReason, elapsedMs, best, at: Date.now() }));
      return;
    }
    const outcome: RunOutcome = {
      status: by === 'cancel' ? 'cancelled' : 'finished',
      generations: this.#generations,
      evaluations: this.#evaluations,
      elapsedMs,
      best,
      bestChromosomeId: this.#best?.chromosomeId,
      front: this.#describeFront(),
    };
    this.#end({ type: 'finished', outcome }, () => this.#store?.recorder.end({ status: outcome.status, elapsedMs, best, at: Date.now() }));
  }

  get #genes(): GeneSelection {
    return genesOf(completeConfiguration(this.#command.configuration));
  }

  #describeBest(makespanBoundMs: number | undefined): Solution | undefined {
    if (this.#best === undefined) return undefined;
    const solution = describeSolution(compileProblem(this.#scenario, this.#genes), this.#best.genes, this.#best.fitness);
    return makespanBoundMs === undefined ? solution : { ...solution, makespanBoundMs };
  }

  /** What is recorded is described by whoever asks for it. */
  #describeFront(): TradeOff[] | undefined {
    if (this.#front === undefined || this.#store !== undefined) return undefined;
    const problem = compileProblem(this.#scenario, this.#genes);
    return this.#front.map(({ id, genes, fitness }) => ({ chromosomeId: id, ...describeSolution(problem, genes, fitness) }));
  }

  /** What the record refuses (a full disk, a lock) may pass: such a run can be resumed. */
  #fail(error: ErrorPayload): void {
    if (this.#over) return;
    const status = error.code.startsWith('store.') ? 'interrupted' : 'failed';
    this.#end({ type: 'failed', error }, () => this.#store?.recorder.end({ status, reason: error.message, elapsedMs: this.#store.recorder.elapsedMs, best: undefined, at: Date.now() }));
  }

  /** Writes the ending, tells it, and lets go of everything. */
  #end(event: RunEvent, write: () => void): void {
    let last = event;
    this.#over = true;
    clearTimeout(this.#cancelTimer);
    this.#progress.flush();
    try {
      write();
    } catch (error) {
      last = { type: 'failed', error: event.type === 'failed' ? event.error : explainFailure(error, this.#command) };
    }
    this.#store?.close();
    void this.#worker.terminate();
    this.#evaluation?.end();
    void this.#send(last).then(this.#onOver);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(explainFailure(error, this.#command));
    }
  }
}

/** What made the run that `command` started fail: the database's own errors in words. */
export function explainFailure(error: unknown, { databasePath }: StartCommand): ErrorPayload {
  return errorPayloadOf(databasePath === undefined ? error : translate(error, databasePath));
}
