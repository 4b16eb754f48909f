/**
 * The process of one job: models run in native code, which may take the process with it, so that neither the agent nor the workbench has
 * any in its own. Ends with its agent.
 */
import { statSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { entryPath } from '../processes/entries.ts';
import {
  FIRST_TASK,
  ROUND,
  STOP,
  type ElementCommand,
  type ElementData,
  type ElementEvent,
  type LoadedModel,
  type TaskTime,
} from './element-protocol.ts';
import { readState } from './machine.ts';
import type {
  DeviceElement,
  DeviceJob,
  DeviceModel,
  DeviceTensor,
  ExecuteJob,
  ExecuteResult,
  ProfileJob,
  ProfileResult,
  Readings,
} from './protocol.ts';
import { requireRuntime, type FoundRuntime } from './runtime.ts';
import { allocate, differenceOf, fill } from './tensors.ts';

export interface JobOrder {
  readonly job: DeviceJob;
  /** Where files of models are, by digest. */
  readonly folder: string;
  readonly dataDirectory: string;
}
export type JobAnswer =
  | { readonly type: 'progress'; readonly text: string; readonly done: number }
  | { readonly type: 'result'; readonly result: ProfileResult | ExecuteResult }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly hint?: string };

/** Share of the free memory that models may take; weights are copied into every session. */
const MEMORY_SHARE = 0.7;
const KERNEL_RUNS = 20;
const LOAD_LIMIT_MS = 300_000;
/** Outputs of pieces are held against those of whole models in buffers of this prefix. */
export const COMPARED = 'compared:';

const stop = new Int32Array(new SharedArrayBuffer(4));
const readings: Readings[] = [];
const threads: Element[] = [];

// The workbench says what is to become of a job; Ctrl-C in its terminal reaches this process, too.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: JobOrder | 'cancel') => {
  if (message === 'cancel') Atomics.store(stop, 0, 1);
  else
    work(message).then(
      (result) => answer({ type: 'result', result }),
      (error: unknown) =>
        answer({
          type: 'error',
          code: error instanceof WorkbenchError ? error.code : 'device.failed',
          message: error instanceof Error ? error.message : String(error),
          ...(error instanceof WorkbenchError && error.hint !== undefined ? { hint: error.hint } : {}),
        }),
    );
});

function answer(message: JobAnswer): void {
  process.send?.(message, () => {
    if (message.type !== 'progress') process.exit(0);
  });
}

async function work({ job, folder, dataDirectory }: JobOrder): Promise<ProfileResult | ExecuteResult> {
  const runtime = requireRuntime(dataDirectory);
  readings.push(readState());
  setInterval(() => readings.push(readState()), 1000).unref();
  const result = job.kind === 'profile' ? await profile(job, folder, runtime) : await execute(job, folder, runtime);
  if (Atomics.load(stop, 0) !== 0) throw cancelled();
  return result;
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('device.cancelled', 'the measurement was cancelled');
}

/** The thread of an element. */
class Element {
  readonly #worker: Worker;
  readonly #element: DeviceElement;
  #listen: (event: ElementEvent) => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(element: DeviceElement, runtime: FoundRuntime) {
    this.#element = element;
    const data: ElementData = { runtime, element };
    this.#worker = new Worker(entryPath('device-element'), { workerData: data });
    threads.push(this);
    this.#worker.on('message', (event: ElementEvent) => {
      if (event.event === 'failed')
        this.#fail(new WorkbenchError(event.code, event.message, event.hint === undefined ? {} : { hint: event.hint }));
      else this.#listen(event);
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
  }

  /** Sends a command and waits for the event that answers it. */
  ask<Wanted extends ElementEvent['event']>(
    command: ElementCommand,
    wanted: Wanted,
    {
      limitMs,
      onProgress = () => {},
    }: { readonly limitMs?: number; readonly onProgress?: (done: number) => void } = {},
  ): Promise<Extract<ElementEvent, { event: Wanted }>> {
    return new Promise((settle, fail) => {
      const timer =
        limitMs === undefined
          ? undefined
          : setTimeout(
              () =>
                fail(
                  new WorkbenchError('device.tooSlow', `${this.#element.id} did not answer for ${limitMs / 1000} s`),
                ),
              limitMs,
            );
      this.#fail = (error) => {
        clearTimeout(timer);
        fail(error);
      };
      this.#listen = (event) => {
        if (event.event === 'progress') onProgress(event.done);
        else if (event.event === wanted) {
          clearTimeout(timer);
          settle(event as Extract<ElementEvent, { event: Wanted }>);
        }
      };
      this.#worker.postMessage(command);
    });
  }

  onRound(listen: (round: number, times: readonly TaskTime[]) => void, fail: (error: Error) => void): void {
    this.#fail = fail;
    this.#listen = (event) => {
      if (event.event === 'round') listen(event.round, event.times);
    };
  }

  async end(): Promise<void> {
    threads.splice(threads.indexOf(this), 1);
    await this.#worker.terminate();
  }
}

async function profile(job: ProfileJob, folder: string, runtime: FoundRuntime): Promise<ProfileResult> {
  const all = [...job.models, job.sentinel].map((model) => withPath(model, folder));
  checkMemory(all, job.measuring.sessions);
  const buffers = allocate(all.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  fillInputs(all, buffers, job.measuring.seed);
  const series: ProfileResult['series'] = [];
  const kernels: ProfileResult['kernels'] = [];
  let pinned = true;
  for (const [index, element] of job.elements.entries()) {
    if (Atomics.load(stop, 0) !== 0) throw cancelled();
    const say = (text: string, done: number): void =>
      answer({ type: 'progress', text: `${element.id}: ${text}`, done: (index + done) / job.elements.length });
    say('loading models', 0);
    const thread = new Element(element, runtime);
    const { pinned: isPinned } = await thread.ask(
      { do: 'load', models: all, sessions: job.measuring.sessions, buffers },
      'ready',
      { limitMs: LOAD_LIMIT_MS },
    );
    pinned &&= isPinned;
    const measured = await thread.ask(
      {
        do: 'measure',
        models: job.models.map(({ id }) => id),
        sentinel: job.sentinel.id,
        measuring: job.measuring,
        stop,
      },
      'series',
      { onProgress: (done) => say(`${job.models.length} models in rotation`, done * 0.9) },
    );
    series.push(...measured.series);
    for (const model of all.filter(({ id }) => job.kernels.includes(id))) {
      if (Atomics.load(stop, 0) !== 0) throw cancelled();
      say(`kernels of ${model.id}`, 0.95);
      const { runs, kernelsMs } = await thread.ask({ do: 'kernels', model, runs: KERNEL_RUNS, folder }, 'kernels', {
        limitMs: LOAD_LIMIT_MS,
      });
      kernels.push({ element: element.id, model: model.id, runs, kernelsMs });
    }
    await thread.end();
  }
  readings.push(readState());
  return { series, kernels, readings, pinned, runtime: `onnxruntime ${runtime.version}` };
}

async function execute(job: ExecuteJob, folder: string, runtime: FoundRuntime): Promise<ExecuteResult> {
  const all = job.models.map((model) => withPath(model, folder));
  const wholes = job.wholes.map((model) => withPath(model, folder));
  checkMemory([...all, ...wholes], 1);
  const tensors = job.tasks.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const buffers = allocate([...tensors, ...wholes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])]);
  fillInputs([...job.tasks, ...wholes], buffers, job.seed);
  answer({ type: 'progress', text: 'loading models', done: 0 });
  await runWholes(wholes, job.elements[0], runtime, buffers);
  let pinned = true;
  const elements: Element[] = [];
  for (const [index, element] of job.elements.entries()) {
    const needed = new Set(job.tasks.filter((task) => task.element === index).map(({ model }) => model));
    const thread = new Element(element, runtime);
    elements.push(thread);
    const { pinned: isPinned } = await thread.ask(
      { do: 'load', models: all.filter(({ id }) => needed.has(id)), sessions: 1, buffers },
      'ready',
      { limitMs: LOAD_LIMIT_MS },
    );
    pinned &&= isPinned;
  }
  const clockwork = {
    flags: new Int32Array(new SharedArrayBuffer(4 * (FIRST_TASK + job.tasks.length))),
    began: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  const total = job.warmups + job.rounds;
  for (const [index, thread] of elements.entries()) {
    const tasks = job.tasks.flatMap((task, at) => (task.element === index ? [{ ...task, task: at }] : []));
    await thread.ask({ do: 'execute', tasks, rounds: total, clockwork }, 'done', { limitMs: LOAD_LIMIT_MS });
  }
  const rounds: ExecuteResult['rounds'] = [];
  for (let round = 1; round <= total; round++) {
    if (Atomics.load(stop, 0) !== 0) throw cancelled();
    const times = await oneRound(round);
    if (round > job.warmups) rounds.push(times);
    answer({ type: 'progress', text: 'executing', done: round / total });
    await sleep(job.restMs);
  }
  readings.push(readState());
  const comparisons = wholes.flatMap(({ outputs }) =>
    outputs.flatMap((output) => {
      const other = buffers.get(output.buffer.slice(COMPARED.length));
      const own = buffers.get(output.buffer);
      return other === undefined || own === undefined
        ? []
        : [{ output: output.buffer.slice(COMPARED.length), difference: differenceOf(output, own, other) }];
    }),
  );
  for (const thread of elements) await thread.end();
  return { rounds, comparisons, readings, pinned, runtime: `onnxruntime ${runtime.version}` };

  function oneRound(round: number): Promise<ExecuteResult['rounds'][number]> {
    return new Promise((settle, fail) => {
      const times = job.tasks.map(() => ({ startMs: 0, endMs: 0, waitMs: null as number | null }));
      let left = elements.length;
      const halt = (error: Error): void => {
        clearTimeout(timer);
        Atomics.store(clockwork.flags, STOP, 1);
        fail(error);
      };
      const timer = setTimeout(
        () =>
          halt(
            new WorkbenchError('device.tooSlow', `round ${round} did not end within ${job.roundLimitMs / 1000} s`, {
              hint: 'the device is far slower than predicted: profile it again',
            }),
          ),
        job.roundLimitMs,
      );
      for (const thread of elements)
        thread.onRound((ended, own) => {
          if (ended !== round) return;
          for (const { task, ...rest } of own) times[task] = rest;
          left--;
          if (left > 0) return;
          clearTimeout(timer);
          settle(times);
        }, halt);
      clockwork.began[0] = process.hrtime.bigint();
      Atomics.store(clockwork.flags, ROUND, round);
      Atomics.notify(clockwork.flags, ROUND);
    });
  }
}

/** Each whole model once, for its outputs. */
async function runWholes(
  wholes: readonly LoadedModel[],
  element: DeviceElement,
  runtime: FoundRuntime,
  buffers: ReadonlyMap<string, SharedArrayBuffer>,
): Promise<void> {
  if (wholes.length === 0) return;
  const thread = new Element(element, runtime);
  await thread.ask({ do: 'load', models: wholes, sessions: 1, buffers }, 'ready', { limitMs: LOAD_LIMIT_MS });
  for (const { id } of wholes) await thread.ask({ do: 'once', model: id }, 'done', { limitMs: LOAD_LIMIT_MS });
  await thread.end();
}

function withPath(model: DeviceModel, folder: string): LoadedModel {
  return { ...model, path: join(folder, `${model.digest}.onnx`) };
}

/** @throws WorkbenchError `device.memory` */
function checkMemory(models: readonly LoadedModel[], sessions: number): void {
  const needed = models.reduce((sum, { path }) => sum + statSync(path).size, 0) * sessions;
  const free = freemem();
  if (needed <= free * MEMORY_SHARE) return;
  throw new WorkbenchError(
    'device.memory',
    `the models need ${Math.round(needed / 1e6)} MB in their sessions, and ${Math.round(free / 1e6)} MB are free`,
    { hint: 'measure fewer networks at once' },
  );
}

/** Fills what no model gives. */
function fillInputs(
  users: readonly { readonly inputs: readonly DeviceTensor[]; readonly outputs: readonly DeviceTensor[] }[],
  buffers: ReadonlyMap<string, SharedArrayBuffer>,
  seed: number,
): void {
  const made = new Set(users.flatMap(({ outputs }) => outputs.map(({ buffer }) => buffer)));
  const filled = new Set<string>();
  for (const input of users.flatMap(({ inputs }) => inputs)) {
    const buffer = buffers.get(input.buffer);
    if (made.has(input.buffer) || filled.has(input.buffer) || buffer === undefined) continue;
    filled.add(input.buffer);
    fill(input, buffer, seed + filled.size);
  }
}
