/**
 * Draws the family of a chromosome: generations from left to right, fitness upwards; the line of the fitter parents
 * with its largest gains, the other parents as twigs.
 */
import type { LineageNode } from '#shared/analysis/lineage.ts';
import { formatNumber } from '../format.ts';
import { withAlpha } from '../theme/palette.ts';
import { textWidth, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { drawAxes, shareIn, widen, type Box, type Range } from './plot-frame.ts';

export interface LineageScene {
  readonly nodes: readonly LineageNode[];
  /** Id of the node that is looked at, if any. */
  readonly chosen: number | undefined;
}

const LEFT_PX = 56;
const TOP_PX = 26;
const RIGHT_PX = 16;
const BOTTOM_PX = 40;
const DOT_PX = 5;
const MAIN_DOT_PX = 8;
const GRAB_PX = 8;
/** Ancestors of the line per pixel from which on dots are drawn small, and from which on the line alone is drawn. */
const DENSE = 0.12;
const SOLID = 1;
const MOST_GAINS = 6;
/** Between a dot and what is said of it, and between what is said of two. */
const LABEL_GAP_PX = 9;

interface LineageLayout {
  readonly box: Box;
  readonly generations: Range;
  readonly fitness: Range;
  x(node: LineageNode): number;
  y(node: LineageNode): number;
}

function layOut(nodes: readonly LineageNode[], widthPx: number, heightPx: number): LineageLayout {
  const box: Box = {
    left: LEFT_PX,
    top: TOP_PX,
    width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX),
    height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX),
  };
  const generations: Range = {
    low: 0,
    high: Math.max(
      1,
      nodes.reduce((latest, node) => Math.max(latest, node.born), 0),
    ),
    isWhole: true,
  };
  // Distant ancestors can be worse by orders of magnitude: the axis shows the main line whole, the others where they fit.
  const main = nodes.filter((node) => node.isMainLine).map((node) => node.fitness);
  const fitness = widen({ low: Math.min(...main), high: Math.max(...main) }, 0.06);
  const within = (share: number): number => Math.max(0, Math.min(1, share));
  return {
    box,
    generations,
    fitness,
    x: (node) => box.left + shareIn(generations, node.born) * box.width,
    y: (node) => box.top + box.height - within(shareIn(fitness, node.fitness)) * box.height,
  };
}

/** The node under a point, if any; the main line first. */
export function nodeAt(
  nodes: readonly LineageNode[],
  widthPx: number,
  heightPx: number,
  xPx: number,
  yPx: number,
): LineageNode | undefined {
  const layout = layOut(nodes, widthPx, heightPx);
  let nearest: LineageNode | undefined;
  let least = GRAB_PX;
  for (const node of nodes) {
    const distance = Math.hypot(layout.x(node) - xPx, layout.y(node) - yPx) - (node.isMainLine ? 2 : 0);
    if (distance < least) {
      least = distance;
      nearest = node;
    }
  }
  return nearest;
}

export function drawLineage(
  context: DrawContext,
  { nodes, chosen }: LineageScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  if (nodes.length === 0) return;
  const layout = layOut(nodes, widthPx, heightPx);
  drawAxes(
    context,
    layout.box,
    layout.generations,
    layout.fitness,
    { x: 'Generation of birth', y: 'Fitness (no unit)' },
    theme,
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const line = nodes.filter((node) => node.isMainLine);
  const share = line.length / layout.box.width;
  const mainDotPx = share > DENSE ? MAIN_DOT_PX / 2 : MAIN_DOT_PX;
  drawEdges(context, nodes, byId, layout, withAlpha(theme.mutedText, share > DENSE ? 0.15 : 0.4), 1, false);
  for (const node of nodes)
    if (!node.isMainLine)
      drawDot(context, layout, node, share > DENSE ? DOT_PX / 2 : DOT_PX, withAlpha(theme.mutedText, 0.6));
  drawEdges(context, nodes, byId, layout, theme.accent, share < SOLID ? 2 : 1, true);
  if (share < SOLID) for (const node of line) drawDot(context, layout, node, mainDotPx, theme.accent);
  drawGains(context, line, layout, theme);
  const looked = chosen === undefined ? undefined : byId.get(chosen);
  if (looked === undefined) return;
  const reach = MAIN_DOT_PX / 2 + 2;
  context.fillStyle = looked.isMainLine ? theme.accent : theme.mutedText;
  context.fillRect(layout.x(looked) - reach + 2, layout.y(looked) - reach + 2, MAIN_DOT_PX, MAIN_DOT_PX);
  context.strokeStyle = theme.outline;
  context.lineWidth = 2;
  context.strokeRect(layout.x(looked) - reach, layout.y(looked) - reach, reach * 2, reach * 2);
}

function drawDot(context: DrawContext, layout: LineageLayout, node: LineageNode, sizePx: number, color: string): void {
  context.fillStyle = color;
  context.fillRect(layout.x(node) - sizePx / 2, layout.y(node) - sizePx / 2, sizePx, sizePx);
}

/** The largest gains of the line, each next to its dot where there is room. */
function drawGains(
  context: DrawContext,
  line: readonly LineageNode[],
  layout: LineageLayout,
  theme: CanvasTheme,
): void {
  context.font = theme.smallFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const taken: Box[] = [];
  const largest = line
    .filter(({ gain }) => gain !== undefined && gain > 0)
    .sort((a, b) => (b.gain ?? 0) - (a.gain ?? 0));
  for (const node of largest) {
    if (taken.length === MOST_GAINS) return;
    const text = `+${formatNumber(node.gain ?? 0)}`;
    const width = textWidth(context, text);
    const [x, y] = [layout.x(node), layout.y(node)];
    // A line that rises leaves room above to the left, a steep one below to the right.
    const places: Box[] = [
      { left: x - LABEL_GAP_PX - width, top: y - LABEL_GAP_PX - 6, width, height: 14 },
      { left: x + LABEL_GAP_PX, top: y - 4, width, height: 14 },
    ];
    const label = places.find(
      (place) =>
        isWithin(layout.box, place) &&
        !taken.some((other) => overlaps(other, place)) &&
        !line.some((other) => isIn(place, layout.x(other), layout.y(other))),
    );
    if (label === undefined) continue;
    taken.push(label);
    context.fillStyle = theme.text;
    context.fillText(text, label.left, label.top + 7);
  }
}

function isWithin(frame: Box, { left, top, width, height }: Box): boolean {
  return (
    left >= frame.left + 2 &&
    top >= frame.top &&
    left + width <= frame.left + frame.width &&
    top + height <= frame.top + frame.height
  );
}

function overlaps(a: Box, b: Box): boolean {
  return (
    a.left < b.left + b.width + LABEL_GAP_PX &&
    b.left < a.left + a.width + LABEL_GAP_PX &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

function isIn(box: Box, x: number, y: number): boolean {
  return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
}

function drawEdges(
  context: DrawContext,
  nodes: readonly LineageNode[],
  byId: ReadonlyMap<number, LineageNode>,
  layout: LineageLayout,
  color: string,
  width: number,
  isMainLine: boolean,
): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  for (const node of nodes) {
    if (!node.isMainLine) continue;
    for (const id of node.parents) {
      const parent = byId.get(id);
      if (parent === undefined || parent.isMainLine !== isMainLine) continue;
      context.moveTo(layout.x(parent), layout.y(parent));
      context.lineTo(layout.x(node), layout.y(node));
    }
  }
  context.stroke();
}
