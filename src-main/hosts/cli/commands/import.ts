/** `tessera import`: reads files of other formats into the library, or converts them to Tessera JSON. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '#shared/contract/client.ts';
import { timeKeyHoldersOf } from '#shared/contract/time-shapes.ts';
import { parseKnown } from '#shared/domain/document-kinds.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { withImportedKeys } from '#shared/domain/imported-times.ts';
import { parsePlatform, type Platform } from '#shared/domain/platform.ts';
import { countOf } from '#shared/domain/words.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { activationsToFold } from '#shared/formats/onnx/target.ts';
import { describeFormats, profileReaderIds, readFiles, withFiles, type ReadOutcome } from '../../toolbox.ts';
import {
  applySettings,
  collect,
  withDatabase,
  withJson,
  withQuiet,
  withSettings,
  type DatabaseOption,
  type JsonObject,
  type OutputOptions,
} from '../arguments.ts';
import { printError, printJson, printText, remark, usageError } from '../output.ts';
import { withWorkbench } from '../session.ts';
import { search } from '../search.ts';
import { parseScenarioArgument } from '../arguments.ts';
import { isScheduleFormat, startOfFile } from '../start-argument.ts';
import { examineScenarioArgument } from '../session.ts';
import { writeFiles } from './export.ts';

interface ImportOptions extends OutputOptions, DatabaseOption {
  readonly out?: string;
  readonly preview?: true;
  readonly set: readonly string[];
  readonly dim: readonly string[];
  readonly input: readonly string[];
  readonly for?: string;
  readonly network?: string;
  readonly key?: string;
  readonly processor?: string;
  readonly format?: string;
  readonly unit?: string;
  readonly clock?: string;
  readonly quiet?: true;
  readonly scenario?: string;
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
  withQuiet(
    withSettings(
      withDatabase(withJson(program.command('import'))),
      "one of the format's options; repeatable, e.g. --set id=camera",
    ),
  )
    .argument('<format>', `a format that "tessera formats" lists, or "${AUTO}": by content and extension`)
    .argument('[files...]', 'the files')
    .option('--out <file>', 'write Tessera JSON to this file or folder instead of saving into the library')
    .option('--preview', 'only say what would be imported')
    .option(
      '--dim <name=size>',
      'size of a dimension that an ONNX model leaves open; repeatable, e.g. --dim N=1',
      collect,
      [],
    )
    .option(
      '--input <name=value>',
      'value of an input that decides a branch of an ONNX model; repeatable, e.g. --input sr=16000',
      collect,
      [],
    )
    .option(
      '--for <platform>',
      'id or file of the platform that ONNX models are meant for: activations that one of its processors cannot run ' +
        'by themselves become part of the layer before',
    )
    .option('--network <network>', 'id or file of the network whose layers a profile measured')
    .option('--key <key>', 'time key of the processor that a profile was measured on, such as "pi5-a76"')
    .option('--processor <key>', 'the same as --key')
    .option('--format <tool>', `what wrote a profile: ${AUTO}, ${profileReaderIds.join(', ')}; default: by its content`)
    .option(
      '--scenario <scenario>',
      'id or file of the scenario that a schedule is of (nest-plan, assignment-csv, schedule-csv, run-json)',
    )
    .option('--unit <unit>', 'unit of the times of a profile that does not say it: ms, us, ns, s or cycles')
    .option('--clock <MHz>', 'clock that the cycles of a profile were counted by, MHz')
    .description(
      'import files: Tessera JSON, ONNX, layer tables, PRISM tables, STG, WfCommons, DAX, NEST-C devices, profiles of runtimes, and schedules ' +
        'of a scenario',
    )
    .action(async (format: string, files: string[], options: ImportOptions) => {
      if (isScheduleFormat(format) || options.scenario !== undefined) {
        await importSchedules(format, files, options);
        return;
      }
      const { imported, all } = await importFiles(format, files, options);
      const failed = imported.filter(({ outcome }) => outcome.status === 'failed');
      const [only] = all.length === 1 ? failed : [];
      if (options.json !== true && only?.outcome.status === 'failed') throw only.outcome.error;
      if (options.json) printJson({ outcomes: imported.map(jsonOf) });
      else for (const each of imported) printImported(each);
      if (failed.length > 0) process.exitCode = 2;
    });
}

/**
 * Schedules become runs of the scheduler "given", to be compared with others and searched on from; with --out or --preview they are only
 * checked and written as mapping files. @throws WorkbenchError `cli.usage`, `start.invalid`, `mapping.invalid`, …
 */
async function importSchedules(
  format: string,
  files: readonly string[],
  { scenario: argument, db, out, preview, quiet, json }: ImportOptions,
): Promise<void> {
  if (argument === undefined)
    throw usageError(
      `${format} is a schedule of a scenario, and none is named`,
      'name it: --scenario, with its id or file',
    );
  if (!isScheduleFormat(format) && format !== AUTO)
    throw usageError(
      `${format} is no schedule`,
      'leave out --scenario, or name a format of schedules such as nest-plan',
    );
  if (files.length === 0)
    throw usageError('no file is given', 'e.g. tessera import nest-plan plan.yaml --scenario camera');
  const scenario = parseScenarioArgument(argument);
  const { scenario: resolved } = await examineScenarioArgument(scenario, db);
  const outcomes: JsonObject[] = [];
  for (const path of files) {
    const start = startOfFile(path, resolved);
    const { from: _, ...mapping } = start;
    const { problem, assignment } = readMapping(resolved, mapping);
    const { makespanMs } = computeMetrics(problem, assignment, simulate(problem, assignment));
    const outcome = { status: 'read', files: [basename(path)], format, mapping, makespanMs };
    if (preview === true || out !== undefined) {
      const written =
        out === undefined
          ? []
          : writeFiles(
              [
                {
                  name: `${basename(path).replace(/\.\w+$/, '')}-mapping.json`,
                  bytes: new TextEncoder().encode(`${JSON.stringify(mapping, undefined, 2)}\n`),
                },
              ],
              out,
            );
      outcomes.push({ ...outcome, ...(written.length === 0 ? {} : { written }) });
      if (json !== true)
        printText(
          `${basename(path)}: ${countOf(Object.keys(start.mapping).length, 'layer')}, makespan ${makespanMs} ms` +
            (written.length === 0 ? '' : `: written to ${written.join(', ')}`),
        );
      continue;
    }
    const { result } = await search({
      scenario,
      configuration: { scheduler: 'given', seed: 1, options: {}, start },
      name: `${resolved.name}, ${basename(path)}`,
      db,
      record: true,
      quiet: quiet === true,
      threads: undefined,
      baseline: undefined,
    });
    outcomes.push({ ...outcome, makespanMs: result.best?.metrics.makespanMs ?? makespanMs, runId: result.runId });
    if (json !== true)
      printText(`${basename(path)}: run ${result.runId}, makespan ${result.best?.metrics.makespanMs ?? makespanMs} ms`);
  }
  if (json === true) printJson({ outcomes });
}

async function importFiles(
  given: string,
  files: readonly string[],
  { db, out, preview, set, dim, input, for: target, network, key, processor, quiet, ...profile }: ImportOptions,
): Promise<{ imported: readonly Imported[]; all: readonly ReadOutcome[] }> {
  // A file in the place of the format means that its format is to be found out.
  const isFormat = given === AUTO || describeFormats().some(({ id }) => id === given);
  const isFile = !isFormat && /[./\\]/.test(given);
  const paths = isFile ? [given, ...files] : files;
  if (paths.length === 0) throw usageError('no file is given', 'e.g. tessera import onnx model.onnx');
  const chosen = applySettings({}, set);
  const measured = network === undefined ? undefined : await measuredNetwork(network, db);
  const options = {
    ...chosen,
    ...dimensions(dim),
    ...inputs(input),
    ...(target === undefined || 'foldOps' in chosen
      ? {}
      : { foldOps: activationsToFold(await platformOf(target, db)) }),
    ...(measured === undefined ? {} : { network: measured.document }),
    ...((key ?? processor) === undefined ? {} : { key: key ?? processor }),
    ...readingOf(profile),
  };
  const onProgress = (names: readonly string[], done: number, total: number): void => {
    if (quiet !== true && total > 1) remark(`${done + 1} of ${total}: ${names.join(', ')}`);
  };
  const { readable, unreadable } = await sortedOut(paths);
  const read =
    readable.length === 0
      ? []
      : await withFiles(readable, (found) => readFiles(found, { format: isFile ? AUTO : given, options, onProgress }));
  const all = [...withOwnIds(read), ...unreadable];
  if (preview === true) return { imported: all.map((outcome) => ({ outcome })), all };
  return { imported: out === undefined ? await save(all, db, measured?.ofFile) : write(all, out), all };
}

/** How a profile is read, as options of its format. @throws WorkbenchError `cli.usage` */
function readingOf({ format, unit, clock }: Pick<ImportOptions, 'format' | 'unit' | 'clock'>): JsonObject {
  const mhz = clock === undefined ? undefined : Number(clock);
  if (mhz !== undefined && !(mhz > 0 && Number.isFinite(mhz)))
    throw usageError(`--clock "${clock}" is not a frequency`, 'write it in MHz, e.g. --clock 1000');
  return {
    ...(format === undefined ? {} : { reader: format }),
    ...(unit === undefined ? {} : { unit }),
    ...(mhz === undefined ? {} : { clock: mhz }),
  };
}

/** Profiles of one import that would have the same id get a number: several files of one network and key. */
function withOwnIds(outcomes: readonly ReadOutcome[]): readonly ReadOutcome[] {
  const taken = new Set<string>();
  return outcomes.map((outcome) => {
    if (outcome.status === 'failed' || outcome.profile === undefined) return outcome;
    const { id } = outcome.profile;
    let own = id;
    for (let number = 2; taken.has(own); number++) own = `${id.slice(0, LONGEST_ID)}-${number}`;
    taken.add(own);
    return own === id
      ? outcome
      : {
          ...outcome,
          documents: outcome.documents.map((known) => parseKnown(known.kind, { ...known.document, id: own })),
          profile: { ...outcome.profile, id: own },
        };
  });
}

/** Leaves room for a number. */
const LONGEST_ID = 95;

/** What cannot be opened fails by itself, and spoils none of the others. */
async function sortedOut(
  paths: readonly string[],
): Promise<{ readable: readonly string[]; unreadable: readonly ReadOutcome[] }> {
  const readable: string[] = [];
  const unreadable: ReadOutcome[] = [];
  for (const path of paths) {
    try {
      await withFiles([path], () => Promise.resolve());
      readable.push(path);
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error;
      unreadable.push({ files: [basename(path)], status: 'failed', error });
    }
  }
  return { readable, unreadable };
}

/** A platform of the library, or of a file of Tessera JSON. @throws WorkbenchError `platform.invalid`, `document.unknown`, `input.unreadable` */
async function platformOf(given: string, db: string | undefined): Promise<Platform> {
  if (!/[./\\]/.test(given))
    return withWorkbench(db, async (client) =>
      parsePlatform((await client.invoke('documents.get', { kind: 'platform', id: given })).document),
    );
  const [outcome] = await withFiles([given], (files) => readFiles(files, { format: 'json', options: {} }));
  if (outcome.status === 'failed') throw outcome.error;
  const [found] = outcome.documents;
  if (found?.kind === 'platform') return found.document;
  throw usageError(
    `"${given}" is not a platform`,
    'give the id of a platform, such as one that "tessera presets" lists, or its file',
  );
}

/**
 * The network that a profile measured, as an option of its format; with the document where it is of a file, to be saved where the library
 * has none of that id. @throws WorkbenchError `document.unknown`, `network.invalid`, `input.unreadable`
 */
async function measuredNetwork(
  given: string,
  db: string | undefined,
): Promise<{ readonly document: JsonObject; readonly ofFile?: JsonObject }> {
  if (!/[./\\]/.test(given))
    return withWorkbench(db, async (client) => ({
      document: (await client.invoke('documents.get', { kind: 'network', id: given })).document,
    }));
  const [outcome] = await withFiles([given], (files) => readFiles(files, { format: AUTO, options: {} }));
  if (outcome.status === 'failed') throw outcome.error;
  const [found] = outcome.documents;
  if (found?.kind === 'network') return { document: { ...found.document }, ofFile: { ...found.document } };
  throw usageError(
    `"${given}" is not a network`,
    'give the id of a network, such as one that "tessera presets" lists, or its file',
  );
}

/** `sr=16000` as the option of the ONNX format. @throws WorkbenchError `cli.usage` */
function inputs(given: readonly string[]): JsonObject {
  if (given.length === 0) return {};
  const words: Readonly<Record<string, number>> = { true: 1, false: 0 };
  const entries = given.map((text) => {
    const at = text.lastIndexOf('=');
    const [name, word] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
    const value = words[word.toLowerCase()] ?? (word.trim() === '' ? Number.NaN : Number(word));
    if (name === '' || !Number.isFinite(value))
      throw usageError(
        `--input "${text}" is not a value`,
        'write --input name=value with a number, true or false, e.g. --input sr=16000',
      );
    return [name, value] as const;
  });
  return { inputs: Object.fromEntries(entries) };
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

/**
 * Saves what could be read: the documents of a group together or none of them.
 * @param network of a file, which profiles name: saved with them where there is none of its id
 */
async function save(
  outcomes: readonly ReadOutcome[],
  db: string | undefined,
  network: JsonObject | undefined,
): Promise<Imported[]> {
  if (outcomes.every(({ status }) => status === 'failed')) return outcomes.map((outcome) => ({ outcome }));
  return withWorkbench(db, async (client) => {
    const imported: Imported[] = [];
    const { documents: known } = await client.invoke('documents.list', { kind: 'network' });
    const isNew = network !== undefined && known.every(({ id }) => id !== network['id']);
    for (const outcome of await withOwnKeys(outcomes, client)) {
      if (outcome.status === 'failed') {
        imported.push({ outcome });
        continue;
      }
      try {
        await client.invoke('documents.saveTogether', {
          documents: [
            ...(isNew && outcome.profile !== undefined ? [{ kind: 'network' as const, document: network }] : []),
            ...outcome.documents.map(({ kind, document }) => ({ kind, document: { ...document } })),
          ],
        });
        imported.push({ outcome, isSaved: true });
      } catch (error) {
        if (!(error instanceof WorkbenchError)) throw error;
        imported.push({ outcome: { status: 'failed', files: outcome.files, format: outcome.format, error } });
      }
    }
    return imported;
  });
}

/** What could be read, with keys of times that no other platform of the library uses. */
async function withOwnKeys(outcomes: readonly ReadOutcome[], client: Client): Promise<readonly ReadOutcome[]> {
  const keyed = withImportedKeys(
    outcomes.map((outcome) => (outcome.status === 'read' ? outcome.documents : [])),
    timeKeyHoldersOf((await client.invoke('documents.overview', { kind: 'platform' })).entries),
  );
  return outcomes.map((outcome, index) => {
    const own = keyed[index];
    return outcome.status === 'failed' || own === undefined
      ? outcome
      : { ...outcome, documents: own.documents, notes: [...outcome.notes, ...own.notes] };
  });
}

function write(outcomes: readonly ReadOutcome[], out: string): Imported[] {
  const documents = outcomes.flatMap((outcome) => (outcome.status === 'read' ? outcome.documents : []));
  const written = writeFiles(
    documents.map(({ document }) => ({
      name: `${document.id}.json`,
      bytes: new TextEncoder().encode(`${JSON.stringify(document, undefined, 2)}\n`),
    })),
    out,
  );
  let next = 0;
  return outcomes.map((outcome) => ({
    outcome,
    ...(outcome.status === 'read' ? { written: written.slice(next, (next += outcome.documents.length)) } : {}),
  }));
}

function jsonOf({ outcome, written, isSaved }: Imported): JsonObject {
  const { files } = outcome;
  if (outcome.status === 'failed')
    return { status: 'failed', files, format: outcome.format, error: outcome.error.toPayload() };
  const documents = outcome.documents.map(({ kind, document }) => ({
    kind,
    id: document.id,
    name: document.name,
    ...('layers' in document ? { layers: document.layers.length } : {}),
  }));
  return {
    status: 'read',
    files,
    format: outcome.format,
    documents,
    notes: outcome.notes,
    saved: isSaved === true,
    ...outcome.profile,
    ...(written === undefined ? {} : { written }),
  };
}

function printImported({ outcome, written, isSaved }: Imported): void {
  if (outcome.status === 'failed') {
    remark(`${outcome.files.join(', ')}:`);
    printError(outcome.error, false);
    return;
  }
  const done =
    written === undefined ? (isSaved === true ? 'saved' : 'could be imported') : `written to ${written.join(', ')}`;
  for (const { kind, document } of outcome.documents)
    printText(
      `${kind} ${document.id}${'layers' in document ? ` (${countOf(document.layers.length, 'layer')})` : ''} from ${outcome.files.join(', ')}: ${done}`,
    );
  for (const { message, hint } of outcome.notes)
    remark(`note: ${message}${hint === undefined ? '' : `\nhint: ${hint}`}`);
}
