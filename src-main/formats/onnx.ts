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
  .describe('Sizes of dimensions that the model leaves open, by their name or as "<input>:<axis>"; the first of an input is 1 unless chosen');

export const onnxFormat: Format = {
  id: 'onnx',
  name: 'ONNX',
  description: 'a model as its layers with shapes, MACs and parameters; weights are not read, times come from a cost model or measurements',
  extensions: ['.onnx'],
  mediaType: 'application/octet-stream',
  reader: defineReader({
    kinds: ['network'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the file's name"),
      name: z.string().min(1).optional().describe("Name of the network; default: the file's name"),
      dims,
      fold: z.enum(foldLevels).default('batch-norm').describe('What is folded away beside constants and shapes: views also Reshape and the like, batch-norm also normalisation after a convolution, activations also these'),
    }),
    recognises: ({ name, head }) => /\.onnx$/i.test(name) || (head[0] === 0x08 && head[1] > 0 && head[1] < 0x20 && [0x12, 0x1a, 0x3a, 0x42].includes(head[2])),
    async read([file], { id, name, ...options }, companion) {
      const { network, notes } = await readOnnxNetwork(file, { fileName: file.name, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), ...options, companion });
      return { documents: [{ kind: 'network', document: network }], notes };
    },
  }),
  writer: defineNetworkWriter(z.strictObject({}), (network) => ({
    files: [{ name: `${network.id}.onnx`, content: onnxModel(network), mediaType: 'application/octet-stream' }],
    notes: [{ message: 'the file shows the graph and can be read again; without weights and attributes it cannot be run' }],
  })),
};
