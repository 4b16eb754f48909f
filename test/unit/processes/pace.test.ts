/** A run slowed down to be watched gives the same generations, no faster than asked, and obeys at once. */
import { expect, test } from 'vitest';
import { createRun } from '#main/engine/run-search.ts';
import { unpackBatch } from '#main/processes/batch.ts';
import { SearchLoop } from '#main/processes/search-loop.ts';
import type { SearchEvent } from '#main/processes/worker-protocol.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const scenario = aScenario().on(aPlatform().withCores(2).withGpu()).running(aNetwork().withLayer('a', { cpu: 2, gpu: 1 }).withLayer('b', { cpu: 1, gpu: 2 })).build();
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

test('keeps at least the asked interval between generations, and does not count the waits as searching', async () => {
  const { recorded, send, obeyedBy } = record();
  const startedAt = performance.now();
  const loop = new SearchLoop(createRun(scenario, configuration), 0, send, () => performance.now(), 100);
  obeyedBy(loop);
  await loop.run();
  expect(recorded.indexes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  // The eighth begins seven intervals of 10 ms after the first; a timer may fire a little early.
  const passedMs = performance.now() - startedAt;
  expect(passedMs).toBeGreaterThanOrEqual(69);
  expect(recorded.elapsedMs[7]).toBeLessThanOrEqual(passedMs - 60);
  expect(recorded.elapsedMs).toEqual(recorded.elapsedMs.toSorted((a, b) => a - b));
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
  await new Promise((resolve) => setTimeout(resolve, 30));
  loop.obey({ type: 'cancel' });
  await ended;
  expect(recorded.indexes).toEqual([0]);
});
