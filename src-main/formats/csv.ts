/** Reads a table in CSV (RFC 4180, without line breaks inside fields) whose first line names the columns. */
import type { ImportFault } from './import-fault.ts';

export interface CsvRow {
  /** From 1, the header included. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * The rows of `text`, blank lines left out, fields trimmed. What is wrong goes to `faults`, and the rows concerned are left out.
 * @param file the table as a person calls it
 */
export function readCsv(text: string, file: string, requiredColumns: readonly string[], faults: ImportFault[]): CsvTable {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const columns = fieldsOf(lines[0] ?? '') ?? [];
  const missing = requiredColumns.filter((column) => !columns.includes(column));
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (missing.length > 0) {
    faults.push({ file, line: 1, message: `there is no column ${missing.map((column) => `"${column}"`).join(', ')}`, value: lines[0] ?? '', expected: `the columns ${requiredColumns.join(', ')}` });
  } else if (repeated !== undefined) faults.push({ file, line: 1, column: repeated, message: `column "${repeated}" is there twice`, expected: 'each column once' });
  if (missing.length > 0 || repeated !== undefined) return { columns, rows: [] };
  const rows: CsvRow[] = [];
  lines.forEach((content, index) => {
    if (index === 0 || content.trim() === '') return;
    const line = index + 1;
    const fields = fieldsOf(content);
    if (fields === undefined) faults.push({ file, line, message: 'a quoted field is not closed, or is followed by text', value: content, expected: 'fields separated by commas, quotes inside quotes doubled' });
    else if (fields.length !== columns.length) faults.push({ file, line, message: `the row has ${fields.length} fields, the header has ${columns.length}`, value: content, expected: `${columns.length} fields: ${columns.join(', ')}` });
    else rows.push({ line, cells: new Map(columns.map((column, position) => [column, fields[position]])) });
  });
  return { columns, rows };
}

/** The fields of a line; undefined where its quotes do not fit. */
function fieldsOf(line: string): string[] | undefined {
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    const match = /^\s*"((?:[^"]|"")*)"\s*(,|$)/.exec(rest) ?? /^([^",]*)(,|$)/.exec(rest);
    if (match === null) return undefined;
    const [whole, field, end] = match;
    fields.push(whole.trimStart().startsWith('"') ? field.replaceAll('""', '"') : field.trim());
    if (end === '') return fields;
    rest = rest.slice(whole.length);
  }
}
