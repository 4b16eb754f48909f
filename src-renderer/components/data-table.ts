/** What a table is made of: columns that know how a row is sorted, written and exported. */

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** px; the least where it grows. */
  readonly width: number;
  /** Its part of the room that is left, like a flex factor; none: it keeps its width. */
  readonly grow?: number;
  /** Hidden where the table is narrower than this, px; always in the CSV. */
  readonly fromTableWidth?: number;
  readonly align?: 'left' | 'right';
  /** What it is sorted by and what stands in the CSV; undefined sorts last. */
  readonly value: (row: Row) => string | number | boolean | undefined;
  /** What the cell shows, unless a slot of the column's name does. */
  readonly text?: (row: Row) => string;
  /** Every digit, on hover. */
  readonly exact?: (row: Row) => string;
  /** The direction of the first click: numbers of which more is better start descending. */
  readonly firstDirection?: SortDirection;
  /** Left out of the CSV, e.g. buttons. */
  readonly isControl?: boolean;
}

export type SortDirection = 'ascending' | 'descending';
export interface Sorting {
  readonly column: string;
  readonly direction: SortDirection;
}

/** The columns that a table of this width has room for. */
export function visibleColumns<Row>(columns: readonly Column<Row>[], tableWidth: number): Column<Row>[] {
  return columns.filter((column) => (column.fromTableWidth ?? 0) <= tableWidth);
}

/** The grid tracks of the columns, and the least width at which they stay apart, px. */
export function tracksOf<Row>(columns: readonly Column<Row>[]): { readonly template: string; readonly minWidth: number } {
  return {
    template: columns.map(({ width, grow }) => (grow === undefined ? `${width}px` : `minmax(${width}px, ${grow}fr)`)).join(' '),
    minWidth: columns.reduce((sum, column) => sum + column.width, 0),
  };
}

/** `rows` in the order of `sorting`; equal ones keep their order. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | undefined): Row[] {
  const column = columns.find((candidate) => candidate.id === sorting?.column);
  if (column === undefined || sorting === undefined) return [...rows];
  const sign = sorting.direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) return Number(a.value === undefined) - Number(b.value === undefined);
      return sign * (typeof a.value === 'string' && typeof b.value === 'string' ? a.value.localeCompare(b.value, undefined, { numeric: true }) : Number(a.value) - Number(b.value));
    })
    .map(({ row }) => row);
}

/** The rows as CSV (RFC 4180) with a head; every digit of the numbers. */
export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const shown = columns.filter((column) => column.isControl !== true);
  const lines = [shown.map((column) => csvField(column.title)), ...rows.map((row) => shown.map((column) => csvField(String(column.value(row) ?? ''))))];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

/** Text that a spreadsheet would take for a formula gets an apostrophe. */
function csvField(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The sorting after a click on the head of `column`. */
export function nextSorting<Row>(column: Column<Row>, sorting: Sorting | undefined): Sorting {
  const first = column.firstDirection ?? 'ascending';
  if (sorting?.column !== column.id) return { column: column.id, direction: first };
  return { column: column.id, direction: sorting.direction === 'ascending' ? 'descending' : 'ascending' };
}
