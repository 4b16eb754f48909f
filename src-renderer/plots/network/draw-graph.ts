/** Draws the graph of a network on a canvas: boxes with names near by, blocks of colour from afar; only what is in view. */
import { formatCount, formatQuantity } from '../../format.ts';
import { textColorOn, withAlpha, type ThemeName } from '../../theme/palette.ts';
import { colorTokens, fontTokens } from '../../theme/tokens.ts';
import { textWidth, type DrawContext } from '../../canvas/draw-context.ts';
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
const NAMES_FROM = 0.42;
const DETAILS_FROM = 0.85;
/** Below this scale edges are drawn straight and boxes with corners: nobody can tell. */
const CURVES_FROM = 0.25;
/** No text is smaller on the screen, px. */
const SMALLEST_TEXT_PX = 11;
const RADIUS = 4;
/** Share of a quarter of a circle's radius at which the handles of the cubic lie that comes closest to it. */
const QUARTER = 0.5523;
/** Strokes of one path cost more than proportionally, because it is filled as a whole. */
const EDGES_PER_PATH = 48;
/** How much of a layer that was not searched for is left. */
const FAINT = 0.28;

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws what is in view, on a canvas or into a picture. */
export function drawGraph(context: DrawContext, scene: GraphScene, view: GraphViewport, look: GraphLook): void {
  const color = colorTokens[look.theme];
  context.fillStyle = color.surface;
  context.fillRect(0, 0, view.widthPx, view.heightPx);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const frame of scene.frames) {
    const rect = placed(frame, view);
    if (!isInView(rect, view)) continue;
    context.fillStyle = color.fill;
    context.strokeStyle = color.line;
    context.lineWidth = 1;
    box(context, rect, 6 * view.scale);
    context.fill();
    context.stroke();
  }
  const selectedNode = look.selected === undefined ? -1 : (scene.nodeOf[look.selected] ?? -1);
  drawEdges(context, scene, selectedNode, view, look);
  for (const [index, node] of scene.nodes.entries()) {
    const rect = placed(node, view);
    if (isInView(rect, view)) drawNode(context, node, rect, index === selectedNode, view.scale, look);
  }
}

function placed({ x, y, width, height }: Rect, view: GraphViewport): Rect {
  return {
    x: x * view.scale + view.x,
    y: y * view.scale + view.y,
    width: width * view.scale,
    height: height * view.scale,
  };
}

function isInView({ x, y, width, height }: Rect, view: GraphViewport, marginPx = 8): boolean {
  return (
    x - marginPx < view.widthPx && y - marginPx < view.heightPx && x + width + marginPx > 0 && y + height + marginPx > 0
  );
}

function drawEdges(
  context: DrawContext,
  scene: GraphScene,
  selectedNode: number,
  view: GraphViewport,
  look: GraphLook,
): void {
  const color = colorTokens[look.theme];
  const isSelected = ({ from, to }: GraphEdge): boolean => from === selectedNode || to === selectedNode;
  const criticalNodes = new Set([...look.critical].map((layer) => scene.nodeOf[layer]));
  const isCritical = ({ from, to }: GraphEdge): boolean => criticalNodes.has(from) && criticalNodes.has(to);
  const seen = scene.edges.filter((edge) => isInView(boundsOf(edge, view), view, 24));
  const strokeAll = (edges: readonly GraphEdge[], stroke: string, lineWidth: number): void => {
    context.strokeStyle = stroke;
    context.lineWidth = lineWidth;
    for (let first = 0; first < edges.length; first += EDGES_PER_PATH) {
      context.beginPath();
      for (const edge of edges.slice(first, first + EDGES_PER_PATH)) trace(context, edge.points, view);
      context.stroke();
    }
  };
  strokeAll(
    seen.filter((edge) => !isSelected(edge) && !isCritical(edge)),
    withAlpha(color.textFaint, look.found === undefined ? 0.55 : 0.3),
    Math.max(0.6, view.scale),
  );
  strokeAll(
    seen.filter((edge) => isCritical(edge) && !isSelected(edge)),
    color.worse,
    Math.max(1.2, 1.75 * view.scale),
  );
  strokeAll(seen.filter(isSelected), color.accent, Math.max(1.2, 1.75 * view.scale));
}

function drawNode(
  context: DrawContext,
  node: GraphNode,
  rect: Rect,
  isSelected: boolean,
  scale: number,
  look: GraphLook,
): void {
  const color = colorTokens[look.theme];
  const isFaint = look.found !== undefined && !node.layers.some((layer) => look.found?.has(layer));
  const paint = (opaque: string): string => (isFaint ? withAlpha(opaque, FAINT) : opaque);
  const fill = look.colors[node.layers[0]] ?? color.textFaint;
  const hasNames = scale >= NAMES_FROM;
  const radius = scale < CURVES_FROM ? 0 : RADIUS * scale;
  if (node.block !== undefined) {
    // A block shown as one looks like a stack of cards.
    context.strokeStyle = paint(color.outline);
    context.lineWidth = Math.max(0.5, scale);
    context.fillStyle = paint(color.surface);
    for (const offset of [6 * scale, 3 * scale]) {
      box(context, { ...rect, x: rect.x + offset, y: rect.y + offset }, radius);
      context.fill();
      context.stroke();
    }
  }
  context.fillStyle = paint(hasNames ? color.surface : fill);
  box(context, rect, radius);
  context.fill();
  const isWrong = node.layers.some((layer) => look.wrong.has(layer));
  const isCritical = look.critical.size > 0 && node.layers.some((layer) => look.critical.has(layer));
  context.strokeStyle = paint(
    isSelected
      ? color.accent
      : isWrong || isCritical
        ? color.worse
        : node.layers.includes(look.hovered ?? -1)
          ? color.textMuted
          : color.outline,
  );
  context.lineWidth = isSelected
    ? Math.max(2, 2.5 * scale)
    : isCritical || isWrong
      ? Math.max(1.5, 1.75 * scale)
      : Math.max(0.5, scale);
  context.stroke();
  if (hasNames) {
    context.fillStyle = paint(fill);
    stripe(context, rect, scale);
    context.fill();
    drawText(context, node, rect, scale, look, paint);
  } else if (node.block !== undefined && node.block.repeats > 1 && rect.width > 24) {
    context.fillStyle = paint(textColorOn(fill));
    context.font = `600 ${Math.min(20 * scale, SMALLEST_TEXT_PX)}px ${fontTokens.sans}`;
    context.fillText(`${node.block.repeats} ×`, rect.x + 8 * scale, rect.y + rect.height / 2);
  }
}

function drawText(
  context: DrawContext,
  node: GraphNode,
  rect: Rect,
  scale: number,
  look: GraphLook,
  paint: (opaque: string) => string,
): void {
  const color = colorTokens[look.theme];
  const [first] = node.layers;
  const room = rect.width - 22 * scale;
  const left = rect.x + 14 * scale;
  const hasDetails = scale >= DETAILS_FROM;
  const { block } = node;
  const name =
    block === undefined ? (look.names[first] ?? '') : `${block.repeats > 1 ? `${block.repeats} × ` : ''}${block.title}`;
  const namePx = Math.max(12 * scale, SMALLEST_TEXT_PX);
  context.fillStyle = paint(color.text);
  const weight = block === undefined ? '500 ' : '600 ';
  const shownName = shortened(context, name, room, weight, namePx);
  context.font = `${weight}${namePx}px ${fontTokens.sans}`;
  context.fillText(shownName, left, rect.y + (hasDetails ? 11.5 * scale : rect.height / 2));
  if (!hasDetails) return;
  const detailPx = Math.max(SMALLEST_TEXT_PX, SMALLEST_TEXT_PX * scale);
  const total = node.layers.reduce<number | undefined>(
    (sum, layer) => (sum === undefined || look.times[layer] === undefined ? undefined : sum + (look.times[layer] ?? 0)),
    0,
  );
  // In the unit of the table next to it.
  const right = total === undefined ? '' : formatQuantity(total, 'ms');
  const rightPx = right === '' ? 0 : widthOf(context, right, '', detailPx) + 8 * scale;
  const details = shortened(
    context,
    block === undefined ? (look.ops[first] ?? '') : `${formatCount(node.layers.length)} layers`,
    room - rightPx,
    '',
    detailPx,
  );
  context.fillStyle = paint(color.textMuted);
  context.font = `${detailPx}px ${fontTokens.sans}`;
  context.fillText(details, left, rect.y + 24.5 * scale);
  if (right !== '') context.fillText(right, rect.x + rect.width - rightPx, rect.y + 24.5 * scale);
}

/** Width of a text, px: that of one size, scaled, so that zooming does not measure again in every frame. */
function widthOf(context: DrawContext, text: string, weight: string, sizePx: number): number {
  context.font = `${weight}12px ${fontTokens.sans}`;
  return (textWidth(context, text) * sizePx) / 12;
}

/** With an ellipsis in the middle, because names of layers differ at their end. */
function shortened(context: DrawContext, text: string, room: number, weight: string, sizePx: number): string {
  if (widthOf(context, text, weight, sizePx) <= room) return text;
  let low = 1;
  let high = text.length - 1;
  // A title may have an ellipsis of its own.
  const cut = (kept: number): string =>
    `${text.slice(0, Math.floor(kept / 2))}…${text.slice(text.length - Math.ceil(kept / 2))}`.replace(/…[\s…]*…/u, '…');
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(context, cut(middle), weight, sizePx) <= room) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}

function boundsOf({ points }: GraphEdge, view: GraphViewport): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return placed({ x: left, y: top, width: right - left, height: bottom - top }, view);
}

/** Upright at both ends; around corners where it leads to the next column. */
function trace(context: DrawContext, points: readonly Point[], { scale, x, y }: GraphViewport): void {
  const [start, ...rest] = points.map((point) => ({ x: point.x * scale + x, y: point.y * scale + y }));
  const last = rest.at(-1) ?? start;
  context.moveTo(start.x, start.y);
  if (scale < CURVES_FROM) {
    for (const point of rest) context.lineTo(point.x, point.y);
  } else if (last.y < start.y) {
    let before = start;
    rest.slice(0, -1).forEach((corner, index) => {
      turn(context, before, corner, rest[index + 1], 6 * scale);
      before = corner;
    });
    context.lineTo(last.x, last.y);
  } else {
    let before = start;
    for (const point of rest) {
      const bend = (point.y - before.y) / 2;
      context.bezierCurveTo(before.x, before.y + bend, point.x, point.y - bend, point.x, point.y);
      before = point;
    }
  }
}

/** A line towards `corner` that leaves it towards `next`, rounded. */
function turn(context: DrawContext, before: Point, corner: Point, next: Point, radius: number): void {
  const towards = (to: Point): Point => {
    const length = Math.hypot(to.x - corner.x, to.y - corner.y) || 1;
    const reach = Math.min(radius, length / 2) / length;
    return { x: corner.x + (to.x - corner.x) * reach, y: corner.y + (to.y - corner.y) * reach };
  };
  const from = towards(before);
  const to = towards(next);
  const handle = (end: Point): Point => ({
    x: end.x + (corner.x - end.x) * QUARTER,
    y: end.y + (corner.y - end.y) * QUARTER,
  });
  context.lineTo(from.x, from.y);
  context.bezierCurveTo(handle(from).x, handle(from).y, handle(to).x, handle(to).y, to.x, to.y);
}

/** A path around `rect`. */
function box(context: DrawContext, { x, y, width, height }: Rect, radius: number): void {
  context.beginPath();
  if (radius < 1) {
    context.rect(x, y, width, height);
    return;
  }
  const corners = [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
  context.moveTo(x, y + height / 2);
  corners.forEach((corner, index) => turn(context, corners[(index + 3) % 4], corner, corners[(index + 1) % 4], radius));
  context.closePath();
}

/** A path around the coloured stripe at the left of a box. */
function stripe(context: DrawContext, { x, y, width, height }: Rect, scale: number): void {
  const inner = { x: x + 0.5 * scale, y: y + 0.5 * scale, width: Math.min(width, 6 * scale), height: height - scale };
  const radius = (RADIUS - 0.5) * scale;
  const [right, bottom] = [inner.x + inner.width, inner.y + inner.height];
  context.beginPath();
  context.moveTo(right, inner.y);
  turn(context, { x: right, y: inner.y }, inner, { x: inner.x, y: bottom }, radius);
  turn(context, inner, { x: inner.x, y: bottom }, { x: right, y: bottom }, radius);
  context.lineTo(right, bottom);
  context.closePath();
}

/** The whole graph in a corner, with the part in view. */
export function drawGraphMinimap(
  context: DrawContext & { globalAlpha: number },
  scene: GraphScene,
  view: GraphViewport,
  look: GraphLook,
  size: { readonly widthPx: number; readonly heightPx: number },
): void {
  const color = colorTokens[look.theme];
  const { scale, x, y } = minimapView(scene, size);
  context.fillStyle = color.floating;
  context.fillRect(0, 0, size.widthPx, size.heightPx);
  for (const node of scene.nodes) {
    context.fillStyle = look.colors[node.layers[0]] ?? color.textFaint;
    context.globalAlpha = look.found !== undefined && !node.layers.some((layer) => look.found?.has(layer)) ? 0.25 : 1;
    context.fillRect(
      x + node.x * scale,
      y + node.y * scale,
      Math.max(1, node.width * scale),
      Math.max(1, node.height * scale),
    );
  }
  context.globalAlpha = 1;
  context.strokeStyle = color.accent;
  context.lineWidth = 1.5;
  context.strokeRect(
    x + (-view.x / view.scale) * scale,
    y + (-view.y / view.scale) * scale,
    (view.widthPx / view.scale) * scale,
    (view.heightPx / view.scale) * scale,
  );
}

/** How the scene lies in the minimap. */
export function minimapView(
  scene: GraphScene,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): { scale: number; x: number; y: number } {
  const scale = Math.min((widthPx - 8) / Math.max(1, scene.width), (heightPx - 8) / Math.max(1, scene.height));
  return { scale, x: (widthPx - scene.width * scale) / 2, y: (heightPx - scene.height * scale) / 2 };
}
