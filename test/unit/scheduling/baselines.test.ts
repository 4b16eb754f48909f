/** What a schedule is held against: which baseline a platform suggests, and what each is. */
import { describe, expect, it } from 'vitest';
import { baselineOf } from '#main/engine/baselines.ts';
import type { Metrics } from '#shared/domain/run.ts';
import { baselineOfRun, defaultBaselineId, frontBaselineIds, simpleBaseline } from '#shared/scheduling/baselines.ts';
import { firstScheduleName } from '#shared/scheduling/npu-first.ts';
import { aNetwork, aPlatform, aScenario, type PlatformBuilder, type ScenarioBuilder } from '#test/fixtures/builders.ts';

const onAll = aNetwork().withChain(2, { cpu: 6, gpu: 4, npu: 1 });
const onParts = aNetwork().withLayer('a', { cpu: 3 }).withLayer('b', { gpu: 2 });

describe('the baseline that a platform suggests', () => {
  it.each([
    ['NPU first where there is an NPU', aScenario().on(aPlatform().withGpu().withNpu()).running(onAll), 'npu_first'],
    [
      'the best single processor where there is none',
      aScenario().on(aPlatform().withGpu()).running(onAll),
      'best_single',
    ],
    ['HEFT where no processor can run everything', aScenario().on(aPlatform().withGpu()).running(onParts), 'heft'],
  ] as const)('is %s', (_, scenario, expected) => {
    expect(defaultBaselineId(scenario.problem())).toBe(expected);
    expect(baselineOf(scenario.build(), expected).metrics.makespanMs).toBeGreaterThan(0);
  });
});

describe('the best single processor', () => {
  it('is the one that ends first, named', () => {
    expect(simpleBaseline(aScenario().on(aPlatform().withGpu()).running(onAll).problem(), 'best_single')).toMatchObject(
      { name: 'gpu alone', metrics: { makespanMs: 8 } },
    );
  });

  it('uses all cores of a cluster', () => {
    const scenario = ['a', 'b', 'c'].reduce(
      (built, id) => built.running(aNetwork(id).withChain(1, { cpu: 6, gpu: 4 }), { id }),
      aScenario().on(aPlatform().withCores(4).withGpu()),
    );
    expect(simpleBaseline(scenario.problem(), 'best_single')).toMatchObject({
      name: 'cpu alone',
      metrics: { makespanMs: 6 },
    });
  });

  it('is refused, with what to take instead, where none can run everything', () => {
    expect(() => baselineOf(aScenario().on(aPlatform().withGpu()).running(onParts).build(), 'best_single')).toThrow(
      expect.objectContaining({ code: 'baseline.impossible', hint: expect.stringContaining('heft') }),
    );
  });
});

describe('a recorded run', () => {
  const base = aScenario('camera').on(aPlatform().withGpu()).running(onAll, { periodMs: 50, instances: 2 });
  const { metrics } = baselineOf(base.build(), 'npu_first');
  /** Run 12 of `scenario`, as the record gives it. */
  const recorded = (scenario: ScenarioBuilder, best?: { metrics: Metrics }) => ({
    run: { id: 12, scenarioId: scenario.input.id },
    scenario: JSON.parse(JSON.stringify(scenario.build())) as unknown,
    best,
  });
  const against = (scenario: ScenarioBuilder) => baselineOfRun(recorded(base, { metrics }), scenario.problem());

  it('is named by its id', () => {
    expect(against(base)).toEqual({ name: 'run 12', metrics });
  });

  it('of the same problem is one, whatever its documents are called', () => {
    const renamed = base.with({ id: 'copy', name: 'Copy', description: 'as it was', provenance: ['assumed: all'] });
    expect(against(renamed)).toEqual({ name: 'run 12', metrics });
  });

  it.each([
    [
      'a time',
      base.with({
        applications: [
          { ...base.input.applications[0]!, network: aNetwork().withChain(2, { cpu: 6, gpu: 4.5, npu: 1 }).input },
        ],
      }),
      'the time of a/l0 on gpu: 4 ms there, 4.5 ms here',
    ],
    [
      'a layer',
      base.with({
        applications: [
          { ...base.input.applications[0]!, network: aNetwork().withChain(3, { cpu: 6, gpu: 4, npu: 1 }).input },
        ],
      }),
      'the layers: not the same',
    ],
    [
      'a dependency',
      base.with({
        applications: [
          {
            ...base.input.applications[0]!,
            network: aNetwork().withLayer('l0', { cpu: 6, gpu: 4, npu: 1 }).withLayer('l1', { cpu: 6, gpu: 4, npu: 1 })
              .input,
          },
        ],
      }),
      'the dependencies of layers: not the same',
    ],
    [
      'the period',
      base.with({ applications: [{ ...base.input.applications[0]!, periodMs: 60 }] }),
      'the period of a: 50 ms there, 60 ms here',
    ],
    [
      'the instances',
      base.with({ applications: [{ ...base.input.applications[0]!, instances: 3 }] }),
      'the instances of a: 2 there, 3 here',
    ],
    [
      'a deadline',
      base.with({ applications: [{ ...base.input.applications[0]!, deadlineMs: 40 }] }),
      'the deadline of a: none there, 40 ms here',
    ],
    ['an application', base.running(onAll), 'the applications: a there, a, b here'],
    ['the tick', base.withTick(0.5), 'the dispatch tick: 0 ms there, 0.5 ms here'],
    [
      'the transfers',
      base.on(aPlatform().withGpu().withDefaultLink({ latencyMs: 1 })),
      'the transfers between layers: not the same',
    ],
    ['the power of a processor', base.on(aPlatform().withGpu({ idlePowerMW: 7 })), 'the figures of gpu: not the same'],
    ['a processor', base.on(aPlatform().withGpu().withNpu()), 'the processors: cpu, gpu there, cpu, gpu, npu here'],
  ])('of a scenario in which %s was changed since is refused, with what differs', (_, changed, what) => {
    expect(() => against(changed)).toThrow(
      expect.objectContaining({
        code: 'baseline.changedScenario',
        message: `run 12 computed another version of scenario "camera" (${what})`,
        hint: expect.stringContaining('npu_first'),
      }),
    );
  });

  it('of another scenario, or without a schedule, is refused with what to take instead', () => {
    const other = aScenario('radar').on(aPlatform().withGpu()).running(onParts);
    expect(() => against(other)).toThrow(
      expect.objectContaining({
        code: 'baseline.otherScenario',
        message: expect.stringMatching(/"camera".*"radar"/),
        hint: expect.stringContaining('peft or best_single'),
      }),
    );
    expect(() => baselineOfRun(recorded(base), base.problem())).toThrow(
      expect.objectContaining({ code: 'baseline.noSchedule', hint: expect.stringContaining('npu_first') }),
    );
  });
});

describe('the simple schedules that a front is held against', () => {
  it('are what the platform suggests, and HEFT', () => {
    const on = (platform: PlatformBuilder, network = onAll) =>
      frontBaselineIds(aScenario().on(platform).running(network).problem());
    expect(on(aPlatform().withGpu().withNpu())).toEqual(['npu_first', 'heft']);
    expect(on(aPlatform().withGpu())).toEqual(['best_single', 'heft']);
    expect(on(aPlatform().withGpu(), onParts)).toEqual(['heft']);
  });
});

describe('the first schedule', () => {
  it('is called by the kind of processor that everything is sent to', () => {
    const named = (platform: PlatformBuilder) => firstScheduleName(aScenario().on(platform).running(onAll).problem());
    expect([aPlatform().withGpu().withNpu(), aPlatform().withGpu(), aPlatform()].map(named)).toEqual([
      'NPU first',
      'GPU first',
      'CPU first',
    ]);
  });
});
