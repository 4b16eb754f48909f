/** GoogLeNet, the first Inception network. */
import { LayerGraph } from '../layer-graph.ts';

/** Channels of an inception module: 1×1, 3×3 after its reduction, 5×5 after its reduction, projection after pooling. */
type Module = readonly [
  narrow: number,
  reduce3: number,
  wide3: number,
  reduce5: number,
  wide5: number,
  projection: number,
];

/**
 * GoogLeNet for 224 × 224 images: Szegedy et al., "Going deeper with convolutions", CVPR 2015, table 1, without the auxiliary
 * classifiers, which only training uses. Pooling rounds up, as in Caffe's bvlc_googlenet.
 */
export function googlenet(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  const pool = { kernel: 3, stride: 2, roundsUp: true };
  const convolution = (id: string, from: string | undefined, channels: number, kernel: number, stride = 1): string =>
    graph.convolution(id, from, { channels, kernel, stride, bias: 'own' });
  const inception = (
    name: string,
    from: string,
    [narrow, reduce3, wide3, reduce5, wide5, projection]: Module,
  ): string => {
    const branches = [
      convolution(`${name}.1x1`, from, narrow, 1),
      convolution(`${name}.3x3`, convolution(`${name}.3x3_reduce`, from, reduce3, 1), wide3, 3),
      convolution(`${name}.5x5`, convolution(`${name}.5x5_reduce`, from, reduce5, 1), wide5, 5),
      convolution(`${name}.pool_proj`, graph.maxPool(`${name}.pool`, from, { kernel: 3, padding: 1 }), projection, 1),
    ];
    return graph.concatenate(`${name}.concat`, branches);
  };
  let last = convolution('conv1', undefined, 64, 7, 2);
  last = graph.maxPool('pool1', last, pool);
  last = graph.localResponseNormalization('norm1', last, 5);
  last = convolution('conv2_reduce', last, 64, 1);
  last = convolution('conv2', last, 192, 3);
  last = graph.localResponseNormalization('norm2', last, 5);
  last = graph.maxPool('pool2', last, pool);
  last = inception('3a', last, [64, 96, 128, 16, 32, 32]);
  last = inception('3b', last, [128, 128, 192, 32, 96, 64]);
  last = graph.maxPool('pool3', last, pool);
  last = inception('4a', last, [192, 96, 208, 16, 48, 64]);
  last = inception('4b', last, [160, 112, 224, 24, 64, 64]);
  last = inception('4c', last, [128, 128, 256, 24, 64, 64]);
  last = inception('4d', last, [112, 144, 288, 32, 64, 64]);
  last = inception('4e', last, [256, 160, 320, 32, 128, 128]);
  last = graph.maxPool('pool4', last, pool);
  last = inception('5a', last, [256, 160, 320, 32, 128, 128]);
  last = inception('5b', last, [384, 192, 384, 48, 128, 128]);
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
