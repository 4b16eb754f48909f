/** Progress: at most ten reports a second, nothing left out, rate and estimate from the last seconds of search time. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProgressReporter } from '#main/processes/progress-reporter.ts';
import type { TimedGeneration } from '#main/store/recorder.ts';
import { columnsOf } from '#test/fixtures/chromosomes.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';
import type { StopConditions } from '#shared/domain/scheduler.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const generation = (index: number, elapsedMs: number): TimedGeneration => ({
  elapsedMs,
  record: {
    index,
    evaluations: (index + 1) * 100,
    bestFitness: index,
    meanFitness: 0,
    worstFitness: 0,
    stdFitness: 0,
    bestId: index,
    bestMetrics: Float64Array.of(1, 2, 3, 4, 5),
    distinctGenomes: 1,
    meanEntropy: 0,
    mutationCounts: new Uint16Array(1),
    members: new Uint32Array(1),
    newChromosomes: columnsOf([], 1, 5),
  },
});

function aReporter(stop?: StopConditions) {
  const reports: RunProgress[] = [];
  const reporter = new ProgressReporter(
    7,
    { elapsedMs: 0, evaluations: 0, generations: 0 },
    (progress) => reports.push(progress),
    () => Date.now(),
    undefined,
    stop,
  );
  reporter.plan(1000);
  return { reporter, reports };
}

it('reports at most once in 100 ms, and every generation once', () => {
  const { reporter, reports } = aReporter();
  for (let index = 0; index < 100; index++) {
    reporter.add([generation(index, index * 10)], undefined);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(reports.length).toBeLessThanOrEqual(11);
  expect(reports.flatMap((report) => [...report.series.bestFitness])).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
  expect(
    reports.every(
      (report, i) => i === 0 || report.series.from === reports[i - 1]!.series.from + reports[i - 1]!.series.length,
    ),
  ).toBe(true);
});

it('reports what is left when it is told to, and nothing twice', () => {
  const { reporter, reports } = aReporter();
  reporter.add([generation(0, 1)], undefined);
  reporter.add([generation(1, 2)], undefined);
  reporter.flush();
  reporter.flush();
  vi.advanceTimersByTime(1000);
  expect(reports.map((report) => report.generation)).toEqual([0, 1]);
});

it('estimates the rest from the rate of the last three seconds of search time', () => {
  const { reporter, reports } = aReporter();
  for (let index = 0; index < 100; index++) reporter.add([generation(index, (index + 1) * 10)], undefined);
  for (let index = 100; index < 200; index++) reporter.add([generation(index, 1000 + (index - 99) * 100)], undefined);
  reporter.flush();
  const last = reports.at(-1)!;
  expect(last).toMatchObject({
    runId: 7,
    generation: 199,
    plannedGenerations: 1000,
    evaluations: 20_000,
    elapsedMs: 11_000,
  });
  expect(last.evaluationsPerS).toBeCloseTo(1000, 6);
  expect(last.etaMs).toBeCloseTo(80_000, 6);
});

it('estimates for whoever watches a slowed down run: the waits between its generations are no search time, but take their time', () => {
  const { reporter, reports } = aReporter();
  reporter.pace(20);
  for (let index = 0; index < 100; index++) reporter.add([generation(index, index + 1)], undefined); // 1 ms of searching each
  reporter.flush();
  expect(reports.at(-1)).toMatchObject({ elapsedMs: 100, paceGenerationsPerS: 20 });
  expect(reports.at(-1)!.etaMs).toBeCloseTo(900 * 50, 6);
  expect(reports.at(-1)!.evaluationsPerS).toBeCloseTo(20 * 100, 6);
  reporter.pace(undefined);
  reporter.add([generation(100, 101)], undefined);
  reporter.flush();
  expect(reports.at(-1)!.etaMs).toBeCloseTo(899, 6);
});

it('gives no estimate before there is a rate', () => {
  const { reporter, reports } = aReporter();
  reporter.add([generation(0, 0)], undefined);
  expect(reports[0]).toMatchObject({ evaluationsPerS: 0 });
  expect(reports[0]).not.toHaveProperty('etaMs');
});

it.each([
  ['of time', { timeMs: 200 }, 20, 100],
  ['of evaluations', { evaluations: 2000 }, 20, 100],
  ['of both, the nearer one', { timeMs: 200, evaluations: 1500 }, 15, 50],
  ['that is not reached before the plan ends', { timeMs: 1e9 }, 1000, 9900],
])('a limit %s ends a run before its plan, as far as its speed shows', (_, stop, plannedGenerations, etaMs) => {
  const { reporter, reports } = aReporter(stop);
  reporter.add(
    Array.from({ length: 10 }, (__, index) => generation(index, (index + 1) * 10)),
    undefined,
  );
  expect(reports[0]).toMatchObject({ plannedGenerations, etaMs });
});
