import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { ModelCutter } from '#shared/formats/onnx/cut.ts';
import { readOnnxModel } from '#shared/formats/onnx/model.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { float32, joined, field, text, whole, type Part } from '#shared/formats/onnx/wire.ts';
import { execute, inputsFor } from '#test/fixtures/onnx-runtime.ts';

const value = (name: string, shape: readonly number[]): Part => [
  text(1, name),
  field(
    2,
    field(1, [
      whole(1, 1),
      field(
        2,
        shape.map((size) => field(1, whole(1, size))),
      ),
    ]),
  ),
];
const node = (op: string, inputs: readonly string[], output: string, ...attributes: readonly Part[]): Part =>
  field(1, [...inputs.map((name) => text(1, name)), text(2, output), text(3, output), text(4, op), ...attributes]);
const floats = (name: string, content: readonly number[]): Part =>
  field(5, [whole(1, content.length), whole(2, 1), ...content.map((each) => float32(4, each)), text(8, name)]);

function model(graph: readonly Part[], irVersion = 8): Uint8Array {
  return joined([
    whole(1, irVersion),
    text(2, 'test'),
    field(7, [...graph, text(2, 'graph')]),
    field(8, [text(1, ''), whole(2, 13)]),
  ]);
}

const x = field(11, value('x', [2, 3]));
const open = (bytes: Uint8Array): Promise<ModelCutter> => ModelCutter.open(bytesSource(bytes));

/** x → relu → {neg, exp} → sum. */
const diamond = model([
  node('Relu', ['x'], 'relu'),
  node('Neg', ['relu'], 'neg'),
  node('Exp', ['relu'], 'exp'),
  node('Add', ['neg', 'exp'], 'sum'),
  x,
  field(12, value('sum', [2, 3])),
]);

describe('a cut', () => {
  it('copies the bytes of the nodes, and gives shapes to what is cut', async () => {
    const cutter = await open(diamond);
    const piece = cutter.cut([2, 1]);
    expect(piece.nodes).toEqual([1, 2]);
    expect(piece.inputs).toEqual([{ name: 'relu', elementType: 1, shape: [2, 3] }]);
    expect(piece.outputs.map(({ name }) => name)).toEqual(['neg', 'exp']);
    const bytes = await cutter.bytes(piece);
    expect(bytes).toHaveLength(piece.bytes);
    expect(Buffer.from(bytes).includes(Buffer.from(joined(node('Neg', ['relu'], 'neg'))))).toBe(true);
    const { graph } = await readOnnxModel(bytesSource(bytes));
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Neg', 'Exp']);
  });

  it('is refused where a path leaves it and comes back, with both nodes named', async () => {
    const cutter = await open(diamond);
    expect(() => cutter.cut([0, 1, 3])).toThrow(/"sum".*"exp"/);
    expect(() => cutter.cut([0, 1, 3])).toThrow(WorkbenchError);
    expect(() => cutter.cut([7])).toThrow(/no node 7/);
  });

  it('takes along the weights it reads and no others, also where the format lists them as inputs', async () => {
    const graph = [
      floats('one', [1, 1, 1]),
      floats('two', [2, 2, 2]),
      node('Add', ['x', 'one'], 'a'),
      node('Mul', ['a', 'two'], 'b'),
      x,
      field(12, value('b', [2, 3])),
    ];
    const newer = await open(model(graph));
    const older = await open(model([...graph, field(11, value('one', [3])), field(11, value('two', [3]))], 3));
    const inputs = inputsFor(newer.inputs);
    const half = await execute(await newer.bytes(newer.cut([0])), inputs);
    const piece = older.cut([1]);
    const rest = await older.bytes(piece);
    const { graph: read } = await readOnnxModel(bytesSource(rest));
    expect(older.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(piece.inputs.map(({ name }) => name)).toEqual(['a']);
    expect(read.initializers.map(({ name }) => name)).toEqual(['two']);
    expect(read.inputs.map(({ name }) => name)).toEqual(['a', 'two']);
    expect((await execute(rest, half))['b'].data).toEqual(
      Float32Array.from(inputs['x'].data as Float32Array, (each) => (each + 1) * 2),
    );
  });

  it('repeats nodes that give constants in each piece, and writes down sizes that follow from shapes', async () => {
    const graph = [
      node('Shape', ['x'], 'shape'),
      node('Relu', ['x'], 'relu'),
      node('Flatten', ['relu'], 'flat', field(5, [text(1, 'axis'), whole(3, 0), whole(20, 2)])),
      node('Neg', ['zero'], 'minus'),
      node('Add', ['flat', 'minus'], 'added'),
      node('Sub', ['added', 'minus'], 'back'),
      node('Reshape', ['back', 'shape'], 'y'),
      floats('zero', [3]),
      x,
      field(12, value('y', [2, 3])),
    ];
    const bytes = model(graph);
    const cutter = await open(bytes);
    expect(cutter.workingNodes).toEqual([0, 1, 2, 4, 5, 6]);
    const [first, second] = [cutter.cut([1, 2, 4]), cutter.cut([5, 6])];
    expect(first.nodes).toContain(3);
    expect(second.nodes).toContain(3);
    expect(second.inputs.map(({ name }) => name)).toEqual(['added']);
    const inputs = inputsFor(cutter.inputs);
    const half = await execute(await cutter.bytes(first), inputs);
    const rest = await execute(await cutter.bytes(second), half);
    expect(rest['y'].data).toEqual((await execute(bytes, inputs))['y'].data);
    expect(rest['y'].dims).toEqual([2, 3]);
  });

  it('streams weights in parts instead of holding them', async () => {
    const weights = field(5, [whole(1, 1 << 20), whole(2, 1), text(8, 'w'), field(9, new Uint8Array(1 << 22))]);
    const bytes = model([
      weights,
      node('Relu', ['w'], 'r'),
      node('Neg', ['x'], 'y'),
      x,
      field(12, value('y', [2, 3])),
      field(12, value('r', [1 << 20])),
    ]);
    const reads: number[] = [];
    const cutter = await ModelCutter.open({
      size: bytes.length,
      read: (offset, length) => {
        reads.push(length);
        return Promise.resolve(bytes.subarray(offset, offset + length));
      },
    });
    expect(Math.max(...reads)).toBeLessThanOrEqual(1 << 16);
    let largest = 0;
    let sum = 0;
    const piece = cutter.cut([0]);
    await cutter.write(piece, (part) => {
      largest = Math.max(largest, part.length);
      sum += part.length;
    });
    expect([largest, sum]).toEqual([1 << 20, piece.bytes]);
    expect(cutter.cut([1]).bytes).toBeLessThan(300);
  });

  it('refuses control flow by name', async () => {
    const branch = (name: string): Part =>
      field(5, [
        text(1, name),
        field(6, [node('Relu', ['x'], 'inner'), field(12, value('inner', [2, 3]))]),
        whole(20, 5),
      ]);
    const bytes = model([
      node('If', ['condition'], 'y', branch('then_branch'), branch('else_branch')),
      x,
      field(11, [text(1, 'condition'), field(2, field(1, [whole(1, 9), field(2, [])]))]),
      field(12, value('y', [2, 3])),
    ]);
    await expect(open(bytes)).rejects.toThrow(/"y" \(If\) is control flow/);
  });
});
