/** What the command line says, turned into documents, options and numbers. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { externalCommandSchema, type ExternalCommand } from '#shared/domain/external-command.ts';
import { baselineIds, type BaselineId } from '#shared/domain/run.ts';
import { usageError } from './output.ts';

export type JsonObject = Record<string, unknown>;

/** A scenario as it was given: the id of a preset or stored document, or the document of a file. */
export type ScenarioArgument = string | JsonObject;

/** What looks like a path is a file, everything else an id. @throws WorkbenchError `input.unreadable` or `input.notJson` */
export function parseScenarioArgument(argument: string): ScenarioArgument {
  return /[/\\]|\.json$/i.test(argument) ? readJsonObject(argument, 'scenario') : argument;
}

/** A JSON object given directly or as the name of a file. @param what as a person calls it */
export function parseFileOrJson(argument: string, what: string): JsonObject {
  return argument.trimStart().startsWith('{')
    ? parseJsonObject(argument, `the ${what} on the command line`)
    : readJsonObject(argument, what);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you have no permission to read it',
};

/** The text of a file. @param what as a person calls it. @throws WorkbenchError `input.unreadable` */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason =
      cause instanceof Error && 'code' in cause ? (reasons[String(cause.code)] ?? String(cause.code)) : String(cause);
    throw new WorkbenchError('input.unreadable', `cannot read the ${what} "${path}": ${reason}`, {
      hint: 'check its path',
      cause,
    });
  }
}

export function readJsonObject(path: string, what: string): JsonObject {
  return parseJsonObject(readText(path, what), path);
}

function parseJsonObject(text: string, source: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WorkbenchError(
      'input.notJson',
      `${source} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'check its quotes, commas and brackets', cause },
    );
  }
  if (!isObject(value))
    throw new WorkbenchError('input.notJson', `${source} is not a JSON object`, { hint: 'expected { … }' });
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Puts `key=value` settings into `options`: a dot in a key leads into an object; a value is JSON where it can be read as such, the
 * JSON object of a file where it names one (`….json`), what `readTable` makes of a table (`….csv`), else text.
 * @throws WorkbenchError `cli.usage`, `input.unreadable` or `input.notJson`
 */
export function applySettings(
  options: JsonObject,
  settings: readonly string[],
  readTable?: (path: string) => JsonObject,
): JsonObject {
  const result = structuredClone(options);
  for (const setting of settings) {
    const position = setting.indexOf('=');
    const keys = setting.slice(0, Math.max(0, position)).split('.');
    const last = keys.pop();
    if (last === undefined || last === '' || keys.includes('') || [...keys, last].includes('__proto__')) {
      throw usageError(
        `--set "${setting}" is not a setting`,
        'write --set key=value, e.g. --set populationSize=100 or --set weights.energy=2',
      );
    }
    let target = result;
    for (const key of keys) {
      const inner: unknown = Object.hasOwn(target, key) ? target[key] : undefined;
      const next = isObject(inner) ? inner : {};
      target[key] = next;
      target = next;
    }
    const text = setting.slice(position + 1);
    target[last] =
      readTable !== undefined && isTable(text) ? readTable(text) : settingValue(text, [...keys, last].join('.'));
  }
  return result;
}

/** Whether an argument names a table. */
export const isTable = (argument: string): boolean => /\.csv$/i.test(argument);

function settingValue(text: string, name: string): unknown {
  if (/\.json$/i.test(text)) return readJsonObject(text, `value of "${name}"`);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A parser of whole numbers from `least` to `most`, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** More seeds than these are surely a slip of the hand. */
const MOST_SEEDS = 1000;
const HIGHEST_SEED = 0xffff_ffff;

/** Seeds like "1..20", "1,3,5" or "1..5,10", for commander; each once, in the order given. */
export function seedList(text: string): number[] {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
    const [first, last] = match === null ? [Number.NaN, Number.NaN] : [Number(match[1]), Number(match[2] ?? match[1])];
    if (!(first <= last && last <= HIGHEST_SEED))
      throw new InvalidArgumentError(
        `"${part.trim()}" is neither a seed (0 … ${HIGHEST_SEED}) nor a range such as 1..20.`,
      );
    if (last - first >= MOST_SEEDS)
      throw new InvalidArgumentError(`${first}..${last} are ${last - first + 1} seeds; ${MOST_SEEDS} are the most.`);
    for (let seed = first; seed <= last; seed++) seeds.add(seed);
  }
  if (seeds.size > MOST_SEEDS)
    throw new InvalidArgumentError(`these are ${seeds.size} seeds; ${MOST_SEEDS} are the most.`);
  return [...seeds];
}

/** A tag of a run, for commander; repeatable. */
export function collectTag(text: string, earlier: readonly string[] = []): string[] {
  const tag = text.trim();
  if (tag === '' || tag.length > 50) throw new InvalidArgumentError('Expected 1 to 50 characters.');
  return [...new Set([...earlier, tag])];
}

/** The id of a run, for commander; and several, one by one. */
export const runId = wholeNumber(1, Number.MAX_SAFE_INTEGER);
export const runIds = (text: string, before: readonly number[] = []): number[] => [...before, runId(text)];

export const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Options of every command that prints a result. */
export interface OutputOptions {
  readonly json?: true;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print the result as one JSON object');
}

export interface DatabaseOption {
  readonly db?: string;
}

export function withDatabase(command: Command): Command {
  return command.option('--db <path>', 'database file (default: TESSERA_DB, else the per-user one)');
}

export interface BaselineOption {
  readonly baseline?: BaselineId | number;
}

/** `--baseline`: what figures are compared with. */
export function withBaseline(command: Command): Command {
  return command.option(
    `--baseline <${baselineIds.join('|')}|run>`,
    'what the result is compared with, or the id of a run of the same scenario ' +
      '(default: npu_first where there is an NPU, else best_single, else heft)',
    baselineChoice,
  );
}

function baselineChoice(text: string): BaselineId | number {
  const known = baselineIds.find((id) => id === text);
  if (known !== undefined) return known;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    `Expected ${baselineIds.join(', ')} or the id of a run; ${suggest(text, baselineIds)}`,
  );
}

/** `--confirm-command`: what a file or a record names may be started only when the person names it, too. */
export interface ConfirmOption {
  readonly confirmCommand?: ExternalCommand;
}

export function withConfirmation(command: Command): Command {
  return command.option(
    '--confirm-command <json>',
    'the program that may be started, exactly as it is named: { "command": ["python3", "mine.py"], "folder": "/home/me" }',
    confirmedCommand,
  );
}

function confirmedCommand(text: string): ExternalCommand {
  try {
    return externalCommandSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError('Expected { "command": ["program", "argument", …], "folder": "…" } as JSON.');
  }
}

/** Options of the commands that search. */
export interface SearchOptions extends OutputOptions, DatabaseOption, BaselineOption {
  readonly scheduler?: string;
  readonly options?: string;
  readonly set: readonly string[];
  readonly seed?: number;
  /** False with --no-record. */
  readonly record: boolean;
  readonly threads?: number;
  readonly name?: string;
  readonly quiet?: true;
  readonly start?: string;
  /** ms */
  readonly timeLimit?: number;
  readonly gap?: number;
  readonly evaluations?: number;
}

export function withSearchOptions(command: Command): Command {
  return withBaseline(
    withSettings(
      withThreads(withQuiet(withDatabase(withJson(command)))),
      'one option, after --options; repeatable, e.g. --set weights.energy=2',
    ),
  )
    .option('--scheduler <id>', 'scheduler to search with; "tessera schedulers" lists them')
    .option('--options <file|json>', "the scheduler's options")
    .option('--seed <n>', 'seed of the search', wholeNumber(0, 0xffff_ffff))
    .option('--name <text>', 'name of the run in the record')
    .option(
      '--start <run|file>',
      'begin with the best schedule of a recorded run, or with that of a file: a mapping, what "run --json" printed, an exported run or schedule',
    )
    .option('--time-limit <time>', 'stop after this much time searching, e.g. 10s, 500ms, 5min', duration)
    .option(
      '--gap <share>',
      'stop when the best makespan is this close to its lower bound: 0.01 is one per cent',
      gapShare,
    )
    .option(
      '--evaluations <n>',
      'stop after this many genomes have been scored',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--no-record',
      'search without recording: nothing is kept; the presets are known, and the documents of the database if there is one',
    );
}

const MS_PER: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** A time such as "10s", in ms. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|m|h)$/.exec(text) ?? [];
  const timeMs = Number(number) * (MS_PER[unit ?? ''] ?? Number.NaN);
  if (timeMs >= 1 && timeMs <= 1e10) return timeMs;
  throw new InvalidArgumentError('Expected a time with its unit: ms, s, min or h, e.g. 10s.');
}

function gapShare(text: string): number {
  const gap = Number(text);
  if (text.trim() !== '' && gap >= 0 && gap <= 1e6) return gap;
  throw new InvalidArgumentError('Expected a share, 0 or more; 0.01 is one per cent.');
}

/** `--set key=value`, as often as needed. */
export function withSettings(command: Command, description: string): Command {
  return command.addOption(new Option('--set <key=value>', description).argParser(collect).default([], 'none'));
}

export function withQuiet(command: Command): Command {
  return command.option('--quiet', 'no progress on stderr');
}

export function withThreads(command: Command): Command {
  return command.option(
    '--threads <n>',
    'threads that may evaluate (default: as many as there are cores); results never depend on it',
    wholeNumber(1, 1024),
  );
}
