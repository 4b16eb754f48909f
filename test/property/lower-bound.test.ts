/** The lower bound of the makespan: never above a schedule, and attained where a schedule can be that good. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { lowerBound } from '#shared/analysis/lower-bound.ts';
import { responseBounds } from '#shared/analysis/response-bounds.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { responseTimes } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';

/** With and without applications after others, dropped instances, bursts and buses. */
const arbitraryOfAnyKind = fc.oneof(
  arbitraryProblemAndGenes({}),
  arbitraryProblemAndGenes({ streams: true }),
  arbitraryProblemAndGenes({ streams: true, buses: true, maxInstances: 8 }),
);

describe('the lower bound', () => {
  it('is never above the makespan of any schedule', () => {
    fc.assert(
      fc.property(arbitraryOfAnyKind, ({ problem, genes }) => {
        const makespanMs = createEvaluator(problem).evaluate(genes)[0]!;
        const { criticalPathMs, loadMs, makespanMs: boundMs } = lowerBound(problem);
        expect(boundMs).toBe(Math.max(criticalPathMs, loadMs));
        expect(boundMs).toBeLessThanOrEqual(makespanMs);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the chain on its fastest processors for a chain', () => {
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withNpu())
        .running(aNetwork().withChain(4, { cpu: 3, npu: 2 }))
        .build(),
    );
    expect(lowerBound(problem).makespanMs).toBeCloseTo(8, 4);
  });

  it('counts the release of the last instance', () => {
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withNpu())
        .running(aNetwork().withChain(1, { npu: 2 }), { periodMs: 10, instances: 3, startTimeMs: 1 })
        .build(),
    );
    expect(lowerBound(problem).criticalPathMs).toBeCloseTo(23, 3);
  });

  it('counts what an application comes after', () => {
    const chain = aNetwork().withChain(1, { npu: 4 });
    const follower = aNetwork().withChain(1, { npu: 8 });
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withNpu())
        .running(chain, { periodMs: 16, instances: 3 })
        .running(follower, { after: { application: 'a', every: 2 } })
        .build(),
    );
    expect(lowerBound(problem).makespanMs).toBeCloseTo(44, 3);
  });

  it('counts no work that may be dropped, but the last release', () => {
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withNpu())
        .running(aNetwork().withChain(1, { npu: 10 }), { periodMs: 4, instances: 3, late: 'drop' })
        .running(aNetwork().withChain(1, { npu: 10 }), { after: { application: 'a' } })
        .build(),
    );
    expect(lowerBound(problem).makespanMs).toBeCloseTo(18, 3);
  });

  it('is the work over the units where only one processor can do it', () => {
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withCores(4).withNpu())
        .running(aNetwork().withChain(1, { cpu: 3 }), { periodMs: 0.001, instances: 40 })
        .build(),
    );
    expect(lowerBound(problem).loadMs).toBeCloseTo(30, 3);
  });

  it('divides work among processors as well as could be', () => {
    // 12 jobs of 2 ms on the NPU or 4 ms on one core: 8 of them on the NPU, 4 on the core, 16 ms each
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withCores(1).withNpu())
        .running(aNetwork().withChain(1, { cpu: 4, npu: 2 }), { periodMs: 0.001, instances: 12 })
        .build(),
    );
    expect(lowerBound(problem).loadMs).toBeGreaterThan(15.5);
    expect(lowerBound(problem).loadMs).toBeLessThanOrEqual(16);
  });
});

describe('the least response of each application', () => {
  it('is never above that of an instance in any schedule', () => {
    fc.assert(
      fc.property(arbitraryOfAnyKind, ({ problem, genes }) => {
        const bounds = responseBounds(problem);
        responseTimes(problem, simulate(problem, decodeGenome(problem, genes))).forEach((responseMs, instance) =>
          // NaN: it was dropped
          expect(bounds[problem.instanceApplication[instance]!]! > responseMs).toBe(false),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('counts transfers that no mapping can avoid', () => {
    const platform = aPlatform()
      .withNpu({ supportedOps: ['Conv'] })
      .withDefaultLink({ bandwidthMBps: 2000 });
    const net = aNetwork()
      .withLayer('a', { npu: 1 }, { outputBytes: 4_000_000 })
      .withLayer('b', { cpu: 2 }, { op: 'Softmax', dependencies: ['a'] });
    const problem = compileProblem(aScenario().on(platform).running(net, { startTimeMs: 7 }).build());
    const edgeMs = Math.max(...problem.transferMs);
    expect(edgeMs).toBeGreaterThan(0);
    expect(responseBounds(problem)[0]).toBeCloseTo(3 + edgeMs, 5);
  });

  it('counts work that has to share its units, but not other instances or applications', () => {
    const wide = aNetwork()
      .withLayer('a', { cpu: 3 })
      .withLayer('b', { cpu: 3 })
      .withLayer('c', { cpu: 3 })
      .withLayer('d', { cpu: 3 });
    const small = aNetwork().withLayer('a', { cpu: 1 });
    const problem = compileProblem(
      aScenario()
        .on(aPlatform().withCores(2).withNpu())
        .running(wide, { periodMs: 0.5, instances: 5 })
        .running(small)
        .build(),
    );
    expect([...responseBounds(problem)].map((ms) => Math.round(ms * 1000) / 1000)).toEqual([6, 1]);
  });

  it('counts the time from the release to the next tick, of the instance that waits least', () => {
    const at = (dispatchTickMs: number) =>
      [
        ...responseBounds(
          compileProblem(
            aScenario()
              .on(aPlatform().withNpu())
              .withTick(dispatchTickMs)
              .running(aNetwork().withChain(2, { npu: 2.5 }), { startTimeMs: 0.25, periodMs: 10.5, instances: 2 })
              .build(),
          ),
        ),
      ][0];
    expect(at(0)).toBeCloseTo(5, 6);
    // Released at 0.25 and 10.75: a quarter to wait at the second, then 2.5 and up to the tick, then 2.5.
    expect(at(1)).toBeCloseTo(0.25 + 3 + 2.5, 5);
  });
});
