/**
 * What takes long with a large scenario and is needed before or during a search: reading, checking and compiling it,
 * describing one of its schedules, writing a run to a file, and reading files of others. The work itself, and its two
 * ways: in this thread, or in one of its own, so that a host with windows never waits.
 */
import { Worker } from 'node:worker_threads';
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import { provenFrequencyBound } from './saturation.ts';
import type { ExportOutcome } from '#shared/contract/format-shapes.ts';
import { WorkbenchError, type ErrorPayload } from '#shared/domain/errors.ts';
import type { Baseline, BaselineId, MakespanBound, Metrics, Solution } from '#shared/domain/run.ts';
import { bestKnownBound, provenBound, quickBound } from '#shared/analysis/makespan-bound.ts';
import { parseResolvedScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { readFiles, type ReadOutcome } from '../../formats/importer.ts';
import { baselineOf } from '../../engine/baselines.ts';
import { startGenome } from '../../engine/given-start.ts';
import { completeConfiguration } from '../../engine/schedulers/index.ts';
import { entryPath } from '../../processes/entries.ts';
import { isOutOfMemory, outOfMemory } from '../../processes/out-of-memory.ts';
import { bitsFor, type RunLayout } from '../../store/columns.ts';
import type { ScenarioText } from '../../store/run-repository.ts';
import type { Documents, ScenarioReference } from '../documents/document-library.ts';
import { exportRun, type ExportedRecord, type RunExportRequest } from './run-export.ts';

/** A run ready to be recorded. */
export interface PreparedRun {
  readonly scenario: ScenarioText;
  /** With every default filled in. */
  readonly configuration: SchedulerConfiguration;
  /** Metrics of the NPU-first schedule. */
  readonly reference: Metrics;
  /** Undefined where no bound says anything. */
  readonly bound: MakespanBound | undefined;
  /** Application instances that have a deadline. */
  readonly deadlineInstances: number;
  readonly layout: RunLayout;
}

/** Files given as bytes, to be read as documents. */
export interface FilesToRead {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Id of a format, or "auto". */
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What became of the files of one group, in a form that crosses threads. */
export type FilesRead =
  | Extract<ReadOutcome, { readonly status: 'read' }>
  | (Omit<Extract<ReadOutcome, { readonly status: 'failed' }>, 'error'> & { readonly error: ErrorPayload });

/** What can be asked for, with what it takes and gives. Texts are JSON: they cross threads faster than objects. */
export interface PreparationTasks {
  prepare: {
    readonly request: { readonly referenceText: string; readonly configuration: SchedulerConfiguration };
    readonly result: PreparedRun;
  };
  describe: {
    readonly request: {
      readonly scenarioText: string;
      readonly configuration: SchedulerConfiguration;
      readonly genes: Uint8Array;
      readonly fitness: number;
    };
    readonly result: Solution;
  };
  bound: {
    readonly request: {
      readonly scenarioText: string;
      readonly configuration: SchedulerConfiguration;
      readonly best: Solution | undefined;
    };
    readonly result: MakespanBound | undefined;
  };
  baseline: {
    readonly request: { readonly scenarioText: string; readonly baseline: BaselineId };
    readonly result: Baseline;
  };
  frequencyBound: {
    readonly request: { readonly scenarioText: string };
    readonly result: FrequencyBound | undefined;
  };
  export: { readonly request: RunExportRequest; readonly result: ExportOutcome };
  read: { readonly request: FilesToRead; readonly result: FilesRead[] };
}
export type PreparationTask = keyof PreparationTasks;
export type PreparationRequest = {
  readonly [Task in PreparationTask]: { readonly task: Task } & PreparationTasks[Task]['request'];
}[PreparationTask];

export type PreparationMessage = PreparationRequest & { readonly id: number };
export type PreparationAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorPayload };

/** What the work is done with, opened when it is first needed. */
export interface PreparationSources {
  documents(): Documents;
  record(): ExportedRecord;
}

/** @throws WorkbenchError `scenario.…`, `scheduler.…`, `problem.tooLarge`, `format.…`, or what `exportRun` throws */
export async function carryOut(
  request: PreparationRequest,
  sources: PreparationSources,
): Promise<PreparationTasks[PreparationTask]['result']> {
  if (request.task === 'export') return exportRun(request, sources.record());
  if (request.task === 'read') return read(request);
  if (request.task === 'describe') {
    const { scenarioText, configuration, genes, fitness } = request;
    return describeSolution(problemOfSnapshot({ scenario: JSON.parse(scenarioText), configuration }), genes, fitness);
  }
  if (request.task === 'bound') {
    const { scenarioText, configuration } = request;
    const problem = problemOfSnapshot({ scenario: JSON.parse(scenarioText), configuration });
    return bestKnownBound(quickBound(problem), provenBound(problem, request.best));
  }
  if (request.task === 'baseline') return baselineOf(scenarioOf(request.scenarioText), request.baseline);
  if (request.task === 'frequencyBound') return provenFrequencyBound(scenarioOf(request.scenarioText));
  const scenario = sources.documents().resolve(JSON.parse(request.referenceText) as ScenarioReference); // written by `prepare` below
  const configuration = completeConfiguration(request.configuration);
  const problem = compileProblem(scenario, genesOf(configuration));
  startGenome(problem, configuration); // refused before anything is recorded
  const { id, name, platform } = scenario;
  return {
    scenario: { id, name, platform: { name: platform.name }, json: JSON.stringify(scenario) },
    configuration,
    reference: referenceMetrics(problem),
    bound: quickBound(problem),
    deadlineInstances: deadlineInstancesOf(problem),
    layout: layoutOf(problem),
  };
}

function scenarioOf(text: string): ResolvedScenario {
  return parseResolvedScenario(JSON.parse(text));
}

function deadlineInstancesOf({ instanceApplication, deadlineMs }: Problem): number {
  return instanceApplication.reduce(
    (count, application) => (Number.isNaN(deadlineMs[application]) ? count : count + 1),
    0,
  );
}

async function read({ files, format, options }: FilesToRead): Promise<FilesRead[]> {
  const outcomes = await readFiles(
    files.map(({ name, bytes }) => ({ name, ...bytesSource(bytes) })),
    { format, options },
  );
  return outcomes.map((outcome) =>
    outcome.status === 'read' ? outcome : { ...outcome, error: outcome.error.toPayload() },
  );
}

/** How the genomes of `problem` are recorded. */
export function layoutOf(problem: Problem): RunLayout {
  const { layout } = problem;
  return {
    genomeLength: layout.length,
    geneBits: layout.loci.reduce((bits, locus) => Math.max(bits, bitsFor(locus.cardinality)), 1),
    instances: problem.instanceApplication.length,
  };
}

/** Rejects with what `carryOut` throws. */
type Carrier = (request: PreparationRequest) => Promise<unknown>;

export class Preparation {
  readonly #carry: Carrier;
  readonly #close: () => Promise<void>;

  private constructor(carry: Carrier, close: () => Promise<void>) {
    this.#carry = carry;
    this.#close = close;
  }

  /** In the caller's own thread. */
  static here(documents: Documents, record: ExportedRecord): Preparation {
    return new Preparation(
      (request) => carryOut(request, { documents: () => documents, record: () => record }),
      async () => {},
    );
  }

  /** In a thread that is started when it is first needed; it reads the record over a connection of its own. */
  static inThread(workerData: PreparationWorkerData): Preparation {
    const thread = new PreparationThread(workerData);
    return new Preparation(
      (request) => thread.ask(request),
      () => thread.close(),
    );
  }

  async prepare(reference: ScenarioReference, configuration: SchedulerConfiguration): Promise<PreparedRun> {
    return (await this.#carry({
      task: 'prepare',
      referenceText: JSON.stringify(reference),
      configuration,
    })) as PreparedRun; // as PreparationTasks says
  }

  async describe(request: PreparationTasks['describe']['request']): Promise<Solution> {
    return (await this.#carry({ task: 'describe', ...request })) as Solution; // as PreparationTasks says
  }

  /** The best bound that is known for the schedules of a run. */
  async bound(request: PreparationTasks['bound']['request']): Promise<MakespanBound | undefined> {
    return (await this.#carry({ task: 'bound', ...request })) as MakespanBound | undefined; // as PreparationTasks says
  }

  async baseline(request: PreparationTasks['baseline']['request']): Promise<Baseline> {
    return (await this.#carry({ task: 'baseline', ...request })) as Baseline; // as PreparationTasks says
  }

  async frequencyBound(request: PreparationTasks['frequencyBound']['request']): Promise<FrequencyBound | undefined> {
    return (await this.#carry({ task: 'frequencyBound', ...request })) as FrequencyBound | undefined; // as PreparationTasks says
  }

  async exportRun(request: RunExportRequest): Promise<ExportOutcome> {
    return (await this.#carry({ task: 'export', ...request })) as ExportOutcome; // as PreparationTasks says
  }

  /** @throws WorkbenchError `format.…`; what is wrong with a file is in its outcome */
  async readFiles(request: FilesToRead): Promise<FilesRead[]> {
    return (await this.#carry({ task: 'read', ...request })) as FilesRead[]; // as PreparationTasks says
  }

  close(): Promise<void> {
    return this.#close();
  }
}

export interface PreparationWorkerData {
  readonly databasePath: string;
  readonly resourcesDirectory: string;
}

/** A thread nobody has needed for so long ends, ms: it holds tens of megabytes. */
const IDLE_MS = 60_000;

class PreparationThread {
  readonly #workerData: PreparationWorkerData;
  readonly #pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;

  constructor(workerData: PreparationWorkerData) {
    this.#workerData = workerData;
  }

  ask(request: PreparationRequest): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    this.#pending.set(id, { resolve, reject });
    this.#worker.postMessage({ id, ...request } satisfies PreparationMessage);
    return promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(entryPath('preparation-worker'), { workerData: this.#workerData, name: 'preparation' });
    worker.on('message', (answer: PreparationAnswer) => {
      const asked = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('error' in answer) asked?.reject(WorkbenchError.fromPayload(answer.error));
      else asked?.resolve(answer.result);
      if (this.#pending.size === 0) this.#idle = setTimeout(() => void worker.terminate(), IDLE_MS).unref();
    });
    let cause = new Error('the thread that prepares runs has ended');
    worker.on('error', (error) => {
      if (isOutOfMemory(error)) cause = outOfMemory('preparing this');
      else if (error instanceof Error) cause = error;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#pending.values()) reject(cause);
      this.#pending.clear();
    });
    return worker;
  }
}
