/** `--start`: what a search begins with, from a recorded run or from a file in one of several forms. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Client } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { startSchema, type Start } from '#shared/domain/scheduler.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { isTable, readJsonObject, type JsonObject } from './arguments.ts';
import { readMappingTable } from './mapping-table.ts';

/** The parts of a schedule that a search can begin with; its results are left alone. */
const decisions = ['mapping', 'frequencies', 'activeCores', 'coreConfigurations', 'priorities', 'subgraphs'] as const;

/** Whether an argument names a recorded run by its number. */
export const isRun = (argument: string): boolean => /^[1-9]\d*$/.test(argument);

/** The best schedule of a recorded run. @throws WorkbenchError `run.unknown`, `start.invalid` */
export async function startOfRun(client: Client, runId: number): Promise<Start> {
  const { best } = await client.invoke('runs.get', { runId });
  if (best === undefined)
    throw new WorkbenchError('start.invalid', `run ${runId} has no schedule yet`, {
      hint: 'choose a run that has found one',
    });
  return startOf(`run ${runId}`, { ...best });
}

/**
 * The schedule in a file: a mapping file, what `run --json` prints, an exported run (`run-json`), or a table of a mapping
 * (`op_id,unit_type`) or a schedule (`schedule-csv`).
 * @throws WorkbenchError `start.invalid`, `input.…`
 */
export function startOfFile(path: string, scenario: ResolvedScenario): Start {
  const name = basename(path);
  if (isTable(path)) return startOf(name, { mapping: scheduleTable(path) ?? readMappingTable(path, scenario) });
  const content = readJsonObject(path, 'schedule');
  const inner = [content, content['best'], content['solution']].find(hasMapping);
  return startOf(name, inner ?? { mapping: content });
}

function hasMapping(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && 'mapping' in value;
}

function startOf(from: string, schedule: JsonObject): Start {
  const known = Object.fromEntries(
    decisions.flatMap((part) => (schedule[part] === undefined ? [] : [[part, schedule[part]]])),
  );
  return parseDocument(startSchema, { from, ...known }, 'start');
}

/** The mapping of an exported schedule (`app,instance,layer,pe,…`); undefined where the table is another. */
function scheduleTable(path: string): JsonObject | undefined {
  const [head = '', ...rows] = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const columns = head.split(',');
  const [app, layer, pe] = ['app', 'layer', 'pe'].map((name) => columns.indexOf(name));
  if (app < 0 || layer < 0 || pe < 0) return undefined;
  return Object.fromEntries(
    rows
      .filter((row) => row.trim() !== '')
      .map((row) => row.split(','))
      .map((cells) => [`${cells[app]}/${cells[layer]}`, cells[pe]]),
  );
}
