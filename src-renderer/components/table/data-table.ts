/** What a table is made of: columns that know how a row is sorted, written and exported. */

import { BOM, writeCsv } from '#shared/formats/csv-writer.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Of its numbers; shown under the title, and after it in the CSV. */
  readonly unit?: string;
  /** px; the least where it grows. */
  readonly width: number;
  /** Its part of the room that is left, like a flex factor; none: it keeps its width. */
  readonly grow?: number;
  /** What it does, on hover over its head. */
  readonly hint?: string;
  /** Where the table is narrow, the columns of least importance are hidden first; none: it always stays. Hidden ones are in the CSV all the same. */
  readonly importance?: number;
  readonly align?: 'left' | 'right';
  /** What it is sorted by and what the CSV contains; undefined sorts last. */
  readonly value: (row: Row) => string | number | boolean | undefined;
  /** What the cell shows, unless a slot of the column's name does. */
  readonly text?: (row: Row) => string;
  /** Every digit, on hover. */
  readonly exact?: (row: Row) => string;
  /** The direction of the first click: numbers of which more is better start descending. */
  readonly firstDirection?: SortDirection;
  /** Its head in the CSV, where the table needs none. */
  readonly csvTitle?: string;
  /** What the CSV contains where `value` is only good for sorting. */
  readonly csv?: (row: Row) => string;
  /** Left out of the CSV, e.g. buttons. */
  readonly isControl?: boolean;
}

export type SortDirection = 'ascending' | 'descending';
export interface Sorting {
  readonly column: string;
  readonly direction: SortDirection;
}

/** The columns that a table of this width (px) has room for: the least important ones give way until the others fit, never the one it is sorted by. */
export function visibleColumns<Row>(
  columns: readonly Column<Row>[],
  tableWidth: number,
  sortedBy?: string,
): Column<Row>[] {
  const hidden = new Set<Column<Row>>();
  let needed = columns.reduce((sum, column) => sum + column.width, 0);
  const optional = columns
    .filter((column) => column.importance !== undefined && column.id !== sortedBy)
    .sort((a, b) => (a.importance ?? 0) - (b.importance ?? 0));
  for (const column of optional) {
    if (needed <= tableWidth) break;
    hidden.add(column);
    needed -= column.width;
  }
  return columns.filter((column) => !hidden.has(column));
}

/** The grid tracks of the columns, and the least width at which they stay apart, px. */
export function tracksOf<Row>(columns: readonly Column<Row>[]): {
  readonly template: string;
  readonly minWidth: number;
} {
  return {
    template: columns
      .map(({ width, grow }) => (grow === undefined ? `${width}px` : `minmax(${width}px, ${grow}fr)`))
      .join(' '),
    minWidth: columns.reduce((sum, column) => sum + column.width, 0),
  };
}

/** `rows` in the order of `sorting`; equal ones keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): Row[] {
  const column = columns.find((candidate) => candidate.id === sorting?.column);
  if (column === undefined || sorting === undefined) return [...rows];
  const sign = sorting.direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined);
      return (
        sign *
        (typeof a.value === 'string' && typeof b.value === 'string'
          ? a.value.localeCompare(b.value, undefined, { numeric: true })
          : Number(a.value) - Number(b.value))
      );
    })
    .map(({ row }) => row);
}

/** A table as CSV (RFC 4180): every digit of the numbers, nothing for what is undefined, no text that a spreadsheet would compute. */
export function csvOf(
  head: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  const plain = rows.map((row) => row.map((value) => (typeof value === 'boolean' ? String(value) : value)));
  return writeCsv(head, plain, { disarm: true, lineEnd: '\r\n' });
}

/** A file of CSV that spreadsheets know to be UTF-8. */
export function csvFile(csv: string): Blob {
  return new Blob([BOM, csv], { type: 'text/csv' });
}

/** The rows as CSV with a head. */
export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const shown = columns.filter((column) => column.isControl !== true);
  return csvOf(
    shown.map(
      (column) => column.csvTitle ?? (column.unit === undefined ? column.title : `${column.title} (${column.unit})`),
    ),
    rows.map((row) => shown.map((column) => column.csv?.(row) ?? column.value(row))),
  );
}

/** The sorting after a click on the head of `column`. */
export function nextSorting<Row>(column: Column<Row>, sorting: Sorting | undefined): Sorting {
  const first = column.firstDirection ?? 'ascending';
  if (sorting?.column !== column.id) return { column: column.id, direction: first };
  return { column: column.id, direction: sorting.direction === 'ascending' ? 'descending' : 'ascending' };
}

/** One line of a table. */
export type Line<Row> =
  | { readonly kind: 'row'; readonly key: string | number; readonly row: Row }
  /** A head over the rows that follow, which can be closed. */
  | {
      readonly kind: 'head';
      readonly key: string;
      readonly title: string;
      readonly count: number;
      /** What is said of its rows together. */ readonly note?: string;
      readonly isClosed: boolean;
      readonly toggle: () => void;
    }
  /** A row that is still being fetched. */
  | { readonly kind: 'pending'; readonly key: string };

/** The lines of a table that are fetched as they are shown: sorted and filtered elsewhere. A new object whenever a line has changed. */
export interface LineSource<Row> {
  readonly count: number;
  at(index: number): Line<Row>;
  /** Lines `first … last` are on the screen. */
  show(first: number, last: number): void;
  /** Every row in order, for the CSV. */
  all(): Promise<readonly Row[]>;
}

/** The lines of rows that are all at hand. */
export function linesOf<Row>(rows: readonly Row[], rowKey: (row: Row) => string | number): LineSource<Row> {
  return {
    count: rows.length,
    at: (index) => ({ kind: 'row', key: rowKey(rows[index]), row: rows[index] }),
    show: () => {},
    all: () => Promise.resolve(rows),
  };
}

/** How far a line is searched that others may have moved. */
const MOST_MOVED = 400;

/** Where the line with this key is now, that was at `index`; undefined where it is not near any more. */
export function indexOfLine<Row>(lines: LineSource<Row>, key: string | number, index: number): number | undefined {
  for (let distance = 0; distance <= MOST_MOVED; distance++) {
    for (const candidate of distance === 0 ? [index] : [index - distance, index + distance]) {
      if (candidate >= 0 && candidate < lines.count && lines.at(candidate).key === key) return candidate;
    }
  }
  return undefined;
}

/** What a click or key asks of the selection. */
export type PickKind = 'toggle' | 'range';
