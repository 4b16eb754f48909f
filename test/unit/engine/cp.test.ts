/** Constraint programming: what it proves, what it says, and what becomes of a solver that fails, hangs or finds what dispatch cannot. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { solve } from '#test/fixtures/solver-run.ts';
import { exactSchedule } from '#main/engine/cp/exact-schedule.ts';
import { jobModelOf } from '#main/engine/cp/job-model.ts';
import { scheduleModel, tickFor } from '#main/engine/cp/schedule-model.ts';
import type { Correspondent, Incoming } from '#main/engine/external/correspondent.ts';
import { createRun } from '#main/engine/run-search.ts';
import { completeConfiguration, parseOptions } from '#main/engine/schedulers/index.ts';
import { cp } from '#main/engine/schedulers/cp.ts';
import { claimedBound, distanceFrom, provenBound } from '#shared/analysis/makespan-bound.ts';
import { commandOf, CP_SAT_PROGRAM } from '#shared/domain/external-command.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

/** Work for two elements with times that no tick divides. */
const uneven = () =>
  aScenario()
    .on(
      aPlatform()
        .withCores(1)
        .withNpu()
        .withDefaultLink({ latencyMs: 0.1 / 3 }),
    )
    .running(
      aNetwork()
        .withLayer('a', { cpu: 2 / 3 })
        .withLayer('b', { npu: 5 / 7 }, { dependencies: ['a'] })
        .withLayer('c', { npu: 9 / 11 }, { dependencies: ['a'] })
        .withLayer('d', { cpu: 3 / 11 }, { dependencies: ['b', 'c'] })
        // At any time, so that the work on the NPU alone does not say that it has to wait.
        .withLayer('e', { npu: 0.1 }),
    );

/** The NPU has to wait for what is urgent: dispatch starts the long layer at once instead. */
const idling = () =>
  aScenario()
    .on(aPlatform().withCores(1).withNpu())
    .running(
      aNetwork()
        .withLayer('first', { cpu: 1 })
        .withLayer('urgent', { npu: 1 }, { dependencies: ['first'] })
        .withLayer('after', { cpu: 10 }, { dependencies: ['urgent'] })
        .withLayer('long', { npu: 10 }),
    );

/** What a solver says, written before; and what it was given. */
class Said implements Correspondent {
  readonly sent: Readonly<Record<string, unknown>>[] = [];
  launched = 0;
  readonly #incoming: Incoming[];

  constructor(messages: readonly unknown[], end?: Incoming) {
    this.#incoming = messages.map((message, index) => ({
      type: 'line',
      number: index + 1,
      text: typeof message === 'string' ? message : JSON.stringify(message),
    }));
    if (end !== undefined) this.#incoming.push(end);
  }
  launch(): void {
    this.launched++;
  }
  send(message: Readonly<Record<string, unknown>>): void {
    this.sent.push(message);
  }
  receive(): Incoming | undefined {
    return this.#incoming.shift();
  }
  report(): void {}
}

function runWith(correspondent: Correspondent, options: Record<string, unknown> = {}) {
  const run = createRun(
    uneven().build(),
    { scheduler: 'cp', seed: 1, options: { ownGenerations: 1, ...options } },
    { correspondent },
  );
  const steps: unknown[] = [];
  for (let step = run.stepOrWait(); step !== undefined && step !== 'waits'; step = run.stepOrWait()) steps.push(step);
  return { run, steps };
}

describe('Chuffed', () => {
  it('proves the optimum in exact times that no tick divides', async () => {
    const { run } = await solve(uneven().build(), { ownGenerations: 1 });
    expect(run.stopReason).toBe('exhausted');
    const bound = provenBound(compileProblem(uneven().build()), run.conclusion)!;
    expect(bound.method).toBe('chuffed');
    expect(distanceFrom(bound, run.best!.metrics[0]!)).toMatchObject({ isProven: true, gap: 0 });
  });

  it('says with both values that dispatch does not reach a schedule that leaves a unit idle', async () => {
    const { run } = await solve(idling().build(), { ownGenerations: 1 });
    expect(run.best!.metrics[0]).toBeCloseTo(21, 9);
    expect(run.conclusion.makespanBoundMs).toBeCloseTo(12, 6);
    expect(run.conclusion.remark).toMatch(/schedule of 12 ms.*idle on purpose.*dispatched, the best is 21 ms/);
    expect(run.stopReason).toBe('generations');
  });
});

describe('what becomes of the solver', () => {
  it('is not started where a bound is met already, or the scenario is too large for it', () => {
    const none = new Said([]);
    const { run } = runWith(none, { mostJobs: 2 });
    expect(none.launched).toBe(0);
    expect(run.conclusion.remark).toContain('5 layers over all instances are more than the 2');
  });

  it('keeps what was found when its time is over, and says so', () => {
    const { run, steps } = runWith(new Said([{ type: 'limit' }]));
    expect(steps).toHaveLength(1);
    expect(run.best).toBeDefined();
    expect(run.conclusion).toEqual({ remark: expect.stringContaining('had 60 s for a model and was not done') });
  });

  it.each([
    [
      'an assertion',
      [
        { type: 'stderr', value: 'int-var.cpp:101: Assertion failed.\n' },
        { type: 'exit', code: -1 },
      ],
      /Assertion failed/,
    ],
    [
      'an error in the model',
      [
        { type: 'error', message: 'undefined identifier' },
        { type: 'exit', code: 1 },
      ],
      /undefined identifier/,
    ],
    ['no status', [{ type: 'exit', code: 0 }], /no status/],
    ['no message', ['Segmentation fault'], /Segmentation fault/],
    ['a solution without a makespan', [{ type: 'solution', output: { dzn: 's0 = 1;' } }], /has no "makespan"/],
  ])('fails with %s', (_, messages, text) => {
    expect(() => runWith(new Said(messages))).toThrow(
      expect.objectContaining({ code: 'cp.failed', message: expect.stringMatching(text) }),
    );
  });

  it('fails with what ended its thread', () => {
    const failure = new Error('out of memory');
    expect(() => runWith(new Said([], { type: 'end', failure }))).toThrow('out of memory');
  });

  it('cannot be had without a host that starts it', () => {
    expect(() => createRun(uneven().build(), { scheduler: 'cp', seed: 1, options: {} })).toThrow(
      expect.objectContaining({ code: 'cp.unavailable' }),
    );
  });
});

describe('the model', () => {
  const problem = compileProblem(uneven().build());
  const model = jobModelOf(problem);

  it('is of places: cores that are alike are one', () => {
    const four = jobModelOf(
      compileProblem(
        aScenario()
          .on(aPlatform().withCores(4).withNpu())
          .running(aNetwork().withLayer('a', { cpu: 1, npu: 1 }))
          .build(),
      ),
    );
    expect(four.places.map(({ pes }) => pes.length)).toEqual([4, 1]);
  });

  it('rounds every time down', () => {
    const tickMs = tickFor(model, 3);
    expect(Math.log10(tickMs)).toBeCloseTo(Math.round(Math.log10(tickMs)), 12);
    const { flatZinc } = scheduleModel(model, 3, [])!;
    expect(flatZinc).toContain(`-${Math.floor(3 / 11 / tickMs)}`);
    expect(flatZinc).not.toContain(`-${Math.ceil(3 / 11 / tickMs)}`);
  });

  it('is refuted at once where no path is short enough', () => {
    expect(scheduleModel(model, 0.5, [])).toBeUndefined();
  });

  it('starts each job as early as places and order allow, and finds what makes it that long', () => {
    const place = (processor: string) =>
      model.places.findIndex((own) => problem.processors[own.processor].id === processor);
    const { makespanMs, path } = exactSchedule(model, ['cpu', 'npu', 'npu', 'cpu', 'npu'].map(place), [1, 3, 2, 4, 0]);
    expect(makespanMs).toBeCloseTo(2 / 3 + 0.1 / 3 + 9 / 11 + 5 / 7 + 0.1 / 3 + 3 / 11, 12);
    expect(path).toMatchObject({ jobs: [0, 2, 1, 3], sequences: [{ before: 2, after: 1 }] });
  });
});

describe('CP-SAT', () => {
  const everythingWhereItRuns = Object.fromEntries(
    compileProblem(uneven().build()).tasks.map(({ id }) => [id, /[ad]$/.test(id) ? 'cpu:0' : 'npu']),
  );
  const configuration = { scheduler: 'cp', seed: 1, options: { solver: 'cp_sat' } };

  it('is a command that has to be confirmed, with or without an interpreter that is named', () => {
    expect(commandOf(configuration)).toEqual({ command: ['python3', CP_SAT_PROGRAM], folder: '' });
    expect(commandOf(completeConfiguration(configuration))).toEqual(commandOf(configuration));
    expect(commandOf({ ...configuration, options: { solver: 'cp_sat', python: '/opt/p' } })?.command[0]).toBe('/opt/p');
    expect(commandOf({ ...configuration, options: {} })).toBeUndefined();
    expect(parseOptions(cp, {}).solver).toBe('chuffed');
  });

  it('has a bound that is its word', () => {
    const { run } = runWith(new Said([{ type: 'bound', makespanMs: 0.5 }, { type: 'done' }]), { solver: 'cp_sat' });
    expect(run.conclusion).toEqual({ externalBoundMs: 0.5, boundBy: 'cp_sat' });
    const metrics = { makespanMs: 0.5 };
    const bound = claimedBound(compileProblem(uneven().build()), { ...run.conclusion, metrics } as never)!;
    expect(bound.method).toBe('cp_sat');
    expect(distanceFrom(bound, 0.5).isProven).toBe(false);
  });

  it('says what the program makes of its schedule where dispatch makes more of it', () => {
    const { run } = runWith(
      new Said([
        {
          type: 'solution',
          mapping: everythingWhereItRuns,
          makespanMs: 0.4,
        },
        { type: 'done' },
      ]),
      { solver: 'cp_sat' },
    );
    expect(run.conclusion.remark).toMatch(/takes 0.4 ms; dispatched, the best takes/);
  });
});
