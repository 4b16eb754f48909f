/** A network as one table, a row per layer, for spreadsheets: reading what is written gives the same layers. */
import { z } from 'zod';
import { idSchema } from '#shared/domain/common.ts';
import { dataTypes, dataTypeSchema, type DataType } from '#shared/domain/cost-model.ts';
import { dataTypeOf, parseNetwork, timeSourceKinds, type Layer, type Network } from '#shared/domain/network.ts';
import {
  DependencySyntaxError,
  readDependencies,
  writeDependencies,
  type ListNumber,
} from '#shared/formats/dependency-list.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { inMs, TIME, timeHeadingOf } from '#shared/formats/time-headings.ts';
import { countText } from '#shared/domain/numerals.ts';
import {
  cell,
  csvHeadings,
  finiteNumber,
  headingOf,
  isEnough,
  quantity,
  readCsv,
  type CsvRow,
  type CsvTable,
} from './csv.ts';
import { writeCsv, type CsvValue } from '#shared/formats/csv-writer.ts';
import { csvOptionsSchema, formulaNotes } from './csv-options.ts';
import { defineNetworkWriter, defineReader, type Format, type ReadResult } from './format.ts';
import { importError, type ImportFault } from './import-fault.ts';
import {
  columns,
  DATA_TYPE,
  isColumn,
  layerTableKind,
  optionalColumns,
  numbersOf,
  quantities,
  shapes,
  SOURCE,
  timeHeading,
  timeHeadingNote,
  unknownColumnHint,
} from './layer-table-columns.ts';
import { missingColumns } from './missing-columns.ts';
import { decimalOf, numberOptions, TableNumbers, type StatedNumbers } from './table-numbers.ts';
import { decodeHead, readText, textOptions } from './text.ts';

export interface LayerTableOptions extends StatedNumbers {
  readonly id: string;
  readonly name?: string | undefined;
  /** Of the layers whose row states none. */
  readonly dataType?: DataType | undefined;
}

/**
 * The layers of a table with the columns `id`, `op`, `time:<key>` (ms, empty: none), and optionally `name`, `dependencies` (see
 * dependency-list.ts), `outputBytes`, `macs`, `parameters`, `priority`, `outputShape` and `kernelShape` ("64x56x56"), `dataType` and
 * `source:<key>` (where a time comes from).
 * @param file the file, for messages
 * @throws WorkbenchError `csv.invalid` with one issue per broken field, `network.invalid` for what holds between rows
 */
export function layerTableNetwork(
  text: string,
  file: string,
  { id, name, dataType, ...stated }: LayerTableOptions,
): { readonly network: Network; readonly notes: ReadResult['notes'] } {
  const faults: ImportFault[] = [];
  const table = readCsv(text, file, { ...layerTableKind, numbersOf, stated }, faults);
  const headings = [...table.headings.values()];
  const unknown = table.columns.filter((column) => !isColumn(column));
  if (faults.length === 0)
    for (const column of unknown)
      faults.push({
        file,
        line: table.line,
        column,
        message: `there is no column "${column}" in a layer table`,
        value: column,
        expected: `${[...columns, ...optionalColumns].join(', ')}, time:<processor> or source:<processor>`,
        hint: unknownColumnHint(
          column,
          table.rows.map((row) => cell(row, column)),
        ),
      });
  if (faults.length === 0 && table.rows.length === 0)
    faults.push({ file, line: table.line + 1, message: 'there is no layer', expected: 'a row per layer' });
  const times = table.columns.flatMap((column) => {
    const heading = column.startsWith(TIME) ? timeHeadingOf(table.headings.get(column) ?? column) : undefined;
    return heading === undefined ? [] : [{ column, ...heading }];
  });
  const sources = table.columns.filter((column) => column.startsWith(SOURCE));
  const listNumber = listNumbersOf(table, stated);
  const types = table.rows.map((row) => rowDataType(file, row, faults) ?? dataType);
  const common = commonDataType(types);
  const layers = table.rows.map((row, index) =>
    isEnough(faults)
      ? undefined
      : {
          id: required(file, row, 'id', faults),
          op: required(file, row, 'op', faults),
          ...(cell(row, 'name') === '' ? {} : { name: cell(row, 'name') }),
          executionTimeMs: Object.fromEntries(
            times.flatMap(({ column, key, unit }) =>
              cell(row, column) === '' ? [] : [[key, inMs(quantity(file, row, column, faults), unit)]],
            ),
          ),
          ...timeSourcesOf(
            file,
            row,
            sources.filter((column) => cell(row, column) !== ''),
            faults,
          ),
          dependencies: dependenciesOf(file, row, listNumber, faults),
          ...Object.fromEntries(
            quantities
              .filter((column) => cell(row, column) !== '')
              .map((column) => [column, quantity(file, row, column, faults)]),
          ),
          ...Object.fromEntries(
            shapes
              .filter((column) => cell(row, column) !== '')
              .map((column) => [column, shapeOf(file, row, column, faults)]),
          ),
          ...(cell(row, 'priority') === '' ? {} : { priority: finiteNumber(file, row, 'priority', faults) }),
          ...(types[index] === common ? {} : { dataType: types[index] }),
        },
  );
  const lineOf = new Map<string, number>();
  table.rows.forEach((row) => {
    if (isEnough(faults)) return;
    const earlier = lineOf.get(cell(row, 'id'));
    if (earlier !== undefined)
      faults.push({
        file,
        line: row.line,
        column: headingOf(row, 'id'),
        message: `"${cell(row, 'id')}" is already the id of the layer in line ${earlier}`,
        value: cell(row, 'id'),
        expected: 'an id of its own for each layer',
      });
    else lineOf.set(cell(row, 'id'), row.line);
  });
  if (faults.length > 0) throw importError('csv', faults);
  const network = parseNetwork({
    schemaVersion: 1,
    id,
    ...(name === undefined ? {} : { name }),
    ...(common === undefined ? {} : { dataType: common }),
    provenance: [`assumed: as imported from the layer table ${file}`],
    layers,
  });
  const notes = headings.flatMap((heading) => timeHeadingNote(heading) ?? []);
  return { network, notes: [...notes, ...looseLayersNote(table)] };
}

/** A table without the column of what reads what gives layers that know nothing of each other, which is hardly meant. */
function looseLayersNote({ columns: present, rows }: CsvTable): ReadResult['notes'] {
  return present.includes('dependencies') || rows.length < 2
    ? []
    : [
        {
          message: 'there is no column "dependencies": no layer waits for another',
          hint:
            'add it, with the ids of the layers that each one reads; or, to give times to a network that is here ' +
            'already, open it and paste the table into its layers',
        },
      ];
}

/** How the numbers in lists of dependencies are read: as they themselves show, because spreadsheets leave them alone, else as those of the table. */
function listNumbersOf({ rows, separator }: CsvTable, stated: StatedNumbers): ListNumber {
  const texts = rows.flatMap((row) => {
    const found: { text: string; line: number }[] = [];
    try {
      readDependencies(cell(row, 'dependencies'), (text) => {
        found.push({ text, line: row.line });
        return 0;
      });
    } catch (error) {
      if (!(error instanceof DependencySyntaxError)) throw error; // reported where the list is read for good
    }
    return found;
  });
  const shown = decimalOf(texts);
  const numbers =
    shown === 'point'
      ? new TableNumbers(',', [], {})
      : shown === 'comma' && separator !== ','
        ? new TableNumbers(';', texts, stated)
        : rows[0]?.frame.numbers;
  return (text, kind) => numbers?.read(text, kind) ?? { reason: '' };
}

/** The columns of a network's table and its rows: a `time:` column for each key that a layer has. */
function layerTable(network: Network): {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvValue[])[];
} {
  const keys = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.executionTimeMs)))];
  const sources = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.timeSources ?? {})))];
  const shown = shapes.filter((column) => network.layers.some((layer) => layer[column] !== undefined));
  const typed = network.layers.some((layer) => dataTypeOf(network, layer) !== undefined) ? [DATA_TYPE] : [];
  return {
    header: [...columns, ...shown, ...typed, ...keys.map(timeHeading), ...sources.map((key) => SOURCE + key)],
    rows: network.layers.map((layer) => [
      ...factsOf(layer),
      ...shown.map((column) => layer[column]?.join('x')),
      ...typed.map(() => dataTypeOf(network, layer)),
      ...keys.map((key) => own(layer.executionTimeMs, key)),
      ...sources.map((key) => own(layer.timeSources ?? {}, key)),
    ]),
  };
}

/** The fields of `columns`. */
function factsOf({ id, name, op, dependencies, outputBytes, macs, parameters, priority }: Layer): CsvValue[] {
  return [
    id,
    name === id ? '' : name,
    op,
    writeDependencies(dependencies),
    countText(outputBytes),
    countText(macs),
    countText(parameters),
    priority === 0 ? '' : priority,
  ];
}

function own<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** "64x56x56" */
function shapeOf(file: string, row: CsvRow, column: string, faults: ImportFault[]): number[] {
  const text = cell(row, column);
  const sizes = text.split('x').map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  faults.push({
    file,
    line: row.line,
    column: headingOf(row, column),
    message: `"${text}" is not a shape`,
    value: text,
    expected: 'whole numbers joined by "x", e.g. 64x56x56',
  });
  return [];
}

function rowDataType(file: string, row: CsvRow, faults: ImportFault[]): DataType | undefined {
  const text = cell(row, DATA_TYPE);
  const type = dataTypes.find((candidate) => candidate === text);
  if (type === undefined && text !== '' && !isEnough(faults))
    faults.push({
      file,
      line: row.line,
      column: headingOf(row, DATA_TYPE),
      message: `"${text}" is not a data type`,
      value: text,
      expected: `one of ${dataTypes.join(', ')}`,
    });
  return type;
}

/** What becomes the network's type: the most frequent one, the first of equals; none where a layer has none, because it would get it too. */
function commonDataType(types: readonly (DataType | undefined)[]): DataType | undefined {
  if (types.includes(undefined)) return undefined;
  const count = (type: DataType | undefined): number => types.filter((each) => each === type).length;
  return [...new Set(types)].reduce((best, type) => (count(type) > count(best) ? type : best), types[0]);
}

function timeSourcesOf(
  file: string,
  row: CsvRow,
  filled: readonly string[],
  faults: ImportFault[],
): Pick<Layer, 'timeSources'> {
  const sources = filled.flatMap((column) => {
    const kind = timeSourceKinds.find((candidate) => candidate === cell(row, column));
    if (kind === undefined)
      faults.push({
        file,
        line: row.line,
        column: headingOf(row, column),
        message: `"${cell(row, column)}" is not where a time comes from`,
        value: cell(row, column),
        expected: `one of ${timeSourceKinds.join(', ')}`,
      });
    return kind === undefined ? [] : [[column.slice(SOURCE.length), kind] as const];
  });
  return sources.length === 0 ? {} : { timeSources: Object.fromEntries(sources) };
}

function required(file: string, row: CsvRow, column: 'id' | 'op', faults: ImportFault[]): string {
  const text = cell(row, column);
  if (text === '')
    faults.push({
      file,
      line: row.line,
      column: headingOf(row, column),
      message: `the layer has no ${column}`,
      value: '',
      expected: column === 'id' ? 'an id' : 'an operation, e.g. Conv',
    });
  return text;
}

function dependenciesOf(file: string, row: CsvRow, read: ListNumber, faults: ImportFault[]): Layer['dependencies'] {
  const text = cell(row, 'dependencies');
  try {
    return readDependencies(text, read);
  } catch (error) {
    if (!(error instanceof DependencySyntaxError)) throw error;
    faults.push({
      file,
      line: row.line,
      column: headingOf(row, 'dependencies'),
      message: error.message,
      value: text,
      expected: 'ids separated by ";", each with "@bytes" where it is known',
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
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
      dataType: dataTypeSchema.optional().describe('Type of the elements of layers whose row has no dataType'),
      ...numberOptions,
      ...textOptions,
    }),
    recognises: ({ head }) => missingColumns(csvHeadings(decodeHead(head)), layerTableKind).missing.length === 0,
    tables: [layerTableKind],
    async read([file], { id = idFrom(baseName(file.name)), encoding, ...options }) {
      const { network, notes } = layerTableNetwork(await readText(file, { encoding }), file.name, { id, ...options });
      return { documents: [{ kind: 'network', document: network }], notes };
    },
  }),
  writer: defineNetworkWriter(csvOptionsSchema, (network, options) => {
    const { id, name, description, provenance, timeSources } = network;
    const has = {
      name: name !== id,
      description: description !== '',
      provenance: provenance.length > 0,
      'common time sources': timeSources !== undefined,
    };
    const lost = Object.entries(has).flatMap(([what, isThere]) => (isThere ? [what] : []));
    const { header, rows } = layerTable(network);
    return {
      files: [{ name: `${id}.csv`, content: writeCsv(header, rows, options), mediaType: 'text/csv' }],
      notes: [
        ...formulaNotes(header, rows, options),
        ...(lost.length === 0
          ? []
          : [
              {
                message: `a layer table has no place for the network's ${lost.join(', ')}`,
                hint: 'Tessera JSON keeps everything',
              },
            ]),
      ],
    };
  }),
};
