/** Where each layer runs, and what is executed as one, as a table: for runtimes that take affinities layer by layer. */
import { writeCsv } from '#shared/formats/csv-writer.ts';
import { layerIdsOf } from '#shared/scheduling/solution.ts';
import { csvOptionsSchema, formulaNotes } from './csv-options.ts';
import { defineRunWriter, runFileName, type Format } from './format.ts';

const ownColumns = ['application', 'layer', 'processor', 'element', 'subgraph'] as const;

export const assignmentCsvFormat: Format = {
  id: 'assignment-csv',
  name: 'Assignment as CSV',
  description: 'where each layer runs and which are executed as one, a row per layer',
  extensions: ['.csv'],
  mediaType: 'text/csv',
  runWriter: defineRunWriter(csvOptionsSchema, ({ detail, problem, solution }, options) => {
    const { priorities } = solution;
    const columns = priorities === undefined ? ownColumns : [...ownColumns, 'priority'];
    const rows = problem.tasks.flatMap((task, call) => {
      const { id: application } = problem.scenario.applications[task.application];
      return layerIdsOf(problem, task).map((id) => {
        const element = solution.mapping[id];
        const processor = problem.pes.find((pe) => pe.id === element)?.processor;
        return [
          application,
          id.slice(application.length + 1),
          processor === undefined ? '' : problem.processors[processor].id,
          element,
          call,
          ...(priorities === undefined ? [] : [priorities[id]]),
        ];
      });
    });
    return {
      files: [
        {
          name: runFileName(detail, 'assignment', '.csv'),
          content: writeCsv(columns, rows, options),
          mediaType: 'text/csv',
        },
      ],
      notes: formulaNotes(columns, rows, options),
    };
  }),
};
