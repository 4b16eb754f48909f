/**
 * Where the layers of a network are drawn: its parts below each other, in as many columns as give the picture the shape of the
 * window; a part with forks is laid out by dagre, once for each shape, because blocks repeat (dagre alone takes seconds for a
 * thousand layers, and time grows faster than the number of layers).
 */
import { Graph, layout as layoutByDagre } from '@dagrejs/dagre';
import type { Block, Part } from './blocks.ts';
import type { NetworkGraph } from './network-graph.ts';

export const NODE_WIDTH = 156;
export const NODE_HEIGHT = 34;
const ROW_GAP = 16;
const COLUMN_GAP = 56;
const SIBLING_GAP = 14;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Something that is drawn as a box: a layer, or a block that is shown as one. */
export interface GraphNode {
  /** Left, top, px at scale 1. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Places of its layers in the document; one for a layer. */
  readonly layers: readonly number[];
  /** Undefined for a layer. */
  readonly block: Block | undefined;
}

export interface GraphEdge {
  /** Indices of the nodes. */
  readonly from: number;
  readonly to: number;
  /** From the bottom of the one to the top of the other. */
  readonly points: readonly Point[];
}

/** The ground of a block whose layers are shown. */
export interface BlockFrame {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphScene {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly frames: readonly BlockFrame[];
  /** Which node shows each layer. */
  readonly nodeOf: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** Boxes within a part, around x = 0 and from y = 0 down. */
interface PartLayout {
  readonly boxes: readonly Point[];
  /** Edges within the part, by places in it. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly points: readonly Point[] }[];
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

interface Piece {
  readonly layers: readonly number[];
  readonly block: Block | undefined;
  readonly layout: PartLayout;
  /** Of the block it belongs to and that is shown in full. */
  readonly frame: Block | undefined;
}

export interface LayoutRequest {
  readonly graph: NetworkGraph;
  readonly parts: readonly Part[];
  readonly blocks: readonly Block[];
  readonly isCollapsed: (block: Block) => boolean;
  /** Width / height that the picture should have. */
  readonly aspect: number;
}

/** Larger parts are not given to dagre, whose time grows faster than their size: 0.2 s for 120 layers, minutes for 1 000. */
const MOST_FOR_DAGRE = 120;

/** Layers side by side, as far as none depends on another; more continue below. */
const WIDEST_RANK = 16;

const single: PartLayout = {
  boxes: [{ x: -NODE_WIDTH / 2, y: 0 }],
  edges: [],
  left: -NODE_WIDTH / 2,
  right: NODE_WIDTH / 2,
  height: NODE_HEIGHT,
};

export function layoutGraph({ graph, parts, blocks, isCollapsed, aspect }: LayoutRequest): GraphScene {
  const layouts = new Map<string, PartLayout>();
  const pieces: Piece[] = [];
  let next = 0;
  for (const block of [...blocks, undefined]) {
    const until = block?.first ?? parts.length;
    for (; next < until; next++) pieces.push(pieceOf(graph, parts[next], undefined, layouts));
    if (block === undefined) break;
    if (isCollapsed(block)) pieces.push({ layers: block.layers, block, layout: single, frame: undefined });
    else
      for (let part = block.first; part < block.first + block.length; part++)
        pieces.push(pieceOf(graph, parts[part], block, layouts));
    next = block.first + block.length;
  }
  return assemble(graph, pieces, aspect);
}

function pieceOf(graph: NetworkGraph, part: Part, frame: Block | undefined, layouts: Map<string, PartLayout>): Piece {
  if (part.layers.length === 1) return { layers: part.layers, block: undefined, layout: single, frame };
  let layout = layouts.get(part.shape);
  if (layout === undefined) {
    layout = part.layers.length > MOST_FOR_DAGRE ? layoutInRanks(graph, part.layers) : layoutPart(graph, part.layers);
    if (layout.right - layout.left > WIDEST_RANK * (NODE_WIDTH + SIBLING_GAP))
      layout = layoutInRanks(graph, part.layers);
    layouts.set(part.shape, layout);
  }
  return { layers: part.layers, block: undefined, layout, frame };
}

/** A part with forks. What it reads from before it comes in at a point above. */
function layoutPart(graph: NetworkGraph, layers: readonly number[]): PartLayout {
  const drawing = new Graph();
  drawing.setGraph({ rankdir: 'TB', nodesep: SIBLING_GAP, ranksep: ROW_GAP, ranker: 'tight-tree' });
  drawing.setDefaultEdgeLabel(() => ({}));
  const placeOf = new Map(layers.map((index, place) => [index, place]));
  drawing.setNode('in', { width: 1, height: 1 });
  layers.forEach((_, place) => drawing.setNode(String(place), { width: NODE_WIDTH, height: NODE_HEIGHT }));
  layers.forEach((index, place) => {
    const { producers } = graph.layers[index];
    if (producers.length === 0 || producers.some((producer) => !placeOf.has(producer)))
      drawing.setEdge('in', String(place));
    for (const producer of producers)
      if (placeOf.has(producer)) drawing.setEdge(String(placeOf.get(producer)), String(place));
  });
  layoutByDagre(drawing);
  const origin = drawing.node('in');
  const top = Math.min(...layers.map((_, place) => drawing.node(String(place)).y - NODE_HEIGHT / 2));
  const boxes = layers.map((_, place) => {
    const { x, y } = drawing.node(String(place));
    return { x: x - origin.x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 - top };
  });
  const edges = drawing.edges().map(({ v, w }) => ({
    from: v === 'in' ? -1 : Number(v),
    to: Number(w),
    points: drawing.edge({ v, w }).points.map((point: Point) => ({ x: point.x - origin.x, y: point.y - top })),
  }));
  return {
    boxes,
    edges,
    left: Math.min(...boxes.map((box) => box.x)),
    right: Math.max(...boxes.map((box) => box.x)) + NODE_WIDTH,
    height: Math.max(...boxes.map((box) => box.y)) + NODE_HEIGHT,
  };
}

/** Each layer in the row below the last of those it reads, near the middle of them, long rows in several lines; edges go straight. */
function layoutInRanks(graph: NetworkGraph, layers: readonly number[]): PartLayout {
  const placeOf = new Map(layers.map((index, place) => [index, place]));
  const producers = layers.map((index) =>
    graph.layers[index].producers.flatMap((producer) => placeOf.get(producer) ?? []),
  );
  const ranks: number[][] = [];
  const rankOf: number[] = [];
  producers.forEach((read, place) => {
    const rank = 1 + Math.max(-1, ...read.map((producer) => rankOf[producer]));
    rankOf.push(rank);
    (ranks[rank] ??= []).push(place);
  });
  const middle = layers.map(() => 0);
  const boxes: Point[] = layers.map(() => ({ x: 0, y: 0 }));
  let y = 0;
  for (const row of ranks) {
    const wanted = (place: number): number =>
      producers[place].length === 0
        ? 0
        : producers[place].reduce((sum, producer) => sum + middle[producer], 0) / producers[place].length;
    row.sort((a, b) => wanted(a) - wanted(b));
    const lines = Math.ceil(row.length / WIDEST_RANK);
    const perLine = Math.ceil(row.length / lines);
    row.forEach((place, position) => {
      const line = Math.floor(position / perLine);
      const inLine = Math.min(perLine, row.length - line * perLine);
      middle[place] = ((position % perLine) - (inLine - 1) / 2) * (NODE_WIDTH + SIBLING_GAP);
      boxes[place] = { x: middle[place] - NODE_WIDTH / 2, y: y + line * (NODE_HEIGHT + ROW_GAP) };
    });
    y += lines * (NODE_HEIGHT + ROW_GAP) + ROW_GAP;
  }
  return {
    boxes,
    edges: [],
    left: Math.min(...boxes.map((box) => box.x)),
    right: Math.max(...boxes.map((box) => box.x)) + NODE_WIDTH,
    height: y - 2 * ROW_GAP,
  };
}

/** Puts the pieces into columns and joins them by edges. */
function assemble(graph: NetworkGraph, pieces: readonly Piece[], aspect: number): GraphScene {
  const columns = columnsOf(pieces, aspect);
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const nodeOf: number[] = graph.layers.map(() => -1);
  const frames = new Map<Block, { x: number; y: number; right: number; bottom: number }[]>();
  let x = 0;
  let height = 0;
  const entries: {
    readonly piece: Piece;
    readonly centre: number;
    readonly columnLeft: number;
    readonly y: number;
    readonly first: number;
  }[] = [];
  for (const column of columns) {
    const left = Math.min(...column.map(({ layout }) => layout.left));
    const right = Math.max(...column.map(({ layout }) => layout.right));
    const centre = x - left;
    let y = 0;
    let lastFrame: Block | undefined;
    for (const piece of column) {
      const first = nodes.length;
      if (piece.block === undefined)
        piece.layers.forEach((layer, place) =>
          nodes.push({
            x: centre + piece.layout.boxes[place].x,
            y: y + piece.layout.boxes[place].y,
            width: NODE_WIDTH,
            height: NODE_HEIGHT,
            layers: [layer],
            block: undefined,
          }),
        );
      else
        nodes.push({
          x: centre - NODE_WIDTH / 2,
          y,
          width: NODE_WIDTH,
          height: NODE_HEIGHT,
          layers: piece.layers,
          block: piece.block,
        });
      for (let node = first; node < nodes.length; node++) for (const layer of nodes[node].layers) nodeOf[layer] = node;
      entries.push({ piece, centre, columnLeft: x, y, first });
      if (piece.frame !== undefined) {
        const spans = frames.get(piece.frame) ?? [];
        const span = lastFrame === piece.frame ? spans.at(-1) : undefined;
        if (span === undefined)
          frames.set(piece.frame, [
            ...spans,
            { x: centre + piece.layout.left, y, right: centre + piece.layout.right, bottom: y + piece.layout.height },
          ]);
        else
          Object.assign(span, {
            x: Math.min(span.x, centre + piece.layout.left),
            right: Math.max(span.right, centre + piece.layout.right),
            bottom: y + piece.layout.height,
          });
      }
      lastFrame = piece.frame;
      y += piece.layout.height + ROW_GAP;
    }
    height = Math.max(height, y - ROW_GAP);
    x += right - left + COLUMN_GAP;
  }
  for (const entry of entries) connect(graph, entry, nodes, nodeOf, edges);
  const frameList = [...frames].flatMap(([block, spans]) =>
    spans.map((span) => ({
      block,
      x: span.x - 8,
      y: span.y - 7,
      width: span.right - span.x + 16,
      height: span.bottom - span.y + 14,
    })),
  );
  return { nodes, edges, frames: frameList, nodeOf, width: Math.max(0, x - COLUMN_GAP), height };
}

/** The edges into the layers of a piece: those within it as dagre led them, those from before it straight or around the corner. */
function connect(
  graph: NetworkGraph,
  {
    piece,
    centre,
    columnLeft,
    y,
    first,
  }: {
    readonly piece: Piece;
    readonly centre: number;
    readonly columnLeft: number;
    readonly y: number;
    readonly first: number;
  },
  nodes: readonly GraphNode[],
  nodeOf: readonly number[],
  edges: GraphEdge[],
): void {
  const places = new Map(piece.layers.map((layer, place) => [layer, place]));
  const ledBy = new Map(piece.layout.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.points]));
  const joined = new Set<number>();
  piece.layers.forEach((layer, place) => {
    const to = piece.block === undefined ? first + place : first;
    for (const producer of graph.layers[layer].producers) {
      const from = nodeOf[producer];
      if (from === to || (piece.block !== undefined && joined.has(from))) continue;
      if (piece.block !== undefined) joined.add(from);
      const inside = places.get(producer);
      const led = piece.block === undefined ? ledBy.get(`${inside ?? -1} ${place}`) : undefined;
      const start = { x: nodes[from].x + nodes[from].width / 2, y: nodes[from].y + nodes[from].height };
      const end = { x: nodes[to].x + nodes[to].width / 2, y: nodes[to].y };
      const middle =
        led === undefined ? [] : led.slice(1, -1).map((point) => ({ x: point.x + centre, y: point.y + y }));
      // From another column through the gutter and between the pieces, not behind the boxes that lie on the straight way.
      const gutter = columnLeft - COLUMN_GAP / 2;
      const isElsewhere = nodes[from].x + nodes[from].width <= columnLeft;
      const inner = middle.filter((point) => point.y > start.y && point.y < end.y);
      const around = !isElsewhere
        ? inner
        : [
            { x: start.x, y: start.y + ROW_GAP / 2 },
            { x: gutter, y: start.y + ROW_GAP / 2 },
            { x: gutter, y: y - ROW_GAP / 2 },
            { x: (middle[0] ?? end).x, y: y - ROW_GAP / 2 },
            ...middle,
          ];
      edges.push({ from, to, points: [start, ...around, end] });
    }
  });
}

/** Breaks the pieces into the number of columns whose picture comes closest to `aspect`. */
function columnsOf(pieces: readonly Piece[], aspect: number): Piece[][] {
  const total = pieces.reduce((sum, { layout }) => sum + layout.height + ROW_GAP, 0);
  const breakAt = (limit: number): Piece[][] => {
    const columns: Piece[][] = [[]];
    let height = 0;
    for (const piece of pieces) {
      if (height > 0 && height + piece.layout.height > limit) {
        columns.push([]);
        height = 0;
      }
      columns.at(-1)?.push(piece);
      height += piece.layout.height + ROW_GAP;
    }
    return columns;
  };
  let best: { readonly columns: Piece[][]; readonly error: number } | undefined;
  for (let count = 1; count <= 40; count++) {
    const columns = breakAt(total / count + (count > 1 ? NODE_HEIGHT : 0));
    const width = columns.reduce(
      (sum, column) =>
        sum +
        Math.max(...column.map(({ layout }) => layout.right)) -
        Math.min(...column.map(({ layout }) => layout.left)) +
        COLUMN_GAP,
      -COLUMN_GAP,
    );
    const height = Math.max(
      ...columns.map((column) => column.reduce((sum, { layout }) => sum + layout.height + ROW_GAP, 0)),
    );
    const error = Math.abs(Math.log(width / Math.max(1, height) / aspect));
    if (best === undefined || error < best.error) best = { columns, error };
    if (width / Math.max(1, height) > aspect * 2) break;
  }
  return best?.columns ?? [];
}
