/** `tessera doctor`: what is there and what is missing. */
import type { Command } from 'commander';
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { examineHosts } from '../../host-checks.ts';
import { productVersion } from '../../product.ts';
import { withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText } from '../output.ts';
import { withWorkbench } from '../session.ts';

const marks = { ok: 'ok', warning: '!', missing: 'x' } as const;

export function registerDoctor(program: Command): void {
  withDatabase(withJson(program.command('doctor')))
    .description('check versions, database, hosts and browser')
    .action(async ({ db, json }: OutputOptions & DatabaseOption) => {
      const checks = await examine(db);
      if (json) printJson({ checks });
      else
        printText(
          checks
            .map(
              ({ name, status, detail, hint }) =>
                `${marks[status].padStart(2)}  ${name.padEnd(16)} ${detail}${hint === undefined ? '' : `\n${' '.repeat(21)}${hint}`}`,
            )
            .join('\n'),
        );
      if (checks.some((check) => check.status === 'missing')) process.exitCode = 1;
    });
}

/** Also where the database is refused, which is then one of the things the doctor reports. */
async function examine(db: string | undefined): Promise<DoctorCheck[]> {
  try {
    return (await withWorkbench(db, (client) => client.invoke('doctor.report', {}))).checks;
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    return [
      { name: 'Tessera', status: 'ok', detail: productVersion() },
      { name: 'Node', status: 'ok', detail: process.versions.node },
      {
        name: 'Database',
        status: 'missing',
        detail: error.message,
        ...(error.hint === '' ? {} : { hint: error.hint }),
      },
      ...examineHosts(),
    ];
  }
}
