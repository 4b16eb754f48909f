/** The lower bound of the makespan: never above a schedule, and attained where a schedule can be that good. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { lowerBound } from '#shared/analysis/lower-bound.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

describe('the lower bound', () => {
  it('is never above the makespan of any schedule', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes({}), ({ problem, genes }) => {
        const makespanMs = createEvaluator(problem).evaluate(genes)[0]!;
        const { criticalPathMs, loadMs, makespanMs: boundMs } = lowerBound(problem);
        expect(boundMs).toBe(Math.max(criticalPathMs, loadMs));
        expect(boundMs).toBeLessThanOrEqual(makespanMs);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the chain on its fastest processors for a chain', () => {
    const problem = compileProblem(aScenario().on(aPlatform().withNpu()).running(aNetwork().withChain(4, { cpu: 3, npu: 2 })).build());
    expect(lowerBound(problem).makespanMs).toBeCloseTo(8, 4);
  });

  it('counts the release of the last instance', () => {
    const problem = compileProblem(aScenario().on(aPlatform().withNpu()).running(aNetwork().withChain(1, { npu: 2 }), { periodMs: 10, instances: 3, startTimeMs: 1 }).build());
    expect(lowerBound(problem).criticalPathMs).toBeCloseTo(23, 3);
  });

  it('is the work over the units where only one processor can do it', () => {
    const problem = compileProblem(aScenario().on(aPlatform().withCores(4).withNpu()).running(aNetwork().withChain(1, { cpu: 3 }), { periodMs: 0.001, instances: 40 }).build());
    expect(lowerBound(problem).loadMs).toBeCloseTo(30, 3);
  });

  it('divides work among processors as well as could be', () => {
    // 12 jobs of 2 ms on the NPU or 4 ms on one core: 8 of them on the NPU, 4 on the core, 16 ms each
    const problem = compileProblem(aScenario().on(aPlatform().withCores(1).withNpu()).running(aNetwork().withChain(1, { cpu: 4, npu: 2 }), { periodMs: 0.001, instances: 12 }).build());
    expect(lowerBound(problem).loadMs).toBeGreaterThan(15.5);
    expect(lowerBound(problem).loadMs).toBeLessThanOrEqual(16);
  });
});
