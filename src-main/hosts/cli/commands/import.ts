/** `tessera import`: reads files of other formats into the library, or converts them to Tessera JSON. */
import type { Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { describeFormats, readFiles, withFiles, type ReadOutcome } from '../../../compose.ts';
import { applySettings, collect, withDatabase, withJson, withQuiet, withSettings, type DatabaseOption, type JsonObject, type OutputOptions } from '../arguments.ts';
import { printError, printJson, printText, remark, usageError } from '../output.ts';
import { withWorkbench } from '../session.ts';
import { writeFiles } from './export.ts';

interface ImportOptions extends OutputOptions, DatabaseOption {
  readonly out?: string;
  readonly preview?: true;
  readonly set: readonly string[];
  readonly dim: readonly string[];
  readonly quiet?: true;
}

/** What was done with the documents of one group of files. */
interface Imported {
  readonly outcome: ReadOutcome;
  /** Where they were written. */
  readonly written?: readonly string[];
  readonly isSaved?: true;
}

const AUTO = 'auto';

export function registerImport(program: Command): void {
  withQuiet(withSettings(withDatabase(withJson(program.command('import'))), "one of the format's options; repeatable, e.g. --set id=camera"))
    .argument('<format>', `a format that "tessera formats" lists, or "${AUTO}": by content and extension`)
    .argument('[files...]', 'the files')
    .option('--out <file>', 'write Tessera JSON to this file or folder instead of saving into the library')
    .option('--preview', 'only say what would be imported')
    .option('--dim <name=size>', 'size of a dimension that an ONNX model leaves open; repeatable, e.g. --dim N=1', collect, [])
    .description('import files: Tessera JSON, ONNX, layer tables, PRISM tables, STG')
    .action(async (format: string, files: string[], options: ImportOptions) => {
      const { imported, all } = await importFiles(format, files, options);
      const failed = imported.filter(({ outcome }) => outcome.status === 'failed');
      const [only] = all.length === 1 ? failed : [];
      if (only?.outcome.status === 'failed') throw only.outcome.error;
      if (options.json) printJson({ outcomes: imported.map(jsonOf) });
      else for (const each of imported) printImported(each);
      if (failed.length > 0) process.exitCode = 2;
    });
}

async function importFiles(given: string, files: readonly string[], { db, out, preview, set, dim, quiet }: ImportOptions): Promise<{ imported: readonly Imported[]; all: readonly ReadOutcome[] }> {
  // A file in the place of the format means that its format is to be found out.
  const isFormat = given === AUTO || describeFormats().some(({ id }) => id === given);
  const isFile = !isFormat && /[./\\]/.test(given);
  const paths = isFile ? [given, ...files] : files;
  if (paths.length === 0) throw usageError('no file is given', 'e.g. tessera import onnx model.onnx');
  const options = { ...applySettings({}, set), ...dimensions(dim) };
  const onProgress = (names: readonly string[], done: number, total: number): void => {
    if (quiet !== true && total > 1) remark(`${done + 1} of ${total}: ${names.join(', ')}`);
  };
  const all = await withFiles(paths, (chosen) => readFiles(chosen, { format: isFile ? AUTO : given, options, onProgress }));
  if (preview === true) return { imported: all.map((outcome) => ({ outcome })), all };
  return { imported: out === undefined ? await save(all, db) : write(all, out), all };
}

/** `N=1` as the option of the ONNX format. @throws WorkbenchError `cli.usage` */
function dimensions(given: readonly string[]): JsonObject {
  if (given.length === 0) return {};
  const entries = given.map((text) => {
    const [, name, size] = /^(.+)=(\d+)$/.exec(text) ?? [];
    if (name === undefined) throw usageError(`--dim "${text}" is not a size`, 'write --dim name=size, e.g. --dim N=1');
    return [name, Number(size)] as const;
  });
  return { dims: Object.fromEntries(entries) };
}

/** Saves what could be read: the documents of a group together or none of them. */
async function save(outcomes: readonly ReadOutcome[], db: string | undefined): Promise<Imported[]> {
  if (outcomes.every(({ status }) => status === 'failed')) return outcomes.map((outcome) => ({ outcome }));
  return withWorkbench(db, async (client) => {
    const imported: Imported[] = [];
    for (const outcome of outcomes) {
      if (outcome.status === 'failed') {
        imported.push({ outcome });
        continue;
      }
      try {
        await client.invoke('documents.saveTogether', { documents: outcome.documents.map(({ kind, document }) => ({ kind, document: { ...document } })) });
        imported.push({ outcome, isSaved: true });
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        imported.push({ outcome: { status: 'failed', files: outcome.files, format: outcome.format, error } });
      }
    }
    return imported;
  });
}

function write(outcomes: readonly ReadOutcome[], out: string): Imported[] {
  const documents = outcomes.flatMap((outcome) => (outcome.status === 'read' ? outcome.documents : []));
  const written = writeFiles(documents.map(({ document }) => ({ name: `${document.id}.json`, bytes: new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`) })), out);
  let next = 0;
  return outcomes.map((outcome) => ({ outcome, ...(outcome.status === 'read' ? { written: written.slice(next, (next += outcome.documents.length)) } : {}) }));
}

function jsonOf({ outcome, written, isSaved }: Imported): JsonObject {
  const { files } = outcome;
  if (outcome.status === 'failed') return { status: 'failed', files, format: outcome.format, error: outcome.error.toPayload() };
  const documents = outcome.documents.map(({ kind, document }) => ({ kind, id: document.id, name: document.name, ...('layers' in document ? { layers: document.layers.length } : {}) }));
  return { status: 'read', files, format: outcome.format, documents, notes: outcome.notes, saved: isSaved === true, ...(written === undefined ? {} : { written }) };
}

function printImported({ outcome, written, isSaved }: Imported): void {
  if (outcome.status === 'failed') {
    remark(`${outcome.files.join(', ')}:`);
    printError(outcome.error, false);
    return;
  }
  const done = written === undefined ? (isSaved === true ? 'saved' : 'could be imported') : `written to ${written.join(', ')}`;
  for (const { kind, document } of outcome.documents) printText(`${kind} ${document.id}${'layers' in document ? ` (${document.layers.length} layer${document.layers.length === 1 ? '' : 's'})` : ''} from ${outcome.files.join(', ')}: ${done}`);
  for (const { message, hint } of outcome.notes) remark(`note: ${message}${hint === undefined ? '' : `\nhint: ${hint}`}`);
}
