/** What a schedule is worth (DESIGN §6, "Metrics"), each metric worked out by hand. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, type ScenarioBuilder } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import { computeHeadlineMetrics, computeMetrics, quantile, responseTimes } from '#shared/scheduling/metrics.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { HEADLINE_METRIC_COUNT, headlineRecord, headlineVector } from '#shared/domain/metrics.ts';

const metricsOn = (scenario: ScenarioBuilder, pe: string) => {
  const problem = scenario.problem();
  return simulateMapping(problem, everythingOn(problem, pe)).metrics;
};

describe('makespan, throughput and latency', () => {
  // On one core: a 0–4 (released 0), b 4–6 (released 1), b#1 6–8 (released 3).
  const scenario = aScenario()
    .on(aPlatform())
    .running(aNetwork().withChain(1, { cpu: 4 }))
    .running(aNetwork().withChain(1, { cpu: 2 }), { startTimeMs: 1, periodMs: 2, instances: 2 });

  it('makespan is the last end', () => expect(metricsOn(scenario, 'cpu').makespanMs).toBe(8));

  it('throughput is finished application instances per second of makespan', () =>
    expect(metricsOn(scenario, 'cpu').throughputPerS).toBe(3 / 0.008));

  it('latency is the mean over instances of last end − release', () => {
    // (4 − 0), (6 − 1), (8 − 3): 14 / 3
    expect(metricsOn(scenario, 'cpu').latencyMs).toBe(14 / 3);
  });

  it('a schedule that takes no time has throughput and utilisation 0', () => {
    const metrics = metricsOn(
      aScenario()
        .on(aPlatform())
        .running(aNetwork().withChain(1, { cpu: 0 })),
      'cpu',
    );
    expect(metrics).toMatchObject({
      makespanMs: 0,
      throughputPerS: 0,
      latencyMs: 0,
      energyMJ: 0,
      utilization: { cpu: 0 },
    });
  });

  it('an instance responds when the last of its layers has ended, whichever that is', () => {
    const network = aNetwork().withLayer('long', { cpu: 9 }).withLayer('short', { cpu: 1 });
    const problem = aScenario().on(aPlatform().withCores(2)).running(network, { startTimeMs: 2 }).problem();
    expect(simulateMapping(problem, { 'a/long': 'cpu:0', 'a/short': 'cpu:1' }).metrics.latencyMs).toBe(9);
  });
});

describe('metrics of a group', () => {
  const chain = (cpu: number) => aNetwork().withChain(1, { cpu });
  // On one core, released together at 1, 11, 21: a takes 4, b 5. c keeps the core from 8 to 14.
  const scenario = aScenario()
    .on(aPlatform())
    .running(chain(4), { instances: 3 })
    .running(chain(5), { instances: 3 })
    .running(chain(6), { startTimeMs: 8, priority: 1 })
    .grouping('camera', ['a', 'b'], 10, { startTimeMs: 1 });

  it('its members are released together, with its period as their deadline', () => {
    const problem = scenario.problem();
    expect([...problem.instanceReleaseMs]).toEqual([1, 1, 8, 11, 11, 21, 21]);
    expect([...problem.deadlineMs]).toEqual([10, 10, Number.NaN]);
  });

  it('are mean, 90th percentile and worst of its spans from a release to the end of its last member, and the misses', () => {
    // a 1–5, b 5–10, c 10–16, a 16–20, b 20–25, a 25–29, b 29–34: spans 9, 14, 13
    expect(metricsOn(scenario, 'cpu').groups).toEqual({
      camera: { releases: 3, meanSpanMs: 12, p90SpanMs: 13.8, worstSpanMs: 14, deadlineMisses: 2 },
    });
  });

  it('a deadline of its own, and one of a member that is shorter, hold for each by itself', () => {
    const own = scenario.with({
      applications: scenario.input.applications.map((application) =>
        application.id === 'a' ? { ...application, deadlineMs: 4 } : application,
      ),
      groups: [{ ...scenario.input.groups![0]!, deadlineMs: 13 }],
    });
    const { groups, applications } = metricsOn(own, 'cpu');
    expect(groups?.['camera']?.deadlineMisses).toBe(1);
    expect([applications['a']?.deadlineMisses, applications['b']?.deadlineMisses]).toEqual([2, 1]);
  });

  it('are missing where a scenario has no groups', () =>
    expect(metricsOn(aScenario().on(aPlatform()).running(chain(1)), 'cpu')).not.toHaveProperty('groups'));

  it('a resolved scenario with groups is a document that resolves to itself', () => {
    const resolved = scenario.build();
    expect(parseResolvedScenario(resolved)).toEqual(resolved);
  });
});

describe('metrics of an application', () => {
  // 5 instances of 4 ms on one core, all released at 0: responses 4, 8, 12, 16, 20.
  const scenario = aScenario()
    .on(aPlatform())
    .running(aNetwork().withChain(1, { cpu: 4 }), { instances: 5, deadlineMs: 12 });

  it('are mean, percentiles and maximum of its responses, and its deadline misses', () => {
    // p95: position 4 × 0.95 = 3.8 between the 4th and 5th: 16 + 0.8 × 4; a response of exactly 12 keeps the deadline
    expect(metricsOn(scenario, 'cpu').applications).toEqual({
      a: {
        instances: 5,
        meanResponseMs: 12,
        p50ResponseMs: 12,
        p95ResponseMs: expect.closeTo(19.2, 9),
        maxResponseMs: 20,
        deadlineMisses: 2,
      },
    });
    expect(metricsOn(scenario, 'cpu').deadlineMisses).toBe(2);
  });

  it('sort responses by size, not as text', () => {
    // responses 2, 12, 112: sorted as text 112 would come before 12
    const applications = (priority: number) =>
      aScenario()
        .on(aPlatform())
        .running(aNetwork('n').withChain(1, { cpu: 2 }), { instances: 1, priority })
        .running(aNetwork('m').withChain(1, { cpu: 5 }), { instances: 22 });
    const { b } = metricsOn(applications(1), 'cpu').applications as Record<
      string,
      { p50ResponseMs: number; maxResponseMs: number }
    >;
    // responses 7, 12, …, 112: the median is (57 + 62) / 2
    expect(b).toMatchObject({ p50ResponseMs: 59.5, maxResponseMs: 112 });
  });

  it('are kept apart by application', () => {
    const two = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(1, { cpu: 4 }))
      .running(aNetwork().withChain(1, { cpu: 4 }), { deadlineMs: 5 });
    expect(metricsOn(two, 'cpu').applications).toMatchObject({
      a: { meanResponseMs: 4, deadlineMisses: 0 },
      b: { meanResponseMs: 8, deadlineMisses: 1 },
    });
  });

  it('interpolate percentiles linearly between the closest ranks (Hyndman and Fan, type 7)', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0)).toBe(1);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    expect(quantile([10, 20], 0.95)).toBe(19.5);
    expect(quantile([7], 0.95)).toBe(7);
  });
});

describe('utilisation', () => {
  it('is the busy share of the makespan for each processing element', () => {
    // cpu:0 busy 6 of 8 ms, cpu:1 8 of 8, npu never
    const network = aNetwork().withLayer('x', { cpu: 6 }).withLayer('y', { cpu: 8 });
    const problem = aScenario().on(aPlatform().withCores(2).withNpu()).running(network).problem();
    expect(simulateMapping(problem, { 'a/x': 'cpu:0', 'a/y': 'cpu:1' }).metrics.utilization).toEqual({
      'cpu:0': 0.75,
      'cpu:1': 1,
      npu: 0,
    });
  });

  it('of a pooled processor is the mean over its units', () => {
    const network = aNetwork().withLayer('x', { cpu: 6 }).withLayer('y', { cpu: 8 });
    expect(
      metricsOn(
        aScenario()
          .on(aPlatform().withCores(2, { dispatch: 'pooled' }))
          .running(network),
        'cpu',
      ).utilization,
    ).toEqual({ cpu: 14 / 16 });
  });

  it('is at most 1, whatever rounding adds up', () => {
    // Run as 0.8, 7.6, 3.5 and added up in the order of the layers, the busy times exceed the last end by a rounding error.
    const network = aNetwork()
      .withLayer('last', { cpu: 3.5 })
      .withLayer('middle', { cpu: 7.6 }, { priority: 1 })
      .withLayer('first', { cpu: 0.8 }, { priority: 2 });
    expect(metricsOn(aScenario().on(aPlatform()).running(network), 'cpu')).toMatchObject({
      utilization: { cpu: 1 },
      constraintViolation: 0,
    });
  });
});

describe('constraint violation', () => {
  it('adds what each utilisation exceeds maxUtilization by', () => {
    // utilisations 0.75 and 1 with at most 0.7: 0.05 + 0.3; the NPU may be used fully
    const network = aNetwork().withLayer('x', { cpu: 6 }).withLayer('y', { cpu: 8 }).withLayer('z', { npu: 8 });
    const problem = aScenario()
      .on(aPlatform().withCores(2, { maxUtilization: 0.7 }).withNpu())
      .running(network)
      .problem();
    expect(
      simulateMapping(problem, { 'a/x': 'cpu:0', 'a/y': 'cpu:1', 'a/z': 'npu' }).metrics.constraintViolation,
    ).toBeCloseTo(0.35, 12);
  });

  it('adds each overrun of a deadline in deadlines', () => {
    // responses 4, 8, 12 with deadline 5: (8 − 5) / 5 + (12 − 5) / 5
    const scenario = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(1, { cpu: 4 }), { instances: 3, deadlineMs: 5 });
    expect(metricsOn(scenario, 'cpu').constraintViolation).toBeCloseTo(2, 12);
  });

  it('does not count what only rounding puts over a limit', () => {
    // 33.3 × n + 0.7 − 33.3 × n comes out as up to 0.7000000000000455
    const problem = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(1, { cpu: 0.7 }), { instances: 40, periodMs: 33.3, deadlineMs: 0.7 })
      .problem();
    const { timeline, metrics } = simulateMapping(problem, { 'a/l0': 'cpu' });
    expect(Math.max(...responseTimes(problem, timeline))).toBeGreaterThan(0.7);
    expect(metrics).toMatchObject({ deadlineMisses: 0, constraintViolation: 0 });
  });
});

describe('rounding', () => {
  const heavy = { operatingPoints: [{ frequencyMHz: 1000, activePowerMW: 700 }] };

  it('counts no power of jobs that overlap by a rounding error only', () => {
    // one ends at 0.7 + 0.1 = 0.7999999999999999, the other is released at 0.8; and 0.2 + 0.4 = 0.6000000000000001 against 0.6
    const scenario = aScenario()
      .on(aPlatform().withCores(2, heavy))
      .running(
        aNetwork('n')
          .withChain(1, { cpu: 0.2 })
          .withLayer('next', { cpu: 0.4 }, { dependencies: ['l0'] }),
      )
      .running(aNetwork('m').withChain(1, { cpu: 3 }), { startTimeMs: 0.6 });
    const problem = scenario.problem();
    const { metrics, times } = simulateMapping(problem, { 'a/l0': 'cpu:0', 'a/next': 'cpu:0', 'b/l0': 'cpu:1' });
    expect(times['a/next']![1]).toBeGreaterThan(times['b/l0']![0]);
    expect(metrics.peakPowerMW).toBe(700);
  });

  it('lets a job end at the tick its end counts as, so that none overlaps the next on its unit', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(1, heavy))
      .running(aNetwork().withChain(500, { cpu: 0.7 }))
      .withTick(0.1)
      .problem();
    const { timeline, metrics } = simulateMapping(problem, everythingOn(problem, 'cpu'));
    for (let job = 1; job < 500; job++) expect(timeline.startMs[job]).toBeGreaterThanOrEqual(timeline.endMs[job - 1]!);
    expect(metrics.peakPowerMW).toBe(700);
    expect(metrics.makespanMs).toBeCloseTo(350, 9);
  });

  it.each([
    [33.3, 99.9, 3],
    [0.3, 0.9, 3],
    [0.1, 0.3, 3],
    [16.7, 100.2, 6],
    [33.3, 100, 4],
  ])('releases nothing at the horizon: period %f, horizon %f', (periodMs, horizonMs, instances) => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(1, { cpu: 0.01 }), { periodMs, instances: null })
      .withHorizon(horizonMs);
    expect(metricsOn(scenario, 'cpu').applications['a']?.instances).toBe(instances);
  });

  it('has no energy of idling where nothing idles but for rounding errors', () => {
    const network = [1.1, 2.7, 0.3, 4.9, 7.7, 3.3].reduce(
      (built, time, index) => built.withLayer(`l${index}`, { cpu: time }),
      aNetwork(),
    );
    for (let first = 0; first < 40; first++) {
      const scenario = aScenario()
        .on(aPlatform().withCores(1, { idlePowerMW: 50, basePerformance: 1.3 }))
        .running(network.withLayer('more', { cpu: first / 7 }));
      expect(metricsOn(scenario, 'cpu').energyMJ).toBe(0);
    }
  });

  it('has no negative response', () => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(aNetwork().withChain(1, { cpu: 0 }), { periodMs: 34.3, instances: 40 })
      .withTick(0.3);
    const { applications } = metricsOn(scenario, 'cpu');
    const problem = scenario.problem();
    expect(Math.min(...responseTimes(problem, simulateMapping(problem, everythingOn(problem, 'cpu')).timeline))).toBe(
      0,
    );
    expect(applications['a']!.meanResponseMs).toBeGreaterThanOrEqual(0);
  });
});

describe('headline metrics', () => {
  it('are the same numbers as in the full metrics, in their fixed order', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(1, { maxUtilization: 0.5, idlePowerMW: 9 }))
      .running(aNetwork().withChain(3, { cpu: 4 }), { deadlineMs: 7 })
      .problem();
    const { assignment, timeline } = simulateMapping(problem, everythingOn(problem, 'cpu'));
    const vector = new Float64Array(HEADLINE_METRIC_COUNT);
    computeHeadlineMetrics(problem, assignment, timeline, vector);
    const full = computeMetrics(problem, assignment, timeline);
    expect([...vector]).toEqual([
      full.makespanMs,
      full.throughputPerS,
      full.energyMJ,
      full.latencyMs,
      full.constraintViolation,
    ]);
    expect(headlineVector(full)).toEqual(vector);
    expect(headlineRecord(vector)).toEqual({
      makespanMs: 12,
      throughputPerS: 1 / 0.012,
      energyMJ: 0,
      latencyMs: 12,
      constraintViolation: expect.closeTo(0.5 + 5 / 7, 12),
    });
  });
});
