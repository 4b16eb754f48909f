/** What a scenario asks of its platform before it runs, and how releases are laid over time. */
import { describe, expect, it } from 'vitest';
import { roundStep } from '#renderer/canvas/round-steps.ts';
import { planEnd, readPlan, releases, snapped } from '#renderer/features/scenarios/release-plan.ts';
import {
  feasibilityHints,
  leastResponses,
  scenarioLoad,
  shortestFactor,
} from '#renderer/features/scenarios/scenario-load.ts';
import { idsOf, periodHints, withGroup } from '#renderer/features/scenarios/scenario-edits.ts';
import { describeScenarioFigure } from '#renderer/components/scenario/scenario-figure.ts';
import {
  nextOperatingPoint,
  partitionsOf,
  withLinkValue,
  withoutProcessor,
  withProcessorId,
} from '#renderer/features/platforms/platform-edits.ts';
import { withChanges } from '#renderer/editing/json-path.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import { taskInstanceCount } from '#shared/scheduling/compile-jobs.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';

const hintsOf = (scenario: Parameters<typeof scenarioLoad>[0]) =>
  feasibilityHints(
    scenarioLoad(scenario),
    leastResponses(scenario),
    (ms) => `${Math.round(ms * 1000) / 1000} ms`,
    (share) => `${Math.round(share * 100)} %`,
  );
const board = aPlatform()
  .withCores(2)
  .withNpu({ supportedOps: ['Conv'] });
const net = aNetwork()
  .withLayer('a', { cpu: 4, npu: 1 })
  .withLayer('b', { cpu: 2 }, { op: 'Softmax', dependencies: ['a'] });

describe('the load of a scenario', () => {
  it('is the work of each layer on its fastest processor per period and core', () => {
    const { processors, applications, leastShare } = scenarioLoad(
      aScenario().on(board).running(net, { periodMs: 10, instances: 5 }).build(),
    );
    expect(applications[0]).toMatchObject({ criticalPathMs: 3, workMs: 3 });
    expect(processors.map(({ id, share, exclusiveShare }) => [id, share, exclusiveShare])).toEqual([
      ['cpu', [0.1], 0.1],
      ['npu', [0.1], 0],
    ]);
    expect(leastShare).toBeCloseTo(0.1);
  });

  it('has no share of what is released once', () => {
    expect(
      scenarioLoad(aScenario().on(board).running(net).build()).processors.map(({ share, workMs }) => [share, workMs]),
    ).toEqual([
      [[0], [2]],
      [[0], [1]],
    ]);
  });

  it('knows that no response is shorter than the critical path: the NPU-first schedule never is', () => {
    const scenario = aSmallScenario().build();
    const problem = compileProblem(scenario);
    const assignment = npuFirstAssignment(problem);
    const metrics = computeMetrics(problem, assignment, simulate(problem, assignment));
    for (const { id, criticalPathMs } of scenarioLoad(scenario).applications)
      expect(criticalPathMs).toBeLessThanOrEqual(metrics.applications[id]!.meanResponseMs);
  });

  it('counts on the highest frequency and the largest group of cores', () => {
    const [processor] = aPlatform()
      .withCores(4, {
        operatingPoints: [{ frequencyMHz: 500 }, { frequencyMHz: 2000 }],
        nominalFrequencyMHz: 1000,
        frequencyScaling: 0.5,
        basePerformance: 2,
        coreConfigurations: [[4]],
        groupSpeedup: { 4: 3 },
      })
      .build().processors;
    expect(shortestFactor(processor!)).toBeCloseTo((0.5 + 0.5 / 2) / 2 / 3);
  });
});

describe('instances until the horizon', () => {
  const until = (horizonMs: number) =>
    aScenario()
      .on(board)
      .running(net, { periodMs: 25, instances: null })
      .running(net, { startTimeMs: 10 })
      .with({ simulation: { horizonMs } })
      .build();

  it('are counted by period and horizon, the same for the picture, for the size of the schedule and for the simulation', () => {
    expect(describeScenarioFigure(until(100)).rows.map(({ instances }) => instances)).toEqual([4, 1]);
    expect(taskInstanceCount(until(100))).toBe(5 * 2);
    expect(compileProblem(until(100)).jobTask).toHaveLength(5 * 2);
  });

  it('that are one are no load that goes on', () => {
    expect(scenarioLoad(until(100)).processors.map(({ share }) => share[0])).toEqual([2 / 25 / 2, 1 / 25]);
    expect(scenarioLoad(until(25)).processors.map(({ share }) => share[0])).toEqual([0, 0]);
  });

  it('are what an application with a period and one instance may be meant to have', () => {
    expect(
      periodHints({
        applications: [
          { id: 'camera', periodMs: 33, instances: 1 },
          { id: 'once', periodMs: null, instances: 1 },
          { id: 'often', periodMs: 33, instances: null },
          { id: 'mic', name: 'Microphone', periodMs: 5 },
        ],
      }).map((hint) => hint.split(' has ')[0]),
    ).toEqual(['camera', 'Microphone']);
  });
});

describe('a new operating point', () => {
  it('is at the nominal frequency where it is the first, and goes on from the last one otherwise', () => {
    expect(nextOperatingPoint([], 2400)).toEqual({ frequencyMHz: 2400 });
    expect(nextOperatingPoint([], undefined)).toEqual({});
    expect(
      nextOperatingPoint(
        [
          { frequencyMHz: 800, activePowerMW: 100 },
          { frequencyMHz: 1200, activePowerMW: 250 },
        ],
        2400,
      ),
    ).toEqual({ frequencyMHz: 1600, activePowerMW: 250, clusterPowerMW: 0 });
  });
});

describe('feasibility', () => {
  it('a deadline before the end of the critical path is impossible', () => {
    expect(hintsOf(aScenario().on(board).running(net, { name: 'App', deadlineMs: 2.9 }).build())[0]).toMatchObject({
      severity: 'impossible',
      text: expect.stringMatching(/^App cannot meet its deadline of 2.9 ms: no schedule of it takes less than 3 ms/),
    });
    expect(hintsOf(aScenario().on(board).running(net, { deadlineMs: 4 }).build())).toEqual([]);
  });

  it('counts transfers, and the work of one instance over all cores, against a deadline', () => {
    const apart = aPlatform()
      .withCores(2)
      .withNpu({ supportedOps: ['Conv'] })
      .withDefaultLink({ bandwidthMBps: 1000 });
    const sending = aNetwork()
      .withLayer('a', { npu: 1 }, { outputBytes: 3_000_000 })
      .withLayer('b', { cpu: 2 }, { op: 'Softmax', dependencies: ['a'] });
    const hintFor = (deadlineMs: number) =>
      hintsOf(
        aScenario()
          .on(apart)
          .running(sending, { name: 'App', deadlineMs, startTimeMs: 4, periodMs: 100, instances: 3 })
          .build(),
      );
    expect(hintFor(5.9)[0]).toMatchObject({
      severity: 'impossible',
      text: expect.stringMatching(/takes less than 6 ms, transfers included/),
    });
    expect(hintFor(6.5)).toEqual([{ severity: 'tight', text: expect.stringMatching(/at least 6 ms of the 6.5 ms/) }]);
    expect(hintFor(9)).toEqual([]);
    const wide = ['a', 'b', 'c', 'd'].reduce((network, id) => network.withLayer(id, { cpu: 3 }), aNetwork());
    expect(hintsOf(aScenario().on(apart).running(wide, { deadlineMs: 5.5 }).build())[0]).toMatchObject({
      severity: 'impossible',
    });
  });

  it('more work than all cores together can do is impossible, and so is what only one processor can run', () => {
    expect(
      hintsOf(aScenario().on(board).running(net, { periodMs: 0.9, instances: 9 }).build()).map(({ text }) => text),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/need 111 % of all cores/),
        expect.stringMatching(/What only cpu can run needs 111 %/),
      ]),
    );
  });

  it('a processor that is everybody’s fastest is tight, not impossible', () => {
    const two = aNetwork().withLayer('a', { cpu: 2, npu: 1 });
    expect(hintsOf(aScenario().on(board).running(two, { periodMs: 0.8, instances: 9 }).build())).toEqual([
      { severity: 'tight', text: expect.stringMatching(/npu would be busy 125 %/) },
    ]);
  });
});

describe('releases', () => {
  const plan = readPlan({
    applications: [
      { id: 'a', startTimeMs: 5, periodMs: 10, instances: 3, deadlineMs: 8 },
      { id: 'b', startTimeMs: 'x', instances: null, periodMs: 4 },
      { id: 'c' },
    ],
  });

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
    expect([0.3, 1, 3, 7, 30].map((least) => roundStep(least))).toEqual([0.5, 1, 5, 10, 50]);
    expect(snapped(0.30000000000000004, 0.1)).toBe(0.3);
  });
});

describe('edits of a platform', () => {
  const platform = {
    ...aPlatform()
      .withCores(2)
      .withNpu()
      .withGpu()
      .withLink('cpu', 'npu', { latencyMs: 1 })
      .withLink('gpu', 'cpu', { latencyMs: 2 })
      .withCap('cpu', 1, 1000)
      .build(),
  };

  it('a processor goes with its links and caps', () => {
    const left = parsePlatform(withChanges(platform, withoutProcessor(platform, 0)));
    expect([left.processors.map(({ id }) => id), left.interconnect.links, left.frequencyCaps]).toEqual([
      ['npu', 'gpu'],
      [],
      [],
    ]);
  });

  it('links and caps follow the id of their processor', () => {
    const renamed = parsePlatform(withChanges(platform, withProcessorId(platform, 0, 'big')));
    expect([renamed.interconnect.links.map(({ from, to }) => [from, to]), renamed.frequencyCaps[0]?.processor]).toEqual(
      [
        [
          ['big', 'npu'],
          ['gpu', 'big'],
        ],
        'big',
      ],
    );
  });

  it('a link that differs gets an entry, and loses its value where the default is to hold', () => {
    const changed = parsePlatform(withChanges(platform, withLinkValue(platform, 'npu', 'gpu', 'latencyMs', 3)));
    expect(changed.interconnect.links.at(-1)).toEqual({ from: 'npu', to: 'gpu', latencyMs: 3 });
    expect(
      parsePlatform(withChanges(platform, withLinkValue(platform, 'cpu', 'npu', 'latencyMs', undefined))).interconnect
        .links[0],
    ).toEqual({ from: 'cpu', to: 'npu' });
  });

  it('all groupings of four cores are offered', () => {
    expect(partitionsOf(4)).toEqual([[1, 1, 1, 1], [2, 1, 1], [2, 2], [3, 1], [4]]);
  });
});

describe('groups', () => {
  const content = {
    applications: [
      { id: 'a', periodMs: 40, startTimeMs: 2, deadlineMs: 30 },
      { id: 'b', periodMs: 25 },
      { id: 'c', deadlineMs: 5 },
    ],
    groups: [{ id: 'group', applications: ['c'], periodMs: 10, startTimeMs: 1 }],
  };

  it('one is made of all applications that are in none, which leave their releases to it, with the shortest period', () => {
    const grouped = withChanges(content, withGroup(content));
    expect(grouped).toMatchObject({
      applications: [
        { periodMs: null, startTimeMs: 0, deadlineMs: null },
        { periodMs: null },
        { id: 'c', deadlineMs: 5 },
      ],
      groups: [{ id: 'group' }, { id: 'group-2', applications: ['a', 'b'], periodMs: 25, deadlineMs: null }],
    });
    expect(withGroup(grouped)).toEqual([]);
  });

  it('decide the releases of their members on the timeline, and the deadline where a member has none', () => {
    expect(readPlan(withChanges(content, withGroup(content)))).toMatchObject([
      { startTimeMs: 0, periodMs: 25, deadlineMs: 25, group: 1, hasOwnDeadline: false },
      { periodMs: 25, group: 1 },
      { startTimeMs: 1, periodMs: 10, deadlineMs: 5, group: 0, hasOwnDeadline: true },
    ]);
  });

  it('are written as ids by commas or spaces', () => expect(idsOf(' a, b;c  d')).toEqual(['a', 'b', 'c', 'd']));
});
