/** Bounds of the makespan and of responses, by every method: never above a schedule that anyone found, whatever the scenario has. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { leastMakespanMs } from '#test/fixtures/least-makespan.ts';
import { arbitraryProblemAndGenes, arbitraryScenario } from '#test/fixtures/random-scenario.ts';
import { BoundSearch, thoroughBound } from '#main/engine/bounds/best-bound.ts';
import { relaxationBoundMs } from '#main/engine/bounds/relaxation-bound.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { loadSolver } from '#main/engine/milp/highs.ts';
import { EnergeticBound } from '#shared/analysis/energetic-bound.ts';
import { distanceFrom, quickBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';

beforeAll(loadSolver);

/** With and without applications after others, dropped instances, bursts and buses. */
const arbitraryOfAnyKind = fc.oneof(
  arbitraryProblemAndGenes({}),
  arbitraryProblemAndGenes({ streams: true }),
  arbitraryProblemAndGenes({ streams: true, buses: true, maxInstances: 8 }),
);

function energeticMs(problem: Problem, bestMs: number): number {
  const energetic = new EnergeticBound(problem);
  for (const steps = energetic.narrow(() => bestMs); steps.next().done !== true;);
  return energetic.makespanMs;
}

test('what has to run between others fits between them, in the integer program, too', () => {
  const network = aNetwork()
    .withLayer('first', { cpu: 1 })
    .withLayer('a', { npu: 2 }, { dependencies: ['first'] })
    .withLayer('b', { npu: 2 }, { dependencies: ['first'] })
    .withLayer('c', { npu: 2 }, { dependencies: ['first'] })
    .withLayer('last', { cpu: 1 }, { dependencies: ['a', 'b', 'c'] })
    // At any time: as far as all work on the NPU says, it need not wait for anything, nor anything for it.
    .withLayer('aside', { npu: 0.1 });
  const problem = compileProblem(aScenario().on(aPlatform().withCores(1).withNpu()).running(network).build());
  const leastMs = leastMakespanMs(problem, 500);
  expect(leastMs).toBeCloseTo(8, 9);
  expect(relaxationBoundMs(problem, leastMs)).toBeCloseTo(8, 4);
});

test('an interval that is short beside its times is not refuted by their rounding', () => {
  const board = aPlatform().withCores(2, { dispatch: 'pooled' });
  const before = aNetwork()
    .withLayer('long', { cpu: 1.8000018003018023 })
    .withLayer('first', { cpu: 0.01 })
    .withLayer('second', { cpu: 0.01 }, { dependencies: ['first'] });
  const after = aNetwork().withLayer('a', { cpu: 0.01 }).withLayer('b', { cpu: 0.01 });
  const scenario = aScenario()
    .on(board)
    .running(before, { startTimeMs: 0.4 })
    .running(after, { startTimeMs: 2.5 })
    .withTick(0.3)
    .build();
  const problem = compileProblem(scenario);
  const makespanMs = createKernel(problem).evaluate(new Uint8Array(problem.layout.loci.length))[0]!;
  expect(makespanMs).toBeCloseTo(2.71, 9);
  expect(energeticMs(problem, Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(makespanMs);
});

describe('every bound', () => {
  it('is at most the makespan of any schedule', () => {
    fc.assert(
      fc.property(arbitraryOfAnyKind, ({ problem, genes }) => {
        const makespanMs = createKernel(problem).evaluate(genes)[0]!;
        expect(energeticMs(problem, makespanMs)).toBeLessThanOrEqual(makespanMs);
        expect(energeticMs(problem, Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(makespanMs);
      }),
      { numRuns: 600 },
    );
  });

  it('is at most the shortest of all schedules, and of many orders of each mapping', () => {
    fc.assert(
      fc.property(
        fc.oneof(arbitraryScenario({}), arbitraryScenario({ streams: true, buses: true })),
        fc.boolean(),
        fc.boolean(),
        (scenario, cores, frequencies) => {
          const problem = compileProblem(scenario, { priorities: true, cores, frequencies });
          const leastMs = leastMakespanMs(problem, 3000);
          expect(relaxationBoundMs(problem, leastMs)).toBeLessThanOrEqual(leastMs);
          const bound = thoroughBound(problem, leastMs);
          expect(bound?.makespanMs ?? 0).toBeLessThanOrEqual(leastMs);
          expect(bound?.makespanMs ?? 0).toBeGreaterThanOrEqual(quickBound(problem)?.makespanMs ?? 0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is the same in one go, in slices, and when a better schedule turns up on the way', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryScenario({}), arbitraryScenario({ streams: true })), (scenario) => {
        const problem = compileProblem(scenario);
        const leastMs = leastMakespanMs(problem, 500);
        const once = thoroughBound(problem, leastMs);
        let slices = 0;
        const search = new BoundSearch(problem, () => (slices < 2 ? leastMs * 1.5 : leastMs));
        for (const soFar of search.work()) {
          slices++;
          expect(soFar.bound?.makespanMs ?? 0).toBeLessThanOrEqual(leastMs);
        }
        expect(search.isComplete).toBe(true);
        if (once === undefined) return;
        expect(search.soFar.bound!.makespanMs / once.makespanMs).toBeGreaterThan(1 - 2e-2);
        expect(distanceFrom(once, leastMs).gap).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    );
  });
});
