/**
 * Chuffed as a search talks with it: a thread for each model, because the solver can be used only once, and blocks its thread while it
 * solves. Nothing of it is loaded before the first model. A thread cannot be held up: what it finds while the run is paused waits.
 */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { BuiltInSolver } from '../engine/external/correspondent.ts';
import { entryPath } from './entries.ts';
import type { OutsideListeners, OutsideProgram } from './outside-program.ts';

/** What the thread is started with. */
export interface SolverTask {
  readonly flatZinc: string;
}

const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('solve'), flatZinc: z.string() }),
  z.strictObject({ type: z.literal('stop') }),
]);

const exitSchema = z.looseObject({ type: z.literal('exit') });

export class SolverThread implements OutsideProgram {
  readonly pid = undefined;
  readonly #solver: BuiltInSolver;
  readonly #listeners: OutsideListeners;
  readonly #entry: string;
  #worker: Worker | undefined;
  #limit: NodeJS.Timeout | undefined;
  #lines = 0;
  #isOver = false;

  /** @param entry the file that its threads run */
  constructor(solver: BuiltInSolver, listeners: OutsideListeners, entry = entryPath('solver-worker')) {
    this.#solver = solver;
    this.#listeners = listeners;
    this.#entry = entry;
  }

  write(line: string): void {
    if (this.#isOver) return;
    const request = requestSchema.parse(JSON.parse(line));
    if (request.type === 'stop') this.#end(undefined);
    else this.#solve(request.flatZinc);
  }

  closeInput(): void {
    this.#end(undefined);
  }

  /** It says little: nothing of it has to wait. */
  confirmRead(): void {}

  halt(): void {}

  kill(): void {
    this.#isOver = true;
    this.#dismiss();
  }

  #solve(flatZinc: string): void {
    this.#dismiss();
    const worker = new Worker(this.#entry, {
      workerData: { flatZinc } satisfies SolverTask,
      name: 'solver',
      stderr: true, // what it complains of comes by messages, too
    });
    this.#worker = worker;
    this.#limit = setTimeout(() => {
      this.#dismiss();
      this.#say({ type: 'limit' });
    }, this.#solver.limitMs);
    worker.on('message', (message: unknown) => {
      if (this.#worker !== worker) return;
      if (exitSchema.safeParse(message).success) this.#dismiss();
      this.#say(message);
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      this.#end('code' in error && error.code === 'ERR_MODULE_NOT_FOUND' ? notInstalled() : failed(error.message));
    });
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#end(failed(`its thread ended with code ${code}`));
    });
  }

  #say(message: unknown): void {
    if (!this.#isOver) this.#listeners.onLine(JSON.stringify(message), ++this.#lines);
  }

  /** Ends the thread of the model, if there is one. */
  #dismiss(): void {
    clearTimeout(this.#limit);
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }

  #end(failure: WorkbenchError | undefined): void {
    if (this.#isOver) return;
    this.kill();
    this.#listeners.onEnd(failure);
  }
}

function notInstalled(): WorkbenchError {
  return new WorkbenchError(
    'cp.notInstalled',
    'Chuffed is not installed on this machine: "npm install minizinc@4.5.1" beside Tessera (18 MB) brings it',
    {
      hint: 'or choose the solver cp_sat',
    },
  );
}

function failed(reason: string): WorkbenchError {
  return new WorkbenchError('cp.failed', `Chuffed failed: ${reason}`, {
    hint: 'what had been found before is kept; a smaller scenario or a lower limit mostJobs may help',
  });
}
