/** The twin of a network as a file: a small ONNX model that runtimes execute. */
import { z } from 'zod';
import { twinOf } from '#shared/formats/onnx/twin.ts';
import { defineNetworkWriter, type Format } from './format.ts';

export const onnxTwinFormat: Format = {
  id: 'onnx-twin',
  name: 'Runnable ONNX twin',
  description:
    'a small model with the layers, shapes and MACs of the network and weights without meaning, to measure how long it takes on a device',
  extensions: ['.onnx'],
  mediaType: 'application/octet-stream',
  writer: defineNetworkWriter(z.strictObject({}), (network) => {
    const { bytes, notes } = twinOf(network);
    return {
      files: [{ name: `${network.id}.twin.onnx`, content: bytes, mediaType: 'application/octet-stream' }],
      notes: [...notes],
    };
  }),
};
