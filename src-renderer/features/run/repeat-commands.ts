/** The commands that repeat a run from a terminal. */
import { commandLine } from '#shared/contract/command-line.ts';
import type { RouteOutput } from '#shared/contract/routes.ts';

export interface RepeatedRun {
  readonly id: number;
  readonly scenarioId: string;
  readonly scheduler: string;
  readonly seed: number;
  /** Those that are not as by default. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the document with that id is still what the run was started with. */
  readonly isScenarioStored: boolean;
}

/** One to be given after the other. Where the scenario came from a file, or was changed since, the first writes the run's own copy of it. */
export function repeatCommands(
  { id, scenarioId, scheduler, seed, options, isScenarioStored }: RepeatedRun,
  { commandLine: program, databaseArguments }: Pick<RouteOutput<'app.info'>, 'commandLine' | 'databaseArguments'>,
): string[] {
  // What looks like a path is read as a file.
  const isNamed = isScenarioStored && !/[/\\]|\.json$/i.test(scenarioId);
  const file = `run-${id}-scenario.json`;
  const given = Object.keys(options).length === 0 ? [] : ['--options', JSON.stringify(options)];
  return [
    ...(isNamed
      ? []
      : [
          commandLine(program, [
            'runs',
            'export',
            String(id),
            '--format',
            'run-scenario',
            '--out',
            file,
            ...databaseArguments,
          ]),
        ]),
    commandLine(program, [
      'run',
      isNamed ? scenarioId : file,
      '--scheduler',
      scheduler,
      '--seed',
      String(seed),
      ...given,
      ...databaseArguments,
    ]),
  ];
}
