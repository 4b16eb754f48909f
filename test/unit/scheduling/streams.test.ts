/** Streams of frames: applications that start when others end, bursts, and late instances that are dropped. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, type ApplicationInput } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping, type Outcome } from '#test/fixtures/schedules.ts';
import { FrequencyProbe } from '#shared/analysis/request-frequency.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';
import { deadlineResults } from '#shared/analysis/deadlines.ts';

const npu = aPlatform().withCores(1).withNpu();
const layers = (count: number, ms: number) => aNetwork(`net-${count}-${ms}`).withChain(count, { cpu: ms, npu: ms });

/** `a` and what follows it, everything on the NPU. */
function onNpu(
  ...applications: readonly [net: ReturnType<typeof layers>, changes?: Partial<ApplicationInput>][]
): Outcome {
  const problem = applications
    .reduce((scenario, [network, changes]) => scenario.running(network, changes), aScenario().on(npu))
    .problem();
  return simulateMapping(problem, everythingOn(problem, 'npu'));
}

describe('an application after another', () => {
  it('starts when the other ends, every second frame: 4 ms and 8 ms on one NPU, period 16', () => {
    const { times, timeline } = onNpu(
      [layers(1, 4), { periodMs: 16, instances: 4 }],
      [layers(1, 8), { after: { application: 'a', every: 2 } }],
    );
    expect(times['b/l0']).toEqual([4, 12]);
    expect(times['b/l0#1']).toEqual([36, 44]);
    expect(times['b/l0#2']).toBeUndefined();
    expect(timeline.releaseMs).toEqual(Float64Array.of(0, 4, 16, 36, 32, 48));
  });

  it('has an instance for every instance of the other, unless it says fewer', () => {
    const follower = (changes: Partial<ApplicationInput>): number =>
      onNpu([layers(1, 4), { periodMs: 16, instances: 3 }], [layers(1, 1), { after: { application: 'a' }, ...changes }])
        .metrics.applications['b']!.instances;
    expect(follower({})).toBe(3);
    expect(follower({ instances: 2 })).toBe(2);
    expect(follower({ instances: 9 })).toBe(3);
    expect(follower({ instancesPerRelease: 2 })).toBe(6);
    expect(follower({ instancesPerRelease: 2, after: { application: 'a', every: 2 } })).toBe(4);
  });

  it('is released at the last end of the other, from which its response and deadline count', () => {
    const fork = aNetwork('fork')
      .withLayer('root', { npu: 1 })
      .withLayer('long', { npu: 5 }, { dependencies: ['root'] });
    const { times, metrics } = onNpu([fork], [layers(1, 2), { after: { application: 'a' }, deadlineMs: 2 }]);
    expect(times['b/l0']).toEqual([6, 8]);
    expect(metrics.applications['b']).toMatchObject({ meanResponseMs: 2, deadlineMisses: 0 });
  });

  it('becomes ready at the next tick, and its response counts from the end itself', () => {
    const problem = aScenario()
      .on(npu)
      .running(layers(1, 4.5))
      .running(layers(1, 2), { after: { application: 'a' } })
      .withTick(1)
      .problem();
    const { times, metrics } = simulateMapping(problem, everythingOn(problem, 'npu'));
    expect(times['b/l0']).toEqual([5, 7]);
    expect(metrics.applications['b']!.meanResponseMs).toBe(2.5);
  });

  it('runs in bursts: every face of a frame at once', () => {
    const { times } = onNpu(
      [layers(1, 4), { periodMs: 20, instances: 2 }],
      [layers(1, 2), { after: { application: 'a' }, instancesPerRelease: 3 }],
    );
    expect(Object.entries(times).filter(([key]) => key.startsWith('b'))).toEqual([
      ['b/l0', [4, 6]],
      ['b/l0#1', [6, 8]],
      ['b/l0#2', [8, 10]],
      ['b/l0#3', [24, 26]],
      ['b/l0#4', [26, 28]],
      ['b/l0#5', [28, 30]],
    ]);
  });

  it('may be followed by further ones', () => {
    const { times } = onNpu(
      [layers(2, 1)],
      [layers(1, 3), { after: { application: 'c' } }],
      [layers(1, 2), { after: { application: 'a' } }],
    );
    expect(times).toMatchObject({ 'c/l0': [2, 4], 'b/l0': [4, 7] });
  });
});

describe('bursts of a period', () => {
  it('release several instances each time, the total as the document says', () => {
    const { timeline } = onNpu([layers(1, 1), { periodMs: 10, instances: 5, instancesPerRelease: 2 }]);
    expect(timeline.releaseMs).toEqual(Float64Array.of(0, 0, 10, 10, 20));
  });

  it('fill the horizon, where no number is given', () => {
    const problem = aScenario()
      .on(npu)
      .running(layers(1, 1), { periodMs: 10, instances: null, instancesPerRelease: 2 })
      .withHorizon(25)
      .problem();
    expect(problem.instanceReleaseMs).toEqual(Float64Array.of(0, 0, 10, 10, 20, 20));
  });
});

describe('the request frequency of streams', () => {
  it('counts a dropped frame as not in time', () => {
    const problem = aScenario()
      .on(npu)
      .running(layers(1, 10), { periodMs: 4, instances: 3, late: 'drop', deadlineMs: 30 })
      .problem();
    const probe = new FrequencyProbe(problem, parseMapping(problem, everythingOn(problem, 'npu')));
    expect(probe.satisfactionAt(1)).toMatchObject({ satisfied: 2 / 3 });
    expect(probe.passes(1)).toBe(false);
    expect(probe.passes(2.6)).toBe(true);
  });

  it('counts the deadline of what comes after another from the end of that one', () => {
    const problem = aScenario()
      .on(npu)
      .running(layers(1, 4), { periodMs: 16, instances: 3 })
      .running(layers(1, 8), { after: { application: 'a' }, deadlineMs: 8 })
      .problem();
    const probe = new FrequencyProbe(problem, parseMapping(problem, everythingOn(problem, 'npu')));
    expect(probe.passes(1)).toBe(true);
    expect(probe.passes(0.5)).toBe(false);
  });
});

describe('a group with members that drop late instances', () => {
  it('has no span for a release of which a member was dropped, and misses it', () => {
    const scenario = aScenario()
      .on(npu)
      .running(layers(1, 10), { instances: 3, late: 'drop' })
      .with({ groups: [{ id: 'g', applications: ['a'], periodMs: 4, deadlineMs: 30 }] });
    const problem = scenario.problem();
    const { metrics } = simulateMapping(problem, everythingOn(problem, 'npu'));
    expect(metrics.groups!['g']).toMatchObject({ releases: 3, meanSpanMs: 11, worstSpanMs: 12, deadlineMisses: 1 });
  });
});

describe('late instances that are dropped', () => {
  it('are those of which nothing has started when the next is released', () => {
    // 0–10; released at 4 and waiting at 8: dropped; released at 8, waiting at 12: the last, nothing comes after it.
    const { times, timeline, metrics } = onNpu([layers(1, 10), { periodMs: 4, instances: 3, late: 'drop' }]);
    expect(times).toEqual({ 'a/l0': [0, 10], 'a/l0#2': [10, 20] });
    expect(timeline.droppedMs).toEqual(Float64Array.of(Number.NaN, 8, Number.NaN));
    expect(metrics.applications['a']).toMatchObject({
      instances: 3,
      dropped: 1,
      meanResponseMs: 11,
      maxResponseMs: 12,
    });
    expect(metrics.throughputPerS).toBe(100);
    expect(metrics.latencyMs).toBe(11);
  });

  it('run however late by default', () => {
    const { times, metrics } = onNpu([layers(1, 10), { periodMs: 4, instances: 3 }]);
    expect(times['a/l0#1']).toEqual([10, 20]);
    expect(metrics.applications['a']).not.toHaveProperty('dropped');
  });

  it('go on once a layer of them has started', () => {
    const { times, metrics } = onNpu([layers(2, 3), { periodMs: 4, instances: 2, late: 'drop' }]);
    expect(times).toMatchObject({ 'a/l1': [3, 6], 'a/l1#1': [9, 12] });
    expect(metrics.applications['a']!.dropped).toBe(0);
  });

  it('do not start at the instant of the next release', () => {
    const { metrics, times } = onNpu([layers(1, 8), { periodMs: 4, instances: 3, late: 'drop' }]);
    expect(times).toEqual({ 'a/l0': [0, 8], 'a/l0#2': [8, 16] });
    expect(metrics.applications['a']!.dropped).toBe(1);
  });

  it('are neither missed nor in time, and make a schedule infeasible as a response of twice the deadline would', () => {
    const { metrics } = onNpu([layers(1, 10), { periodMs: 4, instances: 3, late: 'drop', deadlineMs: 11 }]);
    expect(metrics.applications['a']).toMatchObject({ deadlineMisses: 1, dropped: 1 });
    expect(metrics.deadlineMisses).toBe(1);
    expect(metrics.constraintViolation).toBeCloseTo(1 + 1 / 11, 12);
    expect(deadlineResults({ applications: [{ id: 'a', deadlineMs: 11 }] }, metrics)).toEqual([
      { application: 'a', missed: 1, dropped: 1, ofInstances: 3, worstMs: 12, deadlineMs: 11 },
    ]);
  });

  it('are named also of an application without a deadline', () => {
    const { metrics } = onNpu([layers(1, 10), { periodMs: 4, instances: 3, late: 'drop' }]);
    expect(deadlineResults({ applications: [{ id: 'a', deadlineMs: null }] }, metrics)).toEqual([
      { application: 'a', missed: 0, dropped: 1, ofInstances: 3, worstMs: 12, deadlineMs: null },
    ]);
  });

  it('take what they would have released with them', () => {
    const { metrics, timeline, times } = onNpu(
      [layers(1, 10), { periodMs: 4, instances: 3, late: 'drop', priority: 1 }],
      [layers(1, 1), { after: { application: 'a' } }],
    );
    expect(metrics.applications['b']).toMatchObject({ instances: 3, dropped: 1 });
    expect(times).toMatchObject({ 'b/l0': [20, 21], 'b/l0#2': [21, 22] });
    expect(timeline.releaseMs[3]).toBeNaN();
    expect(timeline.droppedMs[3]).toBe(8);
  });

  it('are overtaken where the next one is released first', () => {
    // b waits for a: the frames of a end out of order, the first last.
    const platform = aPlatform().withCores(2, { dispatch: 'pooled' }).withNpu();
    const problem = aScenario()
      .on(platform)
      .running(layers(1, 2), { periodMs: 2, instances: 3 })
      .running(layers(1, 5), { after: { application: 'a' }, late: 'drop' })
      .problem();
    const { metrics, times } = simulateMapping(problem, { 'a/l0': 'cpu', 'b/l0': 'npu' });
    // Released at 2, 4 and 6: the first runs 2–7, the second waits at 6.
    expect(times).toMatchObject({ 'b/l0': [2, 7], 'b/l0#2': [7, 12] });
    expect(metrics.applications['b']!.dropped).toBe(1);
  });

  it('leave an application of which none ran with the makespan as its response, so that this never looks fast', () => {
    const { metrics } = onNpu(
      [layers(1, 10), { periodMs: 4, instances: 3, late: 'drop', priority: 2 }],
      [layers(1, 1), { after: { application: 'a', every: 3 }, instances: 1 }],
      [layers(1, 50), { priority: 3 }],
    );
    // c runs 0–50, and the first two frames of a are dropped meanwhile.
    expect(metrics.applications['a']).toMatchObject({ dropped: 2, instances: 3 });
    expect(metrics.applications['b']).toMatchObject({ dropped: 1, instances: 1, meanResponseMs: 60 });
    expect(metrics.makespanMs).toBe(60);
  });

  it('draw no power: the peak ends with the last end', () => {
    const { timeline } = onNpu([layers(1, 10), { periodMs: 4, instances: 3, late: 'drop' }]);
    expect(timeline.peakPowerMW).toBe(0);
  });
});
