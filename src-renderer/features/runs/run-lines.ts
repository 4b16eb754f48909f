/** Which line of a grouped list is a head and which is which run, with some groups closed: positions are those of the list without heads. */
import type { RunGroup } from '#shared/contract/run-list-shapes.ts';

export type Place =
  | { readonly kind: 'head'; readonly group: number }
  | { readonly kind: 'row'; readonly group: number | undefined; readonly position: number };

export interface RunLines {
  readonly count: number;
  at(line: number): Place;
  /** Position of the first run of a group in the whole list. */
  firstOf(group: number): number;
}

/** @param isClosed whether the runs of a group are hidden */
export function layOutLines(
  total: number,
  groups: readonly RunGroup[],
  isClosed: (group: RunGroup) => boolean,
): RunLines {
  if (groups.length === 0)
    return { count: total, at: (line) => ({ kind: 'row', group: undefined, position: line }), firstOf: () => 0 };
  /** Line of each head, and position of the first run after it. */
  const heads: number[] = [];
  const firsts: number[] = [];
  let line = 0;
  let position = 0;
  for (const group of groups) {
    heads.push(line);
    firsts.push(position);
    line += 1 + (isClosed(group) ? 0 : group.count);
    position += group.count;
  }
  return {
    count: line,
    at(asked) {
      let low = 0;
      for (let high = heads.length; high - low > 1;) {
        const middle = (low + high) >> 1;
        if (heads[middle] <= asked) low = middle;
        else high = middle;
      }
      return asked === heads[low]
        ? { kind: 'head', group: low }
        : { kind: 'row', group: low, position: firsts[low] + asked - heads[low] - 1 };
    },
    firstOf: (group) => firsts[group] ?? 0,
  };
}
