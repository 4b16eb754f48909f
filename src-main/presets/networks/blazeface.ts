/** BlazeFace, the face detector behind MediaPipe. */
import { LayerGraph } from '../layer-graph.ts';

/** Values per anchor: a score; and a box with six key points. */
const [SCORE, BOX] = [1, 16];

/**
 * BlazeFace for the 128 × 128 images of a front camera: Bazarevsky et al., "BlazeFace: Sub-millisecond neural face detection on mobile GPUs",
 * arXiv 1907.05047, figure 1 and table 4. Shortcuts of blocks that halve the image pass a pooling; the channels of zeros that widen them
 * take no work and are left out.
 */
export function blazeFace(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 128, width: 128 });
  let last = graph.convolution('conv1', undefined, { channels: 24, kernel: 5, stride: 2, bias: 'own' });
  /** A depthwise 5 × 5 and a pointwise convolution for each width, around them the shortcut. */
  const block = (name: string, widths: readonly number[], stride: number): void => {
    const input = last;
    widths.forEach((channels, index) => {
      const part = widths.length === 1 ? name : `${name}.${index + 1}`;
      last = graph.depthwiseConvolution(`${part}.dw`, last, 5, index === 0 ? stride : 1, 'own');
      last = graph.convolution(`${part}.pw`, last, { channels, kernel: 1, bias: 'own' });
    });
    const shortcut = stride === 1 ? input : graph.maxPool(`${name}.shortcut`, input, { kernel: 2, stride: 2 });
    last = graph.sum(`${name}.add`, last, shortcut);
  };
  block('single1', [24], 1);
  block('single2', [24], 1);
  block('single3', [48], 2);
  block('single4', [48], 1);
  block('single5', [48], 1);
  block('double1', [24, 96], 2);
  block('double2', [24, 96], 1);
  block('double3', [24, 96], 1);
  const fine = last;
  block('double4', [24, 96], 2);
  block('double5', [24, 96], 1);
  block('double6', [24, 96], 1);
  for (const [name, from, anchors] of [
    ['fine', fine, 2],
    ['coarse', last, 6],
  ] as const) {
    graph.convolution(`${name}.scores`, from, { channels: anchors * SCORE, kernel: 1, bias: 'own' });
    graph.convolution(`${name}.boxes`, from, { channels: anchors * BOX, kernel: 1, bias: 'own' });
  }
  return graph;
}
