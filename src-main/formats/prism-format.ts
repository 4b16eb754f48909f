/** PRISM's tables as one import: the operations and edges tables of a network belong together; and networks as such tables. */
import { z } from 'zod';
import { idSchema, positive } from '#shared/domain/common.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { baseName, idFrom } from '#shared/formats/names.ts';
import { countText } from '#shared/domain/numerals.ts';
import { csvHeadings } from './csv.ts';
import { writeCsv, type CsvOptions, type CsvValue } from '#shared/formats/csv-writer.ts';
import { csvOptions, formulaNotes } from './csv-options.ts';
import {
  defineNetworkWriter,
  defineReader,
  HEAD_BYTES,
  type FileHead,
  type Format,
  type SourceFile,
  type WriteResult,
} from './format.ts';
import { prismColumnOf, prismNetwork } from './prism.ts';
import { numberOptions } from './table-numbers.ts';
import { decodeHead, readText, textOptions } from './text.ts';

/** Columns by which a table is recognised. */
const tables = {
  operations: {
    columns: ['op_id', 'layer_name', 'op_type'],
    words: 'operations table (op_id, layer_name, op_type, <unit>_us …)',
    suffix: /[_-]?(ops?|operations?|layers?)$/i,
  },
  edges: {
    columns: ['src', 'dst', 'tokens'],
    words: 'edges table (src, dst, tokens)',
    suffix: /[_-]?(edges?|dependencies|graph)$/i,
  },
} as const;
type Role = keyof typeof tables;

const bytesPerToken = positive.default(2).describe('Size of a token (an output element), bytes');

export const prismFormat: Format = {
  id: 'prism',
  name: 'PRISM tables',
  description:
    'a network as the operations table and the edges table of PRISM (MEMOCODE 2022), two CSV files read together',
  extensions: ['.csv'],
  mediaType: 'text/csv',
  reader: defineReader({
    kinds: ['network'],
    options: z.strictObject({
      id: idSchema.optional().describe("Id of the network; default: the operations table's name"),
      name: z.string().min(1).optional().describe('Name of the network; default: its id'),
      supportColumn: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Column that says with 1 or 0 whether the accelerators run an operation; default: the only one whose name ends with "supported"',
        ),
      bytesPerToken,
      ...numberOptions,
      ...textOptions,
    }),
    recognises: (file) => roleOf(file) !== undefined,
    tables: Object.values(tables).map(({ columns, words }) => ({
      words: `PRISM's ${words.replace(/ \(.*/, '')}`,
      required: columns,
      columnOf: prismColumnOf,
    })),
    group: pairTables,
    async read(files, { id, name, supportColumn, encoding, ...options }) {
      const byRole = new Map(
        await Promise.all(
          files.map(async (file) => [roleOf({ name: file.name, head: await file.read(0, HEAD_BYTES) }), file] as const),
        ),
      );
      const [operations, edges] = [byRole.get('operations'), byRole.get('edges')];
      if (operations === undefined || edges === undefined)
        throw incomplete(files, operations === undefined ? 'operations' : 'edges');
      const operationsText = await readText(operations, { encoding });
      const column = supportColumn ?? onlySupportColumn(csvHeadings(operationsText));
      const document = parseNetwork(
        prismNetwork(operationsText, await readText(edges, { encoding }), {
          id: id ?? idFrom(stemOf(operations.name)),
          ...(name === undefined ? {} : { name }),
          ...(column === undefined ? {} : { supportColumn: column }),
          provenance: [
            `published: PRISM tables ${operations.name} and ${edges.name}, as imported`,
            `assumed: ${options.bytesPerToken} bytes per token`,
          ],
          ...options,
        }),
      );
      const notes = [
        {
          message:
            column === undefined
              ? 'every unit runs every operation: no column says which are supported'
              : `units other than "cpu" run the operations with a 1 in column "${column}"`,
        },
      ];
      return { documents: [{ kind: 'network', document }], notes };
    },
  }),
  writer: defineNetworkWriter(z.strictObject({ bytesPerToken, ...csvOptions }), writePrismTables),
};

function roleOf({ head }: FileHead): Role | undefined {
  const found = new Set(csvHeadings(decodeHead(head)).map(prismColumnOf));
  return (['operations', 'edges'] as const).find((role) => tables[role].columns.every((column) => found.has(column)));
}

/** Tables whose names differ in what they hold only; the only two there are, whatever their names. */
async function pairTables(files: readonly SourceFile[]): Promise<SourceFile[][]> {
  if (files.length <= 2) return [[...files]];
  return [...Map.groupBy(files, (file) => stemOf(file.name)).values()];
}

/** "xception" for "xception_ops.csv" and "xception_edges.csv". */
function stemOf(fileName: string): string {
  const base = baseName(fileName);
  for (const { suffix } of Object.values(tables)) {
    const stem = base.replace(suffix, '');
    if (stem !== base && stem !== '') return stem;
  }
  return base;
}

function incomplete(files: readonly SourceFile[], missing: Role): WorkbenchError {
  const names = files.map((file) => file.name).join(' and ');
  return new WorkbenchError('prism.incomplete', `PRISM's ${tables[missing].words} is missing: there is only ${names}`, {
    hint: 'give the operations table and the edges table of a network together',
    path: [files[0]?.name ?? ''],
  });
}

function onlySupportColumn(columns: readonly string[]): string | undefined {
  const found = columns.filter((column) => /supported$/i.test(column));
  if (found.length > 1)
    throw new WorkbenchError(
      'prism.ambiguous',
      `the operations table has the columns ${found.map((column) => `"${column}"`).join(' and ')}`,
      { hint: 'choose one with the option supportColumn' },
    );
  return found[0];
}

/** `ms` in µs, of the numbers that are read as `ms` again the shortest; the nearest where none is. */
function microseconds(ms: number): number {
  const candidates = [15, 16, 17].map((digits) => Number((ms * 1000).toPrecision(digits)));
  return candidates.find((candidate) => candidate / 1000 === ms) ?? ms * 1000;
}

/** @throws WorkbenchError `prism.notExpressible` for a network that such tables cannot describe */
function writePrismTables(
  network: Network,
  { bytesPerToken, ...options }: CsvOptions & { readonly bytesPerToken: number },
): WriteResult {
  const accelerators = [...new Set(network.layers.flatMap((layer) => Object.keys(layer.executionTimeMs)))].filter(
    (key) => key !== 'cpu',
  );
  const notExpressible = (message: string, path: (string | number)[]): WorkbenchError =>
    new WorkbenchError('prism.notExpressible', message, { hint: 'write a layer table or Tessera JSON instead', path });
  const operations = network.layers.map((layer, index) => {
    const path = ['layers', index, 'executionTimeMs'];
    const cpu = layer.executionTimeMs['cpu'];
    if (cpu === undefined)
      throw notExpressible(
        `layer "${layer.id}" has no time for "cpu", which runs every operation in PRISM's tables`,
        path,
      );
    const times = accelerators.map((key) => layer.executionTimeMs[key]);
    const known = times.filter((time) => time !== undefined).length;
    if (known > 0 && known < times.length)
      throw notExpressible(
        `layer "${layer.id}" runs on some of ${accelerators.join(', ')} only; PRISM's tables say for all of them together what is supported`,
        path,
      );
    return [
      index,
      layer.id,
      layer.op,
      microseconds(cpu),
      ...times.map((time) => microseconds(time ?? 0)),
      known > 0 || times.length === 0 ? 1 : 0,
    ];
  });
  const outputOf = new Map(network.layers.map((layer, index) => [layer.id, { index, bytes: layer.outputBytes ?? 0 }]));
  const edges = network.layers.flatMap((layer, index) =>
    layer.dependencies.map((dependency) => {
      const producer = outputOf.get(dependency.layer);
      return [producer?.index, index, countText((dependency.bytes ?? producer?.bytes ?? 0) / bytesPerToken)];
    }),
  );
  const tables: readonly (readonly [
    suffix: string,
    columns: readonly string[],
    rows: readonly (readonly CsvValue[])[],
  ])[] = [
    [
      'ops',
      ['op_id', 'layer_name', 'op_type', 'cpu_us', ...accelerators.map((key) => `${key}_us`), 'supported'],
      operations,
    ],
    ['edges', ['src', 'dst', 'tokens'], edges],
  ];
  return {
    files: tables.map(([suffix, columns, rows]) => ({
      name: `${network.id}_${suffix}.csv`,
      content: writeCsv(columns, rows, options),
      mediaType: 'text/csv',
    })),
    notes: [
      ...tables.flatMap(([, columns, rows]) => formulaNotes(columns, rows, options)),
      {
        message: 'PRISM tables have no place for MACs, parameters, priorities and measured transfers',
        hint: 'Tessera JSON and the layer table keep them',
      },
    ],
  };
}
