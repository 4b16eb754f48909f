/** Xception: depthwise separable convolutions with residual connections. */
import { LayerGraph } from '../layer-graph.ts';

/** Xception for 299 × 299 images: Chollet, "Xception: Deep learning with depthwise separable convolutions", CVPR 2017, figure 5. */
export function xception(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 299, width: 299 });
  /** Batch normalisation only follows the pointwise half. */
  const separable = (name: string, from: string, channels: number): string =>
    graph.convolution(`${name}.pw`, graph.depthwiseConvolution(`${name}.dw`, from, 3, 1, 'none'), {
      channels,
      kernel: 1,
    });
  const reduction = (name: string, from: string, first: number, second: number): string => {
    const convolved = separable(`${name}.sepconv2`, separable(`${name}.sepconv1`, from, first), second);
    const pooled = graph.maxPool(`${name}.pool`, convolved, { kernel: 3, stride: 2, padding: 1 });
    return graph.sum(
      `${name}.add`,
      pooled,
      graph.convolution(`${name}.shortcut`, from, { channels: second, kernel: 1, stride: 2 }),
    );
  };
  let last = graph.convolution('block1.conv1', undefined, { channels: 32, kernel: 3, stride: 2, padding: 0 });
  last = graph.convolution('block1.conv2', last, { channels: 64, kernel: 3, padding: 0 });
  last = reduction('block2', last, 128, 128);
  last = reduction('block3', last, 256, 256);
  last = reduction('block4', last, 728, 728);
  for (let block = 5; block <= 12; block++) {
    const input = last;
    for (let index = 1; index <= 3; index++) last = separable(`block${block}.sepconv${index}`, last, 728);
    last = graph.sum(`block${block}.add`, last, input);
  }
  last = reduction('block13', last, 728, 1024);
  last = separable('block14.sepconv1', last, 1536);
  last = separable('block14.sepconv2', last, 2048);
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
