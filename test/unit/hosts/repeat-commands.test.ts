/** The commands that a run's page shows to repeat it, given to a shell as they are: they find the same best. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repeatCommands } from '#renderer/features/run/repeat-commands.ts';
import { commandLine } from '#shared/contract/command-line.ts';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { temporaryDirectory } from '#test/doubles/hosts.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { builtCommandLine } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const database = join(directory.path, "an engineer's.db");
const program = commandLine('', [process.execPath, builtCommandLine]).trim();

/** @returns what the last of `lines` printed as JSON */
function shell(...lines: readonly string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', lines.join('\n')], {
    encoding: 'utf8',
    cwd: directory.path,
    env: { ...process.env, XDG_DATA_HOME: directory.path },
  });
  expect({ status, stderr: stderr.match(/^error: .*$/m) }).toEqual({ status: 0, stderr: null });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

const options = { populationSize: 20, generations: 8, weights: { energy: 2 } };
const search = (scenario: string): Record<string, unknown> =>
  shell(
    commandLine(program, [
      'run',
      scenario,
      '--scheduler',
      'ga',
      '--seed',
      '9',
      '--options',
      JSON.stringify(options),
      '--db',
      database,
      '--json',
    ]),
  );

describe('repeating a run', () => {
  test.each([
    ['of a preset by its id', 'simple', true],
    ['of a file by its own copy of the scenario', 'small.json', false],
  ])('%s finds the same best', (_, scenario, isScenarioStored) => {
    writeFileSync(
      join(directory.path, 'small.json'),
      JSON.stringify(aSmallScenario().with({ name: "O'Neill's" }).input),
    );
    const { runId, best, evaluations } = search(scenario);
    const { run, configuration } = shell(
      commandLine(program, ['runs', 'show', String(runId), '--db', database, '--json']),
    ) as unknown as RunDetail;
    const commands = repeatCommands(
      { ...run, options: configuration.options, isScenarioStored },
      { commandLine: program, databaseArguments: ['--db', database] },
    );
    expect(commands).toHaveLength(isScenarioStored ? 1 : 2);
    const again = shell(...commands.slice(0, -1), `${commands.at(-1)} --json`);
    expect(again['runId']).not.toBe(runId);
    expect({ best: again['best'], evaluations: again['evaluations'] }).toEqual({ best, evaluations });
  });

  test('of a scenario whose id looks like a path is done with a file, which the id would be taken for', () => {
    const [first] = repeatCommands(
      { id: 3, scenarioId: 'a/b', scheduler: 'ga', seed: 1, options: {}, isScenarioStored: true },
      { commandLine: 'npm run -s tessera --', databaseArguments: [] },
    );
    expect(first).toBe('npm run -s tessera -- runs export 3 --format run-scenario --out run-3-scenario.json');
  });
});
