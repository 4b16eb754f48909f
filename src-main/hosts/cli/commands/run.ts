/** `tessera run`: searches for a good schedule of a scenario and records the search. */
import type { Command } from 'commander';
import type { SchedulerConfiguration, Start, StopConditions } from '#shared/domain/scheduler.ts';
import { lengthWithin } from '#shared/domain/stop-conditions.ts';
import { describeSchedulers } from '../../toolbox.ts';
import {
  applySettings,
  collectTag,
  isTable,
  parseFileOrJson,
  parseScenarioArgument,
  seedList,
  withSearchOptions,
  type JsonObject,
  type ScenarioArgument,
  type SearchOptions,
} from '../arguments.ts';
import { readMappingTable } from '../mapping-table.ts';
import { usageError } from '../output.ts';
import { printReport, search, type SearchRequest } from '../search.ts';
import { printSeeds, searchSeeds } from '../seeds.ts';
import { examineScenarioArgument, withWorkbench } from '../session.ts';
import { isRun, startOfFile, startOfRun } from '../start-argument.ts';

interface RunOptions extends SearchOptions {
  readonly seeds?: readonly number[];
  readonly tag?: readonly string[];
}

export function registerRun(program: Command): void {
  withSearchOptions(program.command('run <scenario>'))
    .description('search for a good schedule: <scenario> is a file or the id of a preset or stored scenario')
    .option(
      '--seeds <list>',
      'one run for each of several seeds, e.g. 1..20 or 1,3,5; ends with their median and best',
      seedList,
    )
    .option('--tag <text>', 'tag of the run in the record; repeatable', collectTag)
    .action(async (argument: string, options: RunOptions) => {
      if (options.seeds !== undefined && options.seed !== undefined)
        throw usageError('--seed and --seeds were both given', 'give one of them');
      if (options.tag !== undefined && !options.record)
        throw usageError('--tag needs a record, and --no-record keeps none', 'leave one of them out');
      const scenario = parseScenarioArgument(argument);
      // The rows of a table are named by the scenario's layers.
      const resolved = options.set.some(isTable)
        ? (await examineScenarioArgument(scenario, options.db)).scenario
        : undefined;
      const { start: argumentOfStart } = options;
      const start = argumentOfStart === undefined ? undefined : await startFrom(argumentOfStart, scenario, options.db);
      const request: SearchRequest = {
        scenario,
        configuration: {
          ...configurationOf(
            options,
            { scheduler: 'auto', seed: 1, options: {} },
            resolved && ((path) => readMappingTable(path, resolved)),
          ),
          ...(start === undefined ? {} : { start }),
        },
        name: options.name,
        db: options.db,
        record: options.record,
        quiet: options.quiet === true,
        threads: options.threads,
        baseline: options.baseline,
        ...(options.tag === undefined ? {} : { tags: options.tag }),
      };
      if (options.seeds === undefined) printReport(await search(request), options.json === true);
      else printSeeds(await searchSeeds(request, options.seeds), options.json === true);
    });
}

/**
 * The configuration that the command line asks for; what it leaves open is that of `defaults`. Another scheduler brings its own options.
 * @param readTable what `--set key=….csv` stands for
 */
export function configurationOf(
  options: SearchOptions,
  defaults: SchedulerConfiguration,
  readTable?: (path: string) => JsonObject,
): SchedulerConfiguration {
  const scheduler = options.scheduler ?? defaults.scheduler;
  const base =
    options.options !== undefined
      ? parseFileOrJson(options.options, 'options')
      : scheduler === defaults.scheduler
        ? defaults.options
        : {};
  const own = atThisPlace(scheduler, applySettings(base, options.set, readTable));
  const stop = stopOf(options) ?? defaults.stop;
  return {
    scheduler,
    seed: options.seed ?? defaults.seed,
    options: { ...lengthWithin(optionsSchemaOf(scheduler), stop), ...own },
    ...(stop === undefined ? {} : { stop }),
  };
}

/** What the search begins with. @throws WorkbenchError `start.invalid`, `run.unknown`, `input.…` */
async function startFrom(argument: string, scenario: ScenarioArgument, db: string | undefined): Promise<Start> {
  if (isRun(argument)) return withWorkbench(db, (client) => startOfRun(client, Number(argument)));
  return startOfFile(argument, (await examineScenarioArgument(scenario, db)).scenario);
}

/** A program that is named here finds its files here, unless another folder was named. */
function atThisPlace(scheduler: string, options: JsonObject): JsonObject {
  return scheduler === 'external' && options['folder'] === undefined ? { ...options, folder: process.cwd() } : options;
}

function stopOf({ timeLimit, gap, evaluations }: SearchOptions): StopConditions | undefined {
  const stop = {
    ...(timeLimit === undefined ? {} : { timeMs: timeLimit }),
    ...(gap === undefined ? {} : { gap }),
    ...(evaluations === undefined ? {} : { evaluations }),
  };
  return Object.keys(stop).length > 0 ? stop : undefined;
}

/** The JSON Schema of its options; empty for a scheduler that does not exist, which is refused later. */
function optionsSchemaOf(scheduler: string): Readonly<Record<string, unknown>> {
  return describeSchedulers().find(({ id }) => id === scheduler)?.optionsSchema ?? {};
}
