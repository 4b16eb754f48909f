/** `tessera export`: a platform, network, profile or scenario as a file of another format, or a scenario as a scheduling problem. */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { Option, type Command } from 'commander';
import type { ExportedFile, FormatNote } from '#shared/contract/format-shapes.ts';
import { documentKindSchema, type DocumentKind } from '#shared/contract/shapes.ts';
import { problemFile } from '../../toolbox.ts';
import {
  applySettings,
  parseScenarioArgument,
  withDatabase,
  withJson,
  withSettings,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { isFolder, placeOf, writeAtOnce } from '../part-file.ts';
import { examineScenarioArgument, withWorkbench } from '../session.ts';
import { warnOfTimes } from '../time-warnings.ts';

/** What every exporting command takes. */
export interface ExportOptions {
  readonly format: string;
  readonly out?: string;
}

export function registerExport(program: Command): void {
  withSettings(
    withDatabase(withJson(program.command('export'))),
    "one of the format's options; repeatable, e.g. --set inline=true",
  )
    .argument('<kind>', `one of ${documentKindSchema.options.join(', ')}, or problem`)
    .argument('<id>', 'id of a preset or stored document; of a problem the scenario: a file or an id')
    .addOption(new Option('--format <format>', 'a format that "tessera formats" lists').default('json'))
    .option(
      '--out <file>',
      "the file, or the folder for it; default: the format's own name in the current folder, for a problem standard output",
    )
    .description(
      'write a platform, network, profile or scenario to a file, or a scenario as a problem for schedulers of your own',
    )
    .action(
      async (
        kind: string,
        id: string,
        {
          db,
          json,
          format,
          out,
          set,
        }: OutputOptions & DatabaseOption & ExportOptions & { readonly set: readonly string[] },
      ) => {
        if (kind === 'problem') {
          await exportProblem(id, db, out, json === true);
          return;
        }
        if (!isKind(kind))
          throw usageError(
            `there is no kind of document "${kind}"`,
            `use one of ${documentKindSchema.options.join(', ')}, or problem`,
          );
        const { files, notes } = await withWorkbench(db, (client) =>
          client.invoke('documents.export', { kind, id, format, options: applySettings({}, set) }),
        );
        writeExport(files, notes, out, json === true);
      },
    );
}

/** `tessera export problem`: to the file `out`, else to standard output. */
async function exportProblem(
  argument: string,
  db: string | undefined,
  out: string | undefined,
  json: boolean,
): Promise<void> {
  const { scenario, remarks } = await examineScenarioArgument(parseScenarioArgument(argument), db);
  warnOfTimes(remarks);
  const { name, content } = problemFile(scenario);
  if (out === undefined) printText(content.trimEnd());
  else writeExport([{ name, bytes: new TextEncoder().encode(content) }], [], out, json);
}

/**
 * Writes exported files: to `out`, a folder where there are several, else into the current folder under their own names.
 * @throws WorkbenchError `cli.usage`, `output.notWritten` or `output.noRoom`
 */
export function writeExport(
  files: readonly Pick<ExportedFile, 'name' | 'bytes'>[],
  notes: readonly FormatNote[],
  out: string | undefined,
  json: boolean,
): void {
  const written = writeFiles(files, out);
  if (json) printJson({ files: written, notes });
  else printText(written.join('\n'));
  remarkOn(notes);
}

/** @returns where they are now */
export function writeFiles(files: readonly Pick<ExportedFile, 'name' | 'bytes'>[], out: string | undefined): string[] {
  const isOneFile = out !== undefined && !isFolder(out) && (existsSync(out) || extname(out) !== '');
  if (isOneFile && files.length > 1)
    throw usageError(
      `${files.length} files cannot be written to "${out}"`,
      'give a folder, with a "/" at its end where it is a new one',
    );
  const place = out !== undefined && files.length > 1 ? `${out}/` : out;
  return files.map(({ name, bytes }) => {
    const path = placeOf(name, place);
    writeAtOnce(path, bytes);
    return path;
  });
}

function isKind(text: string): text is DocumentKind {
  return (documentKindSchema.options as readonly string[]).includes(text);
}

/** What there is to say about what was written, a line each. */
export function remarkOn(notes: readonly FormatNote[]): void {
  for (const { message, hint } of notes) remark(`note: ${message}${hint === undefined ? '' : `; ${hint}`}`);
}
