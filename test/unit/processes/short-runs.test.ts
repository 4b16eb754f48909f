/** Short runs in the process that wants them: the same results and events as from a process of their own, and which runs are short. */
import { describe, expect, it } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { mostEvaluations, ownSchedulers } from '#main/engine/schedulers/index.ts';
import type { RunCommand, RunEvent, StartCommand } from '#main/processes/protocol.ts';
import type { ProcessEnd } from '#main/processes/process-end.ts';
import { isShort, keepingShortRuns } from '#main/processes/short-runs.ts';
import type { ProcessSpawner } from '#main/processes/spawner.ts';
import { runUnrecorded } from '#main/services/runs/unrecorded-run.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';

const scenario = aSmallScenario().build();
const short = { scheduler: 'ga', seed: 4, options: { populationSize: 20, generations: 40 } };
const elsewhere: ProcessSpawner = {
  spawnRunProcess() {
    throw new Error('a process was asked for');
  },
};
const here = keepingShortRuns(elsewhere);

/** Sends commands, each once the event before it has come, and gives all events and the end. */
async function follow(
  start: Partial<StartCommand>,
  answers: Partial<Record<RunEvent['type'], RunCommand>> = {},
): Promise<{ events: RunEvent[]; end: ProcessEnd }> {
  const runProcess = here.spawnRunProcess({ runId: 1, configuration: short });
  const events: RunEvent[] = [];
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  runProcess.onEvent((event) => {
    events.push(event);
    const answer = answers[event.type];
    if (answer !== undefined) runProcess.send(answer);
  });
  runProcess.onExit(resolve);
  runProcess.send({
    type: 'start',
    runId: 1,
    scenario,
    configuration: short,
    sink: undefined,
    resume: false,
    ...start,
  });
  return { end: await promise, events };
}

describe('a short run', () => {
  it.each(['ga', 'nsga2', 'random', 'heft', 'npu_first'])(
    'finds here what it finds elsewhere: %s',
    async (scheduler) => {
      const options = scheduler === 'heft' || scheduler === 'npu_first' ? {} : short.options;
      const configuration = { scheduler, seed: 4, options };
      const outcome = await runUnrecorded({ scenario, configuration, spawner: here });
      const search = createRun(scenario, configuration);
      while (search.step() !== undefined);
      expect(outcome).toMatchObject({
        status: 'finished',
        evaluations: search.evaluations,
        bestChromosomeId: search.best!.id,
        best: { fitness: search.best!.fitness, genome: [...search.best!.genes] },
      });
    },
  );

  it('is cancelled between two generations, and keeps what it had found', async () => {
    const { events, end } = await follow({ paceGenerationsPerS: 4 }, { started: { type: 'cancel' } });
    expect(end).toEqual({ code: 0, stderr: '' });
    expect(events.at(-1)).toMatchObject({ type: 'finished', outcome: { status: 'cancelled' } });
  });

  it('pauses and goes on', async () => {
    const { events } = await follow(
      { paceGenerationsPerS: 1000 },
      { started: { type: 'pause' }, paused: { type: 'resume' } },
    );
    expect(events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      'started',
      'paused',
      'resumed',
      'finished',
    ]);
  });

  it('that cannot be recorded says why, and ends', async () => {
    const { events, end } = await follow({ sink: { kind: 'database', path: `${aFolder()}/nothing.db` } });
    expect(end.code).toBe(0);
    expect(events).toEqual([{ type: 'failed', error: expect.objectContaining({ code: 'store.unwritable' }) }]);
  });
});

describe('which runs are short', () => {
  const configured = (scheduler: string, rest: Partial<SchedulerConfiguration> = {}): SchedulerConfiguration => ({
    scheduler,
    seed: 1,
    options: {},
    ...rest,
  });

  it('schedules that are built by rule are; searches at their defaults are not', () => {
    const ids = ownSchedulers.map(({ id }) => id).filter((id) => isShort(configured(id)));
    expect(ids).toEqual([
      'puzzle',
      'heft',
      'peft',
      'best_mapping',
      'balanced',
      'fastest',
      'npu_first',
      'npu_only',
      'static_type',
    ]);
  });

  it.each([
    ['by its options', { options: { populationSize: 99, generations: 100 } }, true],
    ['not from 10,000 genomes on', { options: { populationSize: 100, generations: 100 } }, false],
    ['by a limit of evaluations', { stop: { evaluations: 500 } }, true],
    [
      'not where local search scores more',
      { options: { populationSize: 99, generations: 100, localSearch: { best: 5 } } },
      false,
    ],
    ['not where a bound ends it', { stop: { evaluations: 500, gap: 0.01 } }, false],
  ] as const)('%s', (_, rest, expected) => {
    expect(isShort(configured('ga', rest))).toBe(expected);
  });

  it('leaves the others to the spawner', () => {
    expect(() => here.spawnRunProcess({ runId: 1, configuration: configured('ga') })).toThrow(
      'a process was asked for',
    );
    expect(() => here.spawnRunProcess({ runId: 1 })).toThrow('a process was asked for');
  });

  it.each([
    ['ga', { populationSize: 20, generations: 30, localSearch: { best: 3, every: 4, neighbours: 7 } }],
    ['nsga2', { populationSize: 20, generations: 30, localSearch: { best: 3, every: 4, neighbours: 7 } }],
    ['random', { populationSize: 20, generations: 30 }],
    ['heft', {}],
    ['best_mapping', {}],
  ])('no run scores more than was said before: %s', (scheduler, options) => {
    const configuration = configured(scheduler, { options });
    const search = createRun(scenario, configuration);
    while (search.step() !== undefined);
    expect(search.evaluations).toBeLessThanOrEqual(mostEvaluations(configuration)!);
  });
});
