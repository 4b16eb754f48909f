/**
 * The samples of schedulers of one's own, started as the documentation says. Node is there wherever Tessera is. Those in Python run where
 * there is a python3 (and ortools); where there is none, another test takes their place, which says so and holds what the run says then.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeSpawner, resourcesDirectory, runUnrecorded, examineWithoutRecord } from '#main/hosts/toolbox.ts';

const folder = join(resourcesDirectory(), 'samples/external');
const { scenario } = examineWithoutRecord(resourcesDirectory(), 'simple');

const answers = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const hasPython = answers('python3', '--version');
const hasSolver = hasPython && answers('python3', '-c', 'from ortools.sat.python import cp_model');

const run = (command: readonly string[], options: object, timeMs: number | undefined) =>
  runUnrecorded({
    scenario,
    configuration: {
      scheduler: 'external',
      seed: 1,
      options: { command: [...command], folder, options },
      ...(timeMs === undefined ? {} : { stop: { timeMs } }),
    },
    spawner: nodeSpawner,
  });

describe('the sample for Node', () => {
  it('finds the same schedule each time, better than where it begins', async () => {
    const options = { rounds: 60, neighbours: 10 };
    const [one, two] = [
      await run(['node', 'descent.js'], options, undefined),
      await run(['node', 'descent.js'], options, undefined),
    ];
    expect(one).toMatchObject({ status: 'finished', generations: 60, evaluations: 600 });
    expect(one.best?.fitness).toBeGreaterThan(1.1);
    expect(two.best).toEqual(one.best);
  });
});

/** What came of a sample: how its run ended and what it had found, or why it failed. */
const attempt = (sample: string, options: object, timeMs: number) =>
  run(['python3', sample], options, timeMs).then(
    ({ status, generations, best }) => ({
      status,
      hasImproved: generations > 3,
      hasBound: best?.externalBoundMs !== undefined,
    }),
    (error: Error) => ({ status: 'failed', reason: error.message }),
  );

const withoutPython = { status: 'failed', reason: expect.stringContaining('there is no such program') };
const withoutSolver = { status: 'failed', reason: expect.stringContaining('needs the Python package ortools') };

describe('the samples for Python', () => {
  it.each([
    hasPython
      ? { title: 'improves until its time is over', expected: { status: 'finished', hasImproved: true } }
      : { title: 'cannot be tried here without python3, and says so', expected: withoutPython },
  ])('random search $title', async ({ expected }) => {
    expect(await attempt('random_search.py', { population: 20 }, 2000)).toMatchObject(expected);
  });

  it.each([
    hasSolver
      ? { title: 'writes schedules and a bound', expected: { status: 'finished', hasBound: true } }
      : {
          title: `cannot be tried here without ${hasPython ? 'ortools' : 'python3'}, and says so`,
          expected: hasPython ? withoutSolver : withoutPython,
        },
  ])('CP-SAT $title', async ({ expected }) => {
    expect(await attempt('cp_sat.py', { workers: 1 }, 8000)).toMatchObject(expected);
  });
});

it('the shortest sample is about forty lines without any package', () => {
  const source = readFileSync(join(folder, 'random_search.py'), 'utf8');
  const lines = source.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  expect(lines.length).toBeLessThanOrEqual(45);
  expect(source.match(/^import \w+$/gm)).toEqual(['import json', 'import random', 'import sys', 'import time']);
});
