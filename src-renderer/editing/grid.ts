/** A table that is edited like a spreadsheet: its columns, the selected block, and what pasting or clearing does to the document. */
import type { Path } from '#shared/domain/errors.ts';
import { cellText, parseNumber } from './cell-text.ts';
import type { Change } from './json-path.ts';

export interface GridColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly unit?: string | undefined;
  /** px; the least where it grows. */
  readonly width: number;
  readonly grow?: number;
  readonly hint?: string | undefined;
  readonly type: 'number' | 'text' | 'choice';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Where the cell's value is in the document; undefined for what cannot be edited. */
  readonly path: (row: Row, index: number) => Path | undefined;
  readonly value: (row: Row, index: number) => unknown;
  /** How the value is shown, when not as it is. */
  readonly text?: (row: Row, index: number) => string;
  /** What holds while the cell is empty, shown faintly. */
  readonly placeholder?: (row: Row, index: number) => string;
  /** Long texts lose their middle instead of their end, because they differ there. */
  readonly keepsEnd?: boolean;
  /** More about the cell, on hover. */
  readonly note?: (row: Row, index: number) => string | undefined;
  /** Drawn in the cell's ground, e.g. the colour of a processor. */
  readonly mark?: (row: Row, index: number) => string | undefined;
  /** Faint: a value that was not given but computed. */
  readonly isQuiet?: (row: Row, index: number) => boolean;
  /** Whether each cell says where its own value comes from. */
  readonly isSourced?: boolean;
  /** Whose source stands in the head: that of a cell of the column. */
  readonly sourcePath?: Path;
  /** The changes that a typed or pasted text makes; default: the value goes to `path`. */
  readonly write?: (row: Row, index: number, text: string) => readonly Change[];
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Rows and columns from … to, both included. */
export interface Block {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function blockBetween(a: Cell, b: Cell): Block {
  return { top: Math.min(a.row, b.row), left: Math.min(a.column, b.column), bottom: Math.max(a.row, b.row), right: Math.max(a.column, b.column) };
}

/** What a typed or pasted text is worth in a column. */
export function readCell<Row>(column: GridColumn<Row>, text: string): unknown {
  if (column.type === 'number') return parseNumber(text);
  if (column.type === 'choice') return column.choices?.find((choice) => choice.label === text || choice.value === text)?.value ?? text;
  return text === '' ? undefined : text;
}

/** The texts of a block, as they are copied. */
export function blockTexts<Row>(columns: readonly GridColumn<Row>[], rows: readonly Row[], { top, left, bottom, right }: Block): string[][] {
  return rows.slice(top, bottom + 1).map((row, offset) => columns.slice(left, right + 1).map((column) => cellText(column.value(row, top + offset))));
}

/** Nothing for a cell that cannot be edited. */
export function cellChanges<Row>(column: GridColumn<Row>, row: Row, index: number, text: string): readonly Change[] {
  if (column.write !== undefined) return column.write(row, index, text);
  const path = column.path(row, index);
  return path === undefined ? [] : [{ path, value: readCell(column, text) }];
}

export interface PasteTarget<Row> {
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: readonly Row[];
  readonly selected: Block;
  /** Makes the row of that index, where the table may grow. */
  readonly newRow?: ((index: number) => { readonly row: Row; readonly change: Change }) | undefined;
}

export interface PasteResult {
  readonly changes: readonly Change[];
  /** What was written to. */
  readonly block: Block;
  /** Whether a first line of headings was left out. */
  readonly hasHead: boolean;
  /** Lines and columns of the block that had no room, and cells that cannot be edited. */
  readonly leftOut: { readonly rows: number; readonly columns: number; readonly cells: number };
}

/** Pastes `cells` at the top left of the selection; a single cell, or a block that fits several times, fills all of it. */
export function pasteCells<Row>(cells: readonly (readonly string[])[], { columns, rows, selected, newRow }: PasteTarget<Row>): PasteResult {
  const hasHead = isHead(cells, columns, selected.left);
  const lines = hasHead ? cells.slice(1) : cells;
  const height = lines.length;
  const width = Math.max(0, ...lines.map((line) => line.length));
  const [selectedHeight, selectedWidth] = [selected.bottom - selected.top + 1, selected.right - selected.left + 1];
  const isFilled = height > 0 && width > 0 && selectedHeight % height === 0 && selectedWidth % width === 0;
  const wantedRows = isFilled ? selectedHeight : height;
  const wantedColumns = isFilled ? selectedWidth : width;
  const takenColumns = Math.min(wantedColumns, columns.length - selected.left);
  const takenRows = newRow === undefined ? Math.min(wantedRows, rows.length - selected.top) : wantedRows;
  const changes: Change[] = [];
  let locked = 0;
  for (let r = 0; r < takenRows; r++) {
    const index = selected.top + r;
    let row = rows[index];
    if (index >= rows.length) {
      const made = newRow?.(index);
      if (made === undefined) break;
      row = made.row;
      changes.push(made.change);
    }
    for (let c = 0; c < takenColumns; c++) {
      const text = lines[r % height]?.[c % width];
      if (text === undefined) continue;
      const made = cellChanges(columns[selected.left + c], row, index, text);
      if (made.length === 0) locked++;
      changes.push(...made);
    }
  }
  return {
    changes, hasHead,
    block: { ...selected, bottom: selected.top + takenRows - 1, right: selected.left + takenColumns - 1 },
    leftOut: { rows: wantedRows - takenRows, columns: wantedColumns - takenColumns, cells: locked },
  };
}

/** Whether the first line is headings: nothing in a column of numbers is one, though below there are some. */
function isHead<Row>(cells: readonly (readonly string[])[], columns: readonly GridColumn<Row>[], left: number): boolean {
  const [first, second] = cells;
  if (first === undefined || second === undefined) return false;
  const numbers = first.map((_, index) => index).filter((index) => columns[left + index]?.type === 'number');
  const isNumber = (text: string | undefined): boolean => typeof parseNumber(text ?? '') === 'number';
  // What spreadsheets and programs write where there is no number is no heading either.
  const isTitle = (text: string): boolean => /\p{L}/u.test(text) && !/^\s*(n\.?\/?a\.?|[+-]?nan|[+-]?inf(inity)?|none|null|#.*)\s*$/i.test(text) && !isNumber(text);
  return numbers.length > 0 && numbers.every((index) => isTitle(first[index])) && numbers.some((index) => isNumber(second[index]));
}
