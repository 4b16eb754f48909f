/** AlexNet, as trained with Caffe. */
import { LayerGraph } from '../layer-graph.ts';

/**
 * AlexNet for 227 × 227 images: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks",
 * NIPS 2012, section 3.5, in the order of Caffe's reference model bvlc_alexnet (normalisation before pooling). The second, fourth
 * and fifth convolution have two groups, one for each GPU it was trained on.
 */
export function alexnet(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 227, width: 227 });
  const pool = { kernel: 3, stride: 2 };
  let last = graph.convolution('conv1', undefined, { channels: 96, kernel: 11, stride: 4, padding: 0, bias: 'own' });
  last = graph.localResponseNormalization('norm1', last, 5);
  last = graph.maxPool('pool1', last, pool);
  last = graph.convolution('conv2', last, { channels: 256, kernel: 5, groups: 2, bias: 'own' });
  last = graph.localResponseNormalization('norm2', last, 5);
  last = graph.maxPool('pool2', last, pool);
  last = graph.convolution('conv3', last, { channels: 384, kernel: 3, bias: 'own' });
  last = graph.convolution('conv4', last, { channels: 384, kernel: 3, groups: 2, bias: 'own' });
  last = graph.convolution('conv5', last, { channels: 256, kernel: 3, groups: 2, bias: 'own' });
  last = graph.maxPool('pool5', last, pool);
  last = graph.fullyConnected('fc6', last, 4096);
  last = graph.fullyConnected('fc7', last, 4096);
  last = graph.fullyConnected('fc8', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
