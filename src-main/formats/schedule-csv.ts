/** A schedule as a table: a row per layer and instance, in order of start. */
import { describeTimeline } from '#shared/scheduling/solution.ts';
import { writeCsv } from '#shared/formats/csv-writer.ts';
import { csvOptionsSchema, formulaNotes } from './csv-options.ts';
import { defineRunWriter, runFileName, type Format } from './format.ts';

const columns = ['app', 'instance', 'layer', 'pe', 'unit', 'startMs', 'endMs'] as const;

export const scheduleCsvFormat: Format = {
  id: 'schedule-csv',
  name: 'Schedule as CSV',
  description: 'when and where each layer runs, a row each',
  extensions: ['.csv'],
  mediaType: 'text/csv',
  runWriter: defineRunWriter(csvOptionsSchema, ({ detail, problem, timeline }, options) => {
    const rows = describeTimeline(problem, timeline).map((entry) => columns.map((column) => entry[column]));
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
