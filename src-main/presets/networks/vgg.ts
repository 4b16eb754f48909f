/** VGG networks: stacks of 3 × 3 convolutions. */
import { LayerGraph } from '../layer-graph.ts';

/** VGG-16 for 224 × 224 images: Simonyan & Zisserman, "Very deep convolutional networks", ICLR 2015, table 1, configuration D. */
export function vgg16(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last: string | undefined;
  [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ].forEach((stack, stage) => {
    stack.forEach((channels, index) => {
      last = graph.convolution(`conv${stage + 1}_${index + 1}`, last, { channels, kernel: 3, bias: 'own' });
    });
    last = graph.maxPool(`pool${stage + 1}`, last ?? '', { kernel: 2, stride: 2 });
  });
  const fc6 = graph.fullyConnected('fc6', last ?? '', 4096);
  const fc7 = graph.fullyConnected('fc7', fc6, 4096);
  const fc8 = graph.fullyConnected('fc8', fc7, 1000);
  graph.softmax('softmax', fc8);
  return graph;
}
