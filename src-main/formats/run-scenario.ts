/** The scenario that a run was started with, platform and networks inline: what is needed to repeat it wherever its documents have changed since. */
import { runFileName, type Format } from './format.ts';

export const runScenarioFormat: Format = {
  id: 'run-scenario',
  name: 'Scenario of a run',
  description: 'the scenario as it was when the run started, everything inline, to run it again elsewhere',
  extensions: ['.json'],
  mediaType: 'application/json',
  runWriter: {
    write: ({ detail }) => ({
      files: [
        {
          name: runFileName(detail, 'scenario', '.json'),
          content: `${JSON.stringify(detail.scenario, undefined, 2)}\n`,
          mediaType: 'application/json',
        },
      ],
      notes: [],
    }),
  },
};
