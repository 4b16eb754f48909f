/** The preset networks are as large as published, and their layers fit together. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LayerGraph, ShapedLayer } from '#main/presets/layer-graph.ts';
import { networkTable } from '#main/presets/network-table.ts';
import { midapNetworks, midapTimesMs } from '#main/presets/midap.ts';
import { networkDocuments } from '#main/presets/network-documents.ts';
import { googlenet } from '#main/presets/networks/googlenet.ts';
import { networkPresets } from '#main/presets/networks/index.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { operationClassOf } from '#shared/domain/operation-classes.ts';

type Quantity = 'macs' | 'parameters' | 'foldedChannels';
const total = (layers: readonly ShapedLayer[], quantity: Quantity): number =>
  layers.reduce((sum, layer) => sum + layer[quantity], 0);
const publishedParameters = ({ layers }: LayerGraph): number =>
  total(layers, 'parameters') + total(layers, 'foldedChannels');
const graphs = new Map(networkPresets.map((preset) => [preset.id, preset.graph()]));

describe('preset networks', () => {
  it.each(
    networkPresets
      .filter(({ macs }) => macs !== undefined)
      .map((preset) => [preset.id, preset.macs!.value, preset.macs!.source] as const),
  )('%s has %d multiply-accumulates within 1 %% (%s)', (id, value) => {
    expect(Math.abs(total(graphs.get(id)!.layers, 'macs') / value - 1)).toBeLessThan(0.01);
  });

  it.each(
    networkPresets
      .filter(({ parameters }) => parameters !== undefined)
      .map((preset) => [preset.id, preset.parameters!.value, preset.parameters!.source] as const),
  )('%s has %d parameters within 1 %% (%s)', (id, value) => {
    expect(Math.abs(publishedParameters(graphs.get(id)!) / value - 1)).toBeLessThan(0.01);
  });

  // torchvision, Caffe, Chollet 2017 and the authors' weights give these to the last digit.
  it.each([
    ['resnet18', 11_689_512],
    ['resnet50', 25_557_032],
    ['vgg16', 138_357_544],
    ['squeezenet-1.1', 1_235_496],
    ['mobilenet-v2', 3_504_872],
    ['efficientnet-b0', 5_288_548],
    ['densenet121', 7_978_856],
    ['alexnet', 60_965_224],
    ['xception', 22_855_952],
    ['yolov3-tiny', 8_852_366],
    ['yolov8n', 3_157_200 - 16], // less the decoding of boxes, which is left to the application
  ])('%s has exactly the %d parameters of its publication', (id, parameters) => {
    expect(publishedParameters(graphs.get(id)!)).toBe(parameters);
  });

  it('all but the made-up one and one whose paper counts neither have a published size', () => {
    expect(
      networkPresets
        .filter(({ macs, parameters }) => macs === undefined || parameters === undefined)
        .map(({ id }) => id),
    ).toEqual(['cnn', 'blazeface']);
  });

  it('are documented with the sizes they have (printed by `node src-main/presets/network-table.ts`)', () => {
    expect(readFileSync(resolve(import.meta.dirname, '../../../resources/docs/presets.md'), 'utf8')).toContain(
      networkTable(),
    );
  });

  it('have the operations per module of table 1 of the GoogLeNet paper, 3 % for its rounding', () => {
    // Module 5a is left out: printed as 54 M, it has 51 M with the channels of its row, and with them the published parameters.
    const table = { '3a': 128, '3b': 304, '4a': 73, '4b': 88, '4c': 100, '4d': 119, '4e': 170, '5b': 71 };
    const off = Object.entries(table).filter(
      ([module, millions]) =>
        Math.abs(
          total(
            googlenet().layers.filter(({ id }) => id.startsWith(`${module}.`)),
            'macs',
          ) /
            1e6 /
            millions -
            1,
        ) > 0.03,
    );
    expect(off).toEqual([]);
  });

  it('end in one value per class, or in boxes at two or three scales', () => {
    const outputs = [...graphs].map(([id, { layers }]) => {
      const read = new Set(layers.flatMap(({ dependencies }) => dependencies));
      return [
        id,
        layers
          .filter((layer) => !read.has(layer.id))
          .map(({ output }) => [output.channels, output.height, output.width]),
      ];
    });
    const classifier = [[1000, 1, 1]];
    expect(Object.fromEntries(outputs)).toEqual({
      ...Object.fromEntries([...graphs.keys()].map((id) => [id, classifier])),
      cnn: [[100, 1, 1]],
      'yolov3-tiny': [
        [255, 13, 13],
        [255, 26, 26],
      ],
      yolov8n: [80, 40, 20].flatMap((size) => [
        [64, size, size],
        [80, size, size],
      ]),
      blazeface: [
        [2, 16, 16],
        [32, 16, 16],
        [6, 8, 8],
        [96, 8, 8],
      ],
    });
  });

  it('state of each layer a shape of the size of its output, and an operation that cost models know', () => {
    const layers = networkDocuments.map(parseNetwork).flatMap((network) => network.layers);
    expect(
      layers.filter(
        ({ outputShape, outputBytes }) => outputShape?.reduce((product, size) => product * size, 2) !== outputBytes,
      ),
    ).toEqual([]);
    expect(layers.filter((layer) => operationClassOf(layer) === undefined)).toEqual([]);
  });
});

describe('times measured on MIDAP', () => {
  // The totals of the tables, in cycles.
  it.each([
    ['resnet50', 4_324_612],
    ['mobilenet-v2', 989_902],
    ['inception-v3', 6_742_091],
  ])('%s: layer by layer those of the table, %d cycles in all', (id, cycles) => {
    const times = midapTimesMs(id, graphs.get(id)!)!;
    expect([...times.values()].reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(cycles / 1e6, 9);
    const network = parseNetwork(networkDocuments.find((document) => document.id === id));
    expect(network.timeSources).toEqual({ midap: 'measured' });
    expect(
      network.layers.filter(({ executionTimeMs }) => executionTimeMs['midap'] === undefined).map(({ op }) => op),
    ).toEqual(['Softmax']);
  });

  it('are refused for a graph that is not the one that was simulated', () => {
    expect(() => midapTimesMs('mobilenet-v2', graphs.get('resnet50')!)).toThrow(
      /is not Conv1 of the table|has no layer for|of the table/,
    );
    expect(midapNetworks.every((id) => graphs.has(id))).toBe(true);
    expect(midapTimesMs('vgg16', graphs.get('vgg16')!)).toBeUndefined();
  });
});
