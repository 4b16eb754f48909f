/** Tables of measurements as text for a terminal and as Markdown for resources/docs/benchmarks.md. */
import type { BenchTable } from './types.ts';

export function asText({ title, note, rows }: BenchTable): string {
  const { columns, cells, isNumber } = cellsOf(rows);
  const widths = columns.map((column, index) => Math.max(column.length, ...cells.map((row) => row[index].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, index) => (isNumber[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join('   ');
  return `${title}\n${note}\n${line(columns)}\n${cells.map(line).join('\n')}\n`;
}

export function asMarkdown({ title, note, rows }: BenchTable): string {
  const { columns, cells, isNumber } = cellsOf(rows);
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return `## ${title}\n\n${note}\n\n${[columns, isNumber.map((number) => (number ? '---:' : '---')), ...cells].map(line).join('\n')}\n`;
}

function cellsOf(rows: BenchTable['rows']): { columns: string[]; cells: string[][]; isNumber: boolean[] } {
  const columns = Object.keys(rows[0] ?? {});
  return {
    columns,
    cells: rows.map((row) => columns.map((column) => text(row[column]))),
    isNumber: columns.map((column) => typeof rows[0]?.[column] === 'number'),
  };
}

/** Three significant digits, thousands separated. */
function text(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  const rounded = Number(
    value.toPrecision(Math.abs(value) >= 100 ? Math.max(3, Math.trunc(Math.log10(Math.abs(value))) + 1) : 3),
  );
  return rounded.toLocaleString('en', { maximumFractionDigits: 3 }).replaceAll(',', '\u202f');
}
