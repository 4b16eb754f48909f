/** One run inside its process: starts the worker that searches, records its batches, reports progress, and writes how it ended. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { frontQuestion } from '#shared/analysis/front-remark.ts';
import { mayPass, type RunOutcome, type RunCommand, type RunEvent, type StartCommand } from './protocol.ts';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type GeneSelection } from '#shared/domain/scheduler.ts';
import type { Conclusion, MakespanBound, Solution, TradeOff } from '#shared/domain/run.ts';
import { headlineRecord, metricIndex } from '#shared/domain/metrics.ts';
import { bestKnownBound, distanceFrom, provenBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { BOUND_VERSION } from '../engine/bounds/best-bound.ts';
import { makespanWeightsSchema } from '../engine/options.ts';
import { completeConfiguration, findScheduler } from '../engine/schedulers/index.ts';
import { boundKey } from '../store/bound-repository.ts';
import type { Batch } from '../store/recorder.ts';
import { unpackBatch } from './batch.ts';
import { BoundThread } from './bound-thread.ts';
import { entryPath } from './entries.ts';
import { errorPayloadOf } from './error-payload.ts';
import { ExternalProcess } from './external-process.ts';
import { HelpingThreads } from './helping-threads.ts';
import { unpackFront, type FrontMember } from './front.ts';
import type { OutsideListeners, OutsideProgram } from './outside-program.ts';
import { ProgressReporter, type BestSoFar } from './progress-reporter.ts';
import type { RunSink } from './run-sink.ts';
import { SolverThread } from './solver-thread.ts';
import type { OutsideCommand, SearchCommand, SearchEvent, SearchTask } from './worker-protocol.ts';

/** A search that has been cancelled and says nothing for so long is in the middle of a long step: its thread is ended as it is, ms. */
const CANCEL_PATIENCE_MS = 3000;
/** A search that is over sooner is not worth a thread that proves a bound, ms. */
const BOUND_DELAY_MS = 100;
/** Share of a bound above which a schedule is too long to be proven optimal, once every method has been tried. */
const NEAR_BOUND = 2e-4;

/** The files that threads of a run process run. */
export interface ThreadEntries {
  readonly search: string;
  readonly evaluation: string;
  readonly improvement: string;
}

/** What searches for a session, as a worker thread does it. */
export interface SearchThread {
  postMessage(command: SearchCommand | OutsideCommand): void;
  on(event: 'message', listener: (event: SearchEvent) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** It is over; also where it has not said so. */
  on(event: 'exit', listener: () => void): unknown;
  terminate(): unknown;
}

/** What a session works with. */
export interface SessionMeans {
  /** Where the run is recorded; undefined: nowhere. The session closes it. */
  readonly sink: RunSink | undefined;
  /** How many threads may evaluate; undefined: as many as there are cores. */
  readonly threads?: number | undefined;
  /** Resolves when the event is on its way. */
  readonly send: (event: RunEvent) => Promise<void>;
  /** Called once, when everything is recorded and reported. */
  readonly onOver: () => void;
  /** Where they are not the usual ones. */
  readonly entries?: Partial<ThreadEntries> | undefined;
  /** Starts what searches. Default: a worker thread. */
  readonly startSearch?: ((task: SearchTask) => SearchThread) | undefined;
}

export class RunSession {
  readonly #command: StartCommand;
  readonly #scenario: ResolvedScenario;
  readonly #send: (event: RunEvent) => Promise<void>;
  readonly #sink: RunSink | undefined;
  readonly #progress: ProgressReporter;
  readonly #worker: SearchThread;
  readonly #entries: ThreadEntries;
  /** A program or solver that the search talks with. */
  #outside: OutsideProgram | undefined;
  readonly #helpers: HelpingThreads[] = [];
  #boundTimer: NodeJS.Timeout | undefined;
  #boundThread: BoundThread | undefined;
  #bound: MakespanBound | undefined;
  #isBoundComplete = false;
  /** The shortest of all schedules that were evaluated, ms. */
  #leastMs = Number.POSITIVE_INFINITY;
  #best: BestSoFar | undefined;
  #front: readonly FrontMember[] | undefined;
  #generations: number;
  #evaluations: number;
  #elapsedMs: number;
  #cancelTimer: NodeJS.Timeout | undefined;
  #stopReason = 'the application was closed';
  #over = false;
  readonly #onOver: () => void;

  /** @throws WorkbenchError when the run cannot be resumed */
  constructor(command: StartCommand, { sink, threads, send, onOver, entries, startSearch }: SessionMeans) {
    this.#entries = {
      search: entryPath('search-worker'),
      evaluation: entryPath('evaluation-worker'),
      improvement: entryPath('improvement-worker'),
      ...entries,
    };
    this.#command = command;
    this.#scenario =
      typeof command.scenario === 'string' ? parseResolvedScenario(JSON.parse(command.scenario)) : command.scenario;
    this.#send = send;
    this.#onOver = onOver;
    this.#sink = sink;
    const resumed = command.resume ? sink?.resumeFrom() : undefined;
    this.#best = resumed?.best;
    this.#leastMs = resumed?.best?.metrics.makespanMs ?? Number.POSITIVE_INFINITY;
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
      command.configuration.stop,
    );
    const task: SearchTask = {
      scenario: this.#scenario,
      configuration: command.configuration,
      record: sink?.place,
      state: resumed?.state,
      scores: resumed?.scores,
      elapsedMs,
      paceGenerationsPerS: command.paceGenerationsPerS,
      threads: threads ?? availableParallelism(),
    };
    this.#worker =
      startSearch?.(task) ?? new Worker(this.#entries.search, { workerData: task, name: `search ${command.runId}` });
    this.#worker.on('message', (event) => this.#guard(() => this.#handle(event)));
    this.#worker.on('error', (error) => this.#fail(errorPayloadOf(error)));
    this.#worker.on('exit', () => this.#fail(errorPayloadOf(new Error('the search ended without a result'))));
  }

  obey(command: Exclude<RunCommand, StartCommand>): void {
    if (command.type === 'pace') this.#progress.pace(command.generationsPerS);
    if (command.type === 'stop' && command.reason !== undefined) this.#stopReason = command.reason;
    if (command.type === 'cancel' || command.type === 'stop') this.#outside?.halt(false); // to be able to end
    this.#post(command);
    if (command.type === 'cancel' && !this.#over)
      this.#cancelTimer ??= setTimeout(
        () => this.#guard(() => this.#finish('cancel', this.#elapsedMs)),
        CANCEL_PATIENCE_MS,
      );
  }

  /** Records what there is and ends, because nobody is listening any more. */
  abandon(reason: string): void {
    this.#stopReason = reason;
    this.#outside?.halt(false);
    this.#post({ type: 'stop' });
  }

  /** Ends at once what would outlive this process. */
  endOutside(): void {
    this.#outside?.kill();
  }

  #post(command: SearchCommand | OutsideCommand): void {
    if (!this.#over) this.#worker.postMessage(command);
  }

  #handle(event: SearchEvent): void {
    if (this.#over) return;
    this.#cancelTimer?.refresh();
    switch (event.type) {
      case 'started':
        if (event.plannedGenerations !== undefined) this.#sink?.plan(event.plannedGenerations);
        this.#progress.plan(event.plannedGenerations ?? Number.POSITIVE_INFINITY);
        void this.#send(event);
        this.#boundTimer = setTimeout(() => this.#guard(() => this.#startBound()), BOUND_DELAY_MS);
        break;
      case 'batch': {
        const generations = unpackBatch(event.batch);
        this.#front = event.front === undefined ? undefined : unpackFront(event.front);
        const fresh = generations.filter((generation) => generation.record.index >= this.#generations);
        const last = fresh.at(-1);
        if (last !== undefined) {
          const { id, fitness, genes, metrics } = event.best;
          this.#best = { chromosomeId: id, fitness, genes: genes.slice(), metrics: headlineRecord(metrics) };
        }
        this.#record({ generations, checkpoint: event.state, front: event.front?.ids, best: event.best }, () => {
          // Not at once: Node hands out waiting messages of a thread without turning to commands and timers in between.
          setImmediate(() => this.#post({ type: 'credit' }));
          if (last !== undefined && this.#sink !== undefined)
            void this.#send({ type: 'checkpointed', generation: last.record.index });
        });
        if (last !== undefined) {
          this.#elapsedMs = last.elapsedMs;
          this.#generations = last.record.index + 1;
          this.#evaluations = last.record.evaluations;
        }
        for (const { record } of fresh)
          this.#leastMs = Math.min(this.#leastMs, record.bestMetrics[metricIndex.makespanMs]);
        this.#progress.add(fresh, this.#best);
        this.#mindTheBound();
        break;
      }
      case 'scored': {
        const confirm = (): void => this.#post({ type: 'kept' });
        if (this.#sink === undefined) confirm();
        else this.#sink.keep(event.score, confirm);
        break;
      }
      case 'help':
        this.#helpers.push(
          new HelpingThreads(
            { scenario: this.#scenario, genes: this.#genes, memory: event.memory, threads: event.threads },
            (error) => this.#fail(error),
            this.#entries.evaluation,
          ),
        );
        break;
      case 'launch': {
        const listeners: OutsideListeners = {
          onLine: (text, number) => this.#post({ type: 'line', text, number }),
          onEnd: (failure) => this.#post({ type: 'outsideEnded', failure: failure?.toPayload() }),
          onRemark: (text) => void this.#send({ type: 'outsideSays', text }),
        };
        this.#outside =
          'solver' in event.program
            ? new SolverThread(event.program, listeners)
            : new ExternalProcess(event.program, listeners);
        if (this.#outside.pid !== undefined) void this.#send({ type: 'outside', group: this.#outside.pid });
        break;
      }
      case 'say':
        this.#outside?.write(event.line);
        break;
      case 'hangUp':
        this.#outside?.closeInput();
        break;
      case 'heard':
        this.#outside?.confirmRead();
        break;
      case 'note':
        this.#progress.note(event.text, event.done);
        break;
      case 'helpImproving': {
        const { memory, threads, weights } = event;
        this.#helpers.push(
          new HelpingThreads(
            { scenario: this.#scenario, genes: this.#genes, memory, threads, weights },
            (error) => this.#fail(error),
            this.#entries.improvement,
          ),
        );
        break;
      }
      case 'paused':
        this.#outside?.halt(true);
        this.#progress.flush();
        void this.#send(event);
        break;
      case 'resumed':
        this.#outside?.halt(false);
        void this.#send(event);
        break;
      case 'ended':
        this.#finish(event.by, event.elapsedMs, event.conclusion);
        break;
      case 'failed':
        this.#fail(event.error);
        break;
    }
  }

  #finish(by: 'itself' | 'cancel' | 'stop', elapsedMs: number, conclusion: Conclusion = {}): void {
    const best = this.#describeBest(conclusion);
    if (by === 'stop') {
      this.#end({ type: 'stopped' }, () =>
        this.#sink?.end({ status: 'interrupted', reason: this.#stopReason, elapsedMs, best }),
      );
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
    const bound = bestKnownBound(
      this.#bound,
      conclusion.makespanBoundMs === undefined
        ? undefined
        : provenBound(compileProblem(this.#scenario, this.#genes), conclusion),
    );
    this.#end({ type: 'finished', outcome: { ...outcome, bound } }, () => {
      this.#sink?.end({ status: outcome.status, elapsedMs, best, bound });
      if (bound !== undefined) this.#sink?.keepBound(this.#boundKey, { bound, isComplete: this.#isBoundComplete });
    });
  }

  /** Begins with what was proven in earlier runs of the scenario. */
  #startBound(): void {
    if (this.#over || this.#boundThread !== undefined) return;
    // Without a record a bound is of no use but to end the search.
    if (this.#sink === undefined && !this.#endsByProof) return;
    const kept = this.#sink?.findBound(this.#boundKey);
    if (kept !== undefined) {
      this.#bound = kept.bound;
      this.#isBoundComplete = kept.isComplete;
    }
    this.#mindTheBound();
    if (!this.#isBoundComplete) this.#proveBound();
  }

  #proveBound(): void {
    this.#boundThread ??= new BoundThread(
      { scenario: this.#scenario, genes: this.#genes, known: this.#bound, bestMs: this.#leastMs },
      ({ bound, isComplete }) =>
        this.#guard(() => {
          this.#isBoundComplete = isComplete;
          if (bound !== undefined && bound.makespanMs > (this.#bound?.makespanMs ?? 0)) {
            this.#bound = bound;
            void this.#send({ type: 'bound', bound });
          }
          this.#mindTheBound();
        }),
      (error) => void this.#send({ type: 'boundFailed', error }),
    );
  }

  /** Tells the thread that proves the bound of better schedules, and ends a search for the makespan alone once it has the optimum. */
  #mindTheBound(): void {
    this.#boundThread?.tell(this.#leastMs);
    if (this.#bound === undefined || this.#best === undefined) return;
    const distance = distanceFrom(this.#bound, this.#best.metrics.makespanMs);
    if (distance.isProven && this.#best.metrics.constraintViolation === 0 && this.#endsByProof)
      this.#post({ type: 'conclude' });
    else if (this.#isBoundComplete && distance.gap <= NEAR_BOUND && !distance.isProven) this.#proveBound();
  }

  /**
   * Whether a proof ends the search: its scheduler says so, and a shorter makespan is all that it is for, so that no schedule is better
   * than one that is proven shortest.
   */
  get #endsByProof(): boolean {
    const { scheduler, options } = completeConfiguration(this.#command.configuration);
    if (findScheduler(scheduler).endsByProof !== true) return false;
    const weights = makespanWeightsSchema.safeParse(options['weights']);
    if (!weights.success || frontQuestion(options) !== undefined) return false;
    const { throughput, energy, latency } = weights.data;
    return throughput > 0 && energy === 0 && latency === 0;
  }

  get #boundKey(): string {
    const { scenario } = this.#command;
    return boundKey(typeof scenario === 'string' ? scenario : JSON.stringify(scenario), this.#genes, BOUND_VERSION);
  }

  get #genes(): GeneSelection {
    return genesOf(completeConfiguration(this.#command.configuration));
  }

  #describeBest(conclusion: Conclusion): Solution | undefined {
    if (this.#best === undefined) return undefined;
    return {
      ...describeSolution(compileProblem(this.#scenario, this.#genes), this.#best.genes, this.#best.fitness),
      ...conclusion,
    };
  }

  /** What is recorded is described on request, by the process that asks. */
  #describeFront(): TradeOff[] | undefined {
    if (this.#front === undefined || this.#sink !== undefined) return undefined;
    const problem = compileProblem(this.#scenario, this.#genes);
    return this.#front.map(({ id, genes, fitness }) => ({
      chromosomeId: id,
      ...describeSolution(problem, genes, fitness),
    }));
  }

  #fail(error: ErrorPayload): void {
    if (this.#over) return;
    const status = mayPass(error) ? 'interrupted' : 'failed';
    this.#end({ type: 'failed', error }, () =>
      this.#sink?.end({ status, reason: error.message, elapsedMs: this.#sink.elapsedMs, best: undefined }),
    );
  }

  /** Writes the ending, reports it, and lets go of everything. */
  #end(event: RunEvent, write: () => void): void {
    let last = event;
    this.#over = true;
    clearTimeout(this.#cancelTimer);
    clearTimeout(this.#boundTimer);
    this.#boundThread?.end();
    this.#outside?.kill();
    this.#progress.flush();
    try {
      write();
    } catch (error) {
      last = { type: 'failed', error: event.type === 'failed' ? event.error : this.#explain(error) };
    }
    this.#sink?.close();
    void this.#worker.terminate();
    for (const helpers of this.#helpers) helpers.end();
    void this.#send(last).then(this.#onOver);
  }

  #record(batch: Batch, confirm: () => void): void {
    if (this.#sink === undefined) confirm();
    else this.#sink.record(batch, confirm);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(this.#explain(error));
    }
  }

  #explain(error: unknown): ErrorPayload {
    return this.#sink === undefined ? errorPayloadOf(error) : this.#sink.explain(error);
  }
}
