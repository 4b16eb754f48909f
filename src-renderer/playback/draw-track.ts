/** Draws the track of a playback: curves over all frames, what has been played tinted, the loop's ends and the position. */
import { withAlpha } from '../theme/palette.ts';
import type { DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import type { FrameRange } from './playback.ts';

/** One value per frame, drawn between its own least and greatest. */
export interface TrackCurve {
  readonly values: Float64Array;
  readonly color: string;
}

export interface TrackScene {
  readonly frameCount: number;
  readonly frame: number;
  readonly loop: FrameRange | undefined;
  readonly curves: readonly TrackCurve[];
  /** Frames with a tick at the foot of the track. */
  readonly marks?: readonly number[];
}

const PADDING_PX = 6;
const HANDLE_PX = 5;
const GRAB_PX = 6;
const MARK_PX = 5;

function pixelOf(frame: number, widthPx: number, frameCount: number): number {
  return frameCount < 2 ? widthPx / 2 : PADDING_PX + (frame / (frameCount - 1)) * (widthPx - 2 * PADDING_PX);
}

/** The frame nearest to `px`. */
export function frameAtPixel(px: number, widthPx: number, frameCount: number): number {
  const share = (px - PADDING_PX) / Math.max(1, widthPx - 2 * PADDING_PX);
  return Math.max(0, Math.min(frameCount - 1, Math.round(share * (frameCount - 1))));
}

/** The end of the loop that `px` takes hold of, if any. */
export function nearestLoopEnd(
  px: number,
  widthPx: number,
  frameCount: number,
  loop: FrameRange | undefined,
): 'from' | 'to' | undefined {
  if (loop === undefined) return undefined;
  const from = Math.abs(px - pixelOf(loop.from, widthPx, frameCount));
  const to = Math.abs(px - pixelOf(loop.to, widthPx, frameCount));
  if (Math.min(from, to) > GRAB_PX) return undefined;
  return from <= to ? 'from' : 'to';
}

export function drawTrack(
  context: DrawContext,
  scene: TrackScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const { frameCount, frame, loop, curves, marks = [] } = scene;
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  context.fillStyle = theme.row;
  context.fillRect(PADDING_PX, 2, widthPx - 2 * PADDING_PX, heightPx - 4);
  const at = (index: number): number => pixelOf(index, widthPx, frameCount);
  context.fillStyle = withAlpha(theme.accent, 0.1);
  context.fillRect(PADDING_PX, 2, at(frame) - PADDING_PX, heightPx - 4);
  for (const { values, color } of curves) drawCurve(context, values, color, at, heightPx);
  context.fillStyle = theme.text;
  let marked = Number.NaN;
  for (const mark of marks) {
    const x = Math.round(at(mark));
    if (x !== marked) context.fillRect(x - 0.5, heightPx - 2 - MARK_PX, 1, MARK_PX);
    marked = x;
  }
  if (loop !== undefined) {
    context.fillStyle = withAlpha(theme.surface, 0.65);
    context.fillRect(PADDING_PX, 2, at(loop.from) - PADDING_PX, heightPx - 4);
    context.fillRect(at(loop.to), 2, widthPx - PADDING_PX - at(loop.to), heightPx - 4);
    context.fillStyle = theme.accent;
    for (const [end, direction] of [
      [loop.from, 1],
      [loop.to, -1],
    ]) {
      context.fillRect(at(end) - 1, 2, 2, heightPx - 4);
      context.fillRect(direction > 0 ? at(end) : at(end) - HANDLE_PX, 2, HANDLE_PX, HANDLE_PX);
    }
  }
  context.fillStyle = theme.text;
  context.fillRect(Math.round(at(frame)) - 1, 0, 2, heightPx);
}

/** At most two points per pixel: the least and the greatest of the frames that fall on it. */
function drawCurve(
  context: DrawContext,
  values: Float64Array,
  color: string,
  at: (frame: number) => number,
  heightPx: number,
): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return;
  const y = (value: number): number =>
    heightPx - 5 - (high > low ? (value - low) / (high - low) : 0.5) * (heightPx - 10);
  context.strokeStyle = color;
  context.lineWidth = 1.25;
  context.beginPath();
  let isDrawing = false;
  for (let index = 0; index < values.length;) {
    const column = Math.floor(at(index));
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    let last = Number.NaN;
    for (; index < values.length && Math.floor(at(index)) === column; index++) {
      if (!Number.isFinite(values[index])) continue;
      last = values[index];
      least = Math.min(least, last);
      greatest = Math.max(greatest, last);
    }
    if (Number.isNaN(last)) continue;
    const x = column + 0.5;
    if (isDrawing) context.lineTo(x, y(least));
    else context.moveTo(x, y(least));
    isDrawing = true;
    if (greatest > least) {
      context.lineTo(x, y(greatest));
      context.lineTo(x, y(last));
    }
  }
  context.stroke();
}
