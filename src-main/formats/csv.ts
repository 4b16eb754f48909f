/** Reads tables in CSV whose first line names the columns; what is wrong is reported with its line and column. */
import type { NumberKind } from '#shared/domain/numerals.ts';
import { readRecords } from '#shared/formats/csv-records.ts';
import type { ImportFault } from './import-fault.ts';
import { missingColumns, nearQuestion, type RequiredColumns } from './missing-columns.ts';
import { TableNumbers, type StatedNumbers } from './table-numbers.ts';

/** What a table is expected to be. */
export interface TableShape extends RequiredColumns {
  /** What the numbers of a column are; undefined for text. */
  readonly numbersOf?: (column: string) => NumberKind | undefined;
  readonly stated?: StatedNumbers;
}

export interface CsvTable {
  readonly columns: readonly string[];
  /** The heading of each column, as it is in the file. */
  readonly headings: ReadonlyMap<string, string>;
  /** The line of the headings. */
  readonly line: number;
  readonly rows: readonly CsvRow[];
  readonly separator: string;
}

/** What all rows of a table share. */
interface TableFrame {
  readonly positions: ReadonlyMap<string, number>;
  readonly headings: ReadonlyMap<string, string>;
  readonly numbersOf: (column: string) => NumberKind | undefined;
  numbers: TableNumbers;
}

export interface CsvRow {
  /** The line it begins in, from 1, the header included. */
  readonly line: number;
  readonly fields: readonly string[];
  readonly frame: TableFrame;
}

/** Faults reported of one table at most; a table of another kind can have one in every field. */
const MOST_FAULTS = 1000;

/** Whether no more faults need to be looked for. */
export function isEnough(faults: readonly ImportFault[]): boolean {
  return faults.length >= MOST_FAULTS;
}

/**
 * The rows of `text`. Rows and unnamed columns in which every cell is empty are left out. What is wrong goes to `faults`, and the rows
 * concerned are left out.
 * @param file the table as a person calls it
 */
export function readCsv(text: string, file: string, shape: TableShape, faults: ImportFault[]): CsvTable {
  const faultsBefore = faults.length;
  const {
    records: [header, ...records],
    separator,
    excess,
  } = readRecords(text);
  const line = header?.line ?? 1;
  if (excess !== undefined) {
    faults.push({ file, line: excess.line, message: excess.message, expected: excess.expected });
    return { columns: [], headings: new Map(), line, separator, rows: [] };
  }
  const { positions, headings, columns } = headerOf(
    file,
    header?.fields ?? [],
    { line, text: header?.text ?? '' },
    shape,
    faults,
  );
  const frame: TableFrame = {
    positions,
    headings,
    numbersOf: shape.numbersOf ?? (() => 'measure'),
    numbers: new TableNumbers(separator, [], {}),
  };
  const table = { columns, headings, line, separator };
  if (faults.length > faultsBefore) return { ...table, rows: [] };
  const width = header?.fields?.length ?? 0;
  const unnamed = (header?.fields ?? []).flatMap((heading, position) => (heading === '' ? [position] : []));
  const rows: CsvRow[] = [];
  for (const record of records) {
    if (isEnough(faults)) break;
    const fields = record.fields === undefined ? undefined : withoutEmptyEnd(record.fields, width);
    if (fields === undefined)
      faults.push({
        file,
        line: record.line,
        message: 'a quoted field is not closed, or is followed by text',
        value: record.text,
        expected: 'fields separated by commas, quotes inside quotes doubled',
      });
    else if (fields.length !== width)
      faults.push({
        file,
        line: record.line,
        message: `the row has ${fields.length} fields, the header has ${width}`,
        value: record.text,
        expected: `${width} fields: ${columns.slice(0, 20).join(', ')}`,
        ...(separator === ',' && /\d,\d/.test(record.text)
          ? { hint: 'numbers with a comma need quotes around them, or semicolons between the fields' }
          : {}),
      });
    else {
      const stray = unnamed.find((position) => fields[position] !== '');
      if (stray === undefined) rows.push({ line: record.line, fields, frame });
      else
        faults.push({
          file,
          line: record.line,
          message: `there is "${fields[stray]}" in column ${stray + 1}, which has no heading`,
          value: fields[stray] ?? '',
          expected: 'a heading for each column',
          hint: 'give the column a heading, or empty it',
        });
    }
  }
  frame.numbers = new TableNumbers(separator, numbersIn(rows, columns, frame), shape.stated ?? {});
  return { ...table, rows };
}

interface Header {
  readonly columns: readonly string[];
  readonly headings: ReadonlyMap<string, string>;
  readonly positions: ReadonlyMap<string, number>;
}

function headerOf(
  file: string,
  fields: readonly string[],
  { line, text }: { readonly line: number; readonly text: string },
  shape: TableShape,
  faults: ImportFault[],
): Header {
  const { required, columnOf = (heading) => heading } = shape;
  const headings = new Map<string, string>();
  const positions = new Map<string, number>();
  let twice: { readonly heading: string; readonly earlier: string } | undefined;
  for (const [position, heading] of fields.entries()) {
    if (heading === '') continue;
    const column = columnOf(heading);
    const earlier = headings.get(column);
    if (earlier !== undefined) twice ??= { heading, earlier };
    else {
      headings.set(column, heading);
      positions.set(column, position);
    }
  }
  const lacking = missingColumns(fields, shape);
  const { missing, near } = lacking;
  if (missing.length > 0) {
    faults.push({
      file,
      line,
      message: `there is no column ${missing.map((column) => `"${column}"`).join(', ')}`,
      value: text,
      expected: `the columns ${required.join(', ')}`,
      ...(near.size === 0
        ? {}
        : {
            hint: `the first line names the columns, with ${required.join(', ')} among them: ${nearQuestion(lacking)}`,
          }),
    });
  } else if (twice !== undefined) {
    const { heading, earlier } = twice;
    faults.push({
      file,
      line,
      column: heading,
      message: `column "${heading}" appears twice${earlier === heading ? '' : `: "${earlier}" is the same`}`,
      expected: 'each column once',
    });
  }
  return { columns: [...headings.keys()], headings, positions };
}

/** Spreadsheets write the empty cells right of a table too. */
function withoutEmptyEnd(fields: readonly string[], width: number): readonly string[] {
  return fields.length > width && fields.slice(width).every((field) => field === '') ? fields.slice(0, width) : fields;
}

function* numbersIn(
  rows: readonly CsvRow[],
  columns: readonly string[],
  { positions, numbersOf }: TableFrame,
): Iterable<{ text: string; line: number }> {
  const places = columns.flatMap((column) => (numbersOf(column) === undefined ? [] : [positions.get(column) ?? 0]));
  for (const { line, fields } of rows) for (const place of places) yield { text: fields[place] ?? '', line };
}

/** The headings of a text that begins like a table; cut off where the text is. */
export function csvHeadings(text: string): readonly string[] {
  return readRecords(text, 1).records[0]?.fields ?? [];
}

/** What is in `column`; empty where there is no such column. */
export function cell(row: CsvRow, column: string): string {
  const position = row.frame.positions.get(column);
  return position === undefined ? '' : (row.fields[position] ?? '');
}

/** The number in `column`, 0 or more; reports anything else and returns 0. */
export function quantity(file: string, row: CsvRow, column: string, faults: ImportFault[]): number {
  const value = finiteNumber(file, row, column, faults, 'a number of 0 or more');
  if (value >= 0) return value;
  if (value < 0)
    faults.push({
      file,
      line: row.line,
      column: headingOf(row, column),
      message: `"${cell(row, column)}" is not a number of 0 or more`,
      value: cell(row, column),
      expected: 'a number of 0 or more',
    });
  return 0;
}

/** The number in `column`; reports anything else and returns NaN. */
export function finiteNumber(
  file: string,
  row: CsvRow,
  column: string,
  faults: ImportFault[],
  expected = 'a number',
): number {
  const text = cell(row, column);
  const heading = headingOf(row, column);
  if (text.trim() === '') {
    faults.push({ file, line: row.line, column: heading, message: 'there is no number', value: text, expected });
    return Number.NaN;
  }
  const value = row.frame.numbers.read(text, row.frame.numbersOf(column) ?? 'measure');
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const fault = typeof value === 'number' ? { reason: '' } : value;
  faults.push({
    file,
    line: row.line,
    column: heading,
    message: `"${text}" is not ${expected}${fault.reason}`,
    value: text,
    expected,
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  });
  return Number.NaN;
}

/** A column as it is called in the file. */
export function headingOf(row: CsvRow, column: string): string {
  return row.frame.headings.get(column) ?? column;
}
