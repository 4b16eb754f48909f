/** A table that is edited like a spreadsheet: its columns, the selected block, and what pasting or clearing does to the document. */
import type { Path } from '#shared/domain/errors.ts';
import { readingsOf } from '#shared/domain/numerals.ts';
import { cellText, certainText, decimalsIn, isWholeUnit, parseNumber, type NumberContext } from './cell-text.ts';
import { columnsNamed, SAME_UNIT, type NamedColumn, type Scale } from './headings.ts';
import { withChanges, type Change, type Content } from './json-path.ts';

export interface GridColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** More names by which a pasted heading finds it. */
  readonly headings?: readonly string[] | undefined;
  /** Where its title alone could also mean another column. */
  readonly isTitleNoHeading?: boolean | undefined;
  readonly unit?: string | undefined;
  /** px; the least where it grows. */
  readonly width: number;
  readonly grow?: number;
  readonly hint?: string | undefined;
  readonly type: 'number' | 'text' | 'choice';
  /** Numbers that are nearly always whole: "802.816" among them is hardly a fraction. Default: what the unit says. */
  readonly isCount?: boolean | undefined;
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
  /** The cell of the column whose source the head shows. */
  readonly sourcePath?: Path;
  /**
   * The changes that a typed or pasted text makes; default: the value goes to `path`. `content` is the document with
   * what was pasted before; left out: as it is.
   */
  readonly write?: (row: Row, index: number, text: string, content?: Content) => readonly Change[];
  /** All pasted texts of the column at once, where one cell changes what others mean; such columns come first. */
  readonly writeAll?: (cells: readonly PastedCell<Row>[], content: Content) => readonly Change[];
}

export interface PastedCell<Row> {
  readonly row: Row;
  readonly index: number;
  readonly text: string;
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
  return {
    top: Math.min(a.row, b.row),
    left: Math.min(a.column, b.column),
    bottom: Math.max(a.row, b.row),
    right: Math.max(a.column, b.column),
  };
}

/** Whether the numbers of a column are nearly always whole. */
export function isWhole<Row>({ isCount, unit }: GridColumn<Row>): boolean {
  return isCount ?? isWholeUnit(unit);
}

/** What a typed or pasted text is worth in a column. */
export function readCell<Row>(column: GridColumn<Row>, text: string): unknown {
  if (column.type === 'number') return parseNumber(text, { isWhole: isWhole(column) });
  if (column.type === 'choice')
    return column.choices?.find((choice) => choice.label === text || choice.value === text)?.value ?? text;
  return text === '' ? undefined : text;
}

/** The texts of a block, as they are copied: pasted again, they mean the same. */
export function blockTexts<Row>(
  columns: readonly GridColumn<Row>[],
  rows: readonly Row[],
  { top, left, bottom, right }: Block,
): string[][] {
  return rows.slice(top, bottom + 1).map((row, offset) =>
    columns.slice(left, right + 1).map((column) => {
      const value = column.value(row, top + offset);
      return typeof value === 'number' && isWhole(column) ? certainText(value) : cellText(value);
    }),
  );
}

/** Nothing for a cell that cannot be edited. */
export function cellChanges<Row>(
  column: GridColumn<Row>,
  row: Row,
  index: number,
  text: string,
  content?: Content,
): readonly Change[] {
  if (column.write !== undefined) return column.write(row, index, text, content);
  const path = column.path(row, index);
  return path === undefined ? [] : [{ path, value: readCell(column, text) }];
}

export interface PasteTarget<Row> {
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: readonly Row[];
  readonly selected: Block;
  /** The document that is changed. */
  readonly content?: Content;
  /** Makes the row of that index, where the table may grow. */
  readonly newRow?: ((index: number) => { readonly row: Row; readonly change: Change }) | undefined;
  /** The column of a heading that the table does not show. */
  readonly furtherColumn?: ((heading: string) => GridColumn<Row> | undefined) | undefined;
}

export interface PasteResult {
  readonly changes: readonly Change[];
  /** What was written to. */
  readonly block: Block;
  /** Whether the first line was headings: they choose the columns where they name some, and are left out where they do not. */
  readonly hasHead: boolean;
  /** Headings that chose no column, because none of them names one: the columns are those from the selected one on. */
  readonly byPlace: readonly string[];
  /** Rows that were made. */
  readonly newRows: number;
  /** Lines and columns of the block that had no room, cells that cannot be edited, headings that no column has, and what a last line of totals is called. */
  readonly leftOut: {
    readonly rows: number;
    readonly columns: number;
    readonly cells: number;
    readonly headings: readonly string[];
    readonly total?: string | undefined;
  };
}

/** Where the columns of a pasted block go. */
interface Assignment<Row> {
  readonly lines: readonly (readonly string[])[];
  readonly hasHead: boolean;
  /** Whether the lines repeat until the selection is full. */
  readonly isFilled: boolean;
  /** Of each pasted column. */
  readonly columns: readonly (NamedColumn<GridColumn<Row>> | undefined)[];
  readonly headings: readonly string[];
  readonly byPlace: readonly string[];
  readonly beyond: number;
}

/**
 * Pastes `cells` at the top left of the selection; a single cell, or a block that fits several times, fills all of it. Where the first
 * line names columns, what is below goes to those, wherever they are.
 */
export function pasteCells<Row>(cells: readonly (readonly string[])[], target: PasteTarget<Row>): PasteResult {
  const { columns, rows, selected, newRow } = target;
  const total = totalOf(cells);
  const {
    lines,
    hasHead,
    isFilled,
    columns: assigned,
    headings,
    byPlace,
    beyond,
  } = assignColumns(total === undefined ? cells : cells.slice(0, -1), target);
  const height = lines.length;
  const wantedRows = isFilled ? selected.bottom - selected.top + 1 : height;
  const takenRows = newRow === undefined ? Math.min(wantedRows, rows.length - selected.top) : wantedRows;
  const changes: Change[] = [];
  const pasted: { readonly row: Row; readonly index: number; readonly line: readonly string[] }[] = [];
  for (let r = 0; r < takenRows; r++) {
    const index = selected.top + r;
    let row = rows[index];
    if (index >= rows.length) {
      const made = newRow?.(index);
      if (made === undefined) break;
      row = made.row;
      changes.push(made.change);
    }
    pasted.push({ row, index, line: lines[r % height] });
  }
  const newRows = changes.length;
  const around = decimalsIn(
    pasted.flatMap(({ line }) => line.filter((_, place) => assigned[place]?.column.type === 'number')),
  );
  let content = withChanges(target.content ?? {}, changes);
  let locked = 0;
  const write = ({ column, scale }: NamedColumn<GridColumn<Row>>, place: number): void => {
    const written = pasted.flatMap(({ row, index, line }): PastedCell<Row>[] =>
      line[place] === undefined ? [] : [{ row, index, text: line[place] }],
    );
    const made =
      column.writeAll === undefined
        ? written.map(
            ({ row, index, text }) =>
              doubtfulChange(column, row, index, text, around, scale) ??
              cellChanges(column, row, index, pastedNumber(column, text, around, scale), content),
          )
        : [column.writeAll(written, content)];
    locked += written.filter(
      ({ row, index }, at) =>
        column.writeAll === undefined && made[at].length === 0 && column.path(row, index) === undefined,
    ).length;
    changes.push(...made.flat());
    content = withChanges(content, made.flat());
  };
  const ordered = assigned
    .flatMap((named, place) => (named === undefined ? [] : [{ named, place }]))
    .toSorted((a, b) => Number(a.named.column.writeAll === undefined) - Number(b.named.column.writeAll === undefined));
  for (const { named, place } of ordered) write(named, place);
  const shown = assigned
    .map((named) => (named === undefined ? -1 : columns.indexOf(named.column)))
    .filter((place) => place >= 0);
  return {
    changes,
    hasHead,
    byPlace,
    newRows,
    block: {
      top: selected.top,
      bottom: selected.top + takenRows - 1,
      left: Math.min(...shown, columns.length - 1),
      right: Math.max(...shown, 0),
    },
    leftOut: { rows: wantedRows - takenRows, columns: beyond, cells: locked, headings, total },
  };
}

/** A last line that sums up those above is not a row of its own. */
const TOTAL =
  /^\s*(?:grand )?(?:total|totals|sum|subtotal|average|mean|summe|gesamt|mittelwert|somme|suma|总计|合計)\s*:?\s*$/iu;
function totalOf(cells: readonly (readonly string[])[]): string | undefined {
  const name = cells.length < 3 ? undefined : cells.at(-1)?.find((text) => text.trim() !== '');
  return name !== undefined && TOTAL.test(name) ? name.trim() : undefined;
}

/** A number as the block it is pasted with says, in the program's own notation and the column's unit; any other text as it is. */
function pastedNumber<Row>(
  column: GridColumn<Row>,
  text: string,
  around: NumberContext['around'],
  scale: Scale,
): string {
  const value = column.type === 'number' ? parseNumber(text, { around, isWhole: isWhole(column) }) : text;
  if (typeof value === 'number') return certainText((value * scale.times) / scale.over);
  return column.type === 'number' && readingsOf(text).length > 1 ? withUnit(text, scale) : text;
}

/** A number that is still to be settled keeps the unit that it was pasted in, where that is not the column's. */
function withUnit(text: string, { unit, times, over }: Scale): string {
  return unit === undefined || times === over ? text : `${text.trim()} ${unit}`;
}

/** A text that may be two numbers as its block and column are: it stays as it is, to be marked; with its unit where that is another. */
function doubtfulChange<Row>(
  column: GridColumn<Row>,
  row: Row,
  index: number,
  text: string,
  around: NumberContext['around'],
  scale: Scale,
): readonly Change[] | undefined {
  if (
    column.type !== 'number' ||
    readingsOf(text).length < 2 ||
    typeof parseNumber(text, { around, isWhole: isWhole(column) }) === 'number'
  )
    return undefined;
  // What is doubtful by itself is so for the column's own writing too, which may have more to write.
  if (column.write !== undefined && typeof parseNumber(text, { isWhole: isWhole(column) }) !== 'number')
    return undefined;
  const path = column.path(row, index);
  return path === undefined ? undefined : [{ path, value: withUnit(text.trim(), scale) }];
}

function assignColumns<Row>(
  cells: readonly (readonly string[])[],
  { columns, selected, furtherColumn }: PasteTarget<Row>,
): Assignment<Row> {
  const [first = [], ...below] = cells;
  const named = below.length === 0 ? undefined : columnsNamed(first, columns, furtherColumn, isAboveNumbers(cells));
  // A single word may be a value as well as a heading: it is a heading if it is above its own column.
  const isCertain =
    first.filter((text) => text.trim() !== '').length > 1 || named?.[0]?.column === columns[selected.left];
  if (named !== undefined && isCertain)
    return {
      lines: below.filter((line) => line.some((text) => text.trim() !== '')),
      hasHead: true,
      isFilled: false,
      columns: named,
      headings: first.filter((text, place) => named[place] === undefined && text.trim() !== ''),
      byPlace: [],
      beyond: 0,
    };
  const hasHead = isHead(cells, columns, selected.left);
  const lines = hasHead ? below : cells;
  const width = Math.max(0, ...lines.map((line) => line.length));
  const selectedWidth = selected.right - selected.left + 1;
  const isFilled =
    width > 0 &&
    lines.length > 0 &&
    selectedWidth % width === 0 &&
    (selected.bottom - selected.top + 1) % lines.length === 0;
  const wanted = isFilled ? selectedWidth : width;
  const taken = Math.min(wanted, columns.length - selected.left);
  return {
    lines: isFilled ? lines.map((line) => Array.from({ length: taken }, (_, c) => line[c % width])) : lines,
    hasHead,
    isFilled,
    headings: [],
    byPlace: hasHead ? first.filter((text) => text.trim() !== '') : [],
    beyond: wanted - taken,
    columns: Array.from({ length: taken }, (_, c) => ({ column: columns[selected.left + c], scale: SAME_UNIT })),
  };
}

/** Whether the first line is headings: nothing in a column of numbers is one, though below there are some. */
function isHead<Row>(
  cells: readonly (readonly string[])[],
  columns: readonly GridColumn<Row>[],
  left: number,
): boolean {
  const [first, second] = cells;
  if (first === undefined || second === undefined) return false;
  const numbers = first.map((_, index) => index).filter((index) => columns[left + index]?.type === 'number');
  return (
    numbers.length > 0 &&
    numbers.every((index) => isTitle(first[index])) &&
    numbers.some((index) => isNumber(second[index]))
  );
}

/** Whether the first line is words only, and some of the next are numbers. */
function isAboveNumbers([first = [], second = []]: readonly (readonly string[])[]): boolean {
  return (
    first.every((text) => text.trim() === '' || isTitle(text)) && first.some((_, place) => isNumber(second[place]))
  );
}

function isNumber(text: string | undefined): boolean {
  return typeof parseNumber(text ?? '') === 'number';
}

/** What spreadsheets and programs write in place of a missing number is not a heading either. */
function isTitle(text: string): boolean {
  return (
    /\p{L}/u.test(text) &&
    !/^\s*(n\.?\/?a\.?|[+-]?nan|[+-]?inf(inity)?|none|null|#.*)\s*$/i.test(text) &&
    !isNumber(text)
  );
}
