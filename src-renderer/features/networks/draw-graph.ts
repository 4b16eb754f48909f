/** Draws the graph of a network on a canvas: boxes with names near by, blocks of colour from afar; only what is in view. */
import { formatCount, formatDuration } from '../../format.ts';
import { textColorOn, withAlpha, type ThemeName } from '../../theme/palette.ts';
import { colorTokens, fontTokens } from '../../theme/tokens.ts';
import type { GraphEdge, GraphNode, GraphScene, Point } from './graph-layout.ts';

export interface GraphViewport {
  /** Pixels per unit of the scene. */
  readonly scale: number;
  /** Where the scene's origin is, px. */
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface GraphLook {
  readonly theme: ThemeName;
  /** By place in the document. */
  readonly names: readonly string[];
  readonly ops: readonly string[];
  /** Colour of each layer. */
  readonly colors: readonly string[];
  /** Shortest time of each layer, ms; undefined where it has none. */
  readonly times: readonly (number | undefined)[];
  readonly selected: number | undefined;
  readonly hovered: number | undefined;
  /** Layers that are shown strongly, the others faintly; undefined: all alike. */
  readonly found: ReadonlySet<number> | undefined;
  /** Layers on the critical path; empty: not shown. */
  readonly critical: ReadonlySet<number>;
  readonly wrong: ReadonlySet<number>;
}

/** From this scale on there is room for names, and for a second line. */
const NAMES_FROM = 0.5;
const DETAILS_FROM = 0.85;
/** No text is smaller on the screen, px. */
const SMALLEST_TEXT_PX = 11;
const RADIUS = 4;

export function drawGraph(context: CanvasRenderingContext2D, scene: GraphScene, view: GraphViewport, look: GraphLook): void {
  const color = colorTokens[look.theme];
  context.fillStyle = color.surface;
  context.fillRect(0, 0, view.widthPx, view.heightPx);
  context.save();
  context.translate(view.x, view.y);
  context.scale(view.scale, view.scale);
  const isInView = (x: number, y: number, width: number, height: number): boolean => {
    const left = x * view.scale + view.x;
    const top = y * view.scale + view.y;
    return left < view.widthPx && top < view.heightPx && left + width * view.scale > 0 && top + height * view.scale > 0;
  };
  for (const frame of scene.frames) {
    if (!isInView(frame.x, frame.y, frame.width, frame.height)) continue;
    context.fillStyle = color.fill;
    context.strokeStyle = color.line;
    context.lineWidth = 1 / view.scale;
    box(context, frame.x, frame.y, frame.width, frame.height, 6);
    context.fill();
    context.stroke();
  }
  const selectedNode = look.selected === undefined ? -1 : scene.nodeOf[look.selected] ?? -1;
  const isCritical = ({ from, to }: GraphEdge): boolean => look.critical.size > 0 && scene.nodes[from].layers.some((layer) => look.critical.has(layer)) && scene.nodes[to].layers.some((layer) => look.critical.has(layer));
  const emphasised: GraphEdge[] = [];
  context.strokeStyle = withAlpha(color.textFaint, look.found === undefined ? 0.55 : 0.3);
  context.lineWidth = Math.max(1, 0.6 / view.scale);
  context.beginPath();
  for (const edge of scene.edges) {
    if (!isEdgeInView(edge, isInView)) continue;
    if (edge.from === selectedNode || edge.to === selectedNode || isCritical(edge)) emphasised.push(edge);
    else trace(context, edge.points);
  }
  context.stroke();
  for (const edge of emphasised) {
    const isSelected = edge.from === selectedNode || edge.to === selectedNode;
    context.strokeStyle = isSelected ? color.accent : color.worse;
    context.lineWidth = Math.max(1.75, 1.2 / view.scale);
    context.beginPath();
    trace(context, edge.points);
    context.stroke();
  }
  for (const [index, node] of scene.nodes.entries()) {
    if (isInView(node.x - 4, node.y - 4, node.width + 12, node.height + 12)) drawNode(context, node, index === selectedNode, view, look);
  }
  context.restore();
}

function drawNode(context: CanvasRenderingContext2D, node: GraphNode, isSelected: boolean, { scale }: GraphViewport, look: GraphLook): void {
  const color = colorTokens[look.theme];
  const [first] = node.layers;
  const fill = look.colors[first] ?? color.textFaint;
  const isFaint = look.found !== undefined && !node.layers.some((layer) => look.found?.has(layer));
  context.globalAlpha = isFaint ? 0.28 : 1;
  const hasNames = scale >= NAMES_FROM;
  if (node.block !== undefined) {
    // A block shown as one looks like a stack of cards.
    context.strokeStyle = color.outline;
    context.lineWidth = 1;
    for (const offset of [6, 3]) {
      context.fillStyle = color.surface;
      box(context, node.x + offset, node.y + offset, node.width, node.height, RADIUS);
      context.fill();
      context.stroke();
    }
  }
  context.fillStyle = hasNames ? color.surface : fill;
  box(context, node.x, node.y, node.width, node.height, RADIUS);
  context.fill();
  const isWrong = node.layers.some((layer) => look.wrong.has(layer));
  const isCritical = look.critical.size > 0 && node.layers.some((layer) => look.critical.has(layer));
  context.strokeStyle = isSelected ? color.accent : isWrong || isCritical ? color.worse : node.layers.includes(look.hovered ?? -1) ? color.textMuted : color.outline;
  context.lineWidth = isSelected ? Math.max(2.5, 2 / scale) : isCritical || isWrong ? Math.max(1.75, 1.5 / scale) : Math.max(1, 0.5 / scale);
  context.stroke();
  if (hasNames) {
    context.fillStyle = fill;
    context.beginPath();
    context.roundRect(node.x + 0.5, node.y + 0.5, 6, node.height - 1, [RADIUS - 0.5, 0, 0, RADIUS - 0.5]);
    context.fill();
    drawText(context, node, scale, look);
  } else if (node.block !== undefined && node.width * scale > 24) {
    context.fillStyle = textColorOn(fill);
    context.font = `600 ${Math.min(20, 11 / scale)}px ${fontTokens.sans}`;
    context.textBaseline = 'middle';
    context.fillText(`${node.block.repeats > 1 ? `${node.block.repeats} ×` : ''}`, node.x + 8, node.y + node.height / 2);
  }
  context.globalAlpha = 1;
}

function drawText(context: CanvasRenderingContext2D, node: GraphNode, scale: number, look: GraphLook): void {
  const color = colorTokens[look.theme];
  const [first] = node.layers;
  const room = node.width - 22;
  const hasDetails = scale >= DETAILS_FROM;
  const { block } = node;
  const name = block === undefined ? look.names[first] ?? '' : `${block.repeats > 1 ? `${block.repeats} × ` : ''}${block.title}`;
  context.textBaseline = 'middle';
  context.fillStyle = color.text;
  const smallest = SMALLEST_TEXT_PX / Math.min(1, scale);
  context.font = `${block === undefined ? 500 : 600} ${Math.max(12, smallest)}px ${fontTokens.sans}`;
  context.fillText(shortened(context, name, room), node.x + 14, node.y + (hasDetails ? 11.5 : node.height / 2));
  if (!hasDetails) return;
  context.fillStyle = color.textMuted;
  context.font = `${smallest}px ${fontTokens.sans}`;
  const total = node.layers.reduce<number | undefined>((sum, layer) => (sum === undefined || look.times[layer] === undefined ? undefined : sum + (look.times[layer] ?? 0)), 0);
  const right = total === undefined ? '' : formatDuration(total);
  const rightWidth = right === '' ? 0 : context.measureText(right).width + 8;
  context.fillText(shortened(context, block === undefined ? look.ops[first] ?? '' : `${formatCount(node.layers.length)} layers`, room - rightWidth), node.x + 14, node.y + 24.5);
  if (right !== '') context.fillText(right, node.x + node.width - rightWidth, node.y + 24.5);
}

/** With an ellipsis in the middle, because names of layers differ at their end. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let low = 1;
  let high = text.length - 1;
  const cut = (kept: number): string => `${text.slice(0, Math.floor(kept / 2))}…${text.slice(text.length - Math.ceil(kept / 2))}`;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(cut(middle)).width <= room) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

function isEdgeInView({ points }: GraphEdge, isInView: (x: number, y: number, width: number, height: number) => boolean): boolean {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return isInView(left - 2, top - 24, right - left + 4, bottom - top + 48);
}

/** Upright at both ends; around corners where it leads to the next column. */
function trace(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [start, ...rest] = points;
  let before = start;
  context.moveTo(start.x, start.y);
  const isAround = (rest.at(-1)?.y ?? start.y) < start.y;
  if (isAround) {
    rest.slice(0, -1).forEach((point, index) => context.arcTo(point.x, point.y, rest[index + 1].x, rest[index + 1].y, 6));
    context.lineTo(rest[rest.length - 1].x, rest[rest.length - 1].y);
    return;
  }
  for (const point of rest) {
    const bend = (point.y - before.y) / 2;
    context.bezierCurveTo(before.x, before.y + bend, point.x, point.y - bend, point.x, point.y);
    before = point;
  }
}

function box(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

/** The whole graph in a corner, with the part in view. */
export function drawGraphMinimap(context: CanvasRenderingContext2D, scene: GraphScene, view: GraphViewport, look: GraphLook, size: { readonly widthPx: number; readonly heightPx: number }): void {
  const color = colorTokens[look.theme];
  const { scale, x, y } = minimapView(scene, size);
  context.fillStyle = color.floating;
  context.fillRect(0, 0, size.widthPx, size.heightPx);
  for (const node of scene.nodes) {
    context.fillStyle = look.colors[node.layers[0]] ?? color.textFaint;
    context.globalAlpha = look.found !== undefined && !node.layers.some((layer) => look.found?.has(layer)) ? 0.25 : 1;
    context.fillRect(x + node.x * scale, y + node.y * scale, Math.max(1, node.width * scale), Math.max(1, node.height * scale));
  }
  context.globalAlpha = 1;
  context.strokeStyle = color.accent;
  context.lineWidth = 1.5;
  context.strokeRect(x + (-view.x / view.scale) * scale, y + (-view.y / view.scale) * scale, (view.widthPx / view.scale) * scale, (view.heightPx / view.scale) * scale);
}

/** How the scene lies in the minimap. */
export function minimapView(scene: GraphScene, { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number }): { scale: number; x: number; y: number } {
  const scale = Math.min((widthPx - 8) / Math.max(1, scene.width), (heightPx - 8) / Math.max(1, scene.height));
  return { scale, x: (widthPx - scene.width * scale) / 2, y: (heightPx - scene.height * scale) / 2 };
}
