/** Import of PRISM's tables (drexel-DISCO, MEMOCODE 2022): operations and edges become a network, a mapping table a mapping. */
import type { NetworkInput } from '#shared/domain/network.ts';
import { suggest } from '#shared/domain/errors.ts';
import type { NumberKind } from '#shared/domain/numerals.ts';
import { cell, isEnough, quantity, readCsv, type CsvRow } from './csv.ts';
import { importError, type ImportFault } from './import-fault.ts';
import type { StatedNumbers } from './table-numbers.ts';

const OPERATIONS = 'operations table';
const EDGES = 'edges table';
const MAPPING = 'mapping table';

export interface PrismNetworkOptions extends StatedNumbers {
  /** The network's id. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly provenance?: readonly string[];
  /** Column that says with 1 or 0 whether the accelerators support an operation; without it they support all. */
  readonly supportColumn?: string;
  /** Size of a token (an output element) in bytes. */
  readonly bytesPerToken: number;
}

const prismColumns = ['op_id', 'layer_name', 'op_type', 'src', 'dst', 'tokens', 'unit_type'];
const foldedColumn = (heading: string): string => heading.toLowerCase().replaceAll(/[\s_-]/g, '');
const columnByFolded = new Map(prismColumns.map((column) => [foldedColumn(column), column]));

/** The column that a heading means, in any capitals, with spaces or without. */
export function prismColumnOf(heading: string): string {
  return columnByFolded.get(foldedColumn(heading)) ?? heading;
}

/** Tokens are counted, times are measured. */
function numbersOf(column: string): NumberKind | undefined {
  return column === 'tokens' ? 'count' : /^.+_us$/.test(column) ? 'measure' : undefined;
}

type LayerInput = NetworkInput['layers'][number];
type EdgeInput = Exclude<NonNullable<LayerInput['dependencies']>[number], string>;

/**
 * The network of an operations table (`op_id`, `layer_name`, `op_type`, and `<unit>_us` per unit type, in µs) and an edges table
 * (`src`, `dst`, `tokens`). Operations keep their order and are named by `layer_name`; "cpu" runs every operation, the other
 * units those with a 1 in the support column.
 * @throws WorkbenchError `prism.invalid` with one issue per broken row
 */
export function prismNetwork(operations: string, edges: string, options: PrismNetworkOptions): NetworkInput {
  const faults: ImportFault[] = [];
  const { supportColumn } = options;
  const shape = {
    columnOf: prismColumnOf,
    numbersOf,
    stated: { decimal: options.decimal, thousands: options.thousands },
  };
  const table = readCsv(
    operations,
    OPERATIONS,
    { ...shape, required: ['op_id', 'layer_name', 'op_type', ...(supportColumn === undefined ? [] : [supportColumn])] },
    faults,
  );
  const timeColumns = table.columns.filter((column) => /^.+_us$/.test(column));
  if (faults.length === 0 && timeColumns.length === 0)
    faults.push({
      file: OPERATIONS,
      line: 1,
      message: 'there is no column with times',
      value: table.columns.join(','),
      expected: 'at least one column "<unit>_us", e.g. "cpu_us"',
    });
  if (faults.length === 0 && table.rows.length === 0)
    faults.push({ file: OPERATIONS, line: 2, message: 'there is no operation', expected: 'a row per operation' });

  const names = new Map<string, string>();
  const lineOfName = new Map<string, number>();
  const layers = table.rows.flatMap((row) => {
    if (isEnough(faults)) return [];
    const id = cell(row, 'op_id');
    const name = cell(row, 'layer_name');
    if (names.has(id))
      faults.push({
        file: OPERATIONS,
        line: row.line,
        column: 'op_id',
        message: `there is already an operation ${id}`,
        value: id,
        expected: 'an op_id of its own for each operation',
      });
    const earlier = lineOfName.get(name);
    if (name === '')
      faults.push({
        file: OPERATIONS,
        line: row.line,
        column: 'layer_name',
        message: `operation ${id} has no name`,
        value: name,
        expected: 'a name',
      });
    else if (earlier !== undefined)
      faults.push({
        file: OPERATIONS,
        line: row.line,
        column: 'layer_name',
        message: `"${name}" is already the name of the operation in line ${earlier}`,
        value: name,
        expected: 'a name of its own for each operation',
      });
    if (cell(row, 'op_type') === '')
      faults.push({
        file: OPERATIONS,
        line: row.line,
        column: 'op_type',
        message: `operation "${name}" has no type`,
        value: '',
        expected: 'a type, e.g. Conv2D',
      });
    names.set(id, name);
    lineOfName.set(name, row.line);
    return [
      {
        id: name,
        op: cell(row, 'op_type'),
        executionTimeMs: executionTimes(row, timeColumns, supportColumn, faults),
        dependencies: [] as EdgeInput[],
      },
    ];
  });

  const layerOf = new Map(layers.map((layer) => [layer.id, layer]));
  for (const row of readCsv(edges, EDGES, { ...shape, required: ['src', 'dst', 'tokens'] }, faults).rows) {
    if (isEnough(faults)) break;
    const producer = names.get(cell(row, 'src'));
    const consumer = names.get(cell(row, 'dst'));
    if (producer === undefined) faults.push(unknownOperation(EDGES, row, 'src', names));
    if (consumer === undefined) faults.push(unknownOperation(EDGES, row, 'dst', names));
    const bytes = quantity(EDGES, row, 'tokens', faults) * options.bytesPerToken;
    if (producer === undefined || consumer === undefined) continue;
    const dependencies = layerOf.get(consumer)?.dependencies;
    if (dependencies?.some(({ layer }) => layer === producer) === true) {
      faults.push({
        file: EDGES,
        line: row.line,
        message: `there is already an edge from ${cell(row, 'src')} to ${cell(row, 'dst')}`,
        expected: 'each edge once',
        hint: 'remove one of the two',
      });
    } else dependencies?.push({ layer: producer, bytes });
  }
  if (faults.length > 0) throw importError('prism', faults);
  return {
    schemaVersion: 1,
    id: options.id,
    name: options.name ?? options.id,
    description: options.description ?? '',
    provenance: [...(options.provenance ?? [])],
    layers,
  };
}

/**
 * The mapping `{ "application/layer": processing element }` of a mapping table (`op_id`, `unit_type`) for `network`, whose layers
 * are the operations 0, 1, … in order. Unit types name pooled processors.
 * @param application id of the application that runs the network
 * @throws WorkbenchError `prism.invalid` with one issue per broken row and per operation that is not mapped
 */
export function prismMapping(
  mapping: string,
  network: { readonly layers: readonly { readonly id: string }[] },
  application: string,
): Record<string, string> {
  const faults: ImportFault[] = [];
  const names = new Map(network.layers.map((layer, index) => [String(index), layer.id]));
  const result: Record<string, string> = {};
  const table = readCsv(mapping, MAPPING, { columnOf: prismColumnOf, required: ['op_id', 'unit_type'] }, faults);
  for (const row of table.rows) {
    const name = names.get(cell(row, 'op_id'));
    const unit = cell(row, 'unit_type');
    if (name === undefined) faults.push(unknownOperation(MAPPING, row, 'op_id', names));
    else if (Object.hasOwn(result, `${application}/${name}`))
      faults.push({
        file: MAPPING,
        line: row.line,
        column: 'op_id',
        message: `operation ${cell(row, 'op_id')} is mapped twice`,
        value: cell(row, 'op_id'),
        expected: 'each operation once',
      });
    else if (unit === '')
      faults.push({
        file: MAPPING,
        line: row.line,
        column: 'unit_type',
        message: `operation ${cell(row, 'op_id')} has no unit type`,
        value: '',
        expected: 'a unit type, e.g. npu',
      });
    else result[`${application}/${name}`] = unit;
  }
  if (faults.length === 0) {
    const missing = [...names].find(([, name]) => !Object.hasOwn(result, `${application}/${name}`));
    if (missing !== undefined)
      faults.push({
        file: MAPPING,
        line: (table.rows.at(-1)?.line ?? 1) + 1,
        message: `operation ${missing[0]} ("${missing[1]}") is not mapped`,
        expected: `a row for each of the ${names.size} operations`,
      });
  }
  if (faults.length > 0) throw importError('prism', faults);
  return result;
}

/** Times in ms by unit: "cpu" always, the others where the operation is supported. */
function executionTimes(
  row: CsvRow,
  timeColumns: readonly string[],
  supportColumn: string | undefined,
  faults: ImportFault[],
): Record<string, number> {
  const support = supportColumn === undefined ? '1' : cell(row, supportColumn);
  if (support !== '0' && support !== '1')
    faults.push({
      file: OPERATIONS,
      line: row.line,
      column: supportColumn ?? '',
      message: `"${support}" does not say whether the operation is supported`,
      value: support,
      expected: '1 or 0',
    });
  const times: Record<string, number> = {};
  for (const column of timeColumns) {
    const unit = column.slice(0, -'_us'.length);
    const microseconds = quantity(OPERATIONS, row, column, faults);
    if (unit === 'cpu' || support === '1') times[unit] = microseconds / 1000;
  }
  return times;
}

function unknownOperation(file: string, row: CsvRow, column: string, names: ReadonlyMap<string, string>): ImportFault {
  const id = cell(row, column);
  return {
    file,
    line: row.line,
    column,
    message: `there is no operation "${id}"`,
    value: id,
    expected: 'the op_id of an operation',
    hint: suggest(id, [...names.keys()]),
  };
}
