/** `tessera runs list|show|compare|export|import|delete`: the record. */
import { Option, type Command } from 'commander';
import { gapPercentOf } from '#shared/analysis/makespan-bound.ts';
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import { figureOf, metricOf, plainTitle } from '#shared/domain/metrics.ts';
import { runStatuses, type RunStatus } from '#shared/domain/run.ts';
import { countOf } from '#shared/domain/words.ts';
import { answersOfRun, gapText, renderAnswers, type Answers } from '../answers.ts';
import {
  applySettings,
  collectTag,
  runId,
  runIds,
  wholeNumber,
  withBaseline,
  withDatabase,
  withJson,
  withQuiet,
  withSettings,
  type BaselineOption,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { printJson, printText, usageError } from '../output.ts';
import { renderApplications, renderMetrics } from '../run-result.ts';
import { frontOf } from '../search.ts';
import { withWorkbench } from '../session.ts';
import { ARCHIVE_FORMAT, exportArchive, importArchive } from './archive.ts';
import { registerCompare } from './compare.ts';
import { remarkOn, writeExport, type ExportOptions } from './export.ts';
import { exportGif, GIF_FORMAT, refuseVideo } from './film.ts';
import { exportForOrt, ORT_FORMAT } from './ort-export.ts';
import { duration, number, table, time } from '../table.ts';

interface ListOptions extends OutputOptions, DatabaseOption {
  readonly limit: number;
  readonly offset: number;
  readonly status?: RunStatus;
  readonly text?: string;
  readonly tag?: readonly string[];
}

export function registerRuns(program: Command): void {
  const runs = program.command('runs').description('list, show, compare, export, import and delete recorded runs');

  withDatabase(withJson(runs.command('list')))
    .description('list recorded runs, newest first')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 1000), 50)
    .option('--offset <n>', 'leave out this many', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .addOption(new Option('--status <status>', 'only those with this status').choices(runStatuses))
    .option('--text <text>', 'only those with this text in name, scenario, platform, scheduler, tags or notes')
    .option('--tag <text>', 'only those with this tag; repeatable: with all of them', collectTag)
    .action(async ({ db, json, limit, offset, status, text, tag }: ListOptions) => {
      const found = await withWorkbench(db, (client) =>
        client.invoke('runs.list', {
          limit,
          offset,
          ...(status === undefined ? {} : { status }),
          ...(text === undefined ? {} : { text }),
          ...(tag === undefined ? {} : { tags: [...tag] }),
        }),
      );
      if (json) printJson(found);
      else if (found.runs.length === 0 && (status ?? text ?? tag) !== undefined)
        printText('no run fits; leave out --status, --text or --tag to see more');
      else if (found.runs.length === 0)
        printText(
          found.total === 0
            ? 'no runs; "tessera demo simple" makes one'
            : `none of the ${found.total} runs from ${offset} on`,
        );
      else {
        printText(renderRuns(found.runs));
        if (found.total > found.runs.length)
          printText(`${found.runs.length} of ${found.total}; --limit and --offset show the others`);
      }
    });

  withBaseline(withDatabase(withJson(runs.command('show')).argument('<id>', "the run's id", runId)))
    .description('show a recorded run')
    .action(async (id: number, { db, json, baseline }: OutputOptions & DatabaseOption & BaselineOption) => {
      const { detail, answers } = await withWorkbench(db, async (client) => {
        const found = await client.invoke('runs.get', { runId: id });
        return { detail: found, answers: await answersOfRun(found, baseline, client) };
      });
      if (json) printJson({ ...detail, ...answers, front: frontOf(detail) });
      else printText(renderRun(detail, answers));
    });

  registerCompare(runs);

  withBaseline(
    withSettings(
      withQuiet(
        withDatabase(
          withJson(runs.command('export')).argument('<ids...>', "the run's id; several with --format tessera", runIds),
        ),
      ),
      "one of the format's options; repeatable, e.g. --set chart=schedule",
    ),
  )
    .description('write a run, or its best schedule, to a file')
    .requiredOption(
      '--format <format>',
      'tessera (everything, to be imported elsewhere), html, run-json, run-scenario, schedule-csv, generations-csv, ' +
        'chrome-trace, prism-schedule, assignment-csv, nest-plan, nest-profile, ort-annotated (your own ONNX model: --model), report (to print), svg or png (pictures of its charts) or gif (its replay)',
    )
    .option('--model <file>', 'with --format ort-annotated: the ONNX model that the network was imported from')
    .option('--out <file>', "the file, or the folder for it; default: the format's own name in the current folder")
    .option(
      '--chromosome <n>',
      'the schedule of this chromosome instead of the best',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .action(
      async (
        ids: number[],
        {
          db,
          json,
          quiet,
          format,
          out,
          chromosome,
          baseline,
          set,
          model,
        }: OutputOptions &
          DatabaseOption &
          ExportOptions &
          BaselineOption & {
            readonly model?: string;
            readonly chromosome?: number;
            readonly quiet?: true;
            readonly set: readonly string[];
          },
      ) => {
        refuseVideo(format);
        const isInParts = format === ARCHIVE_FORMAT || format === GIF_FORMAT;
        if (isInParts && chromosome !== undefined)
          throw usageError(
            `--chromosome has no meaning with --format ${format}`,
            format === ARCHIVE_FORMAT
              ? 'a whole run has all its chromosomes'
              : 'the film shows the best of every generation',
          );
        if (isInParts && baseline !== undefined)
          throw usageError(
            `--baseline has no meaning with --format ${format}`,
            'leave it out, or use --format report, html, svg or png',
          );
        const [id] = ids;
        if (ids.length > 1 && format !== ARCHIVE_FORMAT)
          throw usageError(
            `${ids.length} runs cannot be written as ${format} at once`,
            `give one id, or use --format ${ARCHIVE_FORMAT}`,
          );
        if (format === ORT_FORMAT) {
          if (chromosome !== undefined || baseline !== undefined)
            throw usageError(
              `--format ${ORT_FORMAT} writes the best schedule, against no baseline`,
              'leave out --chromosome and --baseline',
            );
          await exportForOrt(id, model, out, db, json === true);
          return;
        }
        if (model !== undefined)
          throw usageError(
            `--model has no meaning with --format ${format}`,
            `leave it out, or use --format ${ORT_FORMAT}`,
          );
        if (isInParts) {
          const { path, notes } = await withWorkbench(db, async (client) =>
            format === GIF_FORMAT
              ? exportGif(client, id, applySettings({}, set), out, quiet === true)
              : { path: await exportArchive(client, ids, out, quiet === true), notes: [] },
          );
          if (json) printJson({ files: [path], notes });
          else printText(path);
          remarkOn(notes);
          return;
        }
        const { files, notes } = await withWorkbench(db, (client) =>
          client.invoke('runs.export', {
            runId: id,
            format,
            options: applySettings({}, set),
            ...(chromosome === undefined ? {} : { chromosomeId: chromosome }),
            ...(baseline === undefined ? {} : { baseline }),
          }),
        );
        writeExport(files, notes, out, json === true);
      },
    );

  withQuiet(
    withDatabase(withJson(runs.command('import')).argument('<files...>', 'files that --format tessera has written')),
  )
    .description('import whole runs from .tessera files: all runs of a file, or none')
    .action(
      async (files: string[], { db, json, quiet }: OutputOptions & DatabaseOption & { readonly quiet?: true }) => {
        const imported = await withWorkbench(db, async (client) => {
          const runs: RunSummary[] = [];
          for (const file of files) runs.push(...(await importArchive(client, file, quiet === true)));
          return runs;
        });
        if (json) printJson({ runs: imported });
        else for (const { id, name } of imported) printText(`run ${id}: ${name}`);
      },
    );

  withDatabase(withJson(runs.command('delete')).argument('<id>', "the run's id", runId))
    .description('delete a run with everything recorded of it')
    .action(async (id: number, { db, json }: OutputOptions & DatabaseOption) => {
      await withWorkbench(db, (client) => client.invoke('runs.delete', { runId: id }));
      if (json) printJson({ deleted: id });
      else printText(`run ${id} is deleted`);
    });
}

function renderRun(detail: RunDetail, answers: Answers): string {
  const { run, best, configuration, engineVersion, origin } = detail;
  const facts = [
    ['name', run.name],
    ['scenario', `${run.scenarioName} on ${run.platformName}`],
    ['scheduler', `${run.scheduler}, seed ${run.seed}`],
    ['options', JSON.stringify(configuration.options)],
    ['status', run.statusReason === undefined ? run.status : `${run.status}: ${run.statusReason}`],
    ['created', time(run.createdAt)],
    [
      'searched',
      `${countOf(run.generations, 'generation')}, ${countOf(run.evaluations, 'evaluation')} in ${duration(run.elapsedMs)}`,
    ],
    ['engine', `version ${engineVersion}`],
    ...(origin === undefined
      ? []
      : [
          [
            'origin',
            `run ${origin.originalId} of another database, exported ${time(origin.exportedAt)} by ${origin.product}, imported ${time(origin.importedAt)}`,
          ],
        ]),
    ...(run.tags.length === 0 ? [] : [['tags', run.tags.join(', ')]]),
    ...(run.notes === '' ? [] : [['notes', run.notes]]),
  ];
  const head = `Run ${run.id}\n${facts.map(([name, value]) => `  ${name?.padEnd(10)} ${value}`).join('\n')}`;
  if (best === undefined) return head;
  return [
    head,
    renderAnswers(answers, best.metrics.makespanMs),
    `best fitness ${number(best.fitness)}`,
    renderMetrics(best.metrics, answers.baseline),
    renderApplications(best.metrics, answers.baseline),
  ].join('\n\n');
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
    { title: 'late', value: (run) => lateOf(run), align: 'right' },
    { title: 'gap %', value: (run) => gapText(shareOf(gapPercentOf(run))), align: 'right' },
    { title: 'best fitness', value: (run) => number(run.bestFitness), align: 'right' },
    ...(['makespanMs', 'energyMJ'] as const).map((name) => ({
      title: plainTitle(metricOf(name)),
      value: ({ bestMetrics }: RunSummary) =>
        number(bestMetrics === undefined ? undefined : figureOf(bestMetrics, name)),
      align: 'right' as const,
    })),
  ]);
}

function shareOf(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

/** Instances of the best schedule that miss their deadline. */
function lateOf({ deadlines }: RunSummary): string {
  return deadlines === undefined ? 'no deadline' : `${deadlines.missed ?? '?'} of ${deadlines.ofInstances}`;
}

/** Names may have 200 characters, lines of a terminal rarely as many. */
const LONGEST_NAME = 40;

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
