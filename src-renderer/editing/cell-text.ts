/** Numbers as people type and paste them, and blocks of cells as spreadsheets exchange them. */
import Papa from 'papaparse';

/**
 * What a typed number is: a number, undefined for nothing, or the text itself where it is no number (so that it can be told what is
 * wrong with it). Takes spaces between thousands, and points and commas between thousands or before decimals where they can be
 * nothing else: "1.234,5", "1,234.5" and "1,234,567", but not "1,234".
 */
export function parseNumber(text: string): number | string | undefined {
  const plain = text.replaceAll(/[\s\u00A0\u2009\u202F'’]/g, '').replaceAll('−', '-');
  if (plain === '') return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  // "1,5", "0,125" and "1,250E-3" are decimals; "1,234" may be a thousand and more: better ask than guess.
  const decimal = /^([+-]?\d*),(\d+)(e[+-]?\d+)?$/i.exec(plain);
  if (decimal !== null && (decimal[2].length !== 3 || /^[+-]?0?$/.test(decimal[1]) || decimal[3] !== undefined)) return Number(`${decimal[1]}.${decimal[2]}${decimal[3] ?? ''}`);
  const grouped = /^[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+|(?:,\d{3}){2,}|(?:\.\d{3}){2,})$/;
  if (grouped.test(plain)) return Number(ungrouped(plain));
  return text.trim();
}

/** Of a number with thousands separated: the separator that comes once and last is that of the decimals. */
function ungrouped(text: string): string {
  const last = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  const isDecimal = text.indexOf(text[last]) === last;
  const digits = (part: string): string => part.replaceAll(/[.,]/g, '');
  return isDecimal ? `${digits(text.slice(0, last))}.${text.slice(last + 1)}` : digits(text);
}

/** A value as it stands in a field and in copied cells: every digit, a decimal point, no grouping. */
export function cellText(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The cells of a block copied from a spreadsheet (tab-separated, quoted where a cell has tabs or line breaks). */
export function parseCells(text: string): string[][] {
  const quoted = Papa.parse<string[]>(text, { delimiter: '\t' });
  // A quote that nothing closes is a character like others: 5" or "abc.
  const { data } = quoted.errors.some(({ type }) => type === 'Quotes') ? Papa.parse<string[]>(text, { delimiter: '\t', quoteChar: '\0' }) : quoted;
  // Spreadsheets end the last line too.
  return data.length > 1 && data.at(-1)?.join('') === '' ? data.slice(0, -1) : data;
}

export function formatCells(cells: readonly (readonly string[])[]): string {
  return Papa.unparse(cells.map((row) => [...row]), { delimiter: '\t', newline: '\n' });
}
