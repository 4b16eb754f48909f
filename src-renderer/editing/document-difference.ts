/** What changed between two states of a document, field by field. Entries of lists are matched by their id, so that one inserted changes only itself. */
import { isContent } from './json-path.ts';

export interface Difference {
  /** For people: "processors › cpu › idlePowerMW". */
  readonly where: string;
  /** Undefined: it was not there. */
  readonly before: unknown;
  /** Undefined: it is gone. */
  readonly after: unknown;
}

export function differences(before: unknown, after: unknown, where: readonly string[] = []): Difference[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, where);
  if (isContent(before) && isContent(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      differences(before[key], after[key], [...where, key]),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ where: where.join(' › '), before, after }];
}

function listDifferences(
  before: readonly unknown[],
  after: readonly unknown[],
  where: readonly string[],
): Difference[] {
  const ids = [before, after].map((list) => list.map(idOf));
  const isById = ids.every((list) => list.every((id) => id !== undefined) && new Set(list).size === list.length);
  if (!isById) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      differences(before[index], after[index], [...where, String(index + 1)]),
    ).flat();
  }
  const [idsBefore, idsAfter] = ids;
  const positions = new Map(idsBefore.map((id, index) => [id, index]));
  const kept = new Set(idsAfter);
  const found = idsAfter.flatMap((id, index) => {
    const position = positions.get(id);
    return differences(position === undefined ? undefined : before[position], after[index], [...where, String(id)]);
  });
  const removed = idsBefore.flatMap((id, index) =>
    kept.has(id) ? [] : differences(before[index], undefined, [...where, String(id)]),
  );
  const common = idsBefore.filter((id) => kept.has(id));
  const order = idsAfter.filter((id) => positions.has(id));
  const moved = common.some((id, index) => id !== order[index])
    ? [{ where: [...where, 'order'].join(' › '), before: common.join(', '), after: order.join(', ') }]
    : [];
  return [...found, ...removed, ...moved];
}

/** What an entry of a list is known by: the id of a processor or layer, the ends of a link, the frequency of an operating point. */
function idOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (!isContent(entry)) return undefined;
  const { id, from, to, layer, processor, activeCores, frequencyMHz } = entry;
  if (typeof id === 'string') return id;
  if (typeof from === 'string' && typeof to === 'string') return `${from} → ${to}`;
  if (typeof layer === 'string') return layer;
  if (typeof processor === 'string' && typeof activeCores === 'number') return `${processor}, ${activeCores} cores`;
  return typeof frequencyMHz === 'number' ? `${frequencyMHz} MHz` : undefined;
}

/** A value as a line of text, shortened. */
export function describeContent(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value === '' ? '“”' : value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
