/** Residual networks: He, Zhang, Ren & Sun, "Deep residual learning for image recognition", CVPR 2016, table 1; 224 × 224 images. */
import { LayerGraph } from '../layer-graph.ts';

/** Adds a residual branch that ends with `channels` (times 4 for a bottleneck) channels, and returns its last layer. */
type Branch = (graph: LayerGraph, name: string, from: string, channels: number, stride: number) => string;

/** ResNet-18: blocks of two 3 × 3 convolutions. */
export function resnet18(): LayerGraph {
  return resnet([2, 2, 2, 2], (graph, name, from, channels, stride) => {
    const first = graph.convolution(`${name}.conv1`, from, { channels, kernel: 3, stride });
    return graph.convolution(`${name}.conv2`, first, { channels, kernel: 3 });
  });
}

/** ResNet-50: bottleneck blocks. The stride is in their 3 × 3 convolution, as in torchvision ("ResNet v1.5"). */
export function resnet50(): LayerGraph {
  return resnet([3, 4, 6, 3], (graph, name, from, channels, stride) => {
    const first = graph.convolution(`${name}.conv1`, from, { channels, kernel: 1 });
    const second = graph.convolution(`${name}.conv2`, first, { channels, kernel: 3, stride });
    return graph.convolution(`${name}.conv3`, second, { channels: 4 * channels, kernel: 1 });
  });
}

function resnet(blocks: readonly number[], branch: Branch): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 224, width: 224 });
  let last = graph.convolution('conv1', undefined, { channels: 64, kernel: 7, stride: 2 });
  last = graph.maxPool('maxpool', last, { kernel: 3, stride: 2, padding: 1 });
  blocks.forEach((count, stage) => {
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const residual = branch(graph, name, last, 64 << stage, stride);
      const channels = graph.channelsOf(residual);
      const isSameShape = stride === 1 && channels === graph.channelsOf(last);
      const shortcut = isSameShape
        ? last
        : graph.convolution(`${name}.downsample`, last, { channels, kernel: 1, stride });
      last = graph.sum(`${name}.add`, residual, shortcut);
    }
  });
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}
