/** `tessera resume`: continues an interrupted run from its last checkpoint; it ends as it would have without the interruption. */
import type { Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  runId,
  withBaseline,
  withConfirmation,
  withDatabase,
  withJson,
  withQuiet,
  withThreads,
  type BaselineOption,
  type ConfirmOption,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { followRun, printReport } from '../search.ts';
import { withWorkbench } from '../session.ts';

export function registerResume(program: Command): void {
  withBaseline(
    withConfirmation(
      withThreads(withQuiet(withDatabase(withJson(program.command('resume').argument('<id>', "the run's id", runId))))),
    ),
  )
    .description('continue an interrupted run to its end')
    .action(
      async (
        id: number,
        options: OutputOptions &
          DatabaseOption &
          BaselineOption &
          ConfirmOption & { readonly quiet?: true; readonly threads?: number },
      ) => {
        const report = await withWorkbench(options.db, (client, close) =>
          followRun(client, close, { isQuiet: options.quiet === true, baseline: options.baseline }, async () => {
            const { run } = await client.invoke('runs.get', { runId: id });
            if (run.status === 'running' || run.status === 'queued') {
              throw new WorkbenchError('run.elsewhere', `run ${id} is ${run.status} in another Tessera process`, {
                hint: 'it needs no resuming; follow it there',
              });
            }
            if (options.confirmCommand !== undefined) await client.invoke('commands.confirm', options.confirmCommand);
            await client.invoke('runs.resume', {
              runId: id,
              ...(options.threads === undefined ? {} : { threads: options.threads }),
            });
            return id;
          }),
        );
        printReport(report, options.json === true);
      },
    );
}
