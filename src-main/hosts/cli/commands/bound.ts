/** `tessera bound`: what no schedule of a scenario can beat, without a search. */
import type { Command } from 'commander';
import { boundMethodNames } from '#shared/analysis/makespan-bound.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { proveBounds } from '../../toolbox.ts';
import {
  parseScenarioArgument,
  withDatabase,
  withJson,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { examineScenarioArgument } from '../session.ts';
import { number, table } from '../table.ts';
import { warnOfTimes, withWarnings } from '../time-warnings.ts';

interface BoundOptions extends OutputOptions, DatabaseOption {
  readonly nominal?: true;
}

export function registerBound(program: Command): void {
  withDatabase(withJson(program.command('bound <scenario>')))
    .description('the makespan and the responses that no schedule of a scenario can beat')
    .option('--nominal', 'for all cores at nominal frequencies, not for every choice that searches have by default')
    .action(async (argument: string, options: BoundOptions) => {
      const { scenario, remarks } = await examineScenarioArgument(parseScenarioArgument(argument), options.db);
      const warnings = warnOfTimes(remarks);
      const isChosen = options.nominal !== true;
      const proven = await proveBounds(scenario, { ...defaultGenes, cores: isChosen, frequencies: isChosen });
      if (options.json) {
        printJson({ ...proven, ...withWarnings(warnings) });
        return;
      }
      const { bound, meanResponseMs, applications } = proven;
      printText(
        [
          `${scenario.name} on ${scenario.platform.name}`,
          bound === null
            ? 'makespan: no lower bound is known'
            : `makespan: at least ${number(bound.makespanMs)} ms (${boundMethodNames[bound.method]})`,
          `mean response: at least ${number(meanResponseMs)} ms`,
          '',
          table(applications, [
            { title: 'application', value: ({ application }) => application },
            { title: 'least response ms', value: ({ responseMs }) => number(responseMs), align: 'right' },
          ]),
        ].join('\n'),
      );
    });
}
