/** SqueezeNet: few parameters by fire modules. */
import { LayerGraph } from '../layer-graph.ts';

/**
 * SqueezeNet 1.1 for 224 × 224 images: Iandola et al., "SqueezeNet", arXiv 1602.07360, in the cheaper version 1.1 of the authors'
 * repository (3 × 3 first convolution with 64 channels, pooling earlier).
 */
export function squeezenet11(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  const pool = { kernel: 3, stride: 2, roundsUp: true };
  const fire = (name: string, from: string, squeezed: number, expanded: number): string => {
    const squeeze = graph.convolution(`${name}.squeeze`, from, { channels: squeezed, kernel: 1, bias: 'own' });
    const narrow = graph.convolution(`${name}.expand1x1`, squeeze, { channels: expanded, kernel: 1, bias: 'own' });
    const wide = graph.convolution(`${name}.expand3x3`, squeeze, { channels: expanded, kernel: 3, bias: 'own' });
    return graph.concatenate(`${name}.concat`, [narrow, wide]);
  };
  let last = graph.convolution('conv1', undefined, { channels: 64, kernel: 3, stride: 2, padding: 0, bias: 'own' });
  last = graph.maxPool('pool1', last, pool);
  last = fire('fire2', last, 16, 64);
  last = fire('fire3', last, 16, 64);
  last = graph.maxPool('pool3', last, pool);
  last = fire('fire4', last, 32, 128);
  last = fire('fire5', last, 32, 128);
  last = graph.maxPool('pool5', last, pool);
  last = fire('fire6', last, 48, 192);
  last = fire('fire7', last, 48, 192);
  last = fire('fire8', last, 64, 256);
  last = fire('fire9', last, 64, 256);
  last = graph.convolution('conv10', last, { channels: 1000, kernel: 1, bias: 'own' });
  last = graph.globalAveragePool('avgpool', last);
  graph.softmax('softmax', last);
  return graph;
}
