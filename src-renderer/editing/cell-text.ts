/** Numbers as people type and paste them, and blocks of cells as spreadsheets exchange them. */
import Papa from 'papaparse';

/**
 * What a typed number is: a number, undefined for nothing, or the text itself where it is no number (so that it can be told what is
 * wrong with it). Takes thin and normal spaces between thousands, and a decimal comma where it can be nothing else.
 */
export function parseNumber(text: string): number | string | undefined {
  const plain = text.replaceAll(/[\s\u00A0\u2009\u202F']/g, '').replace('−', '-');
  if (plain === '') return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  // "1,5" and "0,125" are decimals; "1,234" may be a thousand and more: better ask than guess.
  const decimal = /^([+-]?\d+),(\d+)$/.exec(plain);
  if (decimal !== null && (decimal[2].length !== 3 || /^[+-]?0$/.test(decimal[1]))) return Number(`${decimal[1]}.${decimal[2]}`);
  return text.trim();
}

/** A value as it stands in a field and in copied cells: every digit, a decimal point, no grouping. */
export function cellText(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The cells of a block copied from a spreadsheet (tab-separated, quoted where a cell has tabs or line breaks). */
export function parseCells(text: string): string[][] {
  const { data } = Papa.parse<string[]>(text, { delimiter: '\t' });
  // Spreadsheets end the last line too.
  return data.length > 1 && data.at(-1)?.join('') === '' ? data.slice(0, -1) : data;
}

export function formatCells(cells: readonly (readonly string[])[]): string {
  return Papa.unparse(cells.map((row) => [...row]), { delimiter: '\t', newline: '\n' });
}
