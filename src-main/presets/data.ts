/** Reads the tables in resources/data from which presets are made. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cell, quantity, readCsv } from '../formats/csv.ts';
import type { ImportFault } from '../formats/import-fault.ts';

const directory = resolve(import.meta.dirname, '../../resources/data');

/** A row: text by column, and numbers where a cell is a number. */
export interface DataRow {
  text(column: string): string;
  /** @throws Error where the cell is not a number of 0 or more */
  number(column: string): number;
  isEmpty(column: string): boolean;
}

/** The rows of the table at `path` below resources/data. @throws Error for a table without `columns` or with broken rows */
export function readTable(path: string, columns: readonly string[]): DataRow[] {
  const faults: ImportFault[] = [];
  const { rows } = readCsv(
    readFileSync(join(directory, path), 'utf8'),
    path,
    { required: columns, stated: { decimal: 'point' } },
    faults,
  );
  refuse(faults);
  return rows.map((row) => ({
    text: (column) => cell(row, column),
    number(column) {
      const value = quantity(path, row, column, faults);
      refuse(faults);
      return value;
    },
    isEmpty: (column) => cell(row, column) === '',
  }));
}

function refuse(faults: readonly ImportFault[]): void {
  if (faults.length > 0)
    throw new Error(faults.map(({ file, line, message }) => `${file}, line ${line}: ${message}`).join('\n'));
}
