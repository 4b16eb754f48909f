/** `tessera demo`: the searches that show what Tessera does, with their scenario and configuration. */
import type { Command } from 'commander';
import { runsOfDemo, type Demo } from '#shared/contract/shapes.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { loadPresets, resourcesDirectory } from '../../toolbox.ts';
import { withSearchOptions, type SearchOptions } from '../arguments.ts';
import { renderFront } from '../front-table.ts';
import { printJson, printText } from '../output.ts';
import { printReport, search, type SearchReport } from '../search.ts';
import { renderSideBySide } from '../side-by-side.ts';
import { table } from '../table.ts';
import { configurationOf } from './run.ts';

export function registerDemo(program: Command): void {
  withSearchOptions(program.command('demo [id]'))
    .description('run a demo, or "all" of them; without an id, list them')
    .action(async (id: string | undefined, options: SearchOptions) => {
      const { demos } = loadPresets(resourcesDirectory());
      if (id === undefined) {
        if (options.json) printJson({ demos });
        else printText(renderDemos(demos));
        return;
      }
      const chosen = id === 'all' ? demos : demos.filter((demo) => demo.id === id);
      if (chosen.length === 0)
        throw new WorkbenchError('demo.unknown', `there is no demo "${id}"`, {
          hint: suggest(id, [...demos.map((demo) => demo.id), 'all']),
        });
      const isOne = chosen.length === 1 && chosen.every((demo) => runsOfDemo(demo).length === 1);
      const reports: SearchReport[] = [];
      for (const demo of chosen) {
        const those = await runDemo(demo, options, isOne);
        reports.push(...those);
        if (those.at(-1)?.result.status === 'cancelled') break;
      }
      if (isOne || !options.json) return;
      printJson(reports.map((report) => report.result));
      if (reports.at(-1)?.result.status === 'cancelled') process.exitCode = 1;
    });
}

/** Runs a demo to its end, or until one of its runs is cancelled, and prints it; as JSON only where it `isOne` run. */
async function runDemo(demo: Demo, options: SearchOptions, isOne: boolean): Promise<SearchReport[]> {
  const runs = runsOfDemo(demo);
  const reports: SearchReport[] = [];
  for (const { name, configuration } of runs) {
    const ownName =
      options.name === undefined || runs.length === 1 ? (options.name ?? name) : `${options.name}, ${name}`;
    const report = await search({
      scenario: demo.scenario,
      configuration: configurationOf(options, configuration),
      name: ownName,
      db: options.db,
      record: options.record,
      quiet: options.quiet === true,
      threads: options.threads,
      baseline: options.baseline,
    });
    reports.push(report);
    if (isOne || !options.json) printReport(report, options.json === true);
    if (report.result.status === 'cancelled') return reports;
  }
  if (!options.json) printEnd(demo, reports);
  return reports;
}

/** What the demo is about: its runs side by side, or its front. */
function printEnd(demo: Demo, reports: readonly SearchReport[]): void {
  if (demo.opens === 'compare')
    printText(
      `\n${renderSideBySide(runsOfDemo(demo).map(({ name }, index) => ({ name, metrics: reports[index]?.result.best?.metrics })))}`,
    );
  const front = reports[0]?.result.front;
  if (demo.opens === 'pareto' && front !== undefined) printText(`\n${renderFront(front)}`);
}

function renderDemos(demos: readonly Demo[]): string {
  return table(demos, [
    { title: 'demo', value: (demo) => demo.id },
    {
      title: 'scheduler',
      value: ({ configuration, ...demo }) =>
        `${configuration.scheduler}, seed ${configuration.seed}${demo.runs === undefined ? '' : `, ${demo.runs.length} runs`}`,
    },
    { title: 'what it shows', value: (demo) => demo.description },
  ]);
}
