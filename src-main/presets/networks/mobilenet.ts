/** MobileNets: depthwise separable convolutions; width 1.0, 224 × 224 images. */
import { LayerGraph } from '../layer-graph.ts';

/** MobileNet v1: Howard et al., "MobileNets", arXiv 1704.04861, table 1. */
export function mobilenetV1(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv1', undefined, { channels: 32, kernel: 3, stride: 2 });
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [1024, 2],
    [1024, 1],
  ] as const;
  blocks.forEach(([channels, stride], index) => {
    last = graph.depthwiseConvolution(`conv${index + 2}.dw`, last, 3, stride);
    last = graph.convolution(`conv${index + 2}.pw`, last, { channels, kernel: 1 });
  });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}

/** MobileNet v2: Sandler et al., "MobileNetV2: Inverted residuals and linear bottlenecks", CVPR 2018, table 2. */
export function mobilenetV2(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv1', undefined, { channels: 32, kernel: 3, stride: 2 });
  let block = 0;
  // Expansion, output channels, repetitions, stride of the first.
  for (const [expansion, channels, repetitions, firstStride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const) {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const name = `block${++block}`;
      const stride = repetition === 0 ? firstStride : 1;
      const input = last;
      if (expansion > 1)
        last = graph.convolution(`${name}.expand`, last, { channels: expansion * graph.channelsOf(input), kernel: 1 });
      last = graph.depthwiseConvolution(`${name}.dw`, last, 3, stride);
      last = graph.convolution(`${name}.project`, last, { channels, kernel: 1 });
      if (stride === 1 && graph.channelsOf(input) === channels) last = graph.sum(`${name}.add`, last, input);
    }
  }
  last = graph.convolution('conv_last', last, { channels: 1280, kernel: 1 });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
