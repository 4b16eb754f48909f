/** How the command line writes numbers, tables and progress, and where files of the user are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderSideBySide } from '#main/hosts/cli/side-by-side.ts';
import type { Metrics } from '#shared/domain/run.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import { applySettings } from '#main/hosts/cli/arguments.ts';
import { showProgress, showSteps } from '#main/hosts/cli/progress.ts';
import { change, duration, number, table } from '#main/hosts/cli/table.ts';
import { dataDirectory, databasePath } from '#main/hosts/paths.ts';

test.each([
  [0, '0'],
  [0.0123456, '0.0123'],
  [12.3456, '12.3'],
  [28.998, '29.0'],
  [29, '29'],
  [1234.5, '1235'],
  [-0.5, '−0.5'],
  [1e-9, '1e−9'],
  [undefined, '–'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '∞'],
])('%s is written %s: three significant digits, no whole digit lost', (value, text) => {
  expect(number(value)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [849.6, '850 ms'],
  [999.6, '1.0 s'],
  [59_960, '1 min 0 s'],
  [192_000, '3 min 12 s'],
  [7_500_000, '2 h 5 min'],
])('%s ms is written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [90, 100, '−10 %'],
  [100.0444, 100, '+0.0444 %'],
  [110, 100, '+10 %'],
  [100, 100, '0 %'],
  [0, 0, '0 %'],
  [1, 0, '–'],
  [-50, -100, '+50 %'],
])('from %3$s: %1$s against %2$s', (value, base, text) => {
  expect(change(value, base)).toBe(text);
});

test('a table is aligned, numbers to the right, without trailing spaces', () => {
  expect(
    table(
      [
        { id: 'a', ms: 1 },
        { id: 'bcd', ms: 100 },
      ],
      [
        { title: 'id', value: ({ id }) => id },
        { title: 'ms', value: ({ ms }) => String(ms), align: 'right' },
        { title: '', value: () => '' },
      ],
    ),
  ).toBe('id    ms\na      1\nbcd  100');
});

test('energy and power are not told, and saved by nobody, where a platform has no such figures', () => {
  const metrics = (energyMJ: number, peakPowerMW: number): Metrics =>
    ({
      makespanMs: 10,
      throughputPerS: 1,
      energyMJ,
      latencyMs: 5,
      peakPowerMW,
      constraintViolation: 0,
      deadlineMisses: 0,
      applications: {},
      utilization: {},
    }) as Metrics;
  const lines = renderSideBySide(
    [
      { name: 'a', metrics: metrics(60, 500) },
      { name: 'b', metrics: metrics(0, 0) },
    ],
    true,
  ).split('\n');
  expect(lines.find((line) => line.startsWith('energy'))?.split(/\s+/)).toEqual(['energy', 'mJ', '60', '–', '–']);
  expect(
    lines
      .find((line) => line.startsWith('peak power'))
      ?.split(/\s+/)
      .slice(-2),
  ).toEqual(['–', '–']);
  expect(
    lines
      .find((line) => line.startsWith('constraint violation'))
      ?.split(/\s+/)
      .slice(-3),
  ).toEqual(['0', '0', '%']);
});

describe('settings', () => {
  test('lead into objects, read JSON where they can and keep text otherwise', () => {
    expect(
      applySettings({ a: { b: 1, c: 2 } }, [
        'a.b=5',
        'list=[1,2]',
        'flag=true',
        'text=single_point',
        'equals=a=b',
        'new.deep.key=null',
      ]),
    ).toEqual({
      a: { b: 5, c: 2 },
      list: [1, 2],
      flag: true,
      text: 'single_point',
      equals: 'a=b',
      new: { deep: { key: null } },
    });
  });

  test('take an object from the file they name, and say which setting named a file that is not there', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-settings-'));
    try {
      const file = join(directory, 'mapping.json');
      writeFileSync(file, '{ "app/conv": "npu" }');
      expect(applySettings({}, [`initialMapping=${file}`])).toEqual({ initialMapping: { 'app/conv': 'npu' } });
      expect(() => applySettings({}, [`initialMapping=${join(directory, 'absent.json')}`])).toThrow(
        /"initialMapping".*no such file/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('do not change the options they are put into, and a later one wins', () => {
    const options = { a: { b: 1 } };
    expect(applySettings(options, ['a.b=2', 'a.b=3'])).toEqual({ a: { b: 3 } });
    expect(options).toEqual({ a: { b: 1 } });
  });

  test.each(['', '=1', 'a', 'a..b=1', '.a=1', 'a.=1', '__proto__.polluted=1', 'a.__proto__=1'])(
    '"%s" is refused',
    (setting) => {
      expect(() => applySettings({}, [setting])).toThrow(expect.objectContaining({ code: 'cli.usage' }));
      expect({}).not.toHaveProperty('polluted');
    },
  );
});

describe('progress in steps', () => {
  test('tells how much is left from the steps it has seen, and nothing before it can', () => {
    const lines: string[] = [];
    let now = 0;
    const steps = showSteps('frame', false, { write: (text) => lines.push(String(text)) > 0 }, () => now);
    for (const [atMs, done] of [
      [5000, 1],
      [5500, 3],
      [7000, 21],
      [7100, 22],
      [15_000, 101],
    ] as const) {
      now = atMs;
      steps.update({ done, total: 101 });
    }
    steps.end();
    expect(lines).toEqual(['frame 1 of 101\n', 'frame 21 of 101 · 8.0 s left\n', 'frame 101 of 101\n']);
  });
});

describe('progress', () => {
  const at = (generation: number): RunProgress => ({
    runId: 1,
    generation,
    plannedGenerations: 100,
    evaluations: 1,
    elapsedMs: 1,
    evaluationsPerS: 1234,
    etaMs: 2000,
    series: undefined as never,
  });

  test('elsewhere than on a terminal: at most one line a second, and the last state', () => {
    let text = '';
    let now = 0;
    const display = showProgress(false, { write: (part: string) => ((text += part), true) }, () => now);
    for (const [generation, time] of [
      [0, 0],
      [10, 500],
      [20, 999],
      [30, 1000],
      [40, 1500],
      [99, 1600],
    ] as const) {
      now = time;
      display.update(at(generation));
    }
    display.end();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => Number(/generation (\d+)/.exec(line)?.[1])),
    ).toEqual([1, 31, 100]);
    expect(text).toContain('generation 1 of 100 · 1234 evaluations/s · 2.0 s left\n');
  });

  test('on a terminal: one line that is rewritten and never wraps', () => {
    const parts: string[] = [];
    const display = showProgress(false, {
      isTTY: true,
      columns: 40,
      write: (part: string) => (parts.push(part), true),
    });
    display.update(at(49));
    display.update(at(99));
    display.end();
    const toStartOfEmptyLine = '\r\u001B[K';
    expect(parts).toEqual([
      `${toStartOfEmptyLine}${'█'.repeat(12)}${'░'.repeat(12)} generation 50 `,
      `${toStartOfEmptyLine}${'█'.repeat(24)} generation 100`,
      '\n',
    ]);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(toStartOfEmptyLine.length + 39);
  });

  test('quiet: nothing', () => {
    const parts: string[] = [];
    const display = showProgress(true, { write: (part: string) => (parts.push(part), true) });
    display.update(at(1));
    display.end();
    expect(parts).toEqual([]);
  });
});

describe('files of the user', () => {
  test.each([
    ['linux', {}, '/home/ada/.local/share/tessera'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/tessera'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/tessera'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/home/ada/Library/Application Support/Tessera'],
    ['win32', { APPDATA: '/c/AppData' }, '/c/AppData/Tessera'],
    ['win32', {}, '/home/ada/AppData/Roaming/Tessera'],
  ] as const)('on %s with %j they are in %s', (platform, env, path) => {
    expect(dataDirectory(platform, env, '/home/ada')).toBe(join(path));
  });

  test('the database is that of --db, else of TESSERA_DB, else in the per-user folder; always absolute', () => {
    expect(databasePath('a.db', { TESSERA_DB: '/b.db' })).toBe(join(process.cwd(), 'a.db'));
    expect(databasePath(undefined, { TESSERA_DB: '/b.db' })).toBe('/b.db');
    expect(databasePath(undefined, { TESSERA_DB: '', XDG_DATA_HOME: '/data', APPDATA: '/data' })).toMatch(
      /[Tt]essera[/\\]tessera\.db$/,
    );
  });
});
