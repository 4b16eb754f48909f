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

/** Bins of the distribution over each side of a box, and classes of COCO. */
const [BINS, CLASSES] = [16, 80];

/**
 * YOLOv8n for 640 × 640 images and the 80 classes of COCO: Ultralytics YOLOv8 (2023), `yolov8.yaml` at depth 0.33 and width 0.25. Decoding the
 * boxes is left to the application.
 */
export function yoloV8n(): LayerGraph {
  const graph = new LayerGraph({ channels: 3, height: 640, width: 640 });
  const down = (id: string, from: string | undefined, channels: number): string =>
    graph.convolution(id, from, { channels, kernel: 3, stride: 2 });
  /** C2f: half of the channels pass `repeats` bottlenecks, and all that comes of it is joined. */
  const c2f = (name: string, from: string, channels: number, repeats: number, hasShortcut: boolean): string => {
    const wide = graph.convolution(`${name}.cv1`, from, { channels, kernel: 1 });
    let last = graph.slice(`${name}.split`, wide, channels / 2);
    const parts = [wide];
    for (let index = 0; index < repeats; index++) {
      const input = last;
      last = graph.convolution(`${name}.m${index}.cv1`, input, { channels: channels / 2, kernel: 3 });
      last = graph.convolution(`${name}.m${index}.cv2`, last, { channels: channels / 2, kernel: 3 });
      if (hasShortcut) last = graph.sum(`${name}.m${index}.add`, last, input);
      parts.push(last);
    }
    return graph.convolution(`${name}.cv2`, graph.concatenate(`${name}.concat`, parts), { channels, kernel: 1 });
  };
  let last = down('conv0', undefined, 16);
  last = c2f('c2f2', down('conv1', last, 32), 32, 1, true);
  const p3 = c2f('c2f4', down('conv3', last, 64), 64, 2, true);
  const p4 = c2f('c2f6', down('conv5', p3, 128), 128, 2, true);
  last = c2f('c2f8', down('conv7', p4, 256), 256, 1, true);
  const pooled = [graph.convolution('sppf.cv1', last, { channels: 128, kernel: 1 })];
  for (let index = 0; index < 3; index++)
    pooled.push(graph.maxPool(`sppf.pool${index + 1}`, pooled[index], { kernel: 5, stride: 1, padding: 2 }));
  const p5 = graph.convolution('sppf.cv2', graph.concatenate('sppf.concat', pooled), { channels: 256, kernel: 1 });
  const n4 = c2f('c2f12', graph.concatenate('concat11', [graph.upsample('up10', p5, 2), p4]), 128, 1, false);
  const n3 = c2f('c2f15', graph.concatenate('concat14', [graph.upsample('up13', n4, 2), p3]), 64, 1, false);
  const m4 = c2f('c2f18', graph.concatenate('concat17', [down('conv16', n3, 64), n4]), 128, 1, false);
  const m5 = c2f('c2f21', graph.concatenate('concat20', [down('conv19', m4, 128), p5]), 256, 1, false);
  [n3, m4, m5].forEach((from, scale) => {
    for (const [name, width, outputs] of [
      ['box', 4 * BINS, 4 * BINS],
      ['class', CLASSES, CLASSES],
    ] as const) {
      let head = graph.convolution(`detect${scale}.${name}1`, from, { channels: width, kernel: 3 });
      head = graph.convolution(`detect${scale}.${name}2`, head, { channels: width, kernel: 3 });
      graph.convolution(`detect${scale}.${name}3`, head, { channels: outputs, kernel: 1, bias: 'own' });
    }
  });
  return graph;
}
