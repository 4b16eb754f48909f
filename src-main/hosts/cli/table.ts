/** Numbers, durations and aligned tables as plain text for a terminal. */
import { visibleInLine } from './visible.ts';

/** Numbers that differ by less, relatively, differ by the rounding of their arithmetic only. */
const SAME = 1e-12;

/**
 * Three significant digits; whole digits are never rounded away: 0.012345 → "0.0123", 1234.5 → "1235". Zeros at the end
 * say what was rounded: 28.998 → "29.0", but 29 → "29".
 */
export function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const wholeDigits = Math.trunc(Math.abs(value)).toString().length;
  const digits = value.toPrecision(Math.max(3, wholeDigits));
  const text =
    digits.includes('e') || Math.abs(Number(digits) - value) <= Math.abs(value) * SAME
      ? String(Number(digits))
      : digits;
  return text.replace('-', '−');
}

/** How much `value` is more or less than `base`: "−12.4 %"; "–" where one of them is not known. */
export function change(value: number | undefined, base: number | undefined): string {
  if (value === undefined || base === undefined) return '–';
  if (base === 0) return value === 0 ? '0 %' : '–';
  const percent = ((value - base) / Math.abs(base)) * 100;
  return `${percent > 0 ? '+' : ''}${number(percent)} %`;
}

/** "850 ms", "1.2 s", "3 min 12 s", "2 h 5 min". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** Local date and time to the minute. */
export function time(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers are aligned to the right. */
  readonly align?: 'right';
}

/** Rows under titles, columns two spaces apart, without trailing spaces. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => visibleInLine(column.value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, index) =>
          columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
