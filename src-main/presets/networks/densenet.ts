/** DenseNets: each layer reads all the ones before it in its block. */
import { LayerGraph } from '../layer-graph.ts';

const GROWTH = 32;

/**
 * DenseNet-121 for 224 × 224 images: Huang et al., "Densely connected convolutional networks", CVPR 2017, table 1, growth rate 32.
 * Batch normalisation comes before the convolutions; where it reads a concatenation it cannot be folded and stays a layer.
 */
export function densenet121(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv0', undefined, { channels: 64, kernel: 7, stride: 2 });
  last = graph.maxPool('pool0', last, { kernel: 3, stride: 2, padding: 1 });
  [6, 12, 24, 16].forEach((layers, index) => {
    const block = `block${index + 1}`;
    for (let layer = 1; layer <= layers; layer++) {
      const name = `${block}.${layer}`;
      const normalized = graph.batchNormalization(`${name}.norm1`, last);
      const bottleneck = graph.convolution(`${name}.conv1`, normalized, { channels: 4 * GROWTH, kernel: 1 });
      const grown = graph.convolution(`${name}.conv2`, bottleneck, { channels: GROWTH, kernel: 3, bias: 'none' });
      last = graph.concatenate(`${name}.concat`, [last, grown]);
    }
    if (index === 3) return;
    const normalized = graph.batchNormalization(`transition${index + 1}.norm`, last);
    const halved = graph.convolution(`transition${index + 1}.conv`, normalized, {
      channels: graph.channelsOf(last) / 2,
      kernel: 1,
      bias: 'none',
    });
    last = graph.averagePool(`transition${index + 1}.pool`, halved, { kernel: 2, stride: 2 });
  });
  last = graph.batchNormalization('norm5', last);
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('classifier', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
