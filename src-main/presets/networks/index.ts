/** The networks that ship as presets: where their architecture is published, and how large it says they are. */
import type { LayerGraph } from '../layer-graph.ts';
import { alexnet } from './alexnet.ts';
import { blazeFace } from './blazeface.ts';
import { densenet121 } from './densenet.ts';
import { efficientnetB0 } from './efficientnet.ts';
import { googlenet } from './googlenet.ts';
import { inceptionV3 } from './inception-v3.ts';
import { mobilenetV1, mobilenetV2 } from './mobilenet.ts';
import { resnet18, resnet50 } from './resnet.ts';
import { smallCnn } from './small-cnn.ts';
import { squeezenet11 } from './squeezenet.ts';
import { vgg16 } from './vgg.ts';
import { xception } from './xception.ts';
import { yoloV3Tiny, yoloV8n } from './yolo.ts';

/** A figure somebody else published. */
export interface PublishedFigure {
  readonly value: number;
  readonly source: string;
}

export interface NetworkPreset {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Line of provenance of the architecture. */
  readonly architecture: string;
  readonly graph: () => LayerGraph;
  /** Multiply-accumulates of one inference. */
  readonly macs?: PublishedFigure;
  /** Learnt parameters, a scale and a shift for each channel of a batch normalisation included. */
  readonly parameters?: PublishedFigure;
}

const torchvision = (model: string): string => `torchvision, weights of ${model} (num_params, _ops)`;

export const networkPresets: readonly NetworkPreset[] = [
  {
    id: 'cnn',
    name: 'CNN',
    description: 'A small AlexNet-style image classifier for 128 × 128 images.',
    graph: smallCnn,
    architecture:
      'assumed: the architecture, made for this example in the manner of AlexNet (Krizhevsky, Sutskever & Hinton 2012)',
  },
  {
    id: 'resnet18',
    name: 'ResNet-18',
    description: 'Residual image classifier for 224 × 224 images.',
    graph: resnet18,
    architecture:
      'published: architecture of He et al., "Deep residual learning for image recognition", CVPR 2016, table 1',
    macs: { value: 1.814e9, source: torchvision('resnet18') },
    parameters: { value: 11_689_512, source: torchvision('resnet18') },
  },
  {
    id: 'mobilenet-v1',
    name: 'MobileNet v1',
    description: 'Image classifier of depthwise separable convolutions for 224 × 224 images, width 1.0.',
    graph: mobilenetV1,
    architecture: 'published: architecture of Howard et al., "MobileNets", arXiv 1704.04861, table 1',
    macs: { value: 569e6, source: 'Howard et al., arXiv 1704.04861, table 4' },
    parameters: { value: 4.2e6, source: 'Howard et al., arXiv 1704.04861, table 4' },
  },
  {
    id: 'alexnet',
    name: 'AlexNet',
    description:
      'The image classifier that began it, for 227 × 227 images: two groups, local response normalisation, large fully connected layers.',
    graph: alexnet,
    architecture:
      "published: architecture of Krizhevsky, Sutskever & Hinton, NIPS 2012, section 3.5, as in Caffe's bvlc_alexnet",
    macs: {
      value: 724e6,
      source: 'Sze et al., "Efficient processing of deep neural networks", Proc. IEEE 105 (2017), table II',
    },
    parameters: { value: 60_965_224, source: 'Caffe model zoo, bvlc_alexnet' },
  },
  {
    id: 'densenet121',
    name: 'DenseNet-121',
    description: 'Image classifier whose layers read all layers before them, for 224 × 224 images.',
    graph: densenet121,
    architecture:
      'published: architecture of Huang et al., "Densely connected convolutional networks", CVPR 2017, table 1, growth rate 32',
    macs: { value: 2.834e9, source: torchvision('densenet121') },
    parameters: { value: 7_978_856, source: torchvision('densenet121') },
  },
  {
    id: 'efficientnet-b0',
    name: 'EfficientNet-B0',
    description: 'Image classifier of inverted residuals with squeeze-and-excitation for 224 × 224 images.',
    graph: efficientnetB0,
    architecture: 'published: architecture of Tan & Le, "EfficientNet", ICML 2019, table 1',
    macs: { value: 0.386e9, source: torchvision('efficientnet_b0') },
    parameters: { value: 5_288_548, source: torchvision('efficientnet_b0') },
  },
  {
    id: 'googlenet',
    name: 'GoogLeNet',
    description: 'The first Inception network, an image classifier for 224 × 224 images.',
    graph: googlenet,
    architecture:
      'published: architecture of Szegedy et al., "Going deeper with convolutions", CVPR 2015, table 1, with the pooling of Caffe\'s bvlc_googlenet',
    macs: {
      value: 1.586e9,
      source:
        'Szegedy et al., CVPR 2015, sum of table 1, with 118 M for its first convolution (7 × 7 × 3 × 64 × 112 × 112), where the table has 34 M',
    },
    parameters: { value: 6.999e6, source: 'OpenVINO open model zoo, googlenet-v1 (Caffe)' },
  },
  {
    id: 'inception-v3',
    name: 'Inception v3',
    description: 'Image classifier of factorised convolutions for 299 × 299 images.',
    graph: inceptionV3,
    architecture:
      'published: architecture of Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR ' +
      '2016, as in torchvision, without the auxiliary classifier',
    macs: {
      value: 5_713_216_096,
      source: 'MIDAP simulator, total of inception_v3_layers_level2.csv; torchvision: 5.713 G',
    },
    parameters: { value: 23.8e6, source: 'Zoph et al., "Learning transferable architectures", CVPR 2018, table 2' },
  },
  {
    id: 'mobilenet-v2',
    name: 'MobileNet v2',
    description: 'Image classifier of inverted residuals for 224 × 224 images, width 1.0.',
    graph: mobilenetV2,
    architecture: 'published: architecture of Sandler et al., "MobileNetV2", CVPR 2018, table 2',
    macs: {
      value: 300_774_272,
      source: 'MIDAP simulator, total of mobilenet_v2_layers_level2.csv; torchvision: 0.301 G',
    },
    parameters: { value: 3_504_872, source: torchvision('mobilenet_v2') },
  },
  {
    id: 'resnet50',
    name: 'ResNet-50',
    description: 'Residual image classifier of bottleneck blocks for 224 × 224 images.',
    graph: resnet50,
    architecture:
      'published: architecture of He et al., CVPR 2016, table 1, with the stride in the 3 × 3 convolutions as in torchvision',
    macs: {
      value: 4_089_184_256,
      source: 'MIDAP simulator, total of resnet50_layers_level2.csv; torchvision: 4.089 G',
    },
    parameters: { value: 25_557_032, source: torchvision('resnet50') },
  },
  {
    id: 'squeezenet-1.1',
    name: 'SqueezeNet 1.1',
    description: 'Image classifier with few parameters for 224 × 224 images.',
    graph: squeezenet11,
    architecture:
      'published: architecture of Iandola et al., "SqueezeNet", arXiv 1602.07360, version 1.1 of the authors\' repository',
    macs: { value: 0.349e9, source: torchvision('squeezenet1_1') },
    parameters: { value: 1_235_496, source: torchvision('squeezenet1_1') },
  },
  {
    id: 'vgg16',
    name: 'VGG-16',
    description: 'Image classifier of plain 3 × 3 convolutions for 224 × 224 images: much arithmetic, many parameters.',
    graph: vgg16,
    architecture: 'published: architecture of Simonyan & Zisserman, ICLR 2015, table 1, configuration D',
    macs: { value: 15.47e9, source: torchvision('vgg16') },
    parameters: { value: 138_357_544, source: torchvision('vgg16') },
  },
  {
    id: 'xception',
    name: 'Xception',
    description: 'Image classifier of depthwise separable convolutions with residual connections for 299 × 299 images.',
    graph: xception,
    architecture: 'published: architecture of Chollet, "Xception", CVPR 2017, figure 5',
    macs: { value: 8.38e9, source: 'Zoph et al., "Learning transferable architectures", CVPR 2018, table 2' },
    parameters: { value: 22_855_952, source: 'Chollet, CVPR 2017, table 3' },
  },
  {
    id: 'yolov3-tiny',
    name: 'YOLOv3-tiny',
    description: 'Object detector for 416 × 416 images and the 80 classes of COCO, with outputs at two scales.',
    graph: yoloV3Tiny,
    architecture:
      'published: architecture of Redmon & Farhadi, "YOLOv3", arXiv 1804.02767, the authors\' yolov3-tiny.cfg',
    macs: { value: 5.56e9 / 2, source: "the authors' web site: 5.56 G operations, two per multiply-accumulate" },
    parameters: {
      value: 8_852_366,
      source:
        "size of the authors' yolov3-tiny.weights, 35,434,956 bytes: a header of 20, 4 per parameter, 8 per channel for running statistics",
    },
  },
  {
    id: 'yolov8n',
    name: 'YOLOv8n',
    description: 'Object detector for 640 × 640 images and 80 classes.',
    graph: yoloV8n,
    architecture:
      'published: architecture of Ultralytics YOLOv8, yolov8.yaml at scale n, and its modules C2f, SPPF and Detect',
    macs: { value: 4.35e9, source: 'Ultralytics, documentation of YOLOv8: 8.7 billion operations, two for each' },
    parameters: { value: 3_157_200, source: 'Ultralytics, summary of yolov8n; documentation: 3.2 M' },
  },
  {
    id: 'blazeface',
    name: 'BlazeFace',
    description: 'Face detector for the 128 × 128 images of a front camera.',
    graph: blazeFace,
    architecture:
      'published: architecture of Bazarevsky et al., "BlazeFace", arXiv 1907.05047, figure 1 and table 4; outputs as in MediaPipe, ' +
      'by 1 × 1 convolutions: assumed',
  },
];
