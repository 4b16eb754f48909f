/** `--start` and `--mapping`: a schedule from a recorded run, or from a file in one of several forms. */
import { basename } from 'node:path';
import type { Client } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Start } from '#shared/domain/scheduler.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { givenSchedule, startOfObject } from '#shared/scheduling/given-schedule.ts';
import { isTable, parseFileOrJson, readText } from './arguments.ts';
import { readMappingTable } from './mapping-table.ts';
import { remark } from './output.ts';

/** Whether an argument names a recorded run by its number. */
export const isRun = (argument: string): boolean => /^[1-9]\d*$/.test(argument);

/** The best schedule of a recorded run. @throws WorkbenchError `run.unknown`, `start.invalid` */
export async function startOfRun(client: Client, runId: number): Promise<Start> {
  const { best } = await client.invoke('runs.get', { runId });
  if (best === undefined)
    throw new WorkbenchError('start.invalid', `run ${runId} has no schedule yet`, {
      hint: 'choose a run that has found one',
    });
  return startOfObject(`run ${runId}`, { ...best });
}

/** Formats whose files say where the layers of a scenario run, and are no documents. */
const scheduleFormats: ReadonlySet<string> = new Set(['nest-plan', 'assignment-csv', 'schedule-csv', 'run-json']);
export const isScheduleFormat = (format: string): boolean => scheduleFormats.has(format);

/** Characters by which JSON is recognised. */
const HEAD = 100;

/** Begins PRISM's table of a mapping. */
const PRISM = /^\uFEFF?"?op_id"?\s*[,;\t]/;

/**
 * The schedule in a file: what `givenSchedule` reads, or PRISM's table of a mapping (`op_id,unit_type`). What had to be assumed is remarked.
 * @throws WorkbenchError `start.invalid`, `mapping.invalid`, `input.…`
 */
export function startOfFile(path: string, scenario: ResolvedScenario): Start {
  const name = basename(path);
  const text = readText(path, 'schedule');
  if (isTable(path) && PRISM.test(text)) return startOfObject(name, { mapping: readMappingTable(path, scenario) });
  const { start, notes } = givenSchedule(text, name, scenario);
  for (const note of notes) remark(`note: ${note}`);
  return start;
}

/** The mapping of a file, or of JSON on the command line, as `readMapping` takes it. @throws WorkbenchError as `startOfFile`, `input.notJson` */
export function mappingArgument(argument: string, scenario: ResolvedScenario): Readonly<Record<string, unknown>> {
  const isJson = /^\s*\{|\.json$/i.test(argument) || /^\uFEFF?\s*\{/.test(readText(argument, 'mapping').slice(0, HEAD));
  if (!isJson) {
    const { from: _, ...mapping } = startOfFile(argument, scenario);
    return mapping;
  }
  const content = parseFileOrJson(argument, 'mapping');
  const isOfRun = !('mapping' in content) && ['schedule', 'best', 'solution'].some((part) => part in content);
  if (!isOfRun) return content;
  const { from: _, ...mapping } = startOfObject(basename(argument), content);
  return mapping;
}
