/** Events for a renderer that reads slowly: nothing said is lost, nothing piles up. */
import { expect, test } from 'vitest';
import type { AnyEvent } from '#shared/contract/events.ts';
import type { GenerationSeries, RunProgress } from '#shared/contract/shapes.ts';
import { EventQueue, mergeProgress } from '#main/hosts/served/event-queue.ts';

const columns = [
  'elapsedMs',
  'evaluations',
  'bestFitness',
  'meanFitness',
  'worstFitness',
  'stdFitness',
  'distinctGenomes',
  'meanEntropy',
  'bestChromosomeId',
  'makespanMs',
  'throughputPerS',
  'energyMJ',
  'latencyMs',
  'constraintViolation',
  'hypervolume',
] as const;

/** Each column holds the generation's index plus a tenth of the column's number. */
function series(from: number, length: number): GenerationSeries {
  const filled = columns.map((name, column) => [
    name,
    Float64Array.from({ length }, (_, index) => from + index + column / 10),
  ]);
  return { from, length, ...Object.fromEntries(filled) } as GenerationSeries;
}

function progress(runId: number, from: number, length: number): RunProgress {
  return {
    runId,
    generation: from + length - 1,
    plannedGenerations: 100,
    evaluations: 10 * (from + length),
    elapsedMs: from + length,
    evaluationsPerS: 1,
    series: series(from, length),
  };
}

const event = (runId: number, from: number, length: number): AnyEvent => ({
  name: 'run.progress',
  payload: progress(runId, from, length),
});
const deleted: AnyEvent = { name: 'run.deleted', payload: { runId: 9 } };

/** A renderer whose network takes what it is told to. */
function aSink() {
  const sent: AnyEvent[] = [];
  const callbacks: (() => void)[] = [];
  return {
    bufferedAmount: 0,
    isAbandoned: false,
    sent,
    send(each: AnyEvent, done: () => void) {
      sent.push(each);
      callbacks.push(done);
    },
    abandon() {
      this.isAbandoned = true;
    },
    /** The network has taken everything. */
    drain() {
      this.bufferedAmount = 0;
      for (const done of callbacks.splice(0)) done();
    },
  };
}

test('a renderer that keeps up gets every event as it comes', () => {
  const sink = aSink();
  const queue = new EventQueue(sink);
  const events = [event(1, 0, 2), event(1, 2, 1), deleted];
  for (const each of events) queue.push(each);
  expect(sink.sent).toEqual(events);
});

test('progress waits for a slow renderer as one event per run, which has every generation', () => {
  const sink = aSink();
  const queue = new EventQueue(sink);
  queue.push(event(1, 0, 2));
  sink.bufferedAmount = 2_000_000;
  for (const each of [event(1, 2, 3), event(2, 0, 1), event(1, 5, 1), event(1, 6, 4)]) queue.push(each);
  expect(sink.sent).toHaveLength(1);
  sink.drain();
  expect(sink.sent.slice(1)).toEqual([
    { name: 'run.progress', payload: { ...progress(1, 6, 4), series: series(2, 8) } },
    event(2, 0, 1),
  ]);
});

test('other events are not held back, and do not overtake progress that waits', () => {
  const sink = aSink();
  const queue = new EventQueue(sink);
  sink.bufferedAmount = 2_000_000;
  queue.push(event(1, 0, 1));
  queue.push(deleted);
  expect(sink.sent).toEqual([event(1, 0, 1), deleted]);
});

test('a renderer that reads nothing at all is given up', () => {
  const sink = aSink();
  sink.bufferedAmount = 65_000_000;
  new EventQueue(sink).push(deleted);
  expect(sink.isAbandoned).toBe(true);
  expect(sink.sent).toEqual([]);
});

test('progress with a gap to the earlier one is not joined to it', () => {
  expect(mergeProgress(progress(1, 0, 2), progress(1, 5, 2))).toEqual(progress(1, 5, 2));
});
