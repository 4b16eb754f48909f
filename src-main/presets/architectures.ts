/** The example networks, as their publications define them. */
import { LayerGraph } from './layer-graph.ts';

/**
 * A small image classifier in the manner of AlexNet (Krizhevsky, Sutskever & Hinton 2012): convolutions with local response
 * normalisation, which few NPUs support, and fully connected layers whose time goes into reading weights.
 */
export function cnn(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 128, width: 128 });
  const conv1 = graph.convolution('conv1', undefined, { channels: 32, kernel: 5, stride: 2 });
  const norm1 = graph.localResponseNormalization('norm1', conv1, 5);
  const pool1 = graph.maxPool('pool1', norm1, 2, 2);
  const conv2 = graph.convolution('conv2', pool1, { channels: 96, kernel: 5 });
  const norm2 = graph.localResponseNormalization('norm2', conv2, 5);
  const pool2 = graph.maxPool('pool2', norm2, 2, 2);
  const conv3 = graph.convolution('conv3', pool2, { channels: 128, kernel: 3 });
  const conv4 = graph.convolution('conv4', conv3, { channels: 128, kernel: 3 });
  const pool4 = graph.maxPool('pool4', conv4, 2, 2);
  const fc5 = graph.fullyConnected('fc5', pool4, 512);
  const fc6 = graph.fullyConnected('fc6', fc5, 100);
  graph.softmax('softmax', fc6);
  return graph;
}

/** ResNet-18 for 224 × 224 images: He, Zhang, Ren & Sun, "Deep residual learning for image recognition", CVPR 2016, table 1. */
export function resnet18(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv1', undefined, { channels: 64, kernel: 7, stride: 2 });
  last = graph.maxPool('maxpool', last, 3, 2, 1);
  [64, 128, 256, 512].forEach((channels, index) => {
    for (let block = 0; block < 2; block++) {
      const name = `layer${index + 1}.${block}`;
      const stride = index > 0 && block === 0 ? 2 : 1;
      const first = graph.convolution(`${name}.conv1`, last, { channels, kernel: 3, stride });
      const second = graph.convolution(`${name}.conv2`, first, { channels, kernel: 3 });
      const shortcut = stride === 1 ? last : graph.convolution(`${name}.downsample`, last, { channels, kernel: 1, stride });
      last = graph.sum(`${name}.add`, second, shortcut);
    }
  });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}

/** MobileNet v1, width 1.0, 224 × 224: Howard et al., "MobileNets", arXiv 1704.04861, table 1. */
export function mobilenetV1(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv1', undefined, { channels: 32, kernel: 3, stride: 2 });
  const blocks = [[64, 1], [128, 2], [128, 1], [256, 2], [256, 1], [512, 2], [512, 1], [512, 1], [512, 1], [512, 1], [512, 1], [1024, 2], [1024, 1]] as const;
  blocks.forEach(([channels, stride], index) => {
    last = graph.depthwiseConvolution(`conv${index + 2}.dw`, last, 3, stride);
    last = graph.convolution(`conv${index + 2}.pw`, last, { channels, kernel: 1 });
  });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
