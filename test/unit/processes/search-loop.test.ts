/** The search's loop: batches, credits, and obedience between two generations. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRun, parseRunState } from '#main/engine/run-search.ts';
import { unpackBatch } from '#main/processes/batch.ts';
import { SearchLoop } from '#main/processes/search-loop.ts';
import { BATCH_CREDITS, type SearchEvent } from '#main/processes/worker-protocol.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';

const scenario = aSmallScenario().build();

/** Turns of the event loop after which a loop that could go on would have: it listens once in a few generations. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

function aLoop({
  generations = 1000,
  elapsedMs = 0,
  credits = true,
}: { generations?: number; elapsedMs?: number; credits?: boolean } = {}) {
  const run = createRun(scenario, { scheduler: 'random', seed: 1, options: { populationSize: 10, generations } });
  // A millisecond passes whenever the clock is read, so that no test depends on the speed of the machine.
  const clock = { ms: 0 };
  const events: SearchEvent[] = [];
  const loop: SearchLoop = new SearchLoop(
    run,
    elapsedMs,
    (event) => {
      events.push(event);
      if (event.type === 'batch' && credits) loop.obey({ type: 'credit' });
    },
    () => ++clock.ms,
  );
  const types = (): string[] => events.map((event) => event.type);
  const sent = () => events.flatMap((event) => (event.type === 'batch' ? unpackBatch(event.batch) : []));
  return { loop, run, clock, events, types, sent };
}

describe('the search loop', () => {
  it('sends every generation once and in order, then tells its end', async () => {
    const { loop, types, sent, events } = aLoop({ generations: 300 });
    await loop.run();
    expect(types()[0]).toBe('started');
    expect(events.at(-1)).toMatchObject({ type: 'ended', by: 'itself' });
    expect(sent().map((generation) => generation.record.index)).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    );
    expect(types().filter((type) => type === 'batch').length).toBeGreaterThanOrEqual(Math.ceil(300 / 64));
  });

  it('sends with each batch the state after its last generation', async () => {
    const { loop, events } = aLoop({ generations: 200 });
    await loop.run();
    const batches = events.filter((event) => event.type === 'batch');
    expect(batches.map((batch) => parseRunState(batch.state).generations)).toEqual(
      batches.map((batch) => batch.batch.generations.at(-1)!.index + 1),
    );
  });

  it('waits when it is as many batches ahead of the recording as it may be', async () => {
    const { loop, run, types } = aLoop({ credits: false });
    const running = loop.run();
    const batches = (): number => types().filter((type) => type === 'batch').length;
    while (batches() < BATCH_CREDITS) await setImmediate();
    await turns();
    const { generations } = run;
    await turns();
    expect(batches()).toBe(BATCH_CREDITS);
    expect(run.generations).toBe(generations);
    loop.obey({ type: 'credit' });
    await turns();
    expect(batches()).toBe(BATCH_CREDITS + 1);
    loop.obey({ type: 'stop' });
    loop.obey({ type: 'credit' });
    loop.obey({ type: 'credit' });
    await running;
  });

  it('pauses after sending what it has, stands still, and goes on', async () => {
    const { loop, run, types, sent } = aLoop({ generations: 3000 });
    const running = loop.run();
    await turns(3);
    loop.obey({ type: 'pause' });
    while (!types().includes('paused')) await setImmediate();
    const { generations } = run;
    expect(sent()).toHaveLength(generations);
    await turns();
    expect(run.generations).toBe(generations);
    loop.obey({ type: 'resume' });
    await running;
    expect(types().indexOf('resumed')).toBeGreaterThan(types().indexOf('paused'));
    expect(sent()).toHaveLength(3000);
  });

  it('does not count pauses as searching, and goes on counting where an earlier process stood', async () => {
    const { loop, clock, types, sent, events } = aLoop({ generations: 3000, elapsedMs: 5000 });
    const running = loop.run();
    await turns(3);
    loop.obey({ type: 'pause' });
    while (!types().includes('paused')) await setImmediate();
    clock.ms += 1_000_000;
    loop.obey({ type: 'resume' });
    await running;
    const elapsed = sent().map((generation) => generation.elapsedMs);
    expect(elapsed[0]).toBeGreaterThanOrEqual(5000);
    expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b));
    expect(events.at(-1)).toMatchObject({ type: 'ended' });
    expect(elapsed.at(-1)! - 5000).toBeLessThanOrEqual(clock.ms - 1_000_000);
  });

  it.each(['cancel', 'stop'] as const)('ends on %s with everything sent, also while paused', async (type) => {
    const { loop, run, types, sent, events } = aLoop({ generations: 100_000 });
    const running = loop.run();
    await turns(3);
    loop.obey({ type: 'pause' });
    while (!types().includes('paused')) await setImmediate();
    loop.obey({ type });
    await running;
    expect(events.at(-1)).toMatchObject({ type: 'ended', by: type });
    expect(types()).not.toContain('resumed');
    expect(sent()).toHaveLength(run.generations);
  });
});
