/** Numbers as people type and paste them, and blocks of cells as spreadsheets exchange them. */
import Papa from 'papaparse';
import { decimalShownBy, readingsOf, type DecimalMark } from '#shared/domain/numerals.ts';

/** What is known about a text besides itself. */
export interface NumberContext {
  /** What the numbers pasted with it show of their decimals. */
  readonly around?: ReadonlySet<DecimalMark> | undefined;
  /** Whether numbers of its kind are nearly always whole (bytes, MHz, mW): then "1.525" is hardly a fraction. */
  readonly isWhole?: boolean | undefined;
}

/**
 * What a typed number is: a number, undefined for nothing, or the text itself where it is not a number or may be two
 * (so that it can be said what is wrong with it). Takes thousands in groups, and points and commas where they can be
 * nothing else: "1.234,5", "1,234.5", "1 234" and "1,234,567", but not "1,234". By itself "1.234" has decimals, as
 * everything that Tessera shows; "1.500" may be 1500, because nobody needs the zeros of 1.5. Among "12,5" it is 1500,
 * as "1,500" is among "12.5"; where both occur, neither is taken.
 */
export function parseNumber(
  text: string,
  { around = new Set(), isWhole = false }: NumberContext = {},
): number | string | undefined {
  const plain = text.trim();
  if (plain === '') return undefined;
  const readings = readingsOf(plain);
  const [first] = readings;
  if (readings.length === 1) return first.value;
  const [shown] = around.size === 1 ? around : [undefined];
  const isPlainFraction = around.size === 0 && !plain.endsWith('0');
  const meant = readings.find(({ decimal, thousands }) =>
    shown === undefined ? isPlainFraction && decimal === 'point' && thousands === undefined : decimal === shown,
  );
  return meant === undefined || (isWhole && meant.thousands === undefined) ? plain : meant.value;
}

/** Units of quantities that are nearly always whole numbers. */
const wholeUnits: ReadonlySet<string> = new Set(['MHz', 'mW', 'bytes', 'MB/s', 'outputs']);

/** Whether numbers in `unit` are nearly always whole. */
export function isWholeUnit(unit: string | undefined): boolean {
  return unit !== undefined && wholeUnits.has(unit);
}

/** A number in the program's own notation that can be read in one way only: "1.5250" instead of "1.525", which may be thousands. */
export function certainText(value: number): string {
  const text = cellText(value);
  return readingsOf(text).length > 1 ? `${text}0` : text;
}

/** What the numbers of a block show of what comes before decimals. */
export function decimalsIn(texts: Iterable<string>): ReadonlySet<DecimalMark> {
  const marks = new Set<DecimalMark>();
  for (const text of texts) {
    const mark = decimalShownBy(text);
    if (mark !== undefined) marks.add(mark);
  }
  return marks;
}

/** A value as shown in a field and in copied cells: every digit, a decimal point, no grouping. */
export function cellText(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The cells of a block copied from a spreadsheet (tab-separated, quoted where a cell has tabs or line breaks). */
export function parseCells(text: string): string[][] {
  const quoted = Papa.parse<string[]>(text, { delimiter: '\t' });
  // A quote that nothing closes is a character like others: 5" or "abc.
  const { data } = quoted.errors.some(({ type }) => type === 'Quotes')
    ? Papa.parse<string[]>(text, { delimiter: '\t', quoteChar: '\0' })
    : quoted;
  // Spreadsheets end the last line too.
  return data.length > 1 && data.at(-1)?.join('') === '' ? data.slice(0, -1) : data;
}

/**
 * The cells of a pasted text that may also be that of a CSV file: separated by commas or semicolons where only then its first line is one
 * of headings.
 */
export function parseTable(text: string, isHead: (line: readonly string[]) => boolean): string[][] {
  const cells = parseCells(text);
  if (cells.some((line) => line.length > 1)) return cells;
  for (const delimiter of [',', ';']) {
    const { data, errors } = Papa.parse<string[]>(text.trim(), { delimiter });
    if (errors.length > 0 || data.length < 2 || data[0].length < 2) continue;
    // Neither numbers nor names contain semicolons, so lines with equally many cells are a table.
    const isEven = delimiter === ';' && data.every((line) => line.length === data[0].length);
    if (isEven || isHead(data[0])) return data;
  }
  return cells;
}

export function formatCells(cells: readonly (readonly string[])[]): string {
  return Papa.unparse(
    cells.map((row) => [...row]),
    { delimiter: '\t', newline: '\n' },
  );
}
