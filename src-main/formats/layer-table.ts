/** A network as one table, a row per layer, for spreadsheets: reading what is written gives the same layers. */
import { z } from 'zod';
import { idSchema } from '#shared/domain/common.ts';
import { parseNetwork, timeSourceKinds, type Layer, type Network } from '#shared/domain/network.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { cell, csvColumns, finiteNumber, quantity, readCsv, writeCsv, type CsvRow } from './csv.ts';
import { DependencySyntaxError, readDependencies, writeDependencies } from './dependency-list.ts';
import { defineNetworkWriter, defineReader, type Format } from './format.ts';
import { importError, type ImportFault } from './import-fault.ts';
import { readText } from './text.ts';

const TIME = 'time:';
const SOURCE = 'source:';
const columns = ['id', 'name', 'op', 'dependencies', 'outputBytes', 'macs', 'parameters', 'priority'] as const;
/** Written only where a layer has them. */
const shapes = ['outputShape', 'kernelShape'] as const;
const quantities = ['outputBytes', 'macs', 'parameters'] as const;

/**
 * The layers of a table with the columns `id`, `op`, `time:<key>` (ms, empty: none), and optionally `name`, `dependencies` (see
 * dependency-list.ts), `outputBytes`, `macs`, `parameters`, `priority`, `outputShape` and `kernelShape` ("64x56x56") and `source:<key>`
 * (where a time comes from).
 * @param file the file, for messages
 * @throws WorkbenchError `csv.invalid` with one issue per broken field, `network.invalid` for what holds between rows
 */
export function layerTableNetwork(text: string, file: string, { id, name }: { readonly id: string; readonly name?: string }): Network {
  const faults: ImportFault[] = [];
  const table = readCsv(text, file, ['id', 'op'], faults);
  const unknown = table.columns.filter((column) => !([...columns, ...shapes] as readonly string[]).includes(column) && ![TIME, SOURCE].some((prefix) => column.startsWith(prefix) && column.length > prefix.length));
  if (faults.length === 0) for (const column of unknown) faults.push({ file, line: 1, column, message: `there is no column "${column}" in a layer table`, value: column, expected: `${[...columns, ...shapes].join(', ')}, time:<processor> or source:<processor>`, hint: `remove it, or call it "${TIME}${column}" if it has execution times` });
  if (faults.length === 0 && table.rows.length === 0) faults.push({ file, line: 2, message: 'there is no layer', expected: 'a row per layer' });
  const filled = (row: CsvRow, prefix: string): string[] => table.columns.filter((column) => column.startsWith(prefix) && cell(row, column) !== '');
  const layers = table.rows.map((row) => ({
    id: required(file, row, 'id', faults),
    op: required(file, row, 'op', faults),
    ...(cell(row, 'name') === '' ? {} : { name: cell(row, 'name') }),
    executionTimeMs: Object.fromEntries(filled(row, TIME).map((column) => [column.slice(TIME.length), quantity(file, row, column, faults)])),
    ...timeSourcesOf(file, row, filled(row, SOURCE), faults),
    dependencies: dependenciesOf(file, row, faults),
    ...Object.fromEntries(quantities.filter((column) => cell(row, column) !== '').map((column) => [column, quantity(file, row, column, faults)])),
    ...Object.fromEntries(shapes.filter((column) => cell(row, column) !== '').map((column) => [column, shapeOf(file, row, column, faults)])),
    ...(cell(row, 'priority') === '' ? {} : { priority: finiteNumber(file, row, 'priority', faults) }),
  }));
  const lineOf = new Map<string, number>();
  table.rows.forEach((row) => {
    const earlier = lineOf.get(cell(row, 'id'));
    if (earlier !== undefined) faults.push({ file, line: row.line, column: 'id', message: `"${cell(row, 'id')}" is already the id of the layer in line ${earlier}`, value: cell(row, 'id'), expected: 'an id of its own for each layer' });
    else lineOf.set(cell(row, 'id'), row.line);
  });
  if (faults.length > 0) throw importError('csv', faults);
  return parseNetwork({ schemaVersion: 1, id, ...(name === undefined ? {} : { name }), provenance: [`assumed: as imported from the layer table ${file}`], layers });
}

/** The table of a network's layers, a `time:` column for each key that a layer has. */
export function layerTable(network: Network): string {
  const keys = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.executionTimeMs)))];
  const sources = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.timeSources ?? {})))];
  const shown = shapes.filter((column) => network.layers.some((layer) => layer[column] !== undefined));
  const header = [...columns, ...shown, ...keys.map((key) => TIME + key), ...sources.map((key) => SOURCE + key)];
  return writeCsv(header, network.layers.map((layer) => [...factsOf(layer), ...shown.map((column) => layer[column]?.join('x')), ...keys.map((key) => own(layer.executionTimeMs, key)), ...sources.map((key) => own(layer.timeSources ?? {}, key))]));
}

/** The fields of `columns`. */
function factsOf({ id, name, op, dependencies, outputBytes, macs, parameters, priority }: Layer): (string | number | undefined)[] {
  return [id, name === id ? '' : name, op, writeDependencies(dependencies), outputBytes, macs, parameters, priority === 0 ? '' : priority];
}

function own<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** "64x56x56" */
function shapeOf(file: string, row: CsvRow, column: string, faults: ImportFault[]): number[] {
  const text = cell(row, column);
  const sizes = text.split('x').map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  faults.push({ file, line: row.line, column, message: `"${text}" is not a shape`, value: text, expected: 'whole numbers joined by "x", e.g. 64x56x56' });
  return [];
}

function timeSourcesOf(file: string, row: CsvRow, filled: readonly string[], faults: ImportFault[]): Pick<Layer, 'timeSources'> {
  const sources = filled.flatMap((column) => {
    const kind = timeSourceKinds.find((candidate) => candidate === cell(row, column));
    if (kind === undefined) faults.push({ file, line: row.line, column, message: `"${cell(row, column)}" is not where a time comes from`, value: cell(row, column), expected: `one of ${timeSourceKinds.join(', ')}` });
    return kind === undefined ? [] : [[column.slice(SOURCE.length), kind] as const];
  });
  return sources.length === 0 ? {} : { timeSources: Object.fromEntries(sources) };
}

function required(file: string, row: CsvRow, column: 'id' | 'op', faults: ImportFault[]): string {
  const text = cell(row, column);
  if (text === '') faults.push({ file, line: row.line, column, message: `the layer has no ${column}`, value: '', expected: column === 'id' ? 'an id' : 'an operation, e.g. Conv' });
  return text;
}

function dependenciesOf(file: string, row: CsvRow, faults: ImportFault[]): Layer['dependencies'] {
  const text = cell(row, 'dependencies');
  try {
    return readDependencies(text);
  } catch (error) {
    if (!(error instanceof DependencySyntaxError)) throw error;
    faults.push({ file, line: row.line, column: 'dependencies', message: error.message, value: text, expected: 'ids separated by ";", each with "@bytes" where it is known' });
    return [];
  }
}

export const layerTableFormat: Format = {
  id: 'csv',
  name: 'Layer table',
  description: 'a network as a table for spreadsheets: a row per layer, a column of times per processor',
  extensions: ['.csv', '.tsv'],
  mediaType: 'text/csv',
  reader: defineReader({
    kinds: ['network'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the file's name"),
      name: z.string().min(1).optional().describe('Name of the network; default: its id'),
    }),
    recognises: ({ head }) => {
      const found = csvColumns(new TextDecoder().decode(head));
      return found.includes('id') && found.includes('op');
    },
    async read([file], { id = idFrom(baseName(file.name)), name }) {
      const document = layerTableNetwork(await readText(file), file.name, { id, ...(name === undefined ? {} : { name }) });
      return { documents: [{ kind: 'network', document }], notes: [] };
    },
  }),
  writer: defineNetworkWriter(z.strictObject({}), (network) => {
    const { id, name, description, provenance, dataType, timeSources } = network;
    const has = { name: name !== id, description: description !== '', provenance: provenance.length > 0, 'data type': dataType !== undefined, 'common time sources': timeSources !== undefined };
    const lost = Object.entries(has).flatMap(([what, isThere]) => (isThere ? [what] : []));
    return {
      files: [{ name: `${id}.csv`, content: layerTable(network), mediaType: 'text/csv' }],
      notes: lost.length === 0 ? [] : [{ message: `a layer table has no place for the network's ${lost.join(', ')}`, hint: 'Tessera JSON keeps everything' }],
    };
  }),
};
