/**
 * `npm run bench [-- --json] [-- --only name,…]`: measures speed, memory and size, and prints them as tables (or JSON). Not a test:
 * nothing passes or fails, and figures belong to the machine they were taken on, which is printed with them.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { evaluatorSection } from './evaluator.ts';
import { importSection } from './import.ts';
import { nativeSection } from './native-baseline.ts';
import { optimumSection } from './optimum.ts';
import { recordingSection } from './recording.ts';
import { resumeSection } from './resume.ts';
import { schedulersSection } from './schedulers.ts';
import { searchSection } from './search.ts';
import { replaySection } from './replay.ts';
import { startupSection } from './startup.ts';
import { threadsSection } from './threads.ts';
import type { BenchSection, BenchTable } from './types.ts';

const sections: readonly BenchSection[] = [evaluatorSection, nativeSection, threadsSection, searchSection, schedulersSection, optimumSection, recordingSection, resumeSection, importSection, startupSection, replaySection];

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const wanted = values.only?.split(',');
const unknown = wanted?.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  console.error(`there is no benchmark "${unknown}"; known: ${sections.map((section) => section.name).join(', ')}`);
  process.exit(2);
}

const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30), node: process.version, platform: `${process.platform}-${process.arch}`, date: new Date().toISOString() };
const tables: BenchTable[] = [];
if (!values.json) console.log(`${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GiB · Node ${machine.node} · ${machine.platform} · ${machine.date}\n`);
for (const section of sections) {
  if (wanted !== undefined && !wanted.includes(section.name)) continue;
  for (const table of await section.run('full')) {
    tables.push(table);
    if (!values.json) printTable(table);
  }
}
if (values.json) console.log(JSON.stringify({ machine, tables }, undefined, 2));

function printTable({ title, note, rows }: BenchTable): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => text(row[column])));
  const widths = columns.map((column, index) => Math.max(column.length, ...cells.map((row) => row[index].length)));
  const line = (row: readonly string[]): string => row.map((cell, index) => (typeof rows[0]?.[columns[index]] === 'number' ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join('   ');
  console.log(`${title}\n${note}\n${line(columns)}\n${cells.map(line).join('\n')}\n`);
}

/** Three significant digits, thousands separated. */
function text(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  const rounded = Number(value.toPrecision(Math.abs(value) >= 100 ? Math.max(3, Math.trunc(Math.log10(Math.abs(value))) + 1) : 3));
  return rounded.toLocaleString('en', { maximumFractionDigits: 3 }).replaceAll(',', '\u202f');
}
