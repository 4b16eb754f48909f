/** What a scenario asks of its platform before it runs, and how releases are laid over time. */
import { describe, expect, it } from 'vitest';
import { planEnd, readPlan, releases, roundStep, snapped } from '#renderer/features/scenarios/release-plan.ts';
import { feasibilityHints, scenarioLoad, shortestFactor } from '#renderer/features/scenarios/scenario-load.ts';
import { partitionsOf, withLinkValue, withoutProcessor, withProcessorId } from '#renderer/features/platforms/platform-edits.ts';
import { withChanges } from '#renderer/editing/json-path.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';

const hintsOf = (scenario: Parameters<typeof scenarioLoad>[0]) => feasibilityHints(scenarioLoad(scenario), (ms) => `${ms} ms`, (share) => `${Math.round(share * 100)} %`);
const board = aPlatform().withCores(2).withNpu({ supportedOps: ['Conv'] });
const net = aNetwork().withLayer('a', { cpu: 4, npu: 1 }).withLayer('b', { cpu: 2 }, { op: 'Softmax', dependencies: ['a'] });

describe('the load of a scenario', () => {
  it('is the work of each layer on its fastest processor per period and core', () => {
    const { processors, applications, leastShare } = scenarioLoad(aScenario().on(board).running(net, { periodMs: 10, instances: 5 }).build());
    expect(applications[0]).toMatchObject({ criticalPathMs: 3, workMs: 3 });
    expect(processors.map(({ id, share, exclusiveShare }) => [id, share, exclusiveShare])).toEqual([['cpu', [0.1], 0.1], ['npu', [0.1], 0]]);
    expect(leastShare).toBeCloseTo(0.1);
  });

  it('has no share of what is released once', () => {
    expect(scenarioLoad(aScenario().on(board).running(net).build()).processors.map(({ share, workMs }) => [share, workMs])).toEqual([[[0], [2]], [[0], [1]]]);
  });

  it('knows that no response is shorter than the critical path: the NPU-first schedule never is', () => {
    const scenario = aSmallScenario().build();
    const problem = compileProblem(scenario);
    const assignment = npuFirstAssignment(problem);
    const metrics = computeMetrics(problem, assignment, simulate(problem, assignment));
    for (const { id, criticalPathMs } of scenarioLoad(scenario).applications) expect(criticalPathMs).toBeLessThanOrEqual(metrics.applications[id]!.meanResponseMs);
  });

  it('counts on the highest frequency and the largest group of cores', () => {
    const [processor] = aPlatform().withCores(4, { operatingPoints: [{ frequencyMHz: 500 }, { frequencyMHz: 2000 }], nominalFrequencyMHz: 1000, frequencyScaling: 0.5, basePerformance: 2, coreConfigurations: [[4]], groupSpeedup: { 4: 3 } }).build().processors;
    expect(shortestFactor(processor!)).toBeCloseTo((0.5 + 0.5 / 2) / 2 / 3);
  });
});

describe('feasibility', () => {
  it('a deadline before the end of the critical path is impossible', () => {
    expect(hintsOf(aScenario().on(board).running(net, { name: 'App', deadlineMs: 2.9 }).build())[0]).toMatchObject({ severity: 'impossible', text: expect.stringMatching(/^App cannot meet its deadline of 2.9 ms: its critical path takes 3 ms/) });
    expect(hintsOf(aScenario().on(board).running(net, { deadlineMs: 4 }).build())).toEqual([]);
  });

  it('more work than all cores together can do is impossible, and so is what only one processor can run', () => {
    expect(hintsOf(aScenario().on(board).running(net, { periodMs: 0.9, instances: 9 }).build()).map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringMatching(/need 111 % of all cores/), expect.stringMatching(/What only cpu can run needs 111 %/)]));
  });

  it('a processor that is everybody’s fastest is tight, not impossible', () => {
    const two = aNetwork().withLayer('a', { cpu: 2, npu: 1 });
    expect(hintsOf(aScenario().on(board).running(two, { periodMs: 0.8, instances: 9 }).build())).toEqual([{ severity: 'tight', text: expect.stringMatching(/npu would be busy 125 %/) }]);
  });
});

describe('releases', () => {
  const plan = readPlan({ applications: [{ id: 'a', startTimeMs: 5, periodMs: 10, instances: 3, deadlineMs: 8 }, { id: 'b', startTimeMs: 'x', instances: null, periodMs: 4 }, { id: 'c' }] });

  it('come every period, as many as there are, until the horizon', () => {
    expect(releases(plan[0]!, 100, undefined, 100)).toEqual([5, 15, 25]);
    expect(releases(plan[0]!, 100, 20, 100)).toEqual([5, 15]);
    expect(releases(plan[1]!, 10, undefined, 100)).toEqual([0, 4, 8]);
    expect(releases(plan[1]!, 1000, undefined, 100)).toBeUndefined();
    expect(releases(plan[2]!, 10, undefined, 100)).toEqual([0]);
  });

  it('are shown with their deadlines', () => {
    expect(planEnd([plan[0]!], [3], undefined)).toBeGreaterThanOrEqual(33);
    expect(planEnd([], [], undefined)).toBeGreaterThan(0);
  });

  it('snap to round numbers', () => {
    expect([0.3, 1, 3, 7, 30].map(roundStep)).toEqual([0.5, 1, 5, 10, 50]);
    expect(snapped(0.30000000000000004, 0.1)).toBe(0.3);
  });
});

describe('edits of a platform', () => {
  const platform = { ...aPlatform().withCores(2).withNpu().withGpu().withLink('cpu', 'npu', { latencyMs: 1 }).withLink('gpu', 'cpu', { latencyMs: 2 }).withCap('cpu', 1, 1000).build() };

  it('a processor goes with its links and caps', () => {
    const left = parsePlatform(withChanges(platform, withoutProcessor(platform, 0)));
    expect([left.processors.map(({ id }) => id), left.interconnect.links, left.frequencyCaps]).toEqual([['npu', 'gpu'], [], []]);
  });

  it('links and caps follow the id of their processor', () => {
    const renamed = parsePlatform(withChanges(platform, withProcessorId(platform, 0, 'big')));
    expect([renamed.interconnect.links.map(({ from, to }) => [from, to]), renamed.frequencyCaps[0]?.processor]).toEqual([[['big', 'npu'], ['gpu', 'big']], 'big']);
  });

  it('a link that differs gets an entry, and loses its value where the default is to hold', () => {
    const changed = parsePlatform(withChanges(platform, withLinkValue(platform, 'npu', 'gpu', 'latencyMs', 3)));
    expect(changed.interconnect.links.at(-1)).toEqual({ from: 'npu', to: 'gpu', latencyMs: 3 });
    expect(parsePlatform(withChanges(platform, withLinkValue(platform, 'cpu', 'npu', 'latencyMs', undefined))).interconnect.links[0]).toEqual({ from: 'cpu', to: 'npu' });
  });

  it('all groupings of four cores are offered', () => {
    expect(partitionsOf(4)).toEqual([[1, 1, 1, 1], [2, 1, 1], [2, 2], [3, 1], [4]]);
  });
});
