/** `tessera sweep`: starts a family of runs from a file, follows it to its end and prints what each combination came to. */
import type { Command } from 'commander';
import type { Client } from '#shared/contract/client.ts';
import type { SweepDetail } from '#shared/contract/sweep-shapes.ts';
import { sweepGroups } from '#shared/analysis/sweep-groups.ts';
import { plainTitle, quantityOf } from '#shared/domain/metrics.ts';
import { parseSweep } from '#shared/domain/sweep.ts';
import { onInterrupt } from '../../interrupt.ts';
import {
  parseFileOrJson,
  withDatabase,
  withJson,
  withConfirmation,
  withQuiet,
  type ConfirmOption,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { printJson, printText, remark } from '../output.ts';
import { withWorkbench } from '../session.ts';
import { number, table } from '../table.ts';
import { warnOfTimes } from '../time-warnings.ts';

interface SweepOptions extends OutputOptions, DatabaseOption, ConfirmOption {
  readonly quiet?: true;
  readonly on?: string;
}

export function registerSweep(program: Command): void {
  withConfirmation(withQuiet(withDatabase(withJson(program.command('sweep <file>')))))
    .description(
      'run a family of runs: every scenario × scheduler × varied options × seed of a sweep file (resources/docs/documents.md)',
    )
    .option('--on <queue>', 'on the workers of a queue ("tessera queue list") instead of this machine')
    .action(async (file: string, options: SweepOptions) => {
      const sweep = parseFileOrJson(file, 'sweep');
      const detail = await withWorkbench(options.db, async (client) => {
        if (options.confirmCommand !== undefined) await client.invoke('commands.confirm', options.confirmCommand);
        return follow(client, sweep, options.on, options.quiet === true);
      });
      if (options.json) printJson(detail);
      else printText(renderSweep(detail));
      if (detail.runs.some(({ run }) => run.status !== 'finished')) process.exitCode = 1;
    });
}

/** Starts the sweep and waits until every run is over. Ctrl-C cancels what is left; runs on other machines go on. */
async function follow(
  client: Client,
  sweep: Record<string, unknown>,
  queue: string | undefined,
  quiet: boolean,
): Promise<SweepDetail> {
  const ended = Promise.withResolvers<void>();
  let sweepId: number | undefined;
  let reported = -1;
  const check = async (): Promise<void> => {
    if (sweepId === undefined) return;
    const { sweep: state } = await client.invoke('sweeps.get', { sweepId });
    if (!quiet && state.ended !== reported) remark(`${state.ended} of ${state.runs} runs`);
    reported = state.ended;
    if (state.ended === state.runs) ended.resolve();
  };
  const stop = client.on('run.changed', ({ run }) => {
    if (run.endedAt !== undefined) void check().catch((error: unknown) => ended.reject(error));
  });
  const interruption = onInterrupt();
  try {
    const started = await client.invoke('sweeps.start', { sweep, ...(queue === undefined ? {} : { on: { queue } }) });
    const { inLibrary } = started;
    if (!quiet && inLibrary !== undefined && inLibrary.runs > 0)
      remark(`${inLibrary.runs} of ${inLibrary.of} runs are in your library already`);
    sweepId = started.sweep.id;
    const id = sweepId;
    await warnOfScenarios(client, sweep);
    interruption.onStop(() => {
      if (queue !== undefined) {
        remark(`the runs go on in queue "${queue}"; the same command again follows them`);
        ended.resolve();
        return;
      }
      remark('cancelling …');
      client
        .invoke('sweeps.cancel', { sweepId: id })
        .then(() => check())
        .catch((error: unknown) => ended.reject(error));
    });
    await check();
    await ended.promise;
    return await client.invoke('sweeps.get', { sweepId: id });
  } finally {
    interruption.release();
    stop();
  }
}

/** Says what is to be said of the times of each scenario of a sweep that has been accepted. */
async function warnOfScenarios(client: Client, sweep: Record<string, unknown>): Promise<void> {
  for (const scenario of parseSweep(sweep).scenarios)
    warnOfTimes((await client.invoke('scenarios.resolve', { scenario })).remarks);
}

function renderSweep({ sweep, runs }: SweepDetail): string {
  const groups = sweepGroups(runs);
  const failed = runs.filter(({ run }) => run.status === 'failed');
  const lines = table(groups, [
    { title: 'scenario', value: (group) => group.scenario },
    { title: 'scheduler', value: (group) => group.scheduler },
    {
      title: 'options',
      value: (group) =>
        Object.entries(group.varied)
          .map(([path, value]) => `${path}=${String(value)}`)
          .join(' '),
    },
    { title: 'runs', value: (group) => String(group.runs.length) },
    ...(['fitness', 'makespanMs', 'energyMJ', 'latencyMs'] as const).map((figure) => ({
      title: plainTitle(quantityOf(figure)),
      value: (group: (typeof groups)[number]) => number(group.medians[figure]),
    })),
  ]);
  const reasons = failed.map(({ run }) => `run ${run.id} failed: ${run.statusReason ?? 'its process gave no reason'}`);
  return [`Sweep ${sweep.id}, ${sweep.name}: ${runs.length} runs; medians over the seeds`, '', lines, ...reasons].join(
    '\n',
  );
}
