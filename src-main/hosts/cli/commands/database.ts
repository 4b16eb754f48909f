/** `tessera database info|check|backup|compact|move`: care of the file that holds the record. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '#shared/contract/client.ts';
import type { DatabaseFacts } from '#shared/contract/database-shapes.ts';
import { countOf } from '#shared/domain/words.ts';
import { withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { printJson, printText, remark } from '../output.ts';
import { withWorkbench } from '../session.ts';

type Options = OutputOptions & DatabaseOption;

const PROGRESS_MS = 1000;

export function registerDatabase(program: Command): void {
  const database = program
    .command('database')
    .description('maintain the database: facts, check, backup, compact, move');

  withDatabase(withJson(database.command('info')))
    .description('its path, its size, and how much of it is free')
    .action(async ({ db, json }: Options) => {
      const facts = await withWorkbench(db, (client) => client.invoke('database.info', {}));
      if (json) printJson(facts);
      else printText(renderFacts(facts));
    });

  withDatabase(withJson(database.command('check')))
    .description('read all of it; exit code 1 where something is damaged or missing')
    .action(async ({ db, json }: Options) => {
      const { problems } = await withProgress(db, (client) => client.invoke('database.check', {}));
      if (json) printJson({ problems });
      else printText(problems.length === 0 ? 'all is well' : problems.join('\n'));
      if (problems.length > 0) process.exitCode = 1;
    });

  withDatabase(withJson(database.command('backup')).argument('<file>', 'a new file'))
    .description('copy it as it is at this moment, also while runs go on')
    .action(async (file: string, { db, json }: Options) => {
      const copy = await withProgress(db, (client) => client.invoke('database.backup', { path: resolve(file) }));
      if (json) printJson(copy);
      else printText(`${copy.path}: ${megabytes(copy.sizeBytes)}`);
    });

  withDatabase(withJson(database.command('compact')))
    .description('compact the file; no run may be under way')
    .action(async ({ db, json }: Options) => {
      const sizes = await withProgress(db, (client) => client.invoke('database.compact', {}));
      if (json) printJson(sizes);
      else printText(`${megabytes(sizes.beforeBytes)} before, ${megabytes(sizes.afterBytes)} now`);
    });

  withDatabase(withJson(database.command('move')).argument('<file>', 'a new file, also on another disk'))
    .description('move it to another place, where every later start finds it; nothing else may use it meanwhile')
    .action(async (file: string, { db, json }: Options) => {
      const moved = await withProgress(db, (client) => client.invoke('database.move', { path: resolve(file) }));
      if (json) printJson(moved);
      else printText(`the database is ${moved.path} now`);
    });
}

/** Reports on stderr how far it is, once a second. */
async function withProgress<Result>(
  db: string | undefined,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withWorkbench(db, async (client) => {
    let last = performance.now();
    const stop = client.on('database.progress', ({ step, share }) => {
      if (performance.now() - last < PROGRESS_MS) return;
      last = performance.now();
      remark(`${step}${share === undefined ? '' : ` ${Math.round(share * 100)} %`}`);
    });
    try {
      return await work(client);
    } finally {
      stop();
    }
  });
}

function renderFacts({
  path,
  sizeBytes,
  logBytes,
  freeBytes,
  diskBytes,
  runs,
  recordedBytes,
  format,
}: DatabaseFacts): string {
  const facts = [
    ['path', path],
    ['size', `${megabytes(sizeBytes)}${logBytes > 0 ? `, and ${megabytes(logBytes)} of log` : ''}`],
    ['recorded', `${countOf(runs, 'run')}, ${megabytes(recordedBytes)} of generations and chromosomes`],
    ['free', `${megabytes(freeBytes)} within it, ${megabytes(diskBytes)} on its disk`],
    ['format', String(format)],
  ];
  return facts.map(([name = '', value]) => `${name.padEnd(9)} ${value}`).join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
