/** `tessera resume`: continues an interrupted run from its last checkpoint; it ends as it would have without the interruption. */
import type { Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { runId, withDatabase, withJson, withQuiet, withThreads, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { followRun, printReport } from '../search.ts';
import { withWorkbench } from '../session.ts';

export function registerResume(program: Command): void {
  withThreads(withQuiet(withDatabase(withJson(program.command('resume').argument('<id>', "the run's id", runId)))))
    .description('continue an interrupted run to its end')
    .action(async (id: number, options: OutputOptions & DatabaseOption & { readonly quiet?: true; readonly threads?: number }) => {
      const report = await withWorkbench(options.db, (client, close) =>
        followRun(client, close, options.quiet === true, async () => {
          const { run } = await client.invoke('runs.get', { runId: id });
          if (run.status === 'running' || run.status === 'queued') {
            throw new WorkbenchError('run.elsewhere', `run ${id} is ${run.status} in another Tessera process`, { hint: 'it needs no resuming; follow it there' });
          }
          await client.invoke('runs.resume', { runId: id, ...(options.threads === undefined ? {} : { threads: options.threads }) });
          return id;
        }),
      );
      printReport(report, options.json === true);
    });
}
