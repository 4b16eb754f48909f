/** The search whose schedules come from outside: what it sends, what it takes, and what it refuses, without a process. */
import { describe, expect, it } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import type { Correspondent, Incoming, Program } from '#main/engine/external/correspondent.ts';
import { createRun, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { completeConfiguration } from '#main/engine/schedulers/index.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import { claimedBound, distanceFrom } from '#shared/analysis/makespan-bound.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';

const scenario = aSmallScenario().build();
const problem = aSmallScenario().problem();
const configuration = { scheduler: 'external', seed: 5, options: { command: ['mine'], options: { depth: 3 } } };
const cpu = { mapping: everythingOn(problem, 'cpu:0') };
const gpu = { mapping: everythingOn(problem, 'gpu') };

interface Sent extends Readonly<Record<string, unknown>> {
  readonly type?: string;
  readonly scores?: readonly Record<string, unknown>[];
}

/** A program that has written `lines`, and what it was sent. */
class Outside implements Correspondent {
  readonly sent: Sent[] = [];
  readonly reported: unknown[] = [];
  program: Program | undefined;
  readonly #incoming: Incoming[] = [];
  #lines = 0;

  writes(...messages: readonly unknown[]): this {
    for (const message of messages)
      this.#incoming.push({
        type: 'line',
        number: ++this.#lines,
        text: typeof message === 'string' ? message : JSON.stringify(message),
      });
    return this;
  }

  ends(failure?: Error): this {
    this.#incoming.push({ type: 'end', failure });
    return this;
  }

  launch(program: Program): void {
    this.program = program;
  }
  send(message: Sent): void {
    this.sent.push(message);
  }
  receive(): Incoming | undefined {
    return this.#incoming.shift();
  }
  report(...what: unknown[]): void {
    this.reported.push(what);
  }
}

function runWith(outside: Outside, options: object = {}): SearchRun {
  return createRun(
    scenario,
    { ...configuration, options: { ...configuration.options, ...options } },
    { correspondent: outside },
  );
}

describe('an external search', () => {
  it('starts the program once and sends it the problem first', () => {
    const outside = new Outside();
    expect(runWith(outside).stepOrWait()).toBe('waits');
    expect(outside.program).toMatchObject({ command: ['mine'], folder: '', silenceMs: 600_000 });
    expect(outside.sent).toEqual([
      {
        type: 'problem',
        problem: expect.objectContaining({ format: 'tessera-problem', scenario: 'small' }),
        seed: 5,
        timeLimitMs: null,
        fitness: { weights: expect.objectContaining({ throughput: 1 }), reference: expect.any(Object) },
        start: null,
        options: { depth: 3 },
      },
    ]);
  });

  it('says how much time is left', () => {
    const outside = new Outside();
    createRun(
      scenario,
      { ...configuration, stop: { timeMs: 9000 } },
      { correspondent: outside, elapsedMs: 2000 },
    ).stepOrWait();
    expect(outside.sent[0]).toMatchObject({ timeLimitMs: 7000 });
  });

  it('makes a generation of each message and answers each with its scores', () => {
    const outside = new Outside().writes({ type: 'solution', ...cpu }, { type: 'solutions', solutions: [gpu, cpu] });
    const run = runWith(outside);
    expect(run.stepOrWait()).toMatchObject({ index: 0, evaluations: 1 });
    expect(run.stepOrWait()).toMatchObject({ index: 1, evaluations: 3 });
    expect(run.stepOrWait()).toBe('waits');
    const [, one, two] = outside.sent;
    expect(one).toMatchObject({
      type: 'score',
      scores: [{ metrics: { makespanMs: simulateMapping(problem, cpu).metrics.makespanMs } }],
    });
    expect(two.scores).toHaveLength(2);
    expect(two.scores?.[1]).toEqual(one.scores?.[0]);
  });

  it('scores a solution exactly as the simulator measures the mapping file, with everything it decides', () => {
    const file = {
      ...cpu,
      frequencies: { cpu: 1000 },
      activeCores: { cpu: 1 },
      priorities: Object.fromEntries(problem.tasks.map(({ id }, index) => [id, index])),
    };
    const outside = new Outside().writes({ type: 'solution', ...file });
    const run = runWith(outside);
    run.stepOrWait();
    const { makespanMs, energyMJ } = simulateMapping(problem, file).metrics;
    expect(outside.sent[1].scores?.[0]).toMatchObject({ metrics: { makespanMs, energyMJ } });
    expect(describeSolution(run.problem, run.best!.genes, 0)).toMatchObject(file);
  });

  it('answers a solution that makes no sense with what is wrong, and goes on', () => {
    const wrong = { mapping: { ...cpu.mapping, 'a/stem': 'tpu' } };
    const outside = new Outside().writes(
      { type: 'solutions', solutions: [wrong, gpu] },
      { type: 'solution', ...wrong },
    );
    const run = runWith(outside);
    expect(run.stepOrWait()).toMatchObject({ index: 0, evaluations: 1 });
    expect(run.stepOrWait()).toBe('waits');
    expect(outside.sent[1].scores).toEqual([
      { error: expect.stringContaining('"tpu"') },
      expect.objectContaining({ fitness: expect.any(Number) }),
    ]);
    expect(outside.sent[2].scores).toEqual([{ error: expect.stringContaining('"tpu"') }]);
  });

  it.each([
    [{ activeCores: { cpu: 1 } }, { genes: { cores: false } }, 'activeCores'],
    [{ frequencies: { cpu: 1000 } }, { genes: { frequencies: false } }, 'frequencies'],
    [{ priorities: { 'a/stem': 3 } }, { genes: { priorities: false } }, 'priorities'],
  ])('refuses a decision that its genes cannot keep: %j with %j', (decision, options, what) => {
    const outside = new Outside().writes({ type: 'solution', ...cpu, ...decision });
    expect(runWith(outside, options).stepOrWait()).toBe('waits');
    expect(outside.sent[1].scores).toEqual([{ error: expect.stringContaining(what) }]);
  });

  it('refuses to lose the order of more than 256 layer priorities', () => {
    const wide = Array.from({ length: 257 }, (_, index) => index).reduce(
      (network, index) => network.withLayer(`l${index}`, { cpu: 1 }, { priority: index }),
      aNetwork(),
    );
    const outside = new Outside().writes({
      type: 'solution',
      mapping: Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`a/l${index}`, 'cpu'])),
    });
    const run = createRun(aScenario().on(aPlatform()).running(wide).build(), configuration, { correspondent: outside });
    expect(run.stepOrWait()).toBe('waits');
    expect(outside.sent[1].scores).toEqual([{ error: expect.stringContaining('257 different priorities') }]);
  });

  it('is over when the program says so, or has ended', () => {
    for (const outside of [new Outside().writes({ type: 'done' }), new Outside().ends()]) {
      const run = runWith(outside);
      expect(run.stepOrWait()).toBeUndefined();
      expect(run.stopReason).toBe('exhausted');
    }
  });

  it('fails as the program does', () => {
    const run = runWith(new Outside().ends(new WorkbenchError('external.silent', 'nothing')));
    expect(() => run.stepOrWait()).toThrow('nothing');
  });

  it('passes on its progress and its bound, which proves nothing', () => {
    const outside = new Outside().writes(
      { type: 'solution', ...gpu },
      { type: 'bound', makespanMs: 5 },
      { type: 'bound', makespanMs: 3 },
      { type: 'progress', text: 'half', done: 0.5 },
    );
    const run = runWith(outside);
    while (run.stepOrWait() !== 'waits');
    expect(outside.reported).toEqual([['half', 0.5]]);
    expect(run.conclusion).toEqual({ externalBoundMs: 5 });
    const metrics = describeSolution(run.problem, run.best!.genes, 0).metrics;
    const claimed = claimedBound(run.problem, { externalBoundMs: metrics.makespanMs, metrics })!;
    expect(distanceFrom(claimed, metrics.makespanMs)).toMatchObject({
      gap: 0,
      isProven: false,
      bound: { method: 'external' },
    });
    expect(claimedBound(run.problem, { externalBoundMs: metrics.makespanMs * 1.01, metrics })).toBeUndefined();
  });

  it('goes on after an interruption with the best so far as its start', () => {
    const before = new Outside().writes({ type: 'solutions', solutions: [cpu, gpu] });
    const run = runWith(before);
    run.stepOrWait();
    const chromosomes: Chromosome[] = [];
    for (let id = 0; id < 2; id++) chromosomes.push({ ...(id === run.best!.id ? run.best! : worse(run)), id });
    const after = new Outside().writes({ type: 'solution', ...cpu });
    const continued = restoreRun(scenario, configuration, run.saveState(), chromosomes, { correspondent: after });
    expect(continued.stepOrWait()).toMatchObject({ index: 1, evaluations: 3 });
    expect(after.sent[0]).toMatchObject({ type: 'problem', start: gpu });
  });

  it('says what it needs', () => {
    expect(() => completeConfiguration({ scheduler: 'external', seed: 1, options: {} })).toThrow(
      expect.objectContaining({ code: 'scheduler.invalid', path: ['options', 'command'] }),
    );
    expect(() => createRun(scenario, configuration)).toThrow(expect.objectContaining({ code: 'external.unavailable' }));
  });
});

function worse(run: SearchRun): Omit<Chromosome, 'id'> {
  const outside = new Outside().writes({ type: 'solution', ...cpu });
  const other = runWith(outside);
  other.stepOrWait();
  expect(other.problem.layout.length).toBe(run.problem.layout.length);
  return other.best!;
}

/** A program that has ended is not waited for. */
const waitsOf = (record: unknown): unknown[] => (record === 'waits' ? [record] : []);
/** Anything but the complaint about a line. */
const faultsOf = (error: unknown): unknown[] =>
  error instanceof WorkbenchError && error.code === 'external.badLine' ? [] : [error];

describe('a line that is no message', () => {
  it.each([
    'Solving ...',
    '{"type":"solution"',
    '{"type":"solution"}',
    '{"type":"solution","mapping":["npu"]}',
    '{"type":"solutions","solutions":{}}',
    '{"type":"bound","makespanMs":"1"}',
    '{"type":"bound","makespanMs":-1}',
    '{"type":"progress"}',
    '{"type":"progress","text":"x","done":2}',
    '{"type":"stop"}',
    '[]',
    'null',
    '7',
  ])('ends the run with its number and its text: %s', (line) => {
    const run = runWith(new Outside().writes({ type: 'solution', ...gpu }, '', line));
    run.stepOrWait();
    expect(() => run.stepOrWait()).toThrow(
      expect.objectContaining({ code: 'external.badLine', message: expect.stringMatching(/line 3/) }),
    );
    expect(() => runWith(new Outside().writes(line)).stepOrWait()).toThrow(line);
  });

  it('is told from a message whatever it is, and never anything else goes wrong', () => {
    const json = fc.jsonValue().map((value) => JSON.stringify(value));
    const message = fc
      .record(
        {
          type: fc.constantFrom('solution', 'solutions', 'bound', 'progress', 'done', 'score'),
          mapping: fc.oneof(fc.jsonValue(), fc.constant(gpu.mapping)),
          solutions: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(fc.jsonValue(), fc.constant(gpu)), { maxLength: 3 })),
          makespanMs: fc.jsonValue(),
          priorities: fc.jsonValue(),
          text: fc.jsonValue(),
        },
        { requiredKeys: ['type'] },
      )
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), json, message), { maxLength: 6 }), (lines) => {
        const outside = new Outside().writes(...lines).ends();
        const run = runWith(outside);
        const faults: unknown[] = [];
        try {
          for (let record = run.stepOrWait(); record !== undefined; record = run.stepOrWait())
            faults.push(...waitsOf(record));
        } catch (error) {
          faults.push(...faultsOf(error));
        }
        expect(faults).toEqual([]);
        for (const { type } of outside.sent.slice(1)) expect(type).toBe('score');
      }),
    );
  });
});

describe('a problem of subgraphs', () => {
  it('names the layers of each task, and takes a mapping of tasks as well as one of layers', () => {
    const outside = new Outside().writes(
      { type: 'solution', mapping: { 'a/net': 'gpu' } },
      { type: 'solution', mapping: { 'a/one': 'gpu', 'a/two': 'gpu' } },
    );
    const chain = aNetwork('net')
      .withLayer('one', { cpu: 2, gpu: 1 })
      .withLayer('two', { cpu: 2, gpu: 1 }, { dependencies: ['one'] });
    const run = createRun(
      aScenario().on(aPlatform().withGpu()).running(chain).build(),
      { ...configuration, options: { ...configuration.options, subgraphs: 'network' } },
      { correspondent: outside },
    );
    run.stepOrWait();
    const { tasks } = outside.sent[0]['problem'] as { tasks: { id: string; layers: string[] }[] };
    expect(tasks).toMatchObject([{ layers: ['a/one', 'a/two'] }]);
    outside.writes({ type: 'solution', mapping: { [tasks[0].id]: 'cpu' } });
    run.stepOrWait();
    expect(outside.sent.slice(1).map(({ scores }) => scores?.[0])).toEqual([
      expect.objectContaining({ error: expect.any(String) }),
      expect.objectContaining({ metrics: expect.objectContaining({ makespanMs: 2 }) }),
      expect.objectContaining({ metrics: expect.objectContaining({ makespanMs: 4 }) }),
    ]);
  });
});
