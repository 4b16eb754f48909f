/** YOLO detectors. */
import { LayerGraph } from '../layer-graph.ts';

/** Values per anchor of the COCO detectors: a box, an objectness and 80 classes; 3 anchors per cell and scale. */
const DETECTION_CHANNELS = 3 * (4 + 1 + 80);

/**
 * YOLOv3-tiny for 416 × 416 images and the 80 classes of COCO: Redmon & Farhadi, "YOLOv3: An incremental improvement",
 * arXiv 1804.02767, as in the authors' yolov3-tiny.cfg. Decoding the boxes is left to the application.
 */
export function yoloV3Tiny(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 416, width: 416 });
  let last: string | undefined;
  let fine = '';
  [16, 32, 64, 128, 256].forEach((channels, index) => {
    fine = graph.convolution(`conv${index + 1}`, last, { channels, kernel: 3 });
    last = graph.maxPool(`pool${index + 1}`, fine, { kernel: 2, stride: 2 });
  });
  let deep = graph.convolution('conv6', last, { channels: 512, kernel: 3 });
  deep = graph.maxPoolSame('pool6', deep, 2);
  deep = graph.convolution('conv7', deep, { channels: 1024, kernel: 3 });
  deep = graph.convolution('conv8', deep, { channels: 256, kernel: 1 });
  const coarse = graph.convolution('conv9', deep, { channels: 512, kernel: 3 });
  graph.convolution('detect1', coarse, { channels: DETECTION_CHANNELS, kernel: 1, bias: 'own' });
  const narrowed = graph.convolution('conv11', deep, { channels: 128, kernel: 1 });
  const enlarged = graph.upsample('upsample', narrowed, 2);
  const merged = graph.concatenate('concat', [enlarged, fine]);
  const refined = graph.convolution('conv12', merged, { channels: 256, kernel: 3 });
  graph.convolution('detect2', refined, { channels: DETECTION_CHANNELS, kernel: 1, bias: 'own' });
  return graph;
}
