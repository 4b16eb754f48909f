/** Draws the family of a chromosome: generations from left to right, fitness upwards; the line of the fitter parents stands out. */
import type { LineageNode } from '#shared/analysis/lineage.ts';
import { withAlpha } from '../../theme/palette.ts';
import type { DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';
import { drawAxes, shareIn, widen, type Box, type Range } from '../replay/plot-frame.ts';

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

interface LineageLayout {
  readonly box: Box;
  readonly generations: Range;
  readonly fitness: Range;
  x(node: LineageNode): number;
  y(node: LineageNode): number;
}

function layOut(nodes: readonly LineageNode[], widthPx: number, heightPx: number): LineageLayout {
  const box: Box = { left: LEFT_PX, top: TOP_PX, width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX), height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX) };
  const generations: Range = { low: 0, high: Math.max(1, nodes.reduce((latest, node) => Math.max(latest, node.born), 0)) };
  // Distant ancestors can be worse by orders of magnitude: the axis shows the main line whole, the others where they fit.
  const main = nodes.filter((node) => node.isMainLine).map((node) => node.fitness);
  const fitness = widen({ low: Math.min(...main), high: Math.max(...main) }, 0.06);
  const within = (share: number): number => Math.max(0, Math.min(1, share));
  return {
    box, generations, fitness,
    x: (node) => box.left + shareIn(generations, node.born) * box.width,
    y: (node) => box.top + box.height - within(shareIn(fitness, node.fitness)) * box.height,
  };
}

/** The node under a point, if any; the main line first. */
export function nodeAt(nodes: readonly LineageNode[], widthPx: number, heightPx: number, xPx: number, yPx: number): LineageNode | undefined {
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

export function drawLineage(context: DrawContext, { nodes, chosen }: LineageScene, widthPx: number, heightPx: number, theme: TimelineTheme): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  if (nodes.length === 0) return;
  const layout = layOut(nodes, widthPx, heightPx);
  drawAxes(context, layout.box, layout.generations, layout.fitness, { x: 'Generation of birth', y: 'Fitness (no unit)' }, theme);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  drawEdges(context, nodes, byId, layout, withAlpha(theme.mutedText, nodes.length > 600 ? 0.12 : 0.3), 1, false);
  drawEdges(context, nodes, byId, layout, theme.accent, 2, true);
  for (const node of nodes) {
    const size = node.isMainLine ? MAIN_DOT_PX : DOT_PX;
    context.fillStyle = node.isMainLine ? theme.accent : withAlpha(theme.mutedText, 0.7);
    context.fillRect(layout.x(node) - size / 2, layout.y(node) - size / 2, size, size);
    if (node.id !== chosen) continue;
    context.strokeStyle = theme.outline;
    context.lineWidth = 2;
    context.strokeRect(layout.x(node) - size / 2 - 2, layout.y(node) - size / 2 - 2, size + 4, size + 4);
  }
}

function drawEdges(context: DrawContext, nodes: readonly LineageNode[], byId: ReadonlyMap<number, LineageNode>, layout: LineageLayout, color: string, width: number, isMainLine: boolean): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  for (const node of nodes) {
    for (const id of node.parents) {
      const parent = byId.get(id);
      if (parent === undefined || (parent.isMainLine && node.isMainLine) !== isMainLine) continue;
      context.moveTo(layout.x(parent), layout.y(parent));
      context.lineTo(layout.x(node), layout.y(node));
    }
  }
  context.stroke();
}
