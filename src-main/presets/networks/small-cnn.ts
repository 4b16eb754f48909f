/** The small classifier of the multi-application example. */
import { LayerGraph } from '../layer-graph.ts';

/**
 * A small image classifier in the manner of AlexNet (Krizhevsky, Sutskever & Hinton 2012): convolutions with local response
 * normalisation, which few NPUs support, and fully connected layers whose time goes into reading weights.
 */
export function smallCnn(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 128, width: 128 });
  const conv1 = graph.convolution('conv1', undefined, { channels: 32, kernel: 5, stride: 2, bias: 'own' });
  const norm1 = graph.localResponseNormalization('norm1', conv1, 5);
  const pool1 = graph.maxPool('pool1', norm1, { kernel: 2, stride: 2 });
  const conv2 = graph.convolution('conv2', pool1, { channels: 96, kernel: 5, bias: 'own' });
  const norm2 = graph.localResponseNormalization('norm2', conv2, 5);
  const pool2 = graph.maxPool('pool2', norm2, { kernel: 2, stride: 2 });
  const conv3 = graph.convolution('conv3', pool2, { channels: 128, kernel: 3, bias: 'own' });
  const conv4 = graph.convolution('conv4', conv3, { channels: 128, kernel: 3, bias: 'own' });
  const pool4 = graph.maxPool('pool4', conv4, { kernel: 2, stride: 2 });
  const fc5 = graph.fullyConnected('fc5', pool4, 512);
  const fc6 = graph.fullyConnected('fc6', fc5, 100);
  graph.softmax('softmax', fc6);
  return graph;
}
