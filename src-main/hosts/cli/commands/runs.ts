/** `tessera runs list|show|export|delete`: the record. */
import type { Command } from 'commander';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { runStatuses, type RunStatus } from '#shared/domain/run.ts';
import { Option } from 'commander';
import { wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { renderMetrics } from '../run-result.ts';
import { frontOf } from '../search.ts';
import { withWorkbench } from '../session.ts';
import { writeExport, type ExportOptions } from './export.ts';
import { duration, number, table, time } from '../table.ts';

interface ListOptions extends OutputOptions, DatabaseOption {
  readonly limit: number;
  readonly offset: number;
  readonly status?: RunStatus;
  readonly text?: string;
}

export const runId = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function registerRuns(program: Command): void {
  const runs = program.command('runs').description('list, show, export and delete recorded runs');

  withDatabase(withJson(runs.command('list')))
    .description('list recorded runs, newest first')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 1000), 50)
    .option('--offset <n>', 'leave out this many', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .addOption(new Option('--status <status>', 'only those with this status').choices(runStatuses))
    .option('--text <text>', 'only those with this text in name, scenario, platform, scheduler, tags or notes')
    .action(async ({ db, json, limit, offset, status, text }: ListOptions) => {
      const found = await withWorkbench(db, (client) => client.invoke('runs.list', { limit, offset, ...(status === undefined ? {} : { status }), ...(text === undefined ? {} : { text }) }));
      if (json) printJson(found);
      else if (found.runs.length === 0) printText(found.total === 0 ? 'no runs; "tessera demo simple" makes one' : `none of the ${found.total} runs from ${offset} on`);
      else {
        printText(renderRuns(found.runs));
        if (found.total > found.runs.length) printText(`${found.runs.length} of ${found.total}; --limit and --offset show the others`);
      }
    });

  withDatabase(withJson(runs.command('show')).argument('<id>', "the run's id", runId))
    .description('show a recorded run')
    .action(async (id: number, { db, json }: OutputOptions & DatabaseOption) => {
      const detail = await withWorkbench(db, (client) => client.invoke('runs.get', { runId: id }));
      if (json) {
        printJson({ ...detail, front: frontOf(detail) });
        return;
      }
      const { run, best, reference, configuration } = detail;
      const facts = [
        ['name', run.name],
        ['scenario', `${run.scenarioName} on ${run.platformName}`],
        ['scheduler', `${run.scheduler}, seed ${run.seed}`],
        ['options', JSON.stringify(configuration.options)],
        ['status', run.statusReason === undefined ? run.status : `${run.status}: ${run.statusReason}`],
        ['created', time(run.createdAt)],
        ['searched', `${run.generations} generations, ${run.evaluations} evaluations in ${duration(run.elapsedMs)}`],
        ['engine', `version ${detail.engineVersion}`],
        ...(run.tags.length === 0 ? [] : [['tags', run.tags.join(', ')]]),
        ...(run.notes === '' ? [] : [['notes', run.notes]]),
      ];
      printText(`Run ${run.id}\n${facts.map(([name, value]) => `  ${name?.padEnd(10)} ${value}`).join('\n')}`);
      if (best !== undefined) printText(`\nbest fitness ${number(best.fitness)}\n\n${renderMetrics(best.metrics, reference)}`);
    });

  withDatabase(withJson(runs.command('export')).argument('<id>', "the run's id", runId))
    .description('write a run, or its best schedule, to a file')
    .requiredOption('--format <format>', 'run-json, run-scenario, schedule-csv, generations-csv, chrome-trace or prism-schedule')
    .option('--out <file>', "the file, or the folder for it; default: the format's own name in the current folder")
    .option('--chromosome <n>', 'the schedule of this chromosome instead of the best', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action(async (id: number, { db, json, format, out, chromosome }: OutputOptions & DatabaseOption & ExportOptions & { readonly chromosome?: number }) => {
      const { files, notes } = await withWorkbench(db, (client) => client.invoke('runs.export', { runId: id, format, ...(chromosome === undefined ? {} : { chromosomeId: chromosome }) }));
      writeExport(files, notes, out, json === true);
    });

  withDatabase(withJson(runs.command('delete')).argument('<id>', "the run's id", runId))
    .description('delete a run with everything recorded of it')
    .action(async (id: number, { db, json }: OutputOptions & DatabaseOption) => {
      await withWorkbench(db, (client) => client.invoke('runs.delete', { runId: id }));
      if (json) printJson({ deleted: id });
      else printText(`run ${id} is deleted`);
    });
}

function renderRuns(runs: readonly RunSummary[]): string {
  return table(runs, [
    { title: 'id', value: (run) => String(run.id), align: 'right' },
    { title: 'created', value: (run) => time(run.createdAt) },
    { title: 'status', value: (run) => run.status },
    { title: 'name', value: (run) => shortened(run.name) },
    { title: 'scenario', value: (run) => run.scenarioId },
    { title: 'scheduler', value: (run) => run.scheduler },
    { title: 'seed', value: (run) => String(run.seed), align: 'right' },
    { title: 'generations', value: (run) => String(run.generations), align: 'right' },
    { title: 'best fitness', value: (run) => number(run.bestFitness), align: 'right' },
    { title: 'makespan ms', value: (run) => number(run.bestMetrics?.makespanMs), align: 'right' },
    { title: 'energy mJ', value: (run) => number(run.bestMetrics?.energyMJ), align: 'right' },
  ]);
}

/** Names may have 200 characters, lines of a terminal rarely as many. */
const LONGEST_NAME = 40;

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
