/** `tessera run --start`: from a recorded run and from files in every form that schedules are written in; and programs of one's own, as they are named. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDetail } from '#shared/contract/shapes.ts';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { commandLineIn } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const program = join(root, 'test/fixtures/external-program.ts');

const tessera = commandLineIn(directory.path);

const short = ['--scheduler', 'ga', '--set', 'populationSize=10', '--set', 'generations=2', '--json'];

describe('--start', () => {
  let made: { best: { fitness: number; mapping: Record<string, string> } };

  beforeAll(() => {
    const run = tessera(
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--set',
      'populationSize=60',
      '--set',
      'generations=30',
      '--json',
    );
    made = run.json<typeof made>();
    writeFileSync(join(directory.path, 'result.json'), run.stdout);
    writeFileSync(join(directory.path, 'best.json'), JSON.stringify(made.best));
    writeFileSync(join(directory.path, 'bare.json'), JSON.stringify(made.best.mapping));
    tessera('runs', 'export', '1', '--format', 'schedule-csv', '--out', 'schedule.csv');
    tessera('runs', 'export', '1', '--format', 'run-json', '--out', 'run.json');
  });

  test.each(['1', 'result.json', 'best.json', 'run.json'])('%s: ends with nothing worse', (start) => {
    const { best } = tessera('run', 'simple', ...short, '--start', start, '--no-record').json<typeof made>();
    expect(best.fitness).toBeGreaterThanOrEqual(made.best.fitness);
  });

  test.each(['bare.json', 'schedule.csv'])('%s: begins with its mapping', (start) => {
    const { status, stdout } = tessera('run', 'simple', ...short, '--start', start);
    expect(status).toBe(0);
    const { configuration } = tessera('runs', 'show', String(JSON.parse(stdout).runId), '--json').json<RunDetail>();
    expect(configuration.start).toMatchObject({ from: start, mapping: made.best.mapping });
  });

  test.each([
    [['--scheduler', 'heft', '--start', '1'], '"heft" cannot begin with a given schedule'],
    [['--start', '99'], 'there is no run 99'],
    [['--start', 'nothing.json'], 'nothing.json'],
  ])('%j is refused', (args, message) => {
    const { status, stderr } = tessera('run', 'simple', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a program of one’s own', () => {
  const trace = join(directory.path, 'started.json');
  const command = [process.execPath, program, 'good', trace];

  test('in a sweep file is not started before it is confirmed', () => {
    const sweep = {
      name: 'mine',
      scenarios: ['simple'],
      schedulers: [{ scheduler: 'external', options: { command } }],
    };
    writeFileSync(join(directory.path, 'sweep.json'), JSON.stringify(sweep));
    const refused = tessera('sweep', 'sweep.json', '--json');
    expect(refused.status).not.toBe(0);
    expect(refused.stdout).toContain('command.unconfirmed');
    expect(existsSync(trace)).toBe(false);
    const confirmed = tessera('sweep', 'sweep.json', '--json', '--confirm-command', JSON.stringify({ command }));
    expect([confirmed.status, existsSync(trace)]).toEqual([0, true]);
  });

  test('is started in the folder it is named in, and recorded like any run', () => {
    const { status, stdout } = tessera(
      'run',
      'simple',
      '--scheduler',
      'external',
      '--set',
      `command=${JSON.stringify(command)}`,
      '--json',
    );
    expect(status).toBe(0);
    const { runId, bound, best } = JSON.parse(stdout);
    expect(best.externalBoundMs).toBe(0.5);
    expect(bound).toMatchObject({ proven: false });
    const { configuration, run } = tessera('runs', 'show', String(runId), '--json').json<RunDetail>();
    expect(configuration.options['folder']).toBe(directory.path);
    expect(run).toMatchObject({ generations: 2, evaluations: 3 });
    expect(JSON.parse(readFileSync(trace, 'utf8'))[0]).toMatchObject({
      type: 'problem',
      problem: { scenario: 'simple' },
    });
  });
});
