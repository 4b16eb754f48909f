/** `tessera bench`: the benchmarks, which are part of a checkout, in a process of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { benchmarksFile } from '../../product.ts';
import { withJson, type OutputOptions } from '../arguments.ts';

export function registerBench(program: Command): void {
  withJson(program.command('bench'))
    .description('measure speed, memory, size and the quality of schedules; takes some minutes')
    .option('--only <names>', 'only these benchmarks, e.g. evaluator,threads')
    .action(async ({ json, only }: OutputOptions & { readonly only?: string }) => {
      const file = benchmarksFile();
      if (!existsSync(file))
        throw new WorkbenchError('host.noBenchmarks', 'the benchmarks are not part of an installed Tessera', {
          hint: 'run this command in a checkout of its sources',
        });
      const child = spawn(
        process.execPath,
        [file, ...(json ? ['--json'] : []), ...(only === undefined ? [] : ['--only', only])],
        { stdio: 'inherit' },
      );
      const [code] = (await once(child, 'exit')) as [number | null];
      process.exitCode = code ?? 1;
    });
}
