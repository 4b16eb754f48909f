/** A schedule as a table: a row per layer, or subgraph with its layers, and instance, in order of start. */
import { describeTimeline } from '#shared/scheduling/solution.ts';
import { writeCsv } from '#shared/formats/csv-writer.ts';
import { csvOptionsSchema, formulaNotes } from './csv-options.ts';
import { defineRunWriter, runFileName, type Format } from './format.ts';

const ownColumns = ['app', 'instance', 'layer', 'pe', 'unit', 'startMs', 'endMs'] as const;

export const scheduleCsvFormat: Format = {
  id: 'schedule-csv',
  name: 'Schedule as CSV',
  description: 'when and where each layer runs, a row each',
  extensions: ['.csv'],
  mediaType: 'text/csv',
  runWriter: defineRunWriter(csvOptionsSchema, ({ detail, problem, timeline }, options) => {
    const entries = describeTimeline(problem, timeline);
    const hasSubgraphs = entries.some(({ layers }) => layers !== undefined);
    const columns = hasSubgraphs ? [...ownColumns, 'layers'] : ownColumns;
    const rows = entries.map((entry) => [
      ...ownColumns.map((column) => entry[column]),
      ...(hasSubgraphs ? [entry.layers?.join('; ') ?? ''] : []),
    ]);
    return {
      files: [
        {
          name: runFileName(detail, 'schedule', '.csv'),
          content: writeCsv(columns, rows, options),
          mediaType: 'text/csv',
        },
      ],
      notes: formulaNotes(columns, rows, options),
    };
  }),
};
