import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseNetwork, type Network, type NetworkInput } from '#shared/domain/network.ts';
import { ModelCutter } from '#shared/formats/onnx/cut.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { twinOf } from '#shared/formats/onnx/twin.ts';
import { inputSizeFor, windowOf } from '#shared/formats/onnx/twin-window.ts';
import { bytesSource } from '#shared/formats/random-access.ts';
import { execute, inputsFor } from '#test/fixtures/onnx-runtime.ts';

const folder = 'resources/presets/networks';
const presets = readdirSync(folder).map((file) => file.replace('.json', ''));
/** Its document has no shapes. */
const rearranged = ['blazeface', 'yolov8n'];
const withShapes = presets.filter((id) => id !== 'xception-prism' && !rearranged.includes(id));

function preset(id: string): Network {
  return parseNetwork(JSON.parse(readFileSync(`${folder}/${id}.json`, 'utf8')));
}

function network(...layers: NetworkInput['layers']): Network {
  return parseNetwork({ schemaVersion: 1, id: 'test', layers });
}

async function readBack(bytes: Uint8Array): Promise<Network> {
  return (await readOnnxNetwork(bytesSource(bytes), { fileName: 'twin.onnx', fold: 'activations' })).network;
}

/** What each layer gives and does, in no order; sizes of 1 say nothing. */
function inventoryOf({ layers }: Network): string[] {
  return layers
    .map(({ outputShape = [], macs = 0 }) => `${outputShape.filter((size) => size > 1).join('x')} ${macs}`)
    .toSorted();
}

describe('the twin of a network', () => {
  it.each(withShapes)('of %s has its layers, shapes and MACs', async (id) => {
    const original = preset(id);
    const twin = await readBack(twinOf(original).bytes);
    expect(inventoryOf(twin)).toEqual(inventoryOf(original));
  });

  // Where a layer reads another size than its producer gives, it has a small node of its own in between.
  it.each(rearranged)(
    'of %s has the layers that compute, with their shapes and MACs, and less than 1 %% more',
    async (id) => {
      const original = preset(id);
      const twin = await readBack(twinOf(original).bytes);
      const computing = (network: Network): string[] =>
        inventoryOf({ ...network, layers: network.layers.filter(({ macs = 0 }) => macs > 0) });
      const macsOf = ({ layers }: Network): number => layers.reduce((sum, { macs = 0 }) => sum + macs, 0);
      const left = computing(twin);
      for (const layer of computing(original)) {
        expect(left).toContain(layer);
        left.splice(left.indexOf(layer), 1);
      }
      expect(macsOf(twin)).toBeLessThan(1.01 * macsOf(original));
    },
  );

  it.each(presets)('of %s is small', (id) => {
    expect(twinOf(preset(id)).bytes.length).toBeLessThan(200_000);
  });

  it('names the layer of every node that works', async () => {
    const original = preset('mobilenet-v2');
    const { bytes, layerOfNode } = twinOf(original);
    const { workingNodes, model } = await ModelCutter.open(bytesSource(bytes));
    expect(layerOfNode).toHaveLength(model.graph.nodes.length);
    expect(workingNodes).toEqual([...layerOfNode.keys()].filter((node) => layerOfNode[node] !== undefined));
    expect(new Set(layerOfNode.filter((layer) => layer !== undefined))).toEqual(
      new Set(original.layers.map(({ id }) => id)),
    );
  });

  it('of layers without shapes does as many MACs, and says which are stand-ins', async () => {
    const { bytes, notes } = twinOf(
      network(
        { id: 'a', op: 'Mystery', outputBytes: 4096, macs: 1_048_576 },
        { id: 'b', op: 'Strange', dependencies: ['a'], macs: 2_097_152 },
        { id: 'c', op: 'Strange', dependencies: ['a', 'b'] },
      ),
    );
    const { layers } = await readBack(bytes);
    const { inputs } = await ModelCutter.open(bytesSource(bytes));
    const result = await execute(bytes, inputsFor(inputs));
    expect(layers.reduce((sum, { macs = 0 }) => sum + macs, 0)).toBe(1_048_576 + 2_097_152 + 1024);
    expect(result['c'].dims).toEqual([1, 1024]);
    expect(notes.map(({ message }) => message)).toContainEqual(expect.stringContaining('"a", "b", "c"'));
  });

  it('gives other results for other inputs, and in other channels', async () => {
    const { bytes } = twinOf(preset('squeezenet-1.1'));
    const { inputs } = await ModelCutter.open(bytesSource(bytes));
    const first = inputsFor(inputs);
    const [name] = Object.keys(first);
    const second = { [name]: inputsFor([inputs[0], inputs[0]])[name] };
    const [a, b] = [await execute(bytes, first), await execute(bytes, second)];
    const [output] = Object.keys(a);
    expect(new Set(a[output].data as Float32Array).size).toBeGreaterThan(900);
    expect(a[output].data).not.toEqual(b[output].data);
  });

  it('keeps apart the names of layers and of its own values', async () => {
    const { bytes } = twinOf(
      network(
        { id: 'a', op: 'Conv', outputShape: [2, 4, 4] },
        { id: 'a:weights', op: 'Relu', outputShape: [2, 4, 4], dependencies: ['a'] },
        { id: 'a:input', op: 'Relu', outputShape: [2, 4, 4], dependencies: ['a:weights'] },
      ),
    );
    expect((await readBack(bytes)).layers.map(({ id }) => id)).toHaveLength(1);
    expect((await ModelCutter.open(bytesSource(bytes))).outputs.map(({ name }) => name)).toEqual(['a:input']);
  });
});

describe('the window between two sizes', () => {
  it.each([
    [224, 112, 7, { stride: 2, pads: [2, 3] }],
    [56, 56, 3, { stride: 1, pads: [1, 1] }],
    [227, 55, 11, { stride: 4, pads: [0, 0] }],
    [13, 13, 2, { stride: 1, pads: [0, 1] }],
    [8, 32, 3, undefined],
  ])('of %i and %i elements with a kernel of %i', (input, output, kernel, expected) => {
    expect(windowOf(input, output, kernel)).toEqual(expected);
  });

  it('of an input that is not known makes a usual size', () => {
    expect([inputSizeFor(112, 7), inputSizeFor(149, 3), inputSizeFor(55, 11), inputSizeFor(17, 1)]).toEqual([
      224, 299, 224, 17,
    ]);
  });
});
