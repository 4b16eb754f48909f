/** `tessera run`: searches for a good schedule of a scenario and records the search. */
import type { Command } from 'commander';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { applySettings, parseFileOrJson, parseScenarioArgument, withSearchOptions, type SearchOptions } from '../arguments.ts';
import { printReport, search } from '../search.ts';

export function registerRun(program: Command): void {
  withSearchOptions(program.command('run <scenario>'))
    .description('search for a good schedule: <scenario> is a file or the id of a preset or stored scenario')
    .action(async (scenario: string, options: SearchOptions) => {
      const report = await search({
        scenario: parseScenarioArgument(scenario),
        configuration: configurationOf(options, { scheduler: 'ga', seed: 1, options: {} }),
        name: options.name,
        db: options.db,
        record: options.record,
        quiet: options.quiet === true,
        threads: options.threads,
      });
      printReport(report, options.json === true);
    });
}

/** The configuration that the command line asks for; what it leaves open is that of `defaults`. Another scheduler brings its own options. */
export function configurationOf(options: SearchOptions, defaults: SchedulerConfiguration): SchedulerConfiguration {
  const scheduler = options.scheduler ?? defaults.scheduler;
  const base = options.options !== undefined ? parseFileOrJson(options.options, 'options') : scheduler === defaults.scheduler ? defaults.options : {};
  return { scheduler, seed: options.seed ?? defaults.seed, options: applySettings(base, options.set) };
}
