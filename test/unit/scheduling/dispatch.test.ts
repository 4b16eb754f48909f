/** Which task starts when (DESIGN §6, "Dispatch"): readiness, priorities and ties, dispatch ticks, releases and instances. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { ExecutionPlanner } from '#shared/scheduling/execution-plan.ts';
import { Simulator } from '#shared/scheduling/simulate.ts';
import { roundUpToTick } from '#shared/scheduling/rounding.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';

const oneCore = aPlatform();
const timesOn = (problem: Problem, pe: string) => simulateMapping(problem, everythingOn(problem, pe)).times;

describe('readiness', () => {
  it('lets a layer start when the last of its dependencies has ended', () => {
    // diamond on two cores: x 0–1, y 1–3 and z 1–4 side by side, w at 4
    const network = aNetwork()
      .withLayer('x', { cpu: 1 })
      .withLayer('y', { cpu: 2 }, { dependencies: ['x'] })
      .withLayer('z', { cpu: 3 }, { dependencies: ['x'] })
      .withLayer('w', { cpu: 1 }, { dependencies: ['y', 'z'] });
    const problem = aScenario().on(aPlatform().withCores(2)).running(network).problem();
    const { times } = simulateMapping(problem, { 'a/x': 'cpu:0', 'a/y': 'cpu:0', 'a/z': 'cpu:1', 'a/w': 'cpu:0' });
    expect(times).toEqual({ 'a/x': [0, 1], 'a/y': [1, 3], 'a/z': [1, 4], 'a/w': [4, 5] });
  });

  it('accepts layers listed before the ones they depend on', () => {
    const network = aNetwork()
      .withLayer('y', { cpu: 2 }, { dependencies: ['x'] })
      .withLayer('x', { cpu: 1 });
    expect(timesOn(aScenario().on(oneCore).running(network).problem(), 'cpu')).toEqual({
      'a/x': [0, 1],
      'a/y': [1, 3],
    });
  });

  it('lets no layer of an application start before its start time', () => {
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(2, { cpu: 2 }), { startTimeMs: 7 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/l0': [7, 9], 'a/l1': [9, 11] });
  });

  it('never leaves a processing element idle while a task is ready for it', () => {
    // b is released at 1, while a/l0 runs 0–2; the urgent b/l0 does not interrupt it (non-preemptive) and starts at 2.
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(2, { cpu: 2 }))
      .running(aNetwork().withChain(1, { cpu: 3 }), { startTimeMs: 1, priority: 9 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/l0': [0, 2], 'b/l0': [2, 5], 'a/l1': [5, 7] });
  });

  it('passes on the output of a layer that takes no time at the same instant', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 0 })
      .withLayer('y', { cpu: 0 }, { dependencies: ['x'] })
      .withLayer('z', { cpu: 2 }, { dependencies: ['y'] });
    expect(timesOn(aScenario().on(oneCore).running(network, { startTimeMs: 3 }).problem(), 'cpu')).toEqual({
      'a/x': [3, 3],
      'a/y': [3, 3],
      'a/z': [3, 5],
    });
  });
});

describe('priorities', () => {
  it('start the application of higher priority first', () => {
    const chain = aNetwork().withChain(1, { cpu: 2 });
    const problem = aScenario()
      .on(oneCore)
      .running(chain, { priority: 1 })
      .running(chain, { priority: 2 })
      .running(chain, { priority: -1 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'b/l0': [0, 2], 'a/l0': [2, 4], 'c/l0': [4, 6] });
  });

  it('start the layer of higher priority first within equal applications, and never against the application priority', () => {
    const network = aNetwork()
      .withLayer('low', { cpu: 1 }, { priority: 1 })
      .withLayer('high', { cpu: 1 }, { priority: 5 });
    const problem = aScenario().on(oneCore).running(network).running(network, { priority: 1 }).problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'b/high': [0, 1], 'b/low': [1, 2], 'a/high': [2, 3], 'a/low': [3, 4] });
  });

  it('compare layers of different applications of equal priority by their layer priority', () => {
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork('n').withLayer('x', { cpu: 1 }, { priority: 1 }))
      .running(aNetwork('m').withLayer('x', { cpu: 1 }, { priority: 2 }))
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'b/x': [0, 1], 'a/x': [1, 2] });
  });

  it('count for more than having waited longer', () => {
    // At 3, "old" is ready since 0 and "new" since 2.
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork('n').withLayer('first', { cpu: 3 }, { priority: 1 }).withLayer('old', { cpu: 1 }))
      .running(aNetwork('m').withLayer('new', { cpu: 1 }, { priority: 1 }), { startTimeMs: 2 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/first': [0, 3], 'b/new': [3, 4], 'a/old': [4, 5] });
  });
});

describe('priority genes', () => {
  it('take the place of the layer priorities, but not of the application priorities', () => {
    const network = aNetwork()
      .withLayer('low', { cpu: 1 }, { priority: 1 })
      .withLayer('high', { cpu: 1 }, { priority: 5 });
    const problem = aScenario().on(oneCore).running(network).running(network, { priority: 1 }).problem();
    const mapping = everythingOn(problem, 'cpu');
    expect(
      simulateMapping(problem, { mapping, priorities: { 'a/low': 9, 'a/high': 255, 'b/low': 2, 'b/high': 1 } }).times,
    ).toEqual({ 'b/low': [0, 1], 'b/high': [1, 2], 'a/high': [2, 3], 'a/low': [3, 4] });
    // what the file leaves out has 0; among equals the usual ties
    expect(simulateMapping(problem, { mapping, priorities: { 'b/low': 1 } }).times).toEqual({
      'b/low': [0, 1],
      'b/high': [1, 2],
      'a/low': [2, 3],
      'a/high': [3, 4],
    });
  });
});

describe('ties', () => {
  it('start what has been ready for longest', () => {
    // b is released at 1, c at 2; the core is busy until 3. c comes first in the document, so only the ready time decides.
    const chain = aNetwork().withChain(1, { cpu: 3 });
    const problem = aScenario()
      .on(oneCore)
      .running(chain, { id: 'c', startTimeMs: 2 })
      .running(chain, { id: 'b', startTimeMs: 1 })
      .running(chain, { id: 'a' })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/l0': [0, 3], 'b/l0': [3, 6], 'c/l0': [6, 9] });
  });

  it('then go by instance, then application, then layer', () => {
    const pair = aNetwork().withLayer('x', { cpu: 1 }).withLayer('y', { cpu: 1 });
    const problem = aScenario().on(oneCore).running(pair, { instances: 2 }).running(pair, { instances: 2 }).problem();
    const order = Object.entries(timesOn(problem, 'cpu'))
      .sort(([, a], [, b]) => a[0] - b[0])
      .map(([key]) => key);
    expect(order).toEqual(['a/x', 'a/y', 'b/x', 'b/y', 'a/x#1', 'a/y#1', 'b/x#1', 'b/y#1']);
  });
});

describe('dispatch ticks', () => {
  it('delay readiness and the freeing of units to the next multiple, and keep ends exact', () => {
    // tick 5: x 0–3, its unit is free and y ready at 5: 5–8; z waits for the unit until 10
    const network = aNetwork()
      .withLayer('x', { cpu: 3 })
      .withLayer('y', { cpu: 3 }, { dependencies: ['x'] })
      .withLayer('z', { cpu: 3 });
    const problem = aScenario().on(oneCore).running(network).withTick(5).problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/x': [0, 3], 'a/z': [5, 8], 'a/y': [10, 13] });
  });

  it('round releases up', () => {
    expect(
      timesOn(
        aScenario()
          .on(oneCore)
          .running(aNetwork().withChain(1, { cpu: 3 }), { startTimeMs: 0.1 })
          .withTick(5)
          .problem(),
        'cpu',
      ),
    ).toEqual({ 'a/l0': [5, 8] });
  });

  it('round up the arrival of a transfer, not the end of the layer it comes from', () => {
    // x ends at 3 and arrives at 3 + 1.5 = 4.5, so at tick 5; rounding the end first would give 5 + 1.5 → 10.
    const network = aNetwork()
      .withLayer('x', { cpu: 3 })
      .withLayer('y', { npu: 1 }, { dependencies: ['x'] });
    const problem = aScenario()
      .on(oneCore.withNpu().withDefaultLink({ latencyMs: 1.5 }))
      .running(network)
      .withTick(5)
      .problem();
    expect(simulateMapping(problem, { 'a/x': 'cpu', 'a/y': 'npu' }).times).toEqual({ 'a/x': [0, 3], 'a/y': [5, 6] });
  });

  it('lose no time when everything ends at a multiple', () => {
    expect(
      timesOn(
        aScenario()
          .on(oneCore)
          .running(aNetwork().withChain(3, { cpu: 5 }))
          .withTick(5)
          .problem(),
        'cpu',
      ),
    ).toEqual({ 'a/l0': [0, 5], 'a/l1': [5, 10], 'a/l2': [10, 15] });
  });

  it('lose no time with decimal ticks, whose multiples binary numbers only approximate', () => {
    // 0.3 + 0.3 + 0.3 with tick 0.1: no layer may wait for a tick of its own
    const { timeline } = simulateMapping(
      aScenario()
        .on(oneCore)
        .running(aNetwork().withChain(30, { cpu: 0.3 }))
        .withTick(0.1)
        .problem(),
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`a/l${index}`, 'cpu'])),
    );
    timeline.startMs.forEach((start, index) => expect(start).toBeCloseTo(index * 0.3, 9));
  });

  it('treat times that count as the same tick as one instant, so that priorities decide', () => {
    // c ends at 0.7000000000000001 + 0.2 = 0.9000000000000001, b at 0.85: both count as tick 0.9, and the layer after c,
    // which is more urgent, goes first although it became ready a rounding error later. c ends at the tick, so that what starts
    // on its core then does not overlap it.
    const problem = aScenario()
      .on(aPlatform().withCores(2).withNpu())
      .running(
        aNetwork('n')
          .withLayer('first', { cpu: 0.7 })
          .withLayer('c', { cpu: 0.2 }, { dependencies: ['first'] })
          .withLayer('urgent', { npu: 1 }, { dependencies: ['c'], priority: 1 }),
      )
      .running(
        aNetwork('m')
          .withLayer('b', { cpu: 0.85 })
          .withLayer('patient', { npu: 1 }, { dependencies: ['b'] }),
      )
      .withTick(0.1)
      .problem();
    const { timeline, times } = simulateMapping(problem, {
      'a/first': 'cpu:0',
      'a/c': 'cpu:0',
      'a/urgent': 'npu',
      'b/b': 'cpu:1',
      'b/patient': 'npu',
    });
    expect(times['a/c']?.[1]).toBe(0.9);
    expect(times['a/urgent']?.[0]).toBe(0.9);
    expect(times['b/patient']?.[0]).toBe(1.9000000000000001);
    expect(timeline.readyMs[2]).toBe(timeline.readyMs[4]);
  });

  it('round a time up to a multiple, always the same number for the same multiple', () => {
    expect(roundUpToTick(0, 0.1)).toBe(0);
    expect(roundUpToTick(0.31, 0.1)).toBe(0.4);
    expect(roundUpToTick(0.3, 0.1)).toBe(3 * 0.1);
    expect(roundUpToTick(0.9000000000000001, 0.1)).toBe(0.9);
    expect(roundUpToTick(12.34, 0)).toBe(12.34);
    // ten seconds in ticks of a microsecond: the rounding of the multiples themselves must not cost a tick
    for (let tick = 9_999_000; tick <= 10_000_000; tick++)
      expect(roundUpToTick(tick * 0.001, 0.001)).toBe(tick * 0.001);
  });
});

describe('instances', () => {
  it('are released one period apart and share the mapping of their application', () => {
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(2, { cpu: 2 }), { startTimeMs: 1, periodMs: 10, instances: 3 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({
      'a/l0': [1, 3],
      'a/l1': [3, 5],
      'a/l0#1': [11, 13],
      'a/l1#1': [13, 15],
      'a/l0#2': [21, 23],
      'a/l1#2': [23, 25],
    });
  });

  it('overlap when the period is shorter than the response', () => {
    // both layers on their own core: a pipeline
    const problem = aScenario()
      .on(aPlatform().withCores(2))
      .running(aNetwork().withChain(2, { cpu: 2 }), { periodMs: 2, instances: 2 })
      .problem();
    expect(simulateMapping(problem, { 'a/l0': 'cpu:0', 'a/l1': 'cpu:1' }).times).toEqual({
      'a/l0': [0, 2],
      'a/l1': [2, 4],
      'a/l0#1': [2, 4],
      'a/l1#1': [4, 6],
    });
  });

  it('are all released at the start time without a period', () => {
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(1, { cpu: 2 }), { startTimeMs: 5, instances: 3 })
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/l0': [5, 7], 'a/l0#1': [7, 9], 'a/l0#2': [9, 11] });
  });

  const releases = (horizonMs: number, changes: object): number[] => [
    ...aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(1, { cpu: 1 }), changes)
      .withHorizon(horizonMs)
      .problem().instanceReleaseMs,
  ];

  it('are released before the horizon only', () => {
    expect(releases(30, { periodMs: 10, instances: 9 })).toEqual([0, 10, 20]); // 30 is at the horizon
    expect(releases(30.5, { periodMs: 10, instances: 9 })).toEqual([0, 10, 20, 30]);
    expect(releases(30, { periodMs: 10, instances: 2 })).toEqual([0, 10]);
    expect(releases(30, { periodMs: 10, instances: 9, startTimeMs: 25 })).toEqual([25]);
  });

  it('fill the horizon when their number is null', () => {
    expect(releases(25, { periodMs: 10, instances: null, startTimeMs: 5 })).toEqual([5, 15]);
    // 0.3 / 0.1 is 2.9999999999999996 in binary: the releases decide, not the division. 3 × 0.1 = 0.30000000000000004 is not before 0.3.
    expect(releases(0.3, { periodMs: 0.1, instances: null })).toEqual([0, 0.1, 0.2]);
  });

  it('run to their end after the horizon', () => {
    const problem = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(1, { cpu: 8 }), { periodMs: 5, instances: null })
      .withHorizon(6)
      .problem();
    expect(timesOn(problem, 'cpu')).toEqual({ 'a/l0': [0, 8], 'a/l0#1': [8, 16] });
  });

  it('are refused when there are more than a run can hold, instead of being counted for ever', () => {
    const endless = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(1, { cpu: 1 }), { periodMs: 1e-12, instances: null })
      .withHorizon(1e12);
    expect(() => endless.problem()).toThrow(/task instances, at most 2000000 can be simulated/);
    const many = aScenario()
      .on(oneCore)
      .running(aNetwork().withChain(30, { cpu: 1 }), { instances: 100_000 });
    expect(() => many.problem()).toThrow(/3000000 task instances/);
  });
});

describe('simulation', () => {
  it('gives the same result when one simulator is used again', () => {
    const network = aNetwork().withChain(3, { cpu: 2, npu: 1 }, { outputBytes: 1000 });
    const problem = aScenario()
      .on(aPlatform().withCores(2).withNpu().withDefaultLink({ latencyMs: 1, bandwidthMBps: 100 }).withContendedLinks())
      .running(network, { instances: 2, periodMs: 1 })
      .withTick(0.5)
      .problem();
    const planner = new ExecutionPlanner(problem);
    const simulator = new Simulator(problem);
    const run = (mapping: unknown) => simulator.run(planner.plan(parseMapping(problem, mapping)));
    const mixed = { 'a/l0': 'cpu:0', 'a/l1': 'npu', 'a/l2': 'cpu:1' };
    const first = structuredClone(run(mixed));
    run(everythingOn(problem, 'cpu:1'));
    expect(run(mixed)).toEqual(first);
  });
});
