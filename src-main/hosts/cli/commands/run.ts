/** `tessera run`: searches for a good schedule of a scenario and records the search. */
import type { Command } from 'commander';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { applySettings, isTable, parseFileOrJson, parseScenarioArgument, withSearchOptions, type JsonObject, type SearchOptions } from '../arguments.ts';
import { readMappingTable } from '../mapping-table.ts';
import { printReport, search } from '../search.ts';
import { resolveScenarioArgument } from '../session.ts';

export function registerRun(program: Command): void {
  withSearchOptions(program.command('run <scenario>'))
    .description('search for a good schedule: <scenario> is a file or the id of a preset or stored scenario')
    .action(async (argument: string, options: SearchOptions) => {
      const scenario = parseScenarioArgument(argument);
      // The rows of a table are named by the scenario's layers.
      const resolved = options.set.some(isTable) ? await resolveScenarioArgument(scenario, options.db) : undefined;
      const report = await search({
        scenario,
        configuration: configurationOf(options, { scheduler: 'ga', seed: 1, options: {} }, resolved && ((path) => readMappingTable(path, resolved))),
        name: options.name,
        db: options.db,
        record: options.record,
        quiet: options.quiet === true,
        threads: options.threads,
      });
      printReport(report, options.json === true);
    });
}

/**
 * The configuration that the command line asks for; what it leaves open is that of `defaults`. Another scheduler brings its own options.
 * @param readTable what `--set key=….csv` stands for
 */
export function configurationOf(options: SearchOptions, defaults: SchedulerConfiguration, readTable?: (path: string) => JsonObject): SchedulerConfiguration {
  const scheduler = options.scheduler ?? defaults.scheduler;
  const base = options.options !== undefined ? parseFileOrJson(options.options, 'options') : scheduler === defaults.scheduler ? defaults.options : {};
  return { scheduler, seed: options.seed ?? defaults.seed, options: applySettings(base, options.set, readTable) };
}
