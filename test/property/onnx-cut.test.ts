/** Any cut of any twin: executed one after the other, the pieces give what the whole gives. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { ModelCutter } from '#shared/formats/onnx/cut.ts';
import { twinOf } from '#shared/formats/onnx/twin.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { differenceOf, execute, executePieces, inputsFor } from '#test/fixtures/onnx-runtime.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

/** Layers of a random network: what they do, and which of the layers before them they read. */
const layers = fc.array(
  fc.record({
    op: fc.constantFrom(
      'Conv',
      'Depthwise',
      'Pool',
      'Add',
      'Concat',
      'Relu',
      'BatchNormalization',
      'Unknown',
      'Mystery',
    ),
    reads: fc.tuple(fc.nat(3), fc.nat(7)),
    channels: fc.integer({ min: 1, max: 5 }),
    halves: fc.boolean(),
  }),
  { minLength: 2, maxLength: 12 },
);

/** A network whose layers have whatever shapes come of it. */
function networkOf(
  wishes: readonly { op: string; reads: [number, number]; channels: number; halves: boolean }[],
): Network {
  const made: { id: string; shape: number[] }[] = [];
  const documents = wishes.map(({ op, reads: [near, far], channels, halves }, index) => {
    const a = made[Math.max(0, made.length - 1 - near)];
    const b = made[Math.max(0, made.length - 1 - far)];
    const id = `layer${index}`;
    const [, height, width] = a?.shape ?? [3, 9, 12];
    const half = halves ? [Math.ceil(height / 2), Math.ceil(width / 2)] : [height, width];
    const both = b !== undefined && b.id !== a?.id ? [a.id, b.id] : a === undefined ? [] : [a.id];
    const one = a === undefined ? [] : [a.id];
    const layer =
      op === 'Conv' || a === undefined
        ? { op: 'Conv', shape: [channels, ...half], kernelShape: [3, 3], dependencies: one }
        : op === 'Depthwise'
          ? { op: 'DepthwiseConv', shape: [a.shape[0], ...half], kernelShape: [3, 3], dependencies: one }
          : op === 'Pool'
            ? { op: 'MaxPool', shape: [a.shape[0], ...half], kernelShape: [2, 2], dependencies: one }
            : op === 'Concat'
              ? { op, shape: [a.shape[0] + (both.length > 1 ? b.shape[0] : 0), height, width], dependencies: both }
              : { op, shape: op === 'Unknown' ? undefined : a.shape, dependencies: both };
    made.push({ id, shape: layer.shape ?? [1024, 1, 1] });
    const { shape, ...rest } = layer;
    return { id, ...rest, macs: 5000, ...(shape === undefined ? {} : { outputShape: shape }) };
  });
  return parseNetwork({ schemaVersion: 1, id: 'random', layers: documents });
}

/** Cuts the nodes that work into `parts` sets, in one of the orders they can run in, so that each is convex. */
function randomParts(cutter: ModelCutter, choices: readonly number[], parts: number): number[][] {
  const { nodes } = cutter.model.graph;
  const waiting = new Set(cutter.workingNodes);
  const order: number[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter((node) =>
      nodes[node].inputs.every((name) => !waiting.has(cutter.producers.get(name) ?? -1)),
    );
    const next = ready[choices[order.length % choices.length] % ready.length];
    order.push(next);
    waiting.delete(next);
  }
  const size = Math.ceil(order.length / parts);
  return Array.from({ length: parts }, (_, part) => order.slice(part * size, (part + 1) * size)).filter(
    (part) => part.length > 0,
  );
}

async function largestDifference(network: Network, choices: readonly number[], parts: number): Promise<number> {
  const { bytes } = twinOf(network);
  const cutter = await ModelCutter.open(bytesSource(bytes));
  const inputs = inputsFor(cutter.inputs);
  const whole = await execute(bytes, inputs);
  const pieces = randomParts(cutter, choices, parts).map((nodes) => cutter.cut(nodes));
  const cut = await executePieces(cutter, pieces, inputs);
  return Math.max(...Object.keys(whole).map((name) => differenceOf(whole[name], cut[name])));
}

/** Fusions across a border change the order of sums. */
const ROUNDING = 1e-4;

describe('pieces of a model', () => {
  it('give what the whole gives, however a random network is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        layers,
        fc.array(fc.nat(20), { minLength: 3, maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (wishes, choices, parts) => {
          expect(await largestDifference(networkOf(wishes), choices, parts)).toBeLessThan(ROUNDING);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['squeezenet-1.1', 7],
    ['mobilenet-v2', 5],
    ['cnn', 12],
    ['yolov3-tiny', 4],
  ])('give what the whole of %s gives, in %i pieces', async (id, parts) => {
    const network = parseNetwork(JSON.parse(readFileSync(`resources/presets/networks/${id}.json`, 'utf8')));
    expect(await largestDifference(network, [3, 0, 7, 1], parts)).toBeLessThan(ROUNDING);
  });
});
