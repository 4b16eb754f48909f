/** `tessera demo`: the searches that show what Tessera does, with their scenario and configuration. */
import type { Command } from 'commander';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { loadPresets, resourcesDirectory } from '../../../compose.ts';
import { remarkOnThreads, withSearchOptions, type SearchOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { printReport, search, type SearchReport } from '../search.ts';
import { table } from '../table.ts';
import { configurationOf } from './run.ts';

export function registerDemo(program: Command): void {
  withSearchOptions(program.command('demo [id]'))
    .description('run a demo, or "all" of them; without an id, list them')
    .action(async (id: string | undefined, options: SearchOptions) => {
      const { demos } = loadPresets(resourcesDirectory());
      if (id === undefined) {
        if (options.json) printJson({ demos });
        else printText(table(demos, [{ title: 'demo', value: (demo) => demo.id }, { title: 'scheduler', value: (demo) => `${demo.configuration.scheduler}, seed ${demo.configuration.seed}` }, { title: 'what it shows', value: (demo) => demo.description }]));
        return;
      }
      const chosen = id === 'all' ? demos : demos.filter((demo) => demo.id === id);
      if (chosen.length === 0) throw new WorkbenchError('demo.unknown', `there is no demo "${id}"`, { hint: suggest(id, [...demos.map((demo) => demo.id), 'all']) });
      remarkOnThreads(options.threads);
      const reports: SearchReport[] = [];
      for (const demo of chosen) {
        const report = await search({ scenario: demo.scenario, configuration: configurationOf(options, demo.configuration), name: options.name ?? demo.name, db: options.db, record: options.record, quiet: options.quiet === true });
        reports.push(report);
        if (id !== 'all' || !options.json) printReport(report, options.json === true);
        if (report.result.status === 'cancelled') break;
      }
      if (id !== 'all' || !options.json) return;
      printJson(reports.map((report) => report.result));
      if (reports.at(-1)?.result.status === 'cancelled') process.exitCode = 1;
    });
}
