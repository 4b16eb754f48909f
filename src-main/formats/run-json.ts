/** A run as one JSON object: what was asked, what was found, every generation, and when and where each layer runs. */
import { describeTimeline } from '#shared/scheduling/solution.ts';
import { runFileName, type Format } from './format.ts';

export const runJsonFormat: Format = {
  id: 'run-json',
  name: 'Run as JSON',
  description: 'a run with its scenario, configuration, metrics, mapping, schedule and generations, for programs',
  extensions: ['.json'],
  mediaType: 'application/json',
  runWriter: {
    async write({ detail, problem, timeline, chromosomeId, solution, generations }) {
      const { from, length, ...columns } = await generations();
      const series = Object.fromEntries(
        Object.entries(columns).map(([name, values]) => [name, values === null ? null : [...values]]),
      );
      const content = {
        ...detail,
        schedule: { chromosomeId, ...solution, timeline: describeTimeline(problem, timeline) },
        generations: { from, length, ...series },
      };
      return {
        files: [
          {
            name: runFileName(detail, 'run', '.json'),
            content: `${JSON.stringify(content, undefined, 2)}\n`,
            mediaType: 'application/json',
          },
        ],
        notes: [],
      };
    },
  },
};
