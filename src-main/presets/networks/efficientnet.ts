/** EfficientNets: inverted residuals with squeeze-and-excitation. */
import { LayerGraph } from '../layer-graph.ts';

/** Expansion, kernel, output channels, repetitions, stride of the first. */
const stages = [
  [1, 3, 16, 1, 1],
  [6, 3, 24, 2, 2],
  [6, 5, 40, 2, 2],
  [6, 3, 80, 3, 2],
  [6, 5, 112, 3, 1],
  [6, 5, 192, 4, 2],
  [6, 3, 320, 1, 1],
] as const;

/** EfficientNet-B0 for 224 × 224 images: Tan & Le, "EfficientNet", ICML 2019, table 1. Each squeeze is to a quarter of the block's input channels. */
export function efficientnetB0(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  const excite = (name: string, from: string, squeezed: number): string => {
    const pooled = graph.globalAveragePool(`${name}.se_pool`, from);
    const reduced = graph.convolution(`${name}.se_reduce`, pooled, { channels: squeezed, kernel: 1, bias: 'own' });
    const factors = graph.convolution(`${name}.se_expand`, reduced, {
      channels: graph.channelsOf(from),
      kernel: 1,
      bias: 'own',
    });
    return graph.scale(`${name}.se_scale`, from, factors);
  };
  let last = graph.convolution('stem', undefined, { channels: 32, kernel: 3, stride: 2 });
  let block = 0;
  for (const [expansion, kernel, channels, repetitions, firstStride] of stages) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const name = `block${++block}`;
      const stride = repetition === 0 ? firstStride : 1;
      const input = last;
      const inputChannels = graph.channelsOf(input);
      if (expansion > 1)
        last = graph.convolution(`${name}.expand`, last, { channels: expansion * inputChannels, kernel: 1 });
      last = graph.depthwiseConvolution(`${name}.dw`, last, kernel, stride);
      last = excite(name, last, inputChannels / 4);
      last = graph.convolution(`${name}.project`, last, { channels, kernel: 1 });
      if (stride === 1 && inputChannels === channels) last = graph.sum(`${name}.add`, last, input);
    }
  }
  last = graph.convolution('head', last, { channels: 1280, kernel: 1 });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
