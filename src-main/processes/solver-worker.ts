/**
 * Entry of the thread in which Chuffed solves one model: MiniZinc's WebAssembly, whose worker is written for browsers. Under Node it
 * reads its files by path, and expects the globals of a CommonJS module and the messages of a web worker.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { SolverTask } from './solver-thread.ts';

const port = parentPort;
if (port === null) throw new Error('the solver worker is started by a run process');
const { flatZinc } = workerData as SolverTask; // both ends are built together

const fileOf = (name: string): string => fileURLToPath(import.meta.resolve(`minizinc/${name}`));
const program = fileOf('minizinc-worker.js');

/** Told apart from everything else that MiniZinc says. */
const readySchema = z.looseObject({ type: z.literal('ready') });
let listener: ((event: { readonly data: unknown }) => void) | undefined;

Object.assign(globalThis, {
  require: createRequire(program),
  __filename: program,
  __dirname: dirname(program),
  addEventListener(type: string, onMessage: typeof listener) {
    if (type === 'message') listener = onMessage;
  },
  postMessage(message: unknown) {
    if (!readySchema.safeParse(message).success) port.postMessage(message);
    else
      listener?.({
        data: {
          jsonStream: true,
          files: { 'schedule.fzn': flatZinc },
          args: ['--solver', 'chuffed', '--intermediate-solutions', 'schedule.fzn'],
        },
      });
  },
});

await import('minizinc/minizinc-worker.js');
listener?.({ data: { wasmURL: fileOf('minizinc.wasm'), dataURL: fileOf('minizinc.data') } });
