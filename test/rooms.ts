/**
 * `npm run rooms`: which rooms of the renderer import which, and where they import each other in a circle.
 * An arrow is one file that imports one file of another room. `npm run rooms -- FOLDER` looks at another checkout.
 */
import { join, resolve } from 'node:path';
import { cruise, type IReporterOutput } from 'dependency-cruiser';

/** Arrows from one room to another. */
export interface RoomEdge {
  readonly from: string;
  readonly to: string;
  /** "features/run/RunPage.vue → features/replay/ReplayPanel.vue" */
  readonly arrows: readonly string[];
}

const RENDERER = 'src-renderer/';

/** The room of a file, given relative to the renderer: its folder, an area of `features`, or, for files in none, themselves. */
export function roomOf(file: string): string {
  const parts = file.split('/');
  return parts[0] === 'features' && parts.length > 2 ? `features/${parts[1]}` : parts[0];
}

/** The arrows between the rooms of the renderer in `root`, type imports included. */
export async function roomEdges(root: string): Promise<RoomEdge[]> {
  const { output }: IReporterOutput = await cruise([RENDERER], {
    doNotFollow: { path: 'node_modules' },
    includeOnly: { path: `^${RENDERER}.*\\.(ts|vue)$` },
    tsPreCompilationDeps: true,
    baseDir: root,
  });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser reports text where modules were expected');
  const edges = new Map<string, { from: string; to: string; arrows: string[] }>();
  for (const { source, dependencies } of output.modules) {
    const file = source.slice(RENDERER.length);
    for (const target of new Set(dependencies.map(({ resolved }) => resolved.slice(RENDERER.length)))) {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to) continue;
      const edge = edges.get(`${from} ${to}`) ?? { from, to, arrows: [] };
      edge.arrows.push(`${file} → ${target}`);
      edges.set(`${from} ${to}`, edge);
    }
  }
  return [...edges.values()].sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
}

/** Rooms that reach each other: strongly connected components of more than one room. Tarjan 1972. */
export function circlesOf(edges: readonly Pick<RoomEdge, 'from' | 'to'>[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const seenAt = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (room: string): number => {
    seenAt.set(room, seenAt.size);
    let low = seenAt.size - 1;
    open.push(room);
    for (const target of targets.get(room) ?? []) {
      if (!seenAt.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? seenAt.get(target) ?? low);
    }
    lowest.set(room, low);
    if (low === seenAt.get(room)) {
      const circle = open.splice(open.indexOf(room));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };
  for (const room of targets.keys()) if (!seenAt.has(room)) visit(room);
  return circles;
}

/** Pairs of rooms that import each other directly. */
export function mutualPairs(edges: readonly Pick<RoomEdge, 'from' | 'to'>[]): [string, string][] {
  const names = new Set(edges.map(({ from, to }) => `${from} ${to}`));
  return edges
    .filter(({ from, to }) => from < to && names.has(`${to} ${from}`))
    .map(({ from, to }): [string, string] => [from, to]);
}

const count = (edges: readonly RoomEdge[]): number => edges.reduce((sum, { arrows }) => sum + arrows.length, 0);

/** The import graph in lines of text. */
export function describeRooms(edges: readonly RoomEdge[]): string[] {
  const isArea = (room: string): boolean => room.startsWith('features/');
  const between = edges.filter(({ from, to }) => isArea(from) && isArea(to));
  const circles = circlesOf(edges);
  const rooms = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const width = Math.max(...[...rooms].map((room) => room.length));
  return [
    ...[...rooms].sort().flatMap((room) => {
      const own = edges.filter(({ from }) => from === room);
      return own.length === 0
        ? []
        : [`${room.padEnd(width)}  → ${own.map(({ to, arrows }) => `${to} ${arrows.length}`).join(', ')}`];
    }),
    '',
    `${rooms.size} rooms, ${count(edges)} arrows in ${edges.length} pairs of rooms`,
    `from one area of features to another: ${count(between)} arrows in ${between.length} pairs`,
    ...between.flatMap(({ arrows }) => arrows.map((arrow) => `  ${arrow}`)),
    `rooms that import each other: ${mutualPairs(edges).length} pairs`,
    ...mutualPairs(edges).map(([a, b]) => `  ${a} ⇄ ${b}`),
    `circles: ${circles.length}${circles.length === 0 ? '' : `, of ${circles.map((circle) => circle.length).join(', ')} rooms`}`,
    ...circles.map((circle) => `  ${circle.join(', ')}`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
  console.log(describeRooms(await roomEdges(root)).join('\n'));
}
