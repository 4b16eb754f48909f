/**
 * How several moving schedules share the room there is: under each other where they fit, since then their time axes
 * line up, else in columns, as few and with as few gaps as it takes.
 */

export interface StageGrid {
  readonly columns: number;
  /** Height of a row; at least what the tallest stage needs, so that the whole may be higher than the room. */
  readonly rowPx: number;
}

/**
 * @param neededPx least height of each stage with all that belongs to it
 * @param roomPx height there is
 * @param gapPx between two rows
 * @param mostColumns that the width has room for
 */
export function stageGrid(neededPx: readonly number[], roomPx: number, gapPx: number, mostColumns: number): StageGrid {
  const tallest = Math.max(0, ...neededPx);
  const count = Math.max(1, neededPx.length);
  const rowOf = (columns: number): number => {
    const rows = Math.ceil(count / columns);
    return Math.floor((roomPx - (rows - 1) * gapPx) / rows);
  };
  const widest = Math.max(1, Math.min(count, mostColumns));
  const fitting = Array.from({ length: widest }, (_, index) => index + 1).filter(
    (columns) => rowOf(columns) >= tallest,
  );
  if (fitting.length === 0) return { columns: widest, rowPx: tallest };
  const emptyPlaces = (columns: number): number => Math.ceil(count / columns) * columns - count;
  const [columns] = fitting.sort((a, b) => emptyPlaces(a) - emptyPlaces(b) || a - b);
  return { columns, rowPx: rowOf(columns) };
}
