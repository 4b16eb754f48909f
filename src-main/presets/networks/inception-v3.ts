/** Inception v3: factorised convolutions. */
import { LayerGraph, type Extent } from '../layer-graph.ts';

/**
 * Inception v3 for 299 × 299 images: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, as in
 * torchvision (and the authors' TensorFlow model), without the auxiliary classifier, which only training uses.
 */
export function inceptionV3(): LayerGraph {
  const net = new InceptionV3();
  const { graph } = net;
  let last = net.convolution('conv1', undefined, 32, 3, 2, 0);
  last = net.convolution('conv2', last, 32, 3, 1, 0);
  last = net.convolution('conv3', last, 64, 3);
  last = graph.maxPool('pool1', last, { kernel: 3, stride: 2 });
  last = net.convolution('conv4', last, 80, 1);
  last = net.convolution('conv5', last, 192, 3, 1, 0);
  last = graph.maxPool('pool2', last, { kernel: 3, stride: 2 });
  last = net.moduleA('mixed5b', last, 32);
  last = net.moduleA('mixed5c', last, 64);
  last = net.moduleA('mixed5d', last, 64);
  last = net.reductionB('mixed6a', last);
  last = net.moduleC('mixed6b', last, 128);
  last = net.moduleC('mixed6c', last, 160);
  last = net.moduleC('mixed6d', last, 160);
  last = net.moduleC('mixed6e', last, 192);
  last = net.reductionD('mixed7a', last);
  last = net.moduleE('mixed7b', last);
  last = net.moduleE('mixed7c', last);
  last = graph.globalAveragePool('avgpool', last);
  last = graph.fullyConnected('fc', last, 1000);
  graph.softmax('softmax', last);
  return graph;
}

/** The modules of the network, named as in torchvision: A (figure 5 of the paper), B and D (figure 10), C (figure 6), E (figure 7). */
class InceptionV3 {
  readonly graph = new LayerGraph({ channels: 3, height: 299, width: 299 });

  convolution(
    id: string,
    from: string | undefined,
    channels: number,
    kernel: Extent,
    stride = 1,
    padding?: number,
  ): string {
    return this.graph.convolution(id, from, {
      channels,
      kernel,
      stride,
      ...(padding === undefined ? {} : { padding }),
    });
  }

  moduleA(name: string, from: string, pooled: number): string {
    const narrow = this.convolution(`${name}.1x1`, from, 64, 1);
    const five = this.convolution(`${name}.5x5_2`, this.convolution(`${name}.5x5_1`, from, 48, 1), 64, 5);
    let double = this.convolution(`${name}.3x3dbl_1`, from, 64, 1);
    double = this.convolution(`${name}.3x3dbl_2`, double, 96, 3);
    double = this.convolution(`${name}.3x3dbl_3`, double, 96, 3);
    return this.graph.concatenate(`${name}.concat`, [narrow, five, double, this.pooled(name, from, pooled)]);
  }

  reductionB(name: string, from: string): string {
    const three = this.convolution(`${name}.3x3`, from, 384, 3, 2, 0);
    let double = this.convolution(`${name}.3x3dbl_1`, from, 64, 1);
    double = this.convolution(`${name}.3x3dbl_2`, double, 96, 3);
    double = this.convolution(`${name}.3x3dbl_3`, double, 96, 3, 2, 0);
    return this.graph.concatenate(`${name}.concat`, [
      three,
      double,
      this.graph.maxPool(`${name}.pool`, from, { kernel: 3, stride: 2 }),
    ]);
  }

  moduleC(name: string, from: string, inner: number): string {
    const narrow = this.convolution(`${name}.1x1`, from, 192, 1);
    let seven = this.convolution(`${name}.7x7_1`, from, inner, 1);
    seven = this.convolution(`${name}.7x7_2`, seven, inner, [1, 7]);
    seven = this.convolution(`${name}.7x7_3`, seven, 192, [7, 1]);
    let double = this.convolution(`${name}.7x7dbl_1`, from, inner, 1);
    double = this.convolution(`${name}.7x7dbl_2`, double, inner, [7, 1]);
    double = this.convolution(`${name}.7x7dbl_3`, double, inner, [1, 7]);
    double = this.convolution(`${name}.7x7dbl_4`, double, inner, [7, 1]);
    double = this.convolution(`${name}.7x7dbl_5`, double, 192, [1, 7]);
    return this.graph.concatenate(`${name}.concat`, [narrow, seven, double, this.pooled(name, from, 192)]);
  }

  reductionD(name: string, from: string): string {
    const three = this.convolution(`${name}.3x3_2`, this.convolution(`${name}.3x3_1`, from, 192, 1), 320, 3, 2, 0);
    let seven = this.convolution(`${name}.7x7x3_1`, from, 192, 1);
    seven = this.convolution(`${name}.7x7x3_2`, seven, 192, [1, 7]);
    seven = this.convolution(`${name}.7x7x3_3`, seven, 192, [7, 1]);
    seven = this.convolution(`${name}.7x7x3_4`, seven, 192, 3, 2, 0);
    return this.graph.concatenate(`${name}.concat`, [
      three,
      seven,
      this.graph.maxPool(`${name}.pool`, from, { kernel: 3, stride: 2 }),
    ]);
  }

  moduleE(name: string, from: string): string {
    const narrow = this.convolution(`${name}.1x1`, from, 320, 1);
    const three = this.convolution(`${name}.3x3_1`, from, 384, 1);
    const wide = this.convolution(`${name}.3x3_2a`, three, 384, [1, 3]);
    const tall = this.convolution(`${name}.3x3_2b`, three, 384, [3, 1]);
    const double = this.convolution(`${name}.3x3dbl_2`, this.convolution(`${name}.3x3dbl_1`, from, 448, 1), 384, 3);
    const doubleWide = this.convolution(`${name}.3x3dbl_3a`, double, 384, [1, 3]);
    const doubleTall = this.convolution(`${name}.3x3dbl_3b`, double, 384, [3, 1]);
    return this.graph.concatenate(`${name}.concat`, [
      narrow,
      wide,
      tall,
      doubleWide,
      doubleTall,
      this.pooled(name, from, 192),
    ]);
  }

  private pooled(name: string, from: string, channels: number): string {
    const pool = this.graph.averagePool(`${name}.pool`, from, { kernel: 3, padding: 1 });
    return this.convolution(`${name}.pool_proj`, pool, channels, 1);
  }
}
