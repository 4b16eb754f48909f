/**
 * Draws fronts in two metrics: a point per schedule in the colour of its run, those outside the limits faintly, the
 * chosen ones marked; behind them what they dominate, and schedules to hold them against.
 */
import type { AxisValues } from '../recorded/front-axes.ts';
import { withAlpha } from '../theme/palette.ts';
import { textWidth, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { drawAxes, shareIn, widen, type AxisText, type Box, type Range } from './plot-frame.ts';
import { extentOf, isWithin, type LimitsByMetric, type ParetoPoint } from '../recorded/front-points.ts';

/** A schedule that the fronts are compared with. */
export interface FrontMark {
  readonly name: string;
  readonly values: AxisValues;
}

/** Members that a front leaves behind, in the colour of their run. */
export interface DominatedPoint {
  readonly side: number;
  readonly values: AxisValues;
}

export interface FrontPlot {
  readonly points: readonly ParetoPoint[];
  readonly colors: readonly string[];
  readonly x: string;
  readonly y: string;
  readonly text: AxisText;
  readonly limits: LimitsByMetric;
  /** First and second choice. */
  readonly chosen: readonly (ParetoPoint | undefined)[];
  readonly knees: readonly ParetoPoint[];
  /** Whether points next to each other are joined: only a front in exactly these two metrics is a line. */
  readonly isLine: boolean;
  readonly marks: readonly FrontMark[];
  readonly dominated: readonly DominatedPoint[];
  /** The rectangle under the pointer's drag, px. */
  readonly brush: Box | undefined;
}

const POINT_PX = 7;
const CHOSEN_PX = 13;
const GRAB_PX = 10;
const KNEE = 'knee';
const KNEE_PX = 9;
const LABEL_PX = 12;
const DOMINATED_PX = 4;
const MARK_PX = 5;
/** A mark farther from the front than this many times its extent would squeeze it into a corner: it is named at the edge. */
const FAR_OFF = 1.5;

interface FrontLayout {
  readonly box: Box;
  readonly xRange: Range;
  readonly yRange: Range;
}

/** The front's extent, and with it that of the marks that lie near. */
function rangeOf({ points, marks }: Pick<FrontPlot, 'points' | 'marks'>, name: string): Range {
  const { low, high } = extentOf(points, name) ?? { low: 0, high: 1 };
  const reach = (high - low || Math.abs(high) || 1) * FAR_OFF;
  const near = marks.map(({ values }) => values[name]).filter((value) => value >= low - reach && value <= high + reach);
  return { low: Math.min(low, ...near), high: Math.max(high, ...near) };
}

export function layOutFront(
  { points, marks, x, y }: Pick<FrontPlot, 'points' | 'marks' | 'x' | 'y'>,
  widthPx: number,
  heightPx: number,
): FrontLayout {
  return {
    box: { left: 60, top: 26, width: Math.max(1, widthPx - 76), height: Math.max(1, heightPx - 66) },
    xRange: widen(rangeOf({ points, marks }, x), 0.05),
    yRange: widen(rangeOf({ points, marks }, y), 0.07),
  };
}

function pixelOf(
  { box, xRange, yRange }: FrontLayout,
  plot: Pick<FrontPlot, 'x' | 'y'>,
  point: { readonly values: AxisValues },
): { x: number; y: number } {
  return {
    x: box.left + shareIn(xRange, point.values[plot.x]) * box.width,
    y: box.top + box.height - shareIn(yRange, point.values[plot.y]) * box.height,
  };
}

/** The point nearest to the pointer, if it is near. */
export function pointAt(
  plot: FrontPlot,
  widthPx: number,
  heightPx: number,
  xPx: number,
  yPx: number,
): ParetoPoint | undefined {
  const layout = layOutFront(plot, widthPx, heightPx);
  let nearest: ParetoPoint | undefined;
  let least = GRAB_PX;
  for (const point of plot.points) {
    const at = pixelOf(layout, plot, point);
    const distance = Math.hypot(at.x - xPx, at.y - yPx);
    if (distance >= least) continue;
    least = distance;
    nearest = point;
  }
  return nearest;
}

/** The values a rectangle of pixels spans in the two metrics. */
export function limitsOfBrush(plot: FrontPlot, widthPx: number, heightPx: number, brush: Box): { x: Range; y: Range } {
  const { box, xRange, yRange } = layOutFront(plot, widthPx, heightPx);
  const xAt = (px: number): number => xRange.low + ((px - box.left) / box.width) * (xRange.high - xRange.low);
  const yAt = (px: number): number =>
    yRange.low + ((box.top + box.height - px) / box.height) * (yRange.high - yRange.low);
  return {
    x: { low: xAt(brush.left), high: xAt(brush.left + brush.width) },
    y: { low: yAt(brush.top + brush.height), high: yAt(brush.top) },
  };
}

export function drawFront(
  context: DrawContext,
  plot: FrontPlot,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const layout = layOutFront(plot, widthPx, heightPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawAxes(context, layout.box, layout.xRange, layout.yRange, plot.text, theme);
  drawDominated(context, layout, plot);
  if (plot.isLine) plot.colors.forEach((color, side) => drawLine(context, layout, plot, side, color));
  for (const point of plot.points) {
    const at = pixelOf(layout, plot, point);
    const isAccepted = isWithin(point, plot.limits);
    context.fillStyle = isAccepted ? plot.colors[point.side] : withAlpha(plot.colors[point.side], 0.2);
    context.fillRect(at.x - POINT_PX / 2, at.y - POINT_PX / 2, POINT_PX, POINT_PX);
  }
  context.font = theme.smallFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const names = drawMarks(context, layout, plot, theme);
  drawKnees(context, layout, plot, names, theme);
  plot.chosen.forEach((point, index) => {
    if (point === undefined) return;
    const at = pixelOf(layout, plot, point);
    context.strokeStyle = theme.outline;
    context.lineWidth = 2;
    context.strokeRect(at.x - CHOSEN_PX / 2, at.y - CHOSEN_PX / 2, CHOSEN_PX, CHOSEN_PX);
    context.fillStyle = theme.text;
    context.fillText(String(index + 1), at.x - CHOSEN_PX / 2 - 10, at.y);
  });
  if (plot.brush !== undefined) {
    context.fillStyle = withAlpha(theme.accent, 0.12);
    context.fillRect(plot.brush.left, plot.brush.top, plot.brush.width, plot.brush.height);
    context.strokeStyle = theme.accent;
    context.lineWidth = 1;
    context.strokeRect(plot.brush.left, plot.brush.top, plot.brush.width, plot.brush.height);
  }
}

function drawDominated(context: DrawContext, layout: FrontLayout, plot: FrontPlot): void {
  const { box } = layout;
  for (const point of plot.dominated) {
    const at = pixelOf(layout, plot, point);
    if (at.x < box.left || at.x > box.left + box.width || at.y < box.top || at.y > box.top + box.height) continue;
    context.fillStyle = withAlpha(plot.colors[point.side], 0.28);
    context.fillRect(at.x - DOMINATED_PX / 2, at.y - DOMINATED_PX / 2, DOMINATED_PX, DOMINATED_PX);
  }
}

/**
 * Crosses with their names; what lies outside has a triangle at the edge that points to it.
 * @returns where the names are
 */
function drawMarks(context: DrawContext, layout: FrontLayout, plot: FrontPlot, theme: CanvasTheme): Box[] {
  const { box } = layout;
  const names: Box[] = [];
  for (const mark of plot.marks) {
    const at = pixelOf(layout, plot, mark);
    const within = {
      x: Math.max(box.left, Math.min(box.left + box.width, at.x)),
      y: Math.max(box.top, Math.min(box.top + box.height, at.y)),
    };
    const isInside = within.x === at.x && within.y === at.y;
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    if (isInside) drawCross(context, at);
    else drawPointer(context, within, { x: Math.sign(at.x - within.x), y: Math.sign(at.y - within.y) }, theme.text);
    const width = textWidth(context, mark.name);
    const gap = isInside ? MARK_PX + 5 : 2 * MARK_PX + 5;
    const [highest, lowest] = [box.top + 2, box.top + box.height - LABEL_PX - 2];
    const top = Math.max(highest, Math.min(lowest, within.y - LABEL_PX / 2));
    const right = { left: within.x + gap, top, width, height: LABEL_PX };
    const left = { ...right, left: within.x - gap - width };
    const sides = right.left + width <= box.left + box.width - 4 ? [right, left] : [left];
    const tops = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5]
      .map((step) => top + step * (LABEL_PX + 2))
      .filter((each) => each >= highest && each <= lowest);
    const name = leastCovered(
      tops.flatMap((each) => sides.map((place) => ({ ...place, top: each }))),
      names,
    );
    if (name === undefined) continue;
    context.fillStyle = theme.mutedText;
    context.fillText(mark.name, name.left, name.top + LABEL_PX / 2);
    names.push(name);
  }
  return names;
}

function drawCross(context: DrawContext, at: { readonly x: number; readonly y: number }): void {
  context.beginPath();
  for (const [right, down] of [
    [1, 1],
    [1, -1],
  ]) {
    context.moveTo(at.x - right * MARK_PX, at.y - down * MARK_PX);
    context.lineTo(at.x + right * MARK_PX, at.y + down * MARK_PX);
  }
  context.stroke();
}

/** A triangle whose tip is at the edge, at `at`, and that points away from the plot: along `way`, whose parts are −1, 0 or 1. */
function drawPointer(
  context: DrawContext,
  at: { readonly x: number; readonly y: number },
  way: { readonly x: number; readonly y: number },
  color: string,
): void {
  const length = Math.hypot(way.x, way.y);
  const [x, y] = [way.x / length, way.y / length];
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(at.x, at.y);
  context.lineTo(at.x - 2 * MARK_PX * x - MARK_PX * y, at.y - 2 * MARK_PX * y + MARK_PX * x);
  context.lineTo(at.x - 2 * MARK_PX * x + MARK_PX * y, at.y - 2 * MARK_PX * y - MARK_PX * x);
  context.fill();
}

/** Marks the knees with diamonds, where a choice is not marked already, and names each where the fewest points and names are in the way. */
function drawKnees(
  context: DrawContext,
  layout: FrontLayout,
  plot: FrontPlot,
  names: readonly Box[],
  theme: CanvasTheme,
): void {
  const width = textWidth(context, KNEE);
  const { box } = layout;
  const points = [...plot.points, ...plot.chosen.filter((point) => point !== undefined)].map((point): Box => {
    const at = pixelOf(layout, plot, point);
    return { left: at.x - POINT_PX / 2, top: at.y - POINT_PX / 2, width: POINT_PX, height: POINT_PX };
  });
  const taken = [...points, ...names];
  for (const knee of plot.knees) {
    const at = pixelOf(layout, plot, knee);
    const places = [10, 18, 28].flatMap((way) =>
      [
        [1, -1],
        [-1, 1],
        [1, 1],
        [-1, -1],
      ].map(([right, down]): Box => ({
        left: right > 0 ? at.x + way : at.x - way - width,
        top: at.y + down * way - LABEL_PX / 2,
        width,
        height: LABEL_PX,
      })),
    );
    const inside = places.filter(
      (place) =>
        place.left >= box.left &&
        place.left + width <= box.left + box.width &&
        place.top >= box.top &&
        place.top + LABEL_PX <= box.top + box.height,
    );
    const best = leastCovered(inside, taken);
    if (!plot.chosen.includes(knee)) drawDiamond(context, at, theme.text);
    if (best === undefined) continue;
    context.fillStyle = theme.text;
    context.fillText(KNEE, best.left, best.top + LABEL_PX / 2);
    taken.push(best);
  }
}

/** The first of the places with the fewest boxes in the way; undefined of none. */
function leastCovered(places: readonly Box[], taken: readonly Box[]): Box | undefined {
  const collisions = (place: Box): number => taken.filter((other) => overlaps(place, other)).length;
  return places.reduce<Box | undefined>(
    (least, place) => (least === undefined || collisions(place) < collisions(least) ? place : least),
    undefined,
  );
}

function drawDiamond(context: DrawContext, at: { readonly x: number; readonly y: number }, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at.x, at.y - KNEE_PX);
  context.lineTo(at.x + KNEE_PX, at.y);
  context.lineTo(at.x, at.y + KNEE_PX);
  context.lineTo(at.x - KNEE_PX, at.y);
  context.lineTo(at.x, at.y - KNEE_PX);
  context.stroke();
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

function drawLine(context: DrawContext, layout: FrontLayout, plot: FrontPlot, side: number, color: string): void {
  const own = plot.points
    .filter((point) => point.side === side)
    .map((point) => pixelOf(layout, plot, point))
    .sort((a, b) => a.x - b.x || a.y - b.y);
  context.strokeStyle = withAlpha(color, 0.5);
  context.lineWidth = 1.25;
  context.beginPath();
  own.forEach((at, index) => {
    if (index === 0) context.moveTo(at.x, at.y);
    else {
      context.lineTo(at.x, own[index - 1].y);
      context.lineTo(at.x, at.y);
    }
  });
  context.stroke();
}
