/** Draws fronts in two metrics: a point per schedule in the colour of its run, those outside the limits faintly, the chosen ones marked. */
import type { HeadlineMetricName } from '#shared/domain/run.ts';
import { withAlpha } from '../../theme/palette.ts';
import { textWidth, type DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';
import { drawAxes, shareIn, widen, type AxisText, type Box, type Range } from '../replay/plot-frame.ts';
import { extentOf, isWithin, type LimitsByMetric, type ParetoPoint } from './front-points.ts';

export interface FrontPlot {
  readonly points: readonly ParetoPoint[];
  readonly colors: readonly string[];
  readonly x: HeadlineMetricName;
  readonly y: HeadlineMetricName;
  readonly text: AxisText;
  readonly limits: LimitsByMetric;
  /** First and second choice. */
  readonly chosen: readonly (ParetoPoint | undefined)[];
  readonly knees: readonly ParetoPoint[];
  /** Whether points next to each other are joined: only a front in exactly these two metrics is a line. */
  readonly isLine: boolean;
  /** The rectangle under the pointer's drag, px. */
  readonly brush: Box | undefined;
}

const POINT_PX = 7;
const CHOSEN_PX = 13;
const GRAB_PX = 10;
const KNEE = 'knee';
const KNEE_PX = 9;
const LABEL_PX = 12;

interface FrontLayout {
  readonly box: Box;
  readonly xRange: Range;
  readonly yRange: Range;
}

export function layOutFront({ points, x, y }: Pick<FrontPlot, 'points' | 'x' | 'y'>, widthPx: number, heightPx: number): FrontLayout {
  return {
    box: { left: 60, top: 26, width: Math.max(1, widthPx - 76), height: Math.max(1, heightPx - 66) },
    xRange: widen(extentOf(points, x) ?? { low: 0, high: 1 }, 0.05),
    yRange: widen(extentOf(points, y) ?? { low: 0, high: 1 }, 0.07),
  };
}

function pixelOf({ box, xRange, yRange }: FrontLayout, plot: Pick<FrontPlot, 'x' | 'y'>, point: ParetoPoint): { x: number; y: number } {
  return { x: box.left + shareIn(xRange, point.values[plot.x]) * box.width, y: box.top + box.height - shareIn(yRange, point.values[plot.y]) * box.height };
}

/** The point nearest to the pointer, if it is near. */
export function pointAt(plot: FrontPlot, widthPx: number, heightPx: number, xPx: number, yPx: number): ParetoPoint | undefined {
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
  const yAt = (px: number): number => yRange.low + ((box.top + box.height - px) / box.height) * (yRange.high - yRange.low);
  return { x: { low: xAt(brush.left), high: xAt(brush.left + brush.width) }, y: { low: yAt(brush.top + brush.height), high: yAt(brush.top) } };
}

export function drawFront(context: DrawContext, plot: FrontPlot, widthPx: number, heightPx: number, theme: TimelineTheme): void {
  const layout = layOutFront(plot, widthPx, heightPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawAxes(context, layout.box, layout.xRange, layout.yRange, plot.text, theme);
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
  drawKnees(context, layout, plot, theme);
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

/** Marks the knees with diamonds, where a choice is not marked already, and names each where the fewest points and names are in the way. */
function drawKnees(context: DrawContext, layout: FrontLayout, plot: FrontPlot, theme: TimelineTheme): void {
  const width = textWidth(context, KNEE);
  const { box } = layout;
  const taken: Box[] = [...plot.points, ...plot.chosen.filter((point) => point !== undefined)].map((point) => {
    const at = pixelOf(layout, plot, point);
    return { left: at.x - POINT_PX / 2, top: at.y - POINT_PX / 2, width: POINT_PX, height: POINT_PX };
  });
  for (const knee of plot.knees) {
    const at = pixelOf(layout, plot, knee);
    const places = [10, 18, 28].flatMap((way) => [[1, -1], [-1, 1], [1, 1], [-1, -1]].map(([right, down]): Box => ({ left: right > 0 ? at.x + way : at.x - way - width, top: at.y + down * way - LABEL_PX / 2, width, height: LABEL_PX })));
    const inside = places.filter((place) => place.left >= box.left && place.left + width <= box.left + box.width && place.top >= box.top && place.top + LABEL_PX <= box.top + box.height);
    const collisions = (place: Box): number => taken.filter((other) => overlaps(place, other)).length;
    const best = inside.reduce<Box | undefined>((least, place) => (least === undefined || collisions(place) < collisions(least) ? place : least), undefined);
    if (!plot.chosen.includes(knee)) drawDiamond(context, at, theme.text);
    if (best === undefined) continue;
    context.fillStyle = theme.text;
    context.fillText(KNEE, best.left, best.top + LABEL_PX / 2);
    taken.push(best);
  }
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
  const own = plot.points.filter((point) => point.side === side).map((point) => pixelOf(layout, plot, point)).sort((a, b) => a.x - b.x || a.y - b.y);
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
