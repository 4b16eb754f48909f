/** The threads that help a search, as the run process's main thread starts and ends them: to evaluate genomes, or to improve starts and children. */
import { Worker } from 'node:worker_threads';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import { errorPayloadOf } from './error-payload.ts';
import type { SharedBatchMemory } from './shared-batch.ts';
import type { SharedImprovementsMemory } from './shared-improvements.ts';

/** What a thread that evaluates is started with. */
export interface EvaluationTask {
  readonly scenario: ResolvedScenario;
  readonly genes: GeneSelection;
  readonly memory: SharedBatchMemory;
  /** How many threads share the work, the search's own included. */
  readonly threads: number;
}

/** What a thread that improves is started with. */
export interface ImprovementTask {
  readonly scenario: ResolvedScenario;
  readonly genes: GeneSelection;
  readonly weights: FitnessWeights;
  readonly memory: SharedImprovementsMemory;
  /** How many threads share the work, the search's own included. */
  readonly threads: number;
}

/** They hardly allocate, so their heaps can be small. */
const YOUNG_GENERATION_MB = 2;

export class HelpingThreads {
  readonly #workers: readonly Worker[];
  #over = false;

  /**
   * Starts `task.threads − 1` threads.
   * @param entry the file they run
   * @param onFailure called once when one of them ends before `end`: the search then waits for it in vain
   */
  constructor(task: EvaluationTask | ImprovementTask, onFailure: (error: ErrorPayload) => void, entry: string) {
    const fail = (error: ErrorPayload): void => {
      if (this.#over) return;
      this.#over = true;
      onFailure(error);
    };
    this.#workers = Array.from({ length: task.threads - 1 }, (_, index) => {
      const worker = new Worker(entry, {
        workerData: task,
        name: `helper ${index + 1}`,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      });
      worker.on('message', (error: ErrorPayload) => fail(error));
      worker.on('error', (error) => fail(errorPayloadOf(error)));
      worker.on('exit', (code) => fail(errorPayloadOf(new Error(`a helping thread ended with code ${code}`))));
      return worker;
    });
  }

  end(): void {
    this.#over = true;
    for (const worker of this.#workers) void worker.terminate();
  }
}
