/** Reads and writes tables in CSV (RFC 4180) whose first line names the columns; spreadsheets may also separate by semicolon or tab. */
import type { ImportFault } from './import-fault.ts';

export interface CsvRow {
  /** The line it begins in, from 1, the header included. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
  /** Between its fields. */
  readonly separator: string;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** One record: its fields, or undefined where its quotes do not fit. */
interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[] | undefined;
  readonly text: string;
}

/**
 * The rows of `text`, blank lines left out, fields trimmed unless quoted. What is wrong goes to `faults`, and the rows concerned
 * are left out.
 * @param file the table as a person calls it
 */
export function readCsv(text: string, file: string, requiredColumns: readonly string[], faults: ImportFault[]): CsvTable {
  const plain = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(plain);
  const [header, ...records] = recordsOf(plain);
  const columns = header?.fields ?? [];
  const missing = requiredColumns.filter((column) => !columns.includes(column));
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (missing.length > 0) {
    faults.push({ file, line: 1, message: `there is no column ${missing.map((column) => `"${column}"`).join(', ')}`, value: header?.text ?? '', expected: `the columns ${requiredColumns.join(', ')}` });
  } else if (repeated !== undefined) faults.push({ file, line: 1, column: repeated, message: `column "${repeated}" is there twice`, expected: 'each column once' });
  if (missing.length > 0 || repeated !== undefined) return { columns, rows: [] };
  const rows: CsvRow[] = [];
  for (const { line, fields, text: content } of records) {
    if (fields === undefined) faults.push({ file, line, message: 'a quoted field is not closed, or is followed by text', value: content, expected: 'fields separated by commas, quotes inside quotes doubled' });
    else if (fields.length !== columns.length) faults.push({ file, line, message: `the row has ${fields.length} fields, the header has ${columns.length}`, value: content, expected: `${columns.length} fields: ${columns.join(', ')}` });
    else rows.push({ line, separator, cells: new Map(columns.map((column, position) => [column, fields[position]])) });
  }
  return { columns, rows };
}

/** The names of the columns in a text that begins like a table; cut off where the text is. */
export function csvColumns(text: string): readonly string[] {
  return recordsOf(text.replace(/^\uFEFF/, ''), 1)[0]?.fields ?? [];
}

/** What stands in `column`; empty where there is no such column. */
export function cell(row: CsvRow, column: string): string {
  return row.cells.get(column) ?? '';
}

/** The number in `column`, 0 or more; reports anything else and returns 0. */
export function quantity(file: string, row: CsvRow, column: string, faults: ImportFault[]): number {
  const value = finiteNumber(file, row, column, faults, 'a number of 0 or more');
  if (value >= 0) return value;
  if (value < 0) faults.push({ file, line: row.line, column, message: `"${cell(row, column)}" is not a number of 0 or more`, value: cell(row, column), expected: 'a number of 0 or more' });
  return 0;
}

/** The number in `column`; reports anything else and returns NaN. */
export function finiteNumber(file: string, row: CsvRow, column: string, faults: ImportFault[], expected = 'a number'): number {
  const text = cell(row, column);
  const value = text.trim() === '' ? Number.NaN : Number(withDecimalPoint(text, row.separator));
  if (Number.isFinite(value)) return value;
  faults.push({
    file, line: row.line, column, message: text === '' ? 'there is no number' : `"${text}" is not ${expected}`, value: text, expected,
    ...(/^\s*[+-]?\d+,\d+\s*$/.test(text) ? { hint: 'write decimals with a point' } : {}),
  });
  return Number.NaN;
}

/** Spreadsheets that write decimals with a comma separate fields by semicolons, or by tabs where they copy; "1,234" there may be a thousand. */
function withDecimalPoint(text: string, separator: string): string {
  const isDecimal = separator === ';' ? /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i : separator === '\t' ? /^\s*[+-]?(0?,\d+|\d*,(?!\d{3}\s*$)\d+)\s*$/ : undefined;
  return isDecimal?.test(text) === true ? text.replace(',', '.') : text;
}

/** A table with a header. Every field that could be misread is quoted, so that reading gives the same fields. */
export function writeCsv(columns: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(fieldText).join(',')}\n`).join('');
}

function fieldText(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",;\t\r\n]|^\s|\s$|^\uFEFF/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function recordsOf(text: string, most = Number.POSITIVE_INFINITY): CsvRecord[] {
  const separator = separatorOf(text);
  const quoted = new RegExp(`[^\\S\\r\\n\\t]*"([^"]*(?:""[^"]*)*)"[^\\S\\r\\n\\t]*(${separator}|\\r\\n|\\n|\\r|$)`, 'y');
  const bare = new RegExp(`([^"${separator}\\r\\n]*)(${separator}|\\r\\n|\\n|\\r|$)`, 'y');
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length && records.length < most) {
    const start = at;
    let fields: string[] | undefined = [];
    for (let ended = false; !ended; ) {
      quoted.lastIndex = at;
      bare.lastIndex = at;
      const inQuotes = quoted.exec(text);
      const match = inQuotes ?? bare.exec(text);
      if (match === null) {
        fields = undefined;
        const rest = /[^\r\n]*(?:\r\n|\n|\r|$)/y;
        rest.lastIndex = at;
        at += rest.exec(text)?.[0].length ?? 0;
        break;
      }
      const [whole, field, end] = match;
      fields.push(inQuotes === null ? field.trim() : field.replaceAll('""', '"'));
      at += whole.length;
      ended = end !== separator;
    }
    const content = text.slice(start, at).replace(/(\r\n|\n|\r)$/, '');
    if (content.trim() !== '' || records.length === 0) records.push({ line, fields, text: content });
    line += text.slice(start, at).split(/\r\n|\n|\r/).length - 1;
  }
  return records;
}

/** What separates the fields of the first line; a comma unless another one is more frequent there. */
function separatorOf(text: string): string {
  const header = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => header.split(separator).length - 1;
  return [',', ';', '\t'].reduce((best, candidate) => (count(candidate) > count(best) ? candidate : best));
}
