/** Reads the table of block latencies that ships with the product. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { blockTable, type BlockTable } from '#shared/nas/block-table.ts';
import { cell, quantity, readCsv } from './csv.ts';
import type { ImportFault } from './import-fault.ts';

/** @throws WorkbenchError `nas.table` where it is missing or damaged */
export function readBlockTable(resourcesDirectory: string): BlockTable {
  const file = join(resourcesDirectory, 'data/s3nas/block_latency.csv');
  const faults: ImportFault[] = [];
  const rows = readRows(file, faults);
  const [fault] = faults;
  if (fault !== undefined) throw damaged(`${file}, line ${fault.line}: ${fault.message}`);
  return blockTable(rows);
}

function readRows(file: string, faults: ImportFault[]): { name: string; cycles: number }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw damaged(`cannot read ${file}`, cause);
  }
  const shape = { required: ['cycles', 'source_file'], stated: { decimal: 'point' as const } };
  return readCsv(text, file, shape, faults).rows.map((row) => ({
    name: cell(row, 'source_file'),
    cycles: quantity(file, row, 'cycles', faults),
  }));
}

function damaged(message: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('nas.table', message, { hint: 'the installation is incomplete: install again', cause });
}
