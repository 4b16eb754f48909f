/** `tessera simulate`: what one given mapping of a scenario does. */
import type { Command } from 'commander';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { scheduleSpreadMs } from '#shared/analysis/time-spread.ts';
import { scenarioTimeOrigins } from '#shared/domain/time-origins.ts';
import { describeTimeline, readMapping } from '#shared/scheduling/solution.ts';
import {
  parseScenarioArgument,
  withDatabase,
  withJson,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { renderTimes } from '../answers.ts';
import { printJson, printText } from '../output.ts';
import { renderApplications, renderGroups, renderMetrics } from '../run-result.ts';
import { examineScenarioArgument } from '../session.ts';
import { mappingArgument } from '../start-argument.ts';
import { number, table } from '../table.ts';
import { warnOfTimes, withWarnings } from '../time-warnings.ts';

interface SimulateOptions extends OutputOptions, DatabaseOption {
  readonly mapping: string;
  readonly timeline?: true;
}

export function registerSimulate(program: Command): void {
  withDatabase(withJson(program.command('simulate <scenario>')))
    .description('simulate one given mapping of a scenario')
    .requiredOption(
      '--mapping <file|json>',
      '{ "<application>/<layer>": "<processing element>", … }, the "best" of a run, a run-json, an assignment-csv, a NEST-C plan, or a table op_id,unit_type (.csv)',
    )
    .option('--timeline', 'also when and where each layer runs')
    .action(async (argument: string, options: SimulateOptions) => {
      const { scenario, remarks } = await examineScenarioArgument(parseScenarioArgument(argument), options.db);
      const { problem, assignment } = readMapping(scenario, mappingArgument(options.mapping, scenario));
      const warnings = warnOfTimes(remarks);
      const timeline = simulate(problem, assignment);
      const metrics = computeMetrics(problem, assignment, timeline);
      const entries = options.timeline === undefined ? undefined : describeTimeline(problem, timeline);
      const times = scenarioTimeOrigins(scenario);
      const spreadMs = scheduleSpreadMs(problem, assignment.peOfTask, scenario);
      if (options.json) {
        printJson({
          metrics,
          ...(entries === undefined ? {} : { timeline: entries }),
          times,
          ...(spreadMs === undefined ? {} : { spreadMs }),
          ...withWarnings(warnings),
        });
        return;
      }
      printText(
        `${scenario.name} on ${scenario.platform.name}\n\n${renderMetrics(metrics)}\n\n${[renderApplications(metrics), ...renderGroups(metrics)].join('\n\n')}\n\n${renderTimes(times)}` +
          (spreadMs === undefined
            ? ''
            : `\nthe spread of these times adds up to ${number(spreadMs)} ms on the busiest element`),
      );
      if (entries === undefined) return;
      printText(
        `\n${table(entries, [
          { title: 'application', value: (entry) => entry.app },
          { title: 'instance', value: (entry) => String(entry.instance), align: 'right' },
          { title: 'layer', value: (entry) => entry.layer },
          { title: 'element', value: (entry) => entry.pe },
          { title: 'unit', value: (entry) => String(entry.unit), align: 'right' },
          { title: 'start ms', value: (entry) => number(entry.startMs), align: 'right' },
          { title: 'end ms', value: (entry) => number(entry.endMs), align: 'right' },
        ])}`,
      );
    });
}
