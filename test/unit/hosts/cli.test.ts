/** The command line as a person or a script uses it: real processes, what they print where, and how they end. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { root, temporaryDirectory } from '#test/doubles/hosts.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { builtCommandLine, commandLineIn } from '#test/fixtures/command-line.ts';

const directory = temporaryDirectory();
afterAll(() => directory.remove());
const database = join(directory.path, 'tessera.db');
const env = { ...process.env, TESSERA_DB: database, XDG_DATA_HOME: directory.path, DISPLAY: '', WAYLAND_DISPLAY: '' };
const small = ['--set', 'populationSize=20', '--set', 'generations=8'];
const smallGa = ['--scheduler', 'ga', ...small];

const tessera = commandLineIn(directory.path, { cwd: root, env });

function file(name: string, content: unknown): string {
  const path = join(directory.path, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Starts a command and reads what it prints while it runs. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [builtCommandLine, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

describe('run', () => {
  test('prints one object, the same each time apart from ids and times', () => {
    const first = tessera('run', 'simple', '--seed', '42', ...smallGa, '--json');
    const second = tessera('run', 'simple', '--seed', '42', ...smallGa, '--json');
    const { runId, elapsedMs, ...rest } = first.json();
    expect([first.status, runId, typeof elapsedMs]).toEqual([0, 1, 'number']);
    expect(Object.keys(rest)).toEqual([
      'scheduler',
      'seed',
      'status',
      'generations',
      'evaluations',
      'best',
      'bound',
      'gap',
      'deadlines',
      'baseline',
      'times',
    ]);
    expect(rest).toMatchObject({ scheduler: 'ga', seed: 42, status: 'finished', generations: 8 });
    expect(Object.keys(rest['best'] ?? {})).toEqual(
      expect.arrayContaining(['genome', 'fitness', 'metrics', 'mapping', 'frequencies', 'activeCores']),
    );
    expect(second.json()).toEqual({ ...rest, runId: 2, elapsedMs: expect.any(Number) });
    expect(first.stdout.trim().split('\n')).toHaveLength(1);
  });

  test('gives the same result without a record and with any number of threads', () => {
    const recorded = tessera('run', 'simple', '--seed', '3', ...smallGa, '--json').json();
    const unrecorded = tessera(
      'run',
      'simple',
      '--seed',
      '3',
      ...smallGa,
      '--no-record',
      '--threads',
      '4',
      '--json',
      '--db',
      join(directory.path, 'never.db'),
    );
    expect(unrecorded.json()).toEqual({ ...recorded, runId: null, elapsedMs: expect.any(Number) });
    expect(existsSync(join(directory.path, 'never.db'))).toBe(false);
  });

  test('with several objectives, also gives the front: each a schedule of its own, none dominated, the same recorded or not', () => {
    const search = ['run', 'simple', '--scheduler', 'nsga2', '--seed', '4', ...small, '--json'];
    const { runId, front } = tessera(...search).json() as unknown as {
      runId: number;
      front: { chromosomeId: number; genome: number[]; metrics: { makespanMs: number; energyMJ: number } }[];
    };
    expect(front.length).toBeGreaterThan(1);
    expect(new Set(front.map(({ genome }) => genome.join())).size).toBe(front.length);
    for (const { metrics: a } of front)
      expect(
        front.filter(
          ({ metrics: b }) =>
            b.makespanMs <= a.makespanMs &&
            b.energyMJ <= a.energyMJ &&
            (b.makespanMs < a.makespanMs || b.energyMJ < a.energyMJ),
        ),
      ).toEqual([]);
    const { metrics } = tessera('simulate', 'simple', '--mapping', file('trade-off.json', front[0]), '--json').json();
    expect(metrics).toEqual(front[0]?.metrics);
    expect(tessera(...search, '--no-record').json()['front']).toEqual(front);
    expect(tessera('runs', 'show', String(runId), '--json').json()['front']).toEqual(front);
  });

  test('warns of times of another device on stderr and in the JSON, and computes the same; times shared on purpose are fine', () => {
    const platform = aPlatform('rover').withCores(2).withGpu().input;
    const scenario = (name: string, processors: object) =>
      file(name, {
        schemaVersion: 1,
        id: 'rover',
        platform: { ...platform, processors },
        applications: [{ id: 'a', network: 'cnn' }],
      });
    const shared = platform.processors.map((processor) => ({ ...processor, sharesTimesWith: ['simple'] }));
    const run = (path: string) => tessera('run', path, '--scheduler', 'heft', '--no-record', '--quiet', '--json');
    const [warned, fine] = [run(scenario('rover.json', platform.processors)), run(scenario('shared.json', shared))];
    expect([warned.status, fine.status, fine.stderr]).toEqual([0, 0, '']);
    expect(warned.stderr).toContain(
      'warning: CNN has no times of its own for cpu and gpu of rover: those under "cpu" and "gpu" are times of Simple platform\nhint: give cpu and gpu time keys of their own; or',
    );
    expect(warned.json()['warnings']).toEqual([
      {
        message: expect.stringContaining('times of Simple platform'),
        hint: expect.stringContaining('take the times of Simple platform on purpose'),
      },
    ]);
    expect(fine.json()).not.toHaveProperty('warnings');
    expect(warned.json()['best']).toEqual(fine.json()['best']);
    const simulated = tessera(
      'simulate',
      join(directory.path, 'rover.json'),
      '--mapping',
      file('rover-best.json', warned.json()['best']),
      '--json',
    );
    expect(simulated.json()['warnings']).toEqual(warned.json()['warnings']);
  });

  test('its best, simulated, has the metrics it was printed with', () => {
    const { best } = tessera('run', 'simple', ...smallGa, '--no-record', '--json').json() as unknown as {
      best: { metrics: unknown };
    };
    const { metrics } = tessera('simulate', 'simple', '--mapping', file('best.json', best), '--json').json();
    expect(metrics).toEqual(best.metrics);
  });

  test('options come from --options, then --set, and reach the scheduler', () => {
    const options = file('options.json', { populationSize: 30, generations: 5, weights: { energy: 3 } });
    tessera(
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--options',
      options,
      '--set',
      'generations=4',
      '--set',
      'weights.latency=0',
      '--set',
      'selection=rank',
      '--name',
      'with options',
    );
    const { runs } = tessera('runs', 'list', '--json').json() as unknown as {
      runs: { id: number; name: string; generations: number }[];
    };
    expect(runs[0]).toMatchObject({ name: 'with options', generations: 4 });
    const { configuration } = tessera('runs', 'show', String(runs[0]?.id), '--json').json();
    expect(configuration).toMatchObject({
      options: {
        populationSize: 30,
        generations: 4,
        selection: 'rank',
        weights: { energy: 3, latency: 0, throughput: 1 },
      },
    });
  });

  test('a scenario file may have its platform and networks inline, or name presets', () => {
    const inline = {
      schemaVersion: 1,
      id: 'mine',
      platform: aPlatform().withCores(2).input,
      applications: [{ id: 'a', network: aNetwork().withLayer('conv', { cpu: 2 }).input }],
    };
    const named = { schemaVersion: 1, id: 'named', platform: 'simple', applications: [{ id: 'a', network: 'cnn' }] };
    for (const scenario of [inline, named]) {
      const { status, json } = tessera(
        'run',
        file(`${scenario.id}.json`, scenario),
        '--scheduler',
        'npu_first',
        '--json',
      );
      expect([status, json()['status']]).toEqual([0, 'finished']);
    }
  });

  test('progress goes to stderr as plain lines, and --quiet keeps it back', () => {
    expect(tessera('run', 'simple', ...smallGa, '--no-record').stderr).toMatch(
      /^generation 8 of 8 · best [−\d.]+ · [\d.]+ evaluations\/s/m,
    );
    expect(tessera('run', 'simple', ...smallGa, '--no-record', '--quiet').stderr).toBe('');
  });

  test('for people it prints what was gained over NPU first', () => {
    const { stdout } = tessera('run', 'simple', ...smallGa, '--no-record');
    expect(stdout).toMatch(
      /^Not recorded · Simple scenario · ga, seed 1 · finished\n8 generations, \d+ evaluations in /,
    );
    expect(stdout).toMatch(/^makespan +[\d.]+ {2}ms +[\d.]+ +[+−]?[\d.]+ %$/m);
  });

  const camera = {
    schemaVersion: 1,
    id: 'camera',
    platform: aPlatform().withCores(2).input,
    applications: [
      {
        id: 'hand',
        periodMs: 10,
        instances: 4,
        deadlineMs: 2.5,
        network: aNetwork('hand').withChain(1, { cpu: 3 }).input,
      },
      {
        id: 'face',
        periodMs: 20,
        instances: 2,
        deadlineMs: 12,
        network: aNetwork('face').withChain(2, { cpu: 4 }).input,
      },
      { id: 'log', network: aNetwork('log').withChain(1, { cpu: 1 }).input },
    ],
  };

  test('says which deadlines are missed, and how far the makespan is from the lower bound', () => {
    const { bound, gap, deadlines, best, baseline } = tessera(
      'run',
      file('camera.json', camera),
      '--scheduler',
      'heft',
      '--json',
    ).json() as unknown as {
      bound: object;
      gap: number;
      deadlines: object[];
      best: { metrics: { makespanMs: number } };
      baseline: { name: string; metrics: object };
    };
    expect(deadlines).toEqual([
      {
        application: 'hand',
        missed: 4,
        ofInstances: 4,
        worstMs: expect.any(Number),
        deadlineMs: 2.5,
        leastMs: expect.closeTo(3, 6),
      },
      {
        application: 'face',
        missed: 0,
        ofInstances: 2,
        worstMs: expect.any(Number),
        deadlineMs: 12,
        leastMs: expect.closeTo(8, 6),
      },
    ]);
    expect(bound).toEqual({
      makespanMs: expect.closeTo(33, 6),
      method: 'critical_path',
      proven: true,
      lastReleaseMs: 30,
    });
    expect([best.metrics.makespanMs, gap]).toEqual([33, expect.closeTo(0, 9)]);
    expect(baseline.name).toBe('cpu alone'); // there is no NPU
    const text = tessera('run', file('camera.json', camera), '--scheduler', 'heft', '--no-record').stdout;
    expect(text).toMatch(/^deadlines: MISSED by 4 of 6 instances\n.*\n {2}hand +4 of 4 +3 +2.5\n {2}face +0 of 2 /m);
    expect(text).toMatch(/^ {2}impossible: no schedule of hand takes less than 3(\.00)? ms$/m);
    expect(text).toMatch(
      /^makespan: 33 ms, optimal \(proven\): equal to the lower bound of 33\.0 ms .*; 30 ms pass before the last release$/m,
    );
    expect(text.indexOf('deadlines')).toBeLessThan(text.indexOf('fitness'));
    expect(tessera('run', 'simple', ...smallGa, '--no-record').stdout).toContain('deadlines: none set');
  });

  test('is held against what is asked for: another baseline, or a run of the same scenario', () => {
    const { runId } = tessera('run', 'simple', '--scheduler', 'random', '--set', 'generations=2', '--json').json();
    const against = (choice: string) =>
      tessera('run', 'simple', '--scheduler', 'heft', '--baseline', choice, '--json').json()['baseline'] as unknown as {
        name: string;
        metrics: { makespanMs: number };
      };
    expect([against('peft').name, against(String(runId)).name]).toEqual(['PEFT', `run ${runId}`]);
    expect(
      tessera('runs', 'show', String(runId), '--baseline', 'best_single', '--json').json()['baseline'],
    ).toMatchObject({ name: expect.stringMatching(/ alone$/) });
    expect(tessera('run', 'multi', '--scheduler', 'heft', '--baseline', String(runId)).stderr).toContain(
      `run ${runId} is of scenario "simple", not of "multi"`,
    );
    expect(tessera('run', 'simple', '--baseline', 'pefft')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean "peft"?'),
    });
  });

  test('is not held against a run of a scenario that was changed since: what differs is said before anything is searched', () => {
    const chain = (npu: number) =>
      file(
        'camera.json',
        aScenario('camera')
          .on(aPlatform().withNpu())
          .running(aNetwork().withChain(2, { cpu: 3, npu }))
          .build(),
      );
    const { runId } = tessera('run', chain(1), '--scheduler', 'heft', '--json').json();
    expect(tessera('run', chain(1), '--scheduler', 'heft', '--baseline', String(runId)).status).toBe(0);
    for (const recorded of [[], ['--no-record']])
      expect(
        tessera('run', chain(1.25), '--scheduler', 'heft', '--baseline', String(runId), ...recorded),
      ).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining(
          `run ${runId} computed another version of scenario "camera" (the time of a/l0 on npu: 1 ms there, 1.25 ms here)`,
        ),
      });
  });

  test('several seeds make a recorded run each, with their median and best at the end', () => {
    const { runs, summary } = tessera(
      'run',
      'simple',
      ...smallGa,
      '--seeds',
      '2..3,9',
      '--tag',
      'study',
      '--tag',
      'night',
      '--json',
    ).json() as unknown as {
      runs: { runId: number; seed: number; best: { fitness: number } }[];
      summary: { best: { seed: number; fitness: number }; median: { fitness: number; gap: number } };
    };
    expect(runs.map(({ seed }) => seed)).toEqual([2, 3, 9]);
    const fitness = runs.map(({ best }) => best.fitness).sort((a, b) => a - b);
    expect([summary.median.fitness, summary.best.fitness]).toEqual([fitness[1], fitness[2]]);
    const listed = tessera('runs', 'list', '--tag', 'night', '--tag', 'study', '--json').json() as unknown as {
      runs: { id: number; tags: string[] }[];
      total: number;
    };
    expect([listed.total, listed.runs.map(({ id }) => id)]).toEqual([3, runs.map(({ runId }) => runId).toReversed()]);
    expect(listed.runs[0]?.tags).toEqual(['study', 'night']);
    expect(tessera('runs', 'list', '--tag', 'day').stdout).toContain('no run fits');
  });

  test('several seeds for people are a table, and are not given twice', () => {
    const table = tessera('run', 'simple', ...smallGa, '--seeds', '4,5', '--no-record', '--quiet').stdout;
    expect(table).toMatch(/^seed 4 .*\nseed 5 .*\nmedian .*\nbest: seed [45] /m);
    expect(tessera('run', 'simple', '--seeds=9..2').status).toBe(2);
    expect(tessera('run', 'simple', '--seeds', '1,2', '--seed', '3')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--seed and --seeds'),
    });
    expect(tessera('run', 'simple', '--tag', 'x', '--no-record').status).toBe(2);
  });

  test.each([
    [['popsize=20'], ['options.popsize: unknown field "popsize"'], ['did you mean "populationSize"?']],
    [['latency=2'], ['options.latency: unknown field "latency"'], ['did you mean "weights.latency"?']],
    [['weights.enrgy=2'], ['options.weights.enrgy: unknown field "enrgy"'], ['did you mean "energy"?']],
    [['populationSize=-5'], ['options.populationSize: -5 is too small'], ['use a number of at least 2']],
    [
      ['eliteSize=300'],
      ['options.eliteSize: the elite fills the whole population'],
      ['lower eliteSize or raise populationSize'],
    ],
    [['colour=red'], ['options.colour: unknown field "colour"'], ['remove it; ga has populationSize, generations']],
  ])('an option %s that cannot be is one complaint with a way out', (settings, errors, hints) => {
    const { status, stderr } = tessera(
      'run',
      'simple',
      '--scheduler',
      'ga',
      ...settings.flatMap((setting) => ['--set', setting]),
    );
    const lines = stderr.trim().split('\n');
    expect([status, lines.length]).toEqual([2, errors.length + hints.length]);
    for (const text of [...errors, ...hints]) expect(stderr).toContain(text);
  });

  const endless = ['run', 'simple', '--scheduler', 'ga', '--set', 'generations=100000', '--json'];

  test('Ctrl-C cancels it, and what was found is printed with exit code 1', async () => {
    const { child, output, ended } = start(...endless);
    await vi.waitFor(() => expect(output.stderr).toContain('generation'));
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(JSON.parse(output.stdout)).toMatchObject({ status: 'cancelled', best: { fitness: expect.any(Number) } });
  });

  test('a request to end leaves it to be resumed, and resumed it goes on', async () => {
    const { child, output, ended } = start(
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--seed',
      '5',
      '--set',
      'generations=400',
      '--json',
    );
    await vi.waitFor(() => expect(output.stderr).toContain('generation'));
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    const { error } = JSON.parse(output.stdout) as { error: { code: string; message: string; hint: string } };
    expect(error.code).toBe('run.interrupted');
    const id = /"tessera resume (\d+)" continues it/.exec(error.hint)?.[1] ?? '';
    const resumed = tessera('resume', id, '--json').json();
    const uninterrupted = tessera(
      'run',
      'simple',
      '--scheduler',
      'ga',
      '--seed',
      '5',
      '--set',
      'generations=400',
      '--json',
    ).json();
    expect(resumed).toEqual({ ...uninterrupted, runId: Number(id), elapsedMs: expect.any(Number) });
  });
});

describe('simulate', () => {
  const scenario = (): string =>
    file('two.json', {
      schemaVersion: 1,
      id: 'two',
      platform: aPlatform().withCores(2).input,
      applications: [
        { id: 'a', network: aNetwork().withLayer('first', { cpu: 3 }).withLayer('second', { cpu: 2 }).input },
      ],
    });

  test('agrees with a hand-computed example', () => {
    const mapping = file('mapping.json', { 'a/first': 'cpu:0', 'a/second': 'cpu:1' });
    const { status, json } = tessera('simulate', scenario(), '--mapping', mapping, '--timeline', '--json');
    expect(status).toBe(0);
    expect(json()['metrics']).toMatchObject({ makespanMs: 3, utilization: { 'cpu:0': 1, 'cpu:1': 2 / 3 } });
    expect(json()['timeline']).toEqual([
      { app: 'a', instance: 0, layer: 'first', pe: 'cpu:0', unit: 0, startMs: 0, endMs: 3 },
      { app: 'a', instance: 0, layer: 'second', pe: 'cpu:1', unit: 0, startMs: 0, endMs: 2 },
    ]);
  });

  test('takes the mapping on the command line too, prints no timeline unless asked, and needs no database', () => {
    const { status, json } = tessera(
      'simulate',
      scenario(),
      '--mapping',
      '{"a/first":"cpu:0","a/second":"cpu:0"}',
      '--json',
      '--db',
      join(directory.path, 'none.db'),
    );
    expect([status, Object.keys(json())]).toEqual([0, ['metrics', 'times']]);
    expect(json()['metrics']).toMatchObject({ makespanMs: 5 });
    expect(existsSync(join(directory.path, 'none.db'))).toBe(false);
  });

  test('a mapping may be a table as PRISM publishes it, of one application only', () => {
    const published = join(root, 'resources/data/prism/xception_random_mapping.csv');
    const { metrics } = tessera('simulate', 'prism-xception', '--mapping', published, '--json').json() as unknown as {
      metrics: { makespanMs: number };
    };
    expect(metrics.makespanMs.toPrecision(12)).toBe('2183.21979697');
    const climb = tessera(
      'run',
      'prism-xception',
      '--scheduler',
      'prism',
      '--set',
      'start=mapping',
      '--set',
      `initialMapping=${published}`,
      '--no-record',
      '--json',
    ).json() as unknown as { evaluations: number; best: { metrics: { makespanMs: number } } };
    expect([climb.best.metrics.makespanMs.toPrecision(12), climb.evaluations]).toEqual(['1045.10066501', 401]);
    expect(tessera('simulate', 'simple', '--mapping', published, '--json')).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('the scenario has 2 applications'),
    });
  });

  test('names each wrong entry of a mapping, with what to do', () => {
    const { status, stderr, json } = tessera(
      'simulate',
      scenario(),
      '--mapping',
      '{"a/frist":"cpu:0","a/second":"cpu:7"}',
      '--json',
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: \["a\/frist"\]: there is no layer "a\/frist"\nhint: did you mean "a\/first"\?\n/);
    expect(json()['error']).toMatchObject({
      code: 'mapping.invalid',
      details: expect.arrayContaining([expect.objectContaining({ path: ['a/second'] })]),
    });
  });
});

describe('errors', () => {
  test.each([
    [['rn'], 'cli.usage', "unknown command 'rn'", 'did you mean run?'],
    [[], 'cli.usage', '"tessera" needs a command after it', '"tessera --help" shows how it is used'],
    [['runs'], 'cli.usage', '"tessera runs" needs a command after it', '"tessera runs --help" shows how it is used'],
    [['runs', 'lst'], 'cli.usage', "unknown command 'lst'", 'did you mean list?'],
    [['run'], 'cli.usage', "missing required argument 'scenario'", '"tessera run --help" shows how it is used'],
    [['run', 'simple', 'multi'], 'cli.usage', expect.stringMatching(/^too many arguments/), expect.any(String)],
    [['run', 'simple', '--sede', '3'], 'cli.usage', "unknown option '--sede'", 'did you mean --seed?'],
    [
      ['run', 'simple', '--seed', '-1'],
      'cli.usage',
      expect.stringContaining('a whole number from 0 to 4294967295'),
      expect.any(String),
    ],
    [
      ['run', 'simple', '--threads', '0'],
      'cli.usage',
      expect.stringContaining('a whole number from 1 to 1024'),
      expect.any(String),
    ],
    [
      ['run', 'simple', '--set', 'generations'],
      'cli.usage',
      '--set "generations" is not a setting',
      expect.stringContaining('--set key=value'),
    ],
    [['run', 'simple', '--set', '__proto__.x=1'], 'cli.usage', expect.any(String), expect.any(String)],
    [['run', 'simpel'], 'scenario.unknown', 'there is no scenario "simpel"', 'did you mean "simple"?'],
    [['run', 'simpel', '--no-record'], 'scenario.unknown', 'there is no scenario "simpel"', 'did you mean "simple"?'],
    [
      ['run', './nowhere.json'],
      'input.unreadable',
      'cannot read the scenario "./nowhere.json": there is no such file',
      'check its path',
    ],
    [['run', 'simple', '--scheduler', 'gaa'], 'scheduler.unknown', 'there is no scheduler "gaa"', 'did you mean "ga"?'],
    [
      ['run', 'simple', '--set', 'generations=many'],
      'scheduler.invalid',
      expect.stringContaining('options.generations: "many"'),
      expect.any(String),
    ],
    [
      ['run', 'simple', '--options', '{"generations":'],
      'input.notJson',
      expect.stringContaining('the options on the command line is not JSON'),
      expect.any(String),
    ],
    [['simulate', 'simple'], 'cli.usage', expect.stringContaining('--mapping'), expect.any(String)],
    [['demo', 'sample'], 'demo.unknown', 'there is no demo "sample"', expect.any(String)],
    [['runs', 'show', '999'], 'run.unknown', 'there is no run 999', expect.any(String)],
    [['runs', 'compare', '1'], 'cli.usage', 'a comparison needs two different runs or more', expect.any(String)],
    [['runs', 'show', 'x'], 'cli.usage', expect.stringContaining('a whole number from 1'), expect.any(String)],
  ])(
    '%j is bad input: exit code 2, one line and a hint on stderr, an object on stdout with --json',
    (args, code, message, hint) => {
      const { status, stdout, stderr, json } = tessera(...args, '--json');
      expect(status).toBe(2);
      expect(json()).toEqual({ error: expect.objectContaining({ code, message, hint }) });
      expect(stdout.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
    },
  );

  test('a finished run cannot be resumed', () => {
    const { runId } = tessera('run', 'simple', '--scheduler', 'npu_first', '--json').json();
    expect(tessera('resume', String(runId))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: run \d+ is finished\nhint: only paused and interrupted runs can be resumed/,
      ),
    });
  });

  test('without --json stdout stays empty', () => {
    expect(tessera('run', 'simpel')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'error: there is no scenario "simpel"\nhint: did you mean "simple"?\n',
    });
  });

  test.each([
    ['run', 'simple'],
    ['runs', 'list'],
    ['serve', '--no-open'],
  ])('a database that is refused is a failure of %s %s, and is left as it was', (...args) => {
    const foreign = file('foreign.db', 'my own notes');
    const { status, stderr, json } = tessera(...args, '--db', foreign, '--json');
    expect([status, json()['error']]).toMatchObject([1, { code: expect.stringMatching(/^store\./) }]);
    expect(stderr).toMatch(/^error: .*foreign\.db.*\nhint: /);
    expect(readFileSync(foreign, 'utf8')).toBe('my own notes');
  });

  test('the doctor tells of a refused database rather than failing at it', () => {
    const { status, json } = tessera('doctor', '--db', file('foreign.db', 'my own notes'), '--json');
    expect(status).toBe(1);
    expect((json()['checks'] as { name: string }[]).find(({ name }) => name === 'Database')).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('foreign.db'),
    });
  });
});

describe('lists', () => {
  test('presets, schedulers, formats and demos are listed without opening a database', () => {
    const nowhere = { TESSERA_DB: file('not-a-database.db', 'x') };
    const list = (command: string) => {
      const { status, stdout } = spawnSync(process.execPath, [builtCommandLine, command, '--json'], {
        encoding: 'utf8',
        env: { ...env, ...nowhere },
      });
      return { status, value: JSON.parse(stdout) as Record<string, { id: string }[]> };
    };
    expect(list('presets').value['scenarios']?.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['simple', 'multi']),
    );
    expect(list('schedulers').value['schedulers']?.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['ga', 'random', 'npu_first']),
    );
    expect(list('formats').value['formats']?.length).toBeGreaterThan(0);
    expect(list('demo').value['demos']?.map(({ id }) => id)).toEqual(expect.arrayContaining(['simple', 'multi']));
  });

  test('every option of a scheduler is listed as --set takes it', () => {
    const { stdout } = tessera('schedulers');
    expect(stdout).toMatch(/^ {2}populationSize +\d+ +integer ≥ \d+ ≤ \d+ +\S/m);
    expect(stdout).toMatch(/^ {2}weights\.energy /m);
    expect(stdout).toMatch(/^ {2}selection +"\w+" +tournament \| roulette \| rank/m);
  });

  test('help and version are no errors', () => {
    for (const args of [[], ['--help'], ['run', '--help'], ['help', 'run']])
      expect(tessera(...args)).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringContaining('Usage: tessera'),
      });
    expect(tessera('--version').stdout).toBe(
      `${(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version}\n`,
    );
  });
});

describe('demo', () => {
  test('of goals runs one search per goal, and ends with them side by side', () => {
    const { status, stdout } = tessera('demo', 'goals', '--no-record', ...small);
    expect(status).toBe(0);
    expect(stdout.match(/^Not recorded · Multi-application scenario · ga, seed 42 · finished$/gm)).toHaveLength(4);
    expect(stdout).toMatch(
      /^metric +unit +Goal: throughput +Goal: energy +Goal: latency +Goal: balanced\n(?:.*\n)*energy +mJ( +[\d.]+){4}\n/m,
    );
    const results = tessera('demo', 'goals', '--no-record', '--json', ...small).json() as unknown as unknown[];
    expect(results).toHaveLength(4);
  });

  test('of the Pareto front ends with it, from the fastest schedule to the thriftiest', () => {
    const { stdout } = tessera('demo', 'pareto', '--no-record', ...small);
    const rows = stdout
      .slice(stdout.indexOf('schedules that no other'))
      .split('\n')
      .slice(2)
      .filter((line) => line !== '')
      .map((line) => line.trim().split(/ +/).map(Number));
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.map(([, makespanMs]) => makespanMs)).toEqual(
      rows.map(([, makespanMs]) => makespanMs).toSorted((a, b) => a! - b!),
    );
    expect(rows.map(([, , energyMJ]) => energyMJ)).toEqual(
      rows.map(([, , energyMJ]) => energyMJ).toSorted((a, b) => b! - a!),
    );
  });
});

describe('bench', () => {
  test('runs the benchmarks asked for; one that does not exist is bad input', () => {
    expect(tessera('bench', '--only', 'evaluators', '--json')).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(
        /^{"error":{"code":"cli.usage","message":"there is no benchmark \\"evaluators\\"","hint":"known: evaluator, .+"}}\n$/,
      ),
      stderr: expect.stringMatching(/^error: .+\nhint: known: evaluator, .+\n$/),
    });
  });
});

describe('record', () => {
  test('runs are listed, shown and deleted', () => {
    const db = ['--db', join(directory.path, 'record.db')];
    expect(tessera('runs', 'list', ...db).stdout).toBe('no runs; "tessera demo simple" makes one\n');
    tessera('demo', 'simple', ...small, ...db);
    const { runs, total } = tessera('runs', 'list', '--status', 'finished', '--json', ...db).json() as unknown as {
      runs: { id: number; name: string }[];
      total: number;
    };
    expect([total, runs[0]?.name]).toEqual([1, 'Simple scenario']);
    expect(tessera('runs', 'show', '1', ...db).stdout).toMatch(/^Run 1\n {2}name +Simple scenario\n/);
    expect(tessera('runs', 'delete', '1', '--json', ...db).json()).toEqual({ deleted: 1 });
    expect(tessera('runs', 'show', '1', ...db).status).toBe(2);
  });

  test('runs are compared: what differs, metrics against the first, and the layers that moved', () => {
    const runOf = (seed: string, weight: string) =>
      tessera(
        'run',
        'simple',
        '--seed',
        seed,
        ...smallGa,
        '--set',
        `weights.energy=${weight}`,
        '--json',
      ).json() as unknown as {
        runId: number;
        best: { mapping: Record<string, string>; metrics: { makespanMs: number } };
      };
    const [first, second] = [runOf('5', '1'), runOf('6', '3')];
    const ids = [String(first.runId), String(second.runId)];
    const compared = tessera('runs', 'compare', ...ids, '--json').json() as unknown as {
      baseline: number;
      runs: { run: { id: number }; best: object }[];
      fields: object[];
      schedules: {
        runId: number;
        difference: {
          moved: { layer: string; fromPe: string; toPe: string }[];
          stayed: number;
          makespanChangeMs: number;
        };
      }[];
    };
    expect(compared.runs.map(({ run, best }) => ({ runId: run.id, best }))).toMatchObject(
      [first, second].map(({ runId, best }) => ({ runId, best })),
    );
    expect(compared).toMatchObject({
      baseline: first.runId,
      fields: [
        { path: 'seed', values: [5, 6] },
        { path: 'options.weights.energy', values: [1, 3] },
      ],
      schedules: [{ runId: second.runId }],
    });
    const { moved, stayed, makespanChangeMs } = compared.schedules[0]!.difference;
    const layers = Object.keys(first.best.mapping);
    expect(Object.fromEntries(moved.map(({ layer, fromPe, toPe }) => [layer, [fromPe, toPe]]))).toEqual(
      Object.fromEntries(
        layers
          .filter((layer) => first.best.mapping[layer] !== second.best.mapping[layer])
          .map((layer) => [layer, [first.best.mapping[layer], second.best.mapping[layer]]]),
      ),
    );
    expect(moved.length + stayed).toBe(layers.length);
    expect(makespanChangeMs).toBeCloseTo(second.best.metrics.makespanMs - first.best.metrics.makespanMs, 9);
    const { stdout } = tessera('runs', 'compare', ...ids);
    expect(stdout).toMatch(/^options\.weights\.energy +1 +3$/m);
    expect(stdout).toMatch(
      new RegExp(`run ${ids[1]} against run ${ids[0]}: ${moved.length} layers moved, ${stayed} stayed`),
    );
    expect(stdout).toMatch(new RegExp(`^metric +unit +run ${ids[0]} +run ${ids[1]} +change$`, 'm'));
  });

  test('a reader that has enough is no error', async () => {
    const { child, ended, output } = start('schedulers');
    child.stdout.destroy();
    expect(await ended).toBe(0);
    expect(output.stderr).toBe('');
  });
});

describe('serve', () => {
  test('prints the address, serves the workbench there, and ends when asked to', async () => {
    const { child, output, ended } = start('serve', '--json', '--no-open');
    await vi.waitFor(() => expect(output.stdout).toContain('\n'));
    const { url, origin, port, databasePath } = JSON.parse(output.stdout) as {
      url: string;
      origin: string;
      port: number;
      databasePath: string;
    };
    expect([origin, databasePath]).toEqual([`http://127.0.0.1:${port}`, database]);
    expect(url).toMatch(new RegExp(`^${origin}/\\?token=[\\w-]{43}$`));
    expect((await fetch(origin)).status).toBe(401);
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await expect(fetch(origin)).rejects.toThrow('fetch failed');
  });

  test('has the port of last time again, unless it is taken or another is asked for; each record has its own', async () => {
    const portOf = async (
      ...args: readonly string[]
    ): Promise<{ readonly port: number; readonly stop: () => Promise<unknown> }> => {
      const { child, output, ended } = start('serve', '--json', '--no-open', ...args);
      await vi.waitFor(() => expect(output.stdout).toContain('\n'));
      return { port: (JSON.parse(output.stdout) as { port: number }).port, stop: () => (child.kill('SIGINT'), ended) };
    };
    const first = await portOf();
    const beside = await portOf();
    const [other] = [await portOf('--db', join(directory.path, 'other.db')), await first.stop(), await beside.stop()];
    await other.stop();
    const again = await portOf();
    const anyPort = await portOf('--port', '0', '--db', join(directory.path, 'other.db'));
    await again.stop();
    await anyPort.stop();
    expect(beside.port).not.toBe(first.port);
    expect(other.port).not.toBe(first.port);
    expect(again.port).toBe(first.port);
    expect(anyPort.port).not.toBe(other.port);
  });

  test('a busy port is a failure that says so', async () => {
    const { child, output, ended } = start('serve', '--json', '--no-open');
    await vi.waitFor(() => expect(output.stdout).toContain('\n'));
    const { port } = JSON.parse(output.stdout) as { port: number };
    expect(tessera('serve', '--port', String(port), '--no-open')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`error: port ${port} of 127.0.0.1 is in use by another program\nhint: `),
    });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('saturate', () => {
  const scenario = file('groups.json', {
    ...aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork().withChain(1, { cpu: 6, npu: 2 }), { instances: 5 })
      .running(aNetwork().withChain(1, { cpu: 5, npu: 4 }), { instances: 5 })
      .grouping('camera', ['a', 'b'], 10).input,
  });

  test('says α*, the bound, the groups at α*, and the curve of a given mapping', () => {
    const mapping = JSON.stringify({ 'a/l0': 'npu', 'b/l0': 'cpu' });
    const { status, json } = tessera('saturate', scenario, '--mapping', mapping, '--json');
    expect(status).toBe(0);
    const result: Record<string, unknown> = json();
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(['alpha', 'frequency', 'bound', 'groups', 'curve', 'schedule']),
    );
    const { alpha, frequency, bound, groups, curve } = result as Record<string, never>;
    expect(alpha).toBeCloseTo(0.5, 2);
    expect(frequency).toBe(1 / alpha);
    // Either network could be first on the NPU; the second needs 4 ms there alone.
    expect(bound).toMatchObject({ method: 'longest_path' });
    expect(groups).toMatchObject([{ id: 'camera', releases: 5, worstSpanMs: 5, deadlineMisses: 0 }]);
    expect(curve).toContainEqual({ alpha, satisfied: 1, realTimeScore: expect.any(Number) });
  });

  test('finds the best of a search', () => {
    const found = tessera('saturate', scenario, '--scheduler', 'exhaustive', '--json').json();
    expect(found).toMatchObject({ scheduler: 'exhaustive', schedule: { mapping: { 'a/l0': 'npu', 'b/l0': 'cpu' } } });
  });

  test('refuses a scenario without periods, and a schedule that is given twice', () => {
    expect(tessera('saturate', 'simple', '--scheduler', 'heft')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no application of scenario "simple" has a period'),
    });
    expect(tessera('saturate', scenario, '--scheduler', 'heft', '--mapping', '{}').status).toBe(2);
  });
});
