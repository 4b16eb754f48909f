import { expect, it } from 'vitest';
import { measureInRotation, type Subject } from '#main/device/rotation.ts';
import type { Measuring } from '#main/device/protocol.ts';
import { summaryOf } from '#main/device/statistics.ts';

const measuring: Measuring = { warmups: 2, samples: 5, leastMs: 0, burstMs: 400, restMs: 100, sessions: 1, seed: 1 };

/** A device with a clock of its own, so that no test waits; `speedAt` is how much longer everything takes at a time. */
function device(speedAt: (ms: number) => number = () => 1) {
  let nowMs = 0;
  const rests: number[] = [];
  const order: string[] = [];
  return {
    order,
    rests,
    subject: (name: string, ms: number): Subject => ({
      run: () => {
        const wallMs = ms * speedAt(nowMs);
        nowMs += wallMs;
        order.push(name);
        return Promise.resolve({ wallMs, waitMs: 0 });
      },
    }),
    surroundings: {
      now: () => nowMs,
      rest: (ms: number) => {
        rests.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
      isStopped: () => false,
      onProgress: () => {},
    },
  };
}

it('measures in rotation, in another order each round, until each has enough', async () => {
  const { order, subject, surroundings } = device();
  const names = ['a', 'b', 'c', 'd'];
  const measured = await measureInRotation(
    names.map((name) => subject(name, 1)),
    subject('sentinel', 1),
    measuring,
    surroundings,
  );
  expect(measured.map(({ samples }) => samples.length)).toEqual([5, 5, 5, 5]);
  const rounds = Array.from({ length: 5 }, (_, round) => order.slice(-20).slice(round * 4, round * 4 + 4));
  for (const round of rounds) expect(round.toSorted()).toEqual(names);
  expect(new Set(rounds.map((round) => round.join(''))).size).toBeGreaterThan(1);
});

it('rests between bursts', async () => {
  const { rests, subject, surroundings } = device();
  await measureInRotation([subject('a', 50)], subject('sentinel', 1), { ...measuring, samples: 40 }, surroundings);
  expect(rests).toEqual([100, 100, 100, 100, 100]);
});

it('waits while the device throttles, and marks nothing when it recovers', async () => {
  const { rests, subject, surroundings } = device((ms) => (ms > 8000 && ms < 30_000 ? 1.5 : 1));
  const [measured] = await measureInRotation(
    [subject('a', 100)],
    subject('s', 1),
    { ...measuring, samples: 150 },
    surroundings,
  );
  expect(measured.disturbed).toBe(false);
  expect(rests.filter((ms) => ms === 1000).length).toBeGreaterThan(10);
});

it('marks what was measured on a device that stays slow', async () => {
  const { subject, surroundings } = device((ms) => (ms > 8000 ? 1.5 : 1));
  const [measured] = await measureInRotation(
    [subject('a', 100)],
    subject('s', 1),
    { ...measuring, samples: 150 },
    surroundings,
  );
  expect(measured.disturbed).toBe(true);
});

it('keeps the runs that did not wait for a core, net of the rest', () => {
  const series = { element: 'cpu0', model: 'm', session: 0, disturbed: false };
  const calm = summaryOf([{ ...series, wallMs: [10, 10, 30, 10], waitMs: [0, 0, 20, 0] }]);
  expect(calm).toMatchObject({ medianMs: 10, runs: 3, droppedShare: 0.25, contended: false, noisy: false, wallMs: 10 });
  const contended = summaryOf([{ ...series, wallMs: [20, 25, 30, 12, 40], waitMs: [10, 15, 20, 2, 30] }]);
  expect(contended).toMatchObject({ medianMs: 10, runs: 2, contended: true });
  expect(summaryOf([{ ...series, wallMs: [10, 20, 10, 20], waitMs: null }])).toMatchObject({ runs: 4, noisy: true });
});
