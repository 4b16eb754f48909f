/** What is said of deadlines: application by application, together, and where none can be kept. */
import { describe, expect, test } from 'vitest';
import { deadlineResults, isImpossible, missedOf } from '#shared/analysis/deadlines.ts';
import type { Metrics } from '#shared/domain/run.ts';

const measured = (deadlineMisses: number, instances: number, maxResponseMs: number) =>
  ({ deadlineMisses, instances, maxResponseMs }) as Metrics['applications'][string];
const metrics = { applications: { camera: measured(2, 10, 41), voice: measured(0, 5, 9), log: measured(0, 1, 3) } };
const applications = [
  { id: 'voice', deadlineMs: 10 },
  { id: 'log', deadlineMs: null },
  { id: 'camera', deadlineMs: 40 },
];

describe('the deadlines of a schedule', () => {
  test('are said in the order of the scenario, and nothing of applications without one', () => {
    expect(deadlineResults({ applications }, metrics)).toEqual([
      { application: 'voice', missed: 0, ofInstances: 5, worstMs: 9, deadlineMs: 10 },
      { application: 'camera', missed: 2, ofInstances: 10, worstMs: 41, deadlineMs: 40 },
    ]);
  });

  test('come with the least responses, each with that of its own application', () => {
    expect(deadlineResults({ applications }, metrics, [1, 2, 3]).map(({ leastMs }) => leastMs)).toEqual([1, 3]);
  });

  test('add up, and where there are none nothing is claimed', () => {
    expect(missedOf(deadlineResults({ applications }, metrics))).toEqual({ missed: 2, dropped: 0, ofInstances: 15 });
    expect(missedOf([])).toBeUndefined();
  });

  test.each([
    [40, 41, true],
    [40, 40, false],
    [40, undefined, false],
    [null, 41, false],
  ])('a deadline of %s ms with a least response of %s ms is impossible: %s', (deadlineMs, leastMs, expected) => {
    expect(isImpossible(deadlineMs, leastMs)).toBe(expected);
  });
});
