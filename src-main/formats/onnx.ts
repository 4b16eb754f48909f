/** ONNX models as networks. The reader itself is in src-shared/formats/onnx, where the window uses it on files too large to be sent. */
import { z } from 'zod';
import { idSchema } from '#shared/domain/common.ts';
import { foldLevels } from '#shared/formats/onnx/layers.ts';
import { readOnnxNetwork } from '#shared/formats/onnx/network.ts';
import { defineNetworkWriter, defineReader, type Format } from './format.ts';
import { onnxModel } from './onnx-export.ts';

const dims = z
  .record(z.string().min(1), z.int().min(1).max(1e9))
  .default({})
  .describe(
    'Sizes of dimensions that the model leaves open, by their name or as "<input>:<axis>"; the first of an input is 1 unless chosen',
  );

const inputs = z
  .record(z.string().min(1), z.number())
  .default({})
  .describe(
    'Values of inputs of one element that decide which branch is taken or how often a loop runs, by name; 1 and 0 for true and false',
  );

export const onnxFormat: Format = {
  id: 'onnx',
  name: 'ONNX',
  description:
    'a model as its layers with shapes, MACs and parameters; weights are not read, times come from a cost model or measurements',
  extensions: ['.onnx'],
  mediaType: 'application/octet-stream',
  reader: defineReader({
    kinds: ['network'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the file's name"),
      name: z.string().min(1).optional().describe("Name of the network; default: the file's name"),
      dims,
      inputs,
      fold: z
        .enum(foldLevels)
        .default('batch-norm')
        .describe(
          'What is folded away besides constants and shapes: views also Reshape and the like, batch-norm also ' +
            'normalisation after a convolution, activations also these',
        ),
      foldQuantization: z
        .boolean()
        .optional()
        .describe(
          'Whether the QuantizeLinear and DequantizeLinear around a layer become part of it, which then works in 8 ' +
            'bits; default: true with fold batch-norm and activations',
        ),
      foldOps: z
        .array(z.string().min(1))
        .default([])
        .describe(
          'Activations that become part of the layer before them whatever fold says, e.g. ["Relu"]: those that a target cannot run by themselves',
        ),
    }),
    recognises: ({ name, head }) =>
      /\.onnx$/i.test(name) ||
      (head[0] === 0x08 && head[1] > 0 && head[1] < 0x20 && [0x12, 0x1a, 0x3a, 0x42].includes(head[2])),
    async read([file], { id, name, foldQuantization, ...options }, companion) {
      const { network, notes } = await readOnnxNetwork(file, {
        fileName: file.name,
        ...(id === undefined ? {} : { id }),
        ...(name === undefined ? {} : { name }),
        ...(foldQuantization === undefined ? {} : { foldQuantization }),
        ...options,
        companion,
      });
      return { documents: [{ kind: 'network', document: network }], notes };
    },
  }),
  writer: defineNetworkWriter(z.strictObject({}), (network) => ({
    files: [{ name: `${network.id}.onnx`, content: onnxModel(network), mediaType: 'application/octet-stream' }],
    notes: [
      { message: 'the file shows the graph and can be read again; without weights and attributes it cannot be run' },
    ],
  })),
};
