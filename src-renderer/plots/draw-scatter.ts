/** Draws a population in objective space: every member a point, its front a staircase, the best marked, the first front faintly behind. */
import type { FrontPoint } from '#shared/analysis/attainment.ts';
import { withAlpha } from '../theme/palette.ts';
import type { DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import type { Goal } from '#shared/domain/metrics.ts';
import { drawAxes, shareIn, type AxisText, type Box, type Range } from './plot-frame.ts';

export interface ScatterScene {
  /** Whose population it is. */
  readonly generation: number;
  readonly points: readonly FrontPoint[];
  /** Members that no other dominates, by ascending x; where higher is better, values descend instead. */
  readonly front: readonly FrontPoint[];
  /** The front of the first generation, to see how far it has moved. */
  readonly firstFront: readonly FrontPoint[];
  readonly best: FrontPoint | undefined;
  /** Which way is better. */
  readonly goals: { readonly x: Goal; readonly y: Goal };
  readonly xRange: Range;
  readonly yRange: Range;
  readonly text: AxisText;
}

const LEFT_PX = 52;
const TOP_PX = 26;
const RIGHT_PX = 12;
const BOTTOM_PX = 38;
const POINT_PX = 5;
const BEST_PX = 9;
const ARROW_PX = 8;

/** Where the plot lies in a canvas of `widthPx` × `heightPx`. */
export function scatterBox(widthPx: number, heightPx: number): Box {
  return {
    left: LEFT_PX,
    top: TOP_PX,
    width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX),
    height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX),
  };
}

export function drawScatter(
  context: DrawContext,
  scene: ScatterScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const box = scatterBox(widthPx, heightPx);
  const { xRange, yRange } = scene;
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawAxes(context, box, xRange, yRange, scene.text, theme);
  // What lies outside is drawn at the edge, as an arrowhead that points to it.
  const within = (share: number): number => Math.max(0, Math.min(1, share));
  const x = (point: FrontPoint): number => box.left + within(shareIn(xRange, point.x)) * box.width;
  const y = (point: FrontPoint): number => box.top + box.height - within(shareIn(yRange, point.y)) * box.height;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.fillStyle = withAlpha(theme.mutedText, 0.45);
  for (const point of scene.points) {
    const right = beyond(xRange, point.x);
    const up = beyond(yRange, point.y);
    if (right === 0 && up === 0) context.fillRect(x(point) - POINT_PX / 2, y(point) - POINT_PX / 2, POINT_PX, POINT_PX);
    else drawArrowhead(context, x(point), y(point), right, up);
  }
  // Lines are cut at the edge instead.
  const lineX = (point: FrontPoint): number => box.left + shareIn(xRange, point.x) * box.width;
  const lineY = (point: FrontPoint): number => box.top + box.height - shareIn(yRange, point.y) * box.height;
  drawStaircase(context, scene.firstFront, lineX, lineY, withAlpha(theme.mutedText, 0.6), [3, 3]);
  drawStaircase(context, scene.front, lineX, lineY, theme.accent, []);
  context.fillStyle = theme.accent;
  for (const point of scene.front)
    context.fillRect(x(point) - POINT_PX / 2, y(point) - POINT_PX / 2, POINT_PX, POINT_PX);
  if (scene.best !== undefined) {
    context.strokeStyle = theme.outline;
    context.lineWidth = 2;
    context.strokeRect(x(scene.best) - BEST_PX / 2, y(scene.best) - BEST_PX / 2, BEST_PX, BEST_PX);
  }
  context.restore();
}

/** −1: below the range, 1: above, 0: within. */
function beyond(range: Range, value: number): -1 | 0 | 1 {
  const share = shareIn(range, value);
  return share < 0 ? -1 : share > 1 ? 1 : 0;
}

/** A triangle whose tip, at (x, y), points right (1), left (−1) or neither, and up (1), down (−1) or neither. */
function drawArrowhead(context: DrawContext, x: number, y: number, right: number, up: number): void {
  const length = Math.hypot(right, up);
  const [dx, dy] = [right / length, -up / length];
  const [backX, backY] = [x - ARROW_PX * dx, y - ARROW_PX * dy];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(backX - (ARROW_PX / 2) * dy, backY + (ARROW_PX / 2) * dx);
  context.lineTo(backX + (ARROW_PX / 2) * dy, backY - (ARROW_PX / 2) * dx);
  context.fill();
}

/** From point to point by way of the worse of both: what lies beyond the line is dominated. */
function drawStaircase(
  context: DrawContext,
  front: readonly FrontPoint[],
  x: (point: FrontPoint) => number,
  y: (point: FrontPoint) => number,
  color: string,
  dash: number[],
): void {
  if (front.length === 0) return;
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x(front[0]), y(front[0]));
  for (let i = 1; i < front.length; i++) {
    context.lineTo(x(front[i]), y(front[i - 1]));
    context.lineTo(x(front[i]), y(front[i]));
  }
  context.stroke();
  context.setLineDash([]);
}
