/**
 * The thread of a processing element: pinned to its cores, with a session per model. `session.run` blocks its thread, so that each
 * element needs one of its own.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  FIRST_TASK,
  ROUND,
  STOP,
  type Clockwork,
  type ElementCommand,
  type ElementData,
  type ElementEvent,
  type ElementTask,
  type LoadedModel,
  type TaskTime,
} from './element-protocol.ts';
import type { DeviceTensor } from './protocol.ts';
import { measureInRotation, type Sample, type Subject } from './rotation.ts';
import { loadRuntime } from './runtime.ts';
import { tensorsOver, type Buffers } from './tensors.ts';
import { isPoolPinned, pinThread, WaitClock } from './waiting.ts';

const { runtime, element } = workerData as ElementData;
const ort = loadRuntime(runtime);
const waiting = new WaitClock();
const models = new Map<string, LoadedModel>();
const sessions = new Map<string, InferenceSession[]>();
let buffers: Buffers = new Map();
/** However long it waits for another element, it looks whether it is to stop. */
const LOOK_MS = 200;
/** The last part of a wait for a release is spent looking at the clock: sleeping is not exact to less. */
const SPIN_MS = 0.3;

function say(event: ElementEvent): void {
  parentPort?.postMessage(event);
}

parentPort?.on('message', (command: ElementCommand) => {
  perform(command).catch((error: unknown) => {
    const known = error instanceof WorkbenchError;
    say({
      event: 'failed',
      code: known ? error.code : 'device.failed',
      message: `${element.id}: ${error instanceof Error ? error.message : String(error)}`,
      ...(known && error.hint !== undefined ? { hint: error.hint } : {}),
    });
  });
});

async function perform(command: ElementCommand): Promise<void> {
  if (command.do === 'load') await load(command);
  else if (command.do === 'measure') await measure(command);
  else if (command.do === 'kernels') await kernels(command);
  else if (command.do === 'once') {
    await runner(sessionOf(command.model), modelOf(command.model))();
    say({ event: 'done' });
  } else await execute(command.tasks, command.rounds, command.clockwork);
}

function sessionOptions(): InferenceSession.SessionOptions {
  const { cores } = element;
  return {
    intraOpNumThreads: cores.length,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // One-based, and never the calling thread.
    ...(cores.length > 1
      ? {
          extra: {
            session: {
              intra_op_thread_affinities: cores
                .slice(1)
                .map((core) => core + 1)
                .join(';'),
            },
          },
        }
      : {}),
  };
}

async function load({
  models: wanted,
  sessions: count,
  buffers: shared,
}: Extract<ElementCommand, { do: 'load' }>): Promise<void> {
  buffers = shared;
  const before = new Set(process.platform === 'linux' ? readdirSync('/proc/self/task') : []);
  for (const model of wanted) {
    models.set(model.id, model);
    const own: InferenceSession[] = [];
    for (let index = 0; index < count; index++)
      own.push(await ort.InferenceSession.create(model.path, sessionOptions()));
    sessions.set(model.id, own);
  }
  // The pool has its own places; only now may the calling thread lose the other cores.
  const pinned =
    process.platform === 'linux' &&
    pinThread(element.cores.slice(0, 1)) &&
    (element.cores.length === 1 || isPoolPinned(before, element.cores));
  say({ event: 'ready', pinned });
}

async function measure({
  models: wanted,
  sentinel,
  measuring,
  stop,
}: Extract<ElementCommand, { do: 'measure' }>): Promise<void> {
  const subjects = wanted.flatMap((id) =>
    (sessions.get(id) ?? []).map((session, index) => ({ id, index, subject: subjectOf(session, modelOf(id)) })),
  );
  const measured = await measureInRotation(
    subjects.map(({ subject }) => subject),
    subjectOf(sessionOf(sentinel), modelOf(sentinel)),
    measuring,
    {
      now: () => performance.now(),
      rest: (ms) => sleep(ms),
      isStopped: () => Atomics.load(stop, 0) !== 0,
      onProgress: (done) => say({ event: 'progress', done }),
    },
  );
  say({
    event: 'series',
    series: subjects.map(({ id, index }, at) => {
      const { samples, disturbed } = measured[at];
      const waits = samples.map(({ waitMs }) => waitMs);
      return {
        element: element.id,
        model: id,
        session: index,
        wallMs: samples.map(({ wallMs }) => wallMs),
        waitMs: waits.every((wait) => wait !== null) ? waits : null,
        disturbed,
      };
    }),
  });
}

/** Runs with the runtime's own profiling, which tells how a run divides among kernels; never the time of the run itself. */
async function kernels({ model, runs, folder }: Extract<ElementCommand, { do: 'kernels' }>): Promise<void> {
  const own = mkdtempSync(join(folder, 'kernels-'));
  try {
    const session = await ort.InferenceSession.create(model.path, {
      ...sessionOptions(),
      enableProfiling: true,
      profileFilePrefix: join(own, 'profile'),
    });
    const once = runner(session, model);
    const skipped = 3;
    for (let run = 0; run < runs + skipped; run++) await once();
    session.endProfiling();
    await session.release();
    const [file] = readdirSync(own);
    const events = JSON.parse(readFileSync(join(own, file), 'utf8')) as { cat?: string; name: string; dur: number }[];
    const times = new Map<string, number[]>();
    for (const { cat, name, dur } of events) {
      if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
      const kernel = name.slice(0, -'_kernel_time'.length);
      const known = times.get(kernel);
      if (known === undefined) times.set(kernel, [dur]);
      else known.push(dur);
    }
    say({
      event: 'kernels',
      runs,
      kernelsMs: Object.fromEntries(
        [...times].map(([name, durations]) => {
          // As many events per run as kernels of that name; the first runs are warm-ups.
          const perRun = durations.length / (runs + skipped);
          const counted = durations.slice(Math.round(skipped * perRun)).toSorted((a, b) => a - b);
          return [name, ((counted[Math.floor(counted.length / 2)] ?? 0) * perRun) / 1000];
        }),
      ),
    });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function execute(tasks: readonly ElementTask[], rounds: number, { flags, began }: Clockwork): Promise<void> {
  const prepared = tasks.map((task) => ({ ...task, run: runner(sessionOf(task.model), task) }));
  say({ event: 'done' });
  for (let round = 1; round <= rounds; round++) {
    if (!waitFor(flags, ROUND, round)) return;
    const zero = began[0];
    const times: TaskTime[] = [];
    for (const { task, after, releaseMs, run } of prepared) {
      for (const producer of after) if (!waitFor(flags, FIRST_TASK + producer, round)) return;
      waitUntil(zero, releaseMs);
      const waitedBefore = waiting.now();
      const startMs = since(zero);
      await run();
      const endMs = since(zero);
      const waitedAfter = waiting.now();
      Atomics.store(flags, FIRST_TASK + task, round);
      Atomics.notify(flags, FIRST_TASK + task);
      times.push({
        task,
        startMs,
        endMs,
        waitMs: waitedBefore === null || waitedAfter === null ? null : waitedAfter - waitedBefore,
      });
    }
    say({ event: 'round', round, times });
  }
}

/** @returns false where it is to stop */
function waitFor(flags: Int32Array, index: number, round: number): boolean {
  for (;;) {
    const seen = Atomics.load(flags, index);
    if (seen >= round) return true;
    if (Atomics.load(flags, STOP) !== 0) return false;
    Atomics.wait(flags, index, seen, LOOK_MS);
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
function waitUntil(zero: bigint, releaseMs: number): void {
  for (let left = releaseMs - since(zero); left > 0; left = releaseMs - since(zero))
    if (left > SPIN_MS) Atomics.wait(pause, 0, 0, left - SPIN_MS);
}

function since(zero: bigint): number {
  return Number(process.hrtime.bigint() - zero) / 1e6;
}

function subjectOf(session: InferenceSession, model: LoadedModel): Subject {
  const once = runner(session, model);
  return {
    async run(): Promise<Sample> {
      const waitedBefore = waiting.now();
      const from = process.hrtime.bigint();
      await once();
      const wallMs = since(from);
      const waitedAfter = waiting.now();
      return { wallMs, waitMs: waitedBefore === null || waitedAfter === null ? null : waitedAfter - waitedBefore };
    },
  };
}

/** A run with its tensors at hand, so that neither is made while it is measured. */
function runner(
  session: InferenceSession,
  { inputs, outputs }: { readonly inputs: readonly DeviceTensor[]; readonly outputs: readonly DeviceTensor[] },
): () => Promise<unknown> {
  const feeds = tensorsOver(ort, inputs, buffers);
  const fetches = tensorsOver(ort, outputs, buffers);
  return () => session.run(feeds, fetches);
}

function sessionOf(model: string): InferenceSession {
  const [session] = sessions.get(model) ?? [];
  if (session === undefined) throw new Error(`model "${model}" is not loaded`);
  return session;
}

function modelOf(id: string): LoadedModel {
  const model = models.get(id);
  if (model === undefined) throw new Error(`there is no model "${id}"`);
  return model;
}
