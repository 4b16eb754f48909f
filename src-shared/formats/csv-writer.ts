/** Writes tables in CSV (RFC 4180), as they are or for spreadsheets: with a byte order mark, and with nothing in them that would be computed. */

export interface CsvOptions {
  /** Begin with a byte order mark, by which spreadsheets know that the text is UTF-8. */
  readonly bom?: boolean;
  /** Put an apostrophe before texts that a spreadsheet would compute. */
  readonly disarm?: boolean;
  /** Left out: "\n". */
  readonly lineEnd?: '\n' | '\r\n';
}

/** A number is not text, whatever its sign. */
export type CsvValue = string | number | undefined;

/** The byte order mark. */
export const BOM = '\uFEFF';

/** A table with a header. Every field that could be misread is quoted, so that reading gives the same fields. */
export function writeCsv(
  columns: readonly string[],
  rows: readonly (readonly CsvValue[])[],
  { bom = false, disarm = false, lineEnd = '\n' }: CsvOptions = {},
): string {
  const field = (value: CsvValue): string => fieldText(disarm && isFormula(value) ? `'${value}` : value);
  return `${bom ? BOM : ''}${[columns, ...rows].map((row) => `${row.map(field).join(',')}${lineEnd}`).join('')}`;
}

/**
 * Whether a spreadsheet computes `value` instead of showing it: also where white space or a wide sign of East Asian
 * fonts comes first. Negative numbers in text are numbers.
 */
export function isFormula(value: CsvValue): boolean {
  return typeof value === 'string' && /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(value) && !isNegativeNumber(value);
}

function isNegativeNumber(text: string): boolean {
  return /^-[\d.]+(?:e[+-]?\d+)?$/i.test(text);
}

function fieldText(value: CsvValue): string {
  const text = value === undefined ? '' : String(value);
  return /[",;\t\r\n]|^\s|\s$|^\uFEFF/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
