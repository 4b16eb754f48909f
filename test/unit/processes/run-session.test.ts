/** A run session by itself: what it gives its sink, when it waits for it, and how a run ends that the sink refuses. No database. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { createRun } from '#main/engine/run-search.ts';
import type { RunEvent } from '#main/processes/protocol.ts';
import { RunSession } from '#main/processes/run-session.ts';
import { BATCH_CREDITS } from '#main/processes/worker-protocol.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { recordsOf } from '../../fixtures/chromosomes.ts';
import { MemorySink } from '../../fixtures/memory-sink.ts';

const scenario = aSmallScenario().build();
const short = { scheduler: 'ga', seed: 4, options: { populationSize: 20, generations: 40 } };
const endless = { scheduler: 'random', seed: 4, options: { populationSize: 20, generations: 100_000 } };

function aSession(configuration: SchedulerConfiguration, sink = new MemorySink()) {
  const events: RunEvent[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const session = new RunSession(
    { type: 'start', runId: 7, scenario, configuration, sink: undefined, resume: false },
    { sink, threads: 1, send: async (event) => void events.push(event), onOver: resolve },
  );
  return { session, sink, events, over };
}

it('gives its sink every generation, every chromosome, the best as the search decided it, and the ending', async () => {
  const { sink, events, over } = aSession(short);
  await over;
  const search = createRun(scenario, short);
  const expected = [];
  for (let generation = search.step(); generation !== undefined; generation = search.step()) expected.push(generation);
  const records = sink.batches.flatMap(({ generations }) => generations.map(({ record }) => record));
  expect(sink.plannedGenerations).toBe(40);
  expect(records.map(({ index, bestFitness }) => [index, bestFitness])).toEqual(
    expected.map(({ index, bestFitness }) => [index, bestFitness]),
  );
  expect(records.flatMap(({ newChromosomes }) => recordsOf(newChromosomes))).toEqual(
    expected.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
  );
  expect(sink.batches.at(-1)).toMatchObject({ best: search.best!, checkpoint: search.saveState() });
  expect(sink.endings).toEqual([
    expect.objectContaining({
      status: 'finished',
      best: expect.objectContaining({ fitness: search.best!.fitness, genome: [...search.best!.genes] }),
    }),
  ]);
  expect(sink.closed).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'finished', outcome: { bestChromosomeId: search.best!.id } });
});

it('searches only a few batches ahead of what its sink has confirmed', async () => {
  const sink = new MemorySink();
  sink.confirms = false;
  const { session, events, over } = aSession(endless, sink);
  await expect.poll(() => sink.batches.length, { timeout: 10_000 }).toBe(BATCH_CREDITS);
  await wait(100);
  expect(sink.batches).toHaveLength(BATCH_CREDITS);
  expect(events.some(({ type }) => type === 'checkpointed')).toBe(false);
  sink.confirm();
  await expect.poll(() => sink.batches.length).toBe(BATCH_CREDITS + 1);
  expect(events.filter(({ type }) => type === 'checkpointed')).toEqual([
    { type: 'checkpointed', generation: sink.batches[0]!.generations.at(-1)!.record.index },
  ]);
  sink.confirms = true;
  for (let i = 0; i < BATCH_CREDITS; i++) sink.confirm();
  session.obey({ type: 'stop', reason: 'enough' });
  await over;
  expect(sink.endings).toMatchObject([{ status: 'interrupted', reason: 'enough' }]);
});

it.each([
  ['store.full', 'interrupted'],
  ['evaluation.failed', 'interrupted'],
  ['run.notReproducible', 'failed'],
])('ends a run that its sink refuses with %s as %s', async (code, status) => {
  const sink = new MemorySink();
  sink.refusal = new WorkbenchError(code, 'no', { hint: 'none' });
  const { events, over } = aSession(endless, sink);
  await over;
  expect(sink.endings).toMatchObject([{ status, reason: 'no' }]);
  expect(sink.closed).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code } });
});
