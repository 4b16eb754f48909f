/** A run slowed down to be watched gives the same generations, no faster than asked, and obeys at once. */
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { unpackBatch } from '#main/processes/batch.ts';
import { SearchLoop } from '#main/processes/search-loop.ts';
import type { SearchEvent } from '#main/processes/worker-protocol.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const scenario = aScenario()
  .on(aPlatform().withCores(2).withGpu())
  .running(aNetwork().withLayer('a', { cpu: 2, gpu: 1 }).withLayer('b', { cpu: 1, gpu: 2 }))
  .build();
const configuration = { scheduler: 'random', seed: 3, options: { generations: 8, populationSize: 4 } };

interface Recorded {
  readonly indexes: number[];
  /** Search time at which each generation was complete, ms. */
  readonly elapsedMs: number[];
}

function record(): { recorded: Recorded; send: (event: SearchEvent) => void; obeyedBy: (loop: SearchLoop) => void } {
  const recorded: Recorded = { indexes: [], elapsedMs: [] };
  let loop: SearchLoop | undefined;
  return {
    recorded,
    obeyedBy: (by) => (loop = by),
    send(event) {
      if (event.type !== 'batch') return;
      for (const { record: generation, elapsedMs } of unpackBatch(event.batch)) {
        recorded.indexes.push(generation.index);
        recorded.elapsedMs.push(elapsedMs);
      }
      loop?.obey({ type: 'credit' });
    },
  };
}

/** Lets time pass for timers; the loop listens to commands in turns of the real event loop. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed++) {
    await vi.advanceTimersByTimeAsync(1);
    await setImmediate();
  }
}

/** Milliseconds that a generation takes on the clock of the next test. */
const GENERATION_MS = 3;

test('keeps at least the asked interval between generations, and does not count the waits as searching', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const run = createRun(scenario, configuration);
  let searchedMs = 0;
  const step = run.stepOrWait.bind(run);
  run.stepOrWait = () => {
    searchedMs += GENERATION_MS;
    return step();
  };
  const { recorded, send, obeyedBy } = record();
  const loop = new SearchLoop(run, 0, send, () => Date.now() + searchedMs, 100);
  obeyedBy(loop);
  const ended = loop.run();
  // The eighth begins seven intervals of 10 ms after the first, of each of which 3 ms are spent searching.
  await pass(7 * (10 - GENERATION_MS) - 1);
  expect(recorded.indexes).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await pass(1);
  expect(recorded.indexes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await pass(10);
  await ended;
  expect(recorded.elapsedMs).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
});

test('goes at full speed as soon as it is told to', async () => {
  const { recorded, send, obeyedBy } = record();
  const loop = new SearchLoop(createRun(scenario, configuration), 0, send, () => performance.now(), 0.1);
  obeyedBy(loop);
  const ended = loop.run();
  loop.obey({ type: 'pace', generationsPerS: undefined });
  await ended; // at the first pace this would take 70 s
  expect(recorded.indexes).toHaveLength(8);
});

test('obeys a cancel while it waits for the next generation', async () => {
  const { recorded, send, obeyedBy } = record();
  const loop = new SearchLoop(createRun(scenario, configuration), 0, send, () => performance.now(), 0.1);
  obeyedBy(loop);
  const ended = loop.run();
  await setImmediate();
  loop.obey({ type: 'cancel' });
  await ended;
  expect(recorded.indexes).toEqual([0]);
});
