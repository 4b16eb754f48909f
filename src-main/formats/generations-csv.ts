/** A run's convergence as a table: a row per generation with its figures and the metrics of its best. */
import { writeCsv } from '#shared/formats/csv-writer.ts';
import { csvOptionsSchema } from './csv-options.ts';
import { defineRunWriter, runFileName, type Format } from './format.ts';

export const generationsCsvFormat: Format = {
  id: 'generations-csv',
  name: 'Generations as CSV',
  description: 'best, mean and worst fitness, diversity and the best metrics, a row per generation',
  extensions: ['.csv'],
  mediaType: 'text/csv',
  runWriter: defineRunWriter(csvOptionsSchema, async ({ detail, generations }, options) => {
    const { from, length, ...columns } = await generations();
    const known = Object.entries(columns).filter(
      (entry): entry is [string, Float64Array<ArrayBuffer>] => entry[1] !== null,
    );
    const rows = Array.from({ length }, (_, index) => [from + index, ...known.map(([, values]) => values[index])]);
    return {
      files: [
        {
          name: runFileName(detail, 'generations', '.csv'),
          content: writeCsv(['generation', ...known.map(([name]) => name)], rows, options),
          mediaType: 'text/csv',
        },
      ],
      notes: [],
    };
  }),
};
