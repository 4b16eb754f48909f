/** Why a process died: real processes that die in every way, under both hosts, and what a person then reads in a run's status and the log. */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Details } from 'electron';
import { pino } from 'pino';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { electronSpawner, type UtilityProcessLauncher } from '#main/processes/electron-spawner.ts';
import { errorPayloadOf } from '#main/processes/error-payload.ts';
import { HEAP_FLAGS } from '#main/processes/heap.ts';
import { nodeSpawner, nodeSpawnerOf } from '#main/processes/node-spawner.ts';
import { killedForMemory } from '#main/processes/out-of-memory.ts';
import { describeEnd, StderrTail, TAIL_BYTES, type ProcessEnd } from '#main/processes/process-end.ts';
import type { StartCommand } from '#main/processes/protocol.ts';
import type { ProcessSpawner } from '#main/processes/spawner.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { EventHub } from '#main/services/event-hub.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { RunSupervisor } from '#main/services/runs/run-supervisor.ts';
import { runUnrecorded } from '#main/services/runs/unrecorded-run.ts';
import * as electron from '../../doubles/electron.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '../../fixtures/builders.ts';
import { aRecord } from '../../fixtures/record.ts';

const dyingProcess = join(import.meta.dirname, '../../fixtures/dying-process.ts');
const scenario = aSmallScenario().build();
const configuration = { scheduler: 'random', seed: 1, options: {} };
const start: StartCommand = {
  type: 'start',
  runId: 1,
  scenario,
  configuration,
  sink: undefined,
  resume: false,
};

/** A heap that a test can fill in a moment. */
const SMALL_HEAP = '--max-old-space-size=30';

afterEach(() => void vi.unstubAllEnvs());

function dieOf(way: string): void {
  vi.stubEnv('TEST_DEATH', way);
  if (way === 'heap is full') vi.stubEnv('NODE_OPTIONS', SMALL_HEAP);
}

async function endOf(spawner: ProcessSpawner): Promise<ProcessEnd> {
  const runProcess = spawner.spawnRunProcess({ runId: 1 });
  const end = new Promise<ProcessEnd>((resolve) => runProcess.onExit(resolve));
  runProcess.send(start);
  return end;
}

const isWindows = process.platform === 'win32';
/** How each death ends under Node, and how it is put. */
const deaths: readonly (readonly [way: string, how: string, end: Partial<ProcessEnd>])[] = [
  ['heap is full', 'ran out of memory', { cause: 'outOfMemory' }],
  ['allocation refused', 'ran out of memory', { cause: 'outOfMemory' }],
  ['uncaught error', 'exited with code 1 (TypeError: the plan is gone)', { code: 1 }],
  ['exit code', 'exited with code 3', { code: 3, stderr: '' }],
  ...(isWindows
    ? []
    : ([
        ['SIGKILL', 'was ended by SIGKILL', { signal: 'SIGKILL', cause: 'killed' }],
        ['SIGTERM', 'was ended by SIGTERM', { signal: 'SIGTERM', cause: 'killed' }],
        ['SIGSEGV', 'crashed (SIGSEGV)', { signal: 'SIGSEGV', cause: 'crashed' }],
        ['abort', 'crashed (SIGABRT)', { signal: 'SIGABRT', cause: 'crashed' }],
      ] as const)),
];

describe('under Node', () => {
  it.each(deaths)('a process that dies of "%s" %s', async (way, how, expected) => {
    dieOf(way);
    const end = await endOf(nodeSpawnerOf(dyingProcess));
    expect(end).toMatchObject(expected);
    expect(describeEnd(end)).toBe(how);
  });

  it('the end of what a process writes is kept, without the rest of a letter that was cut', async () => {
    dieOf('much to say');
    const { stderr } = await endOf(nodeSpawnerOf(dyingProcess));
    expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(TAIL_BYTES);
    expect(Buffer.byteLength(stderr)).toBeGreaterThan(TAIL_BYTES - 2);
    expect(stderr).toMatch(/^é+ the end\n$/);
  });

  it('a process that is killed while the system kills others for memory was killed for memory, too', async () => {
    dieOf('SIGKILL');
    let kills = 7;
    const end = await endOf(nodeSpawnerOf(dyingProcess, () => kills++));
    expect(describeEnd(end)).toBe('was killed by the system, which was short of memory');
  });

  it('a process that its own host killed was not', async () => {
    let kills = 7;
    const runProcess = nodeSpawnerOf(dyingProcess, () => kills++).spawnRunProcess({ runId: 1 });
    const end = new Promise<ProcessEnd>((resolve) => runProcess.onExit(resolve));
    runProcess.kill();
    expect(await end).toMatchObject({ signal: 'SIGKILL', cause: 'killed' });
  });

  it.runIf(process.platform === 'linux')('the system says how many processes it killed for memory', () => {
    expect(killedForMemory()).toBeGreaterThanOrEqual(0);
  });

  it('run processes have their heap flags', async () => {
    // A process of the flags alone says what V8 made of them.
    const { default: v8 } = await import('node:v8');
    expect(HEAP_FLAGS.length).toBeGreaterThan(0);
    for (const flag of HEAP_FLAGS) expect(() => v8.setFlagsFromString(flag)).not.toThrow();
  });
});

describe('under Electron', () => {
  /** Runs the dying process where Electron would run the run process, by the double that plays Electron with real processes. */
  const launcher: UtilityProcessLauncher = {
    fork: (_, args, options) => electron.utilityProcess.fork(dyingProcess, args, options),
  };
  const log = { error: vi.fn<(...args: unknown[]) => void>() };
  const spawner = (kills?: () => number): ProcessSpawner =>
    electronSpawner({ utilityProcess: launcher, app: electron.app, log, ...(kills === undefined ? {} : { kills }) });

  it.each(
    deaths.map(
      ([way, how, { cause }]) =>
        [
          way,
          way === 'SIGKILL' || way === 'SIGTERM' ? 'was ended from outside' : how.replace(/\(SIG\w+\)/, '(exit code'),
          cause,
        ] as const,
    ),
  )('a process that dies of "%s" %s', async (way, how, cause) => {
    dieOf(way);
    const end = await endOf(spawner());
    expect(describeEnd(end)).toContain(how);
    expect(end.cause).toBe(cause);
    expect(electron.app.listenerCount('child-process-gone')).toBe(0);
  });

  it('a process that is killed while the system kills others for memory was killed for memory, too', async () => {
    dieOf('SIGKILL');
    let kills = 7;
    expect((await endOf(spawner(() => kills++))).cause).toBe('systemShortOfMemory');
  });

  /** A utility process and an app that say what the test says. */
  function byHand() {
    const stderr = new PassThrough();
    const child = Object.assign(new EventEmitter(), { pid: 7, stderr, postMessage: () => {}, kill: () => true });
    const app = new EventEmitter();
    const forked = vi.fn<UtilityProcessLauncher['fork']>(() => child as never);
    const runProcess = electronSpawner({ utilityProcess: { fork: forked }, app: app as never, log }).spawnRunProcess({
      runId: 1,
    });
    const end = new Promise<ProcessEnd>((resolve) => runProcess.onExit(resolve));
    const name = forked.mock.calls[0]?.[2]?.serviceName ?? '';
    const gone = (reason: Details['reason'], of = name): boolean =>
      app.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode: 5, name: of } satisfies Details);
    return { child, stderr, app, end, gone };
  }

  it.each(['before', 'after'])('its reason is heard %s the exit', async (order) => {
    const { child, stderr, end, gone } = byHand();
    if (order === 'before') gone('oom');
    child.emit('exit', 5);
    if (order === 'after') setTimeout(() => gone('oom'), 20);
    stderr.end();
    expect(await end).toMatchObject({ code: 5, cause: 'outOfMemory', detail: 'oom' });
  });

  it('the reason of another process is not its own, and one that never comes is not waited for', async () => {
    const { child, stderr, end, gone } = byHand();
    gone('oom', 'Network Service');
    child.emit('exit', 5);
    stderr.end('Error: lost\n');
    const ended = await end;
    expect(ended.cause).toBeUndefined();
    expect(describeEnd(ended)).toBe('exited with code 5 (Error: lost)');
  });

  it('what it writes at its end arrives after its exit', async () => {
    const { child, stderr, end } = byHand();
    child.emit('exit', 0);
    setTimeout(() => stderr.end('one more word'), 20);
    expect(await end).toMatchObject({ code: 0, stderr: 'one more word' });
  });

  it('a fatal error of V8 that says so is memory that ran out', async () => {
    const { child, stderr, end, gone } = byHand();
    child.emit('error', 'FatalError', 'Reached heap limit', '{}');
    gone('crashed');
    child.emit('exit', 5);
    stderr.end();
    expect((await end).cause).toBe('outOfMemory');
  });

  it.each([
    ['memory-eviction', 'was killed by the system, which was short of memory'],
    ['launch-failed', 'could not be started: launch-failed'],
    ['crashed', 'crashed (exit code 5)'],
    ['abnormal-exit', 'exited with code 5'],
  ] as const)('"%s" means that it %s', async (reason, how) => {
    const { child, stderr, end, gone } = byHand();
    gone(reason);
    child.emit('exit', 5);
    stderr.end();
    expect(describeEnd(await end)).toBe(how);
  });
});

describe('a run whose process dies', () => {
  /** One run, whose processes are started by `spawner`, and the lines of the log. */
  function aRun(spawner: ProcessSpawner) {
    const record = aRecord();
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const events = new EventHub(log);
    const supervisor = new RunSupervisor({
      record,
      spawner,
      events,
      log,
      restartWaitsMs: [],
      now: Date.now,
    });
    onTestFinished(() => supervisor.close());
    const search = createRun(scenario, configuration);
    const runId = record.runs.create({
      name: 'r',
      scenario,
      configuration,
      engineVersion: ENGINE_VERSION,
      reference: search.reference,
      layout: layoutOf(search.problem),
      createdAt: 1,
      owner: supervisor.claim(),
    });
    const ended = new Promise<void>((resolve) =>
      events.subscribe((event) => {
        if (event.name === 'run.changed' && event.payload.run.status === 'failed') resolve();
      }),
    );
    supervisor.enqueue(runId, false);
    return { lines, failed: ended.then(() => record.runs.summary(runId)!) };
  }

  it('says in its status that memory ran out, and in the log what the process wrote', async () => {
    dieOf('heap is full');
    const { failed, lines } = aRun(nodeSpawnerOf(dyingProcess));
    expect(await failed).toMatchObject({ status: 'failed', statusReason: 'its process ran out of memory' });
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'run process ended without a result: it ran out of memory',
        cause: 'outOfMemory',
        signal: expect.stringMatching(/^SIG/),
      }),
    );
    const { stderr } = lines.find(({ msg }) => msg === 'what the run process wrote last') ?? {};
    expect(stderr).toContain('heap out of memory');
    expect(Buffer.byteLength(stderr as string)).toBeLessThanOrEqual(TAIL_BYTES);
  });

  it('says which error nobody caught', async () => {
    dieOf('uncaught error');
    const { failed } = aRun(nodeSpawnerOf(dyingProcess));
    expect((await failed).statusReason).toBe('its process exited with code 1 (TypeError: the plan is gone)');
  });

  it('and has no record rejects with the same words and what to do', async () => {
    dieOf('heap is full');
    const run = (): Promise<unknown> =>
      runUnrecorded({ scenario, configuration, spawner: nodeSpawnerOf(dyingProcess) });
    await expect(run()).rejects.toMatchObject({
      code: 'run.interrupted',
      message: 'before the search ended, its process ran out of memory',
      hint: expect.stringContaining('smaller population'),
    });
    dieOf('uncaught error');
    await expect(run()).rejects.toMatchObject({
      hint: expect.stringMatching(/report it[^]*TypeError: the plan is gone/),
    });
  });
});

describe('a search that needs more memory than its thread may have', () => {
  /** Its second request has ten million genomes. */
  const large = {
    scheduler: 'ga',
    seed: 1,
    options: { populationSize: 1000, localSearch: { best: 1000, every: 1, neighbours: 10_000 } },
  };
  const long = aScenario()
    .on(aPlatform().withNpu())
    .running(aNetwork().withChain(200, { cpu: 3, npu: 2 }))
    .build();

  it('says that it ran out of memory', async () => {
    vi.stubEnv('NODE_OPTIONS', SMALL_HEAP);
    await expect(runUnrecorded({ scenario: long, configuration: large, spawner: nodeSpawner })).rejects.toMatchObject({
      code: 'internal.outOfMemory',
      message: 'the search ran out of memory',
    });
  });

  it('and so does one whose allocation is refused', () => {
    expect(errorPayloadOf(new RangeError('Array buffer allocation failed'))).toMatchObject({
      code: 'internal.outOfMemory',
    });
    expect(errorPayloadOf(new RangeError('Invalid array length'))).toMatchObject({ code: 'internal.unexpected' });
  });
});

it('memory that ran out is noticed also where a long stack follows, and where the words are cut in two', async () => {
  const stream = Readable.from([
    Buffer.from('FATAL ERROR: Reached heap li'),
    Buffer.from('mit Allocation failed - JavaScript heap out of mem'),
    Buffer.from('ory\n'),
    Buffer.from(' 1: 0xb8ced1 node::OOMErrorHandler [node]\n'.repeat(500)),
  ]);
  const tail = new StderrTail(stream);
  await tail.ended;
  expect(tail.saysOutOfMemory).toBe(true);
  expect(tail.text).not.toContain('FATAL');
});
