/** Real ONNX files: published networks have their published work and weights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { bytesSource } from '#shared/formats/random-access.ts';

const folder = join(import.meta.dirname, '../../fixtures/formats/onnx');
const within = (value: number, published: number): number => Math.abs(value / published - 1);

// torchvision's model table: ResNet-50 4.09 GMAC and 25.56 M parameters, 53,120 of them scales and shifts of normalisations that
// become 26,560 biases when they are folded; SqueezeNet 1.1 0.35 GMAC and 1.235 M; VGG-19 19.63 GMAC and 143.67 M.
test.each([
  ['resnet50', 4.089e9, 25.53e6, ['Conv', 'Gemm']],
  ['squeezenet', 0.349e9, 1.235e6, ['Conv']],
  ['vgg19', 19.63e9, 143.67e6, ['Conv', 'Gemm']],
] as const)(
  '%s has its published multiply-accumulates and parameters, and every layer its sizes',
  async (name, macs, parameters, working) => {
    const bytes = readFileSync(join(folder, `light_${name}.onnx`));
    const { network, notes } = await readOnnxNetwork(bytesSource(bytes), { id: name, fileName: `${name}.onnx` });
    const total = (field: 'macs' | 'parameters'): number =>
      network.layers.reduce((sum, layer) => sum + (layer[field] ?? Number.NaN), 0);
    expect(within(total('macs'), macs)).toBeLessThan(0.001);
    expect(within(total('parameters'), parameters)).toBeLessThan(0.001);
    expect(network.layers.filter((layer) => layer.outputBytes === undefined)).toEqual([]);
    expect([...new Set(network.layers.filter((layer) => (layer.macs ?? 0) > 0).map(({ op }) => op))].sort()).toEqual(
      working,
    );
    expect(notes).toHaveLength(1);
  },
);
