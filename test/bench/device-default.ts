/** A thread with sessions of ONNX Runtime as it makes them by itself: as many threads as it likes, pinned to no core. */
import { parentPort, workerData } from 'node:worker_threads';
import { findRuntime, loadRuntime } from '#main/device/runtime.ts';
import type { PieceValue } from '#shared/formats/onnx/cut.ts';

export interface DefaultModel {
  readonly path: string;
  readonly inputs: readonly PieceValue[];
}
export interface DefaultData {
  readonly models: readonly DefaultModel[];
  readonly rounds: number;
  readonly dataDirectory: string;
  /** [0] the round that is to be run; a round begins for all threads at once. */
  readonly flags: SharedArrayBuffer;
}

const { models, rounds, dataDirectory, flags } = workerData as DefaultData;
const runtime = findRuntime(dataDirectory);
if (runtime === undefined) throw new Error('there is no ONNX Runtime');
const ort = loadRuntime(runtime);
const round = new Int32Array(flags);
const prepared: { run(): Promise<unknown> }[] = [];
for (const { path, inputs } of models) {
  const session = await ort.InferenceSession.create(path, { logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      new ort.Tensor('float32', new Float32Array(shape.reduce((all, size) => all * size, 1)).fill(0.5), [...shape]),
    ]),
  );
  prepared.push({ run: () => session.run(feeds) });
}
parentPort?.postMessage({ ready: true });
for (let each = 1; each <= rounds; each++) {
  while (Atomics.load(round, 0) < each) Atomics.wait(round, 0, each - 1, 1000);
  for (const { run } of prepared) await run();
  parentPort?.postMessage({ ended: Number(process.hrtime.bigint()) / 1e6 });
}
