/** A network as one table, a row per layer, for spreadsheets: reading what is written gives the same layers. */
import { z } from 'zod';
import { idSchema } from '#shared/domain/common.ts';
import { parseNetwork, type Layer, type Network } from '#shared/domain/network.ts';
import { cell, csvColumns, finiteNumber, quantity, readCsv, writeCsv, type CsvRow } from './csv.ts';
import { DependencySyntaxError, readDependencies, writeDependencies } from './dependency-list.ts';
import { defineNetworkWriter, defineReader, type Format } from './format.ts';
import { importError, type ImportFault } from './import-fault.ts';
import { baseName, idFrom, readText } from './text.ts';

const TIME = 'time:';
const columns = ['id', 'name', 'op', 'dependencies', 'outputBytes', 'macs', 'parameters', 'priority'] as const;
const quantities = ['outputBytes', 'macs', 'parameters'] as const;

/**
 * The layers of a table with the columns `id`, `op`, `time:<key>` (ms, empty: cannot run there), and optionally `name`,
 * `dependencies` (see dependency-list.ts), `outputBytes`, `macs`, `parameters` and `priority`.
 * @param file the file, for messages
 * @throws WorkbenchError `csv.invalid` with one issue per broken field, `network.invalid` for what holds between rows
 */
export function layerTableNetwork(text: string, file: string, { id, name }: { readonly id: string; readonly name?: string }): Network {
  const faults: ImportFault[] = [];
  const table = readCsv(text, file, ['id', 'op'], faults);
  const unknown = table.columns.filter((column) => !(columns as readonly string[]).includes(column) && !(column.startsWith(TIME) && column.length > TIME.length));
  if (faults.length === 0) for (const column of unknown) faults.push({ file, line: 1, column, message: `there is no column "${column}" in a layer table`, value: column, expected: `${columns.join(', ')} or time:<processor>`, hint: `remove it, or call it "${TIME}${column}" if it has execution times` });
  if (faults.length === 0 && table.rows.length === 0) faults.push({ file, line: 2, message: 'there is no layer', expected: 'a row per layer' });
  const timeColumns = table.columns.filter((column) => column.startsWith(TIME));
  const layers = table.rows.map((row) => ({
    id: required(file, row, 'id', faults),
    op: required(file, row, 'op', faults),
    ...(cell(row, 'name') === '' ? {} : { name: cell(row, 'name') }),
    executionTimeMs: Object.fromEntries(timeColumns.filter((column) => cell(row, column) !== '').map((column) => [column.slice(TIME.length), quantity(file, row, column, faults)])),
    dependencies: dependenciesOf(file, row, faults),
    ...Object.fromEntries(quantities.filter((column) => cell(row, column) !== '').map((column) => [column, quantity(file, row, column, faults)])),
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
  return writeCsv([...columns, ...keys.map((key) => TIME + key)], network.layers.map((layer) => rowOf(layer, keys)));
}

function rowOf(layer: Layer, keys: readonly string[]): (string | number | undefined)[] {
  const { id, name, op, dependencies, outputBytes, macs, parameters, priority, executionTimeMs } = layer;
  return [id, name === id ? '' : name, op, writeDependencies(dependencies), outputBytes, macs, parameters, priority === 0 ? '' : priority, ...keys.map((key) => (Object.hasOwn(executionTimeMs, key) ? executionTimeMs[key] : undefined))];
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
    const { id, name, description, provenance } = network;
    const lost = [...(name === id ? [] : ['name']), ...(description === '' ? [] : ['description']), ...(provenance.length === 0 ? [] : ['provenance'])];
    return {
      files: [{ name: `${id}.csv`, text: layerTable(network), mediaType: 'text/csv' }],
      notes: lost.length === 0 ? [] : [{ message: `a layer table has no place for the network's ${lost.join(', ')}`, hint: 'Tessera JSON keeps everything' }],
    };
  }),
};
