/** What a schedule costs in energy and at most draws in power (DESIGN §6, "Energy"). mJ = mW · ms / 1000. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { simulateMapping } from '#test/fixtures/schedules.ts';

const point = (frequencyMHz: number, activePowerMW: number, clusterPowerMW = 0) => ({
  frequencyMHz,
  activePowerMW,
  clusterPowerMW,
});
const oneLayer = aNetwork().withLayer('x', { cpu: 10, npu: 4 });

describe('energy', () => {
  it('is active power while busy and idle power until the makespan', () => {
    // cpu busy 10 of 10 ms at 500 mW; npu idle for 10 ms at 30 mW: (5000 + 300) / 1000
    const platform = aPlatform()
      .withCores(1, { operatingPoints: [point(1000, 500)], idlePowerMW: 40 })
      .withNpu({ operatingPoints: [point(800, 900)], idlePowerMW: 30 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(oneLayer).problem(), { 'a/x': 'cpu' });
    expect(metrics.energyMJ).toBe(5.3);
  });

  it('counts idle power from time zero, also before the first release', () => {
    // idle 0–5, busy 5–15: 5 × 40 + 10 × 500 = 5200
    const platform = aPlatform().withCores(1, { operatingPoints: [point(1000, 500)], idlePowerMW: 40 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(oneLayer, { startTimeMs: 5 }).problem(), {
      'a/x': 'cpu',
    });
    expect(metrics.energyMJ).toBe(5.2);
  });

  it('adds the power of a cluster for the whole makespan', () => {
    // 10 × (500 + 60) = 5600
    const platform = aPlatform().withCores(1, { operatingPoints: [point(1000, 500, 60)] });
    expect(
      simulateMapping(aScenario().on(platform).running(oneLayer).problem(), { 'a/x': 'cpu' }).metrics.energyMJ,
    ).toBe(5.6);
  });

  it('takes active and cluster power from the chosen operating point', () => {
    // at 500 MHz the layer takes 20 ms: 20 × (200 + 20) = 4400
    const platform = aPlatform().withCores(1, { operatingPoints: [point(500, 200, 20), point(1000, 500, 60)] });
    const { metrics } = simulateMapping(aScenario().on(platform).running(oneLayer).problem(), {
      mapping: { 'a/x': 'cpu' },
      frequencies: { cpu: 500 },
    });
    expect(metrics.energyMJ).toBe(4.4);
  });

  it('lets cores that are switched off draw offPowerMW', () => {
    // 2 of 4 cores active: 10 × 500 busy + 10 × 40 idle + 2 × 10 × 5 off = 5500
    const platform = aPlatform().withCores(4, { operatingPoints: [point(1000, 500)], idlePowerMW: 40, offPowerMW: 5 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(oneLayer).problem(), {
      mapping: { 'a/x': 'cpu:1' },
      activeCores: { cpu: 2 },
    });
    expect(metrics.energyMJ).toBe(5.5);
  });

  it('counts every core of a busy group, and cores outside all groups as off', () => {
    // groups [2, 1] of 4 cores, speed-up 2: busy 5 ms with 2 cores: 2 × 5 × 500 = 5000; third core idle 5 × 40 = 200; fourth off 5 × 5 = 25
    const platform = aPlatform().withCores(4, {
      operatingPoints: [point(1000, 500)],
      idlePowerMW: 40,
      offPowerMW: 5,
      coreConfigurations: [[2, 1]],
      groupSpeedup: { 2: 2 },
    });
    expect(
      simulateMapping(aScenario().on(platform).running(oneLayer).problem(), { 'a/x': 'cpu:0' }).metrics.energyMJ,
    ).toBe(5.225);
  });

  it('counts each unit of a pooled processor by itself', () => {
    // two units: one busy 10 ms, one idle: 5000 + 400
    const platform = aPlatform().withCores(2, {
      dispatch: 'pooled',
      operatingPoints: [point(1000, 500)],
      idlePowerMW: 40,
    });
    expect(
      simulateMapping(aScenario().on(platform).running(oneLayer).problem(), { 'a/x': 'cpu' }).metrics.energyMJ,
    ).toBe(5.4);
  });

  it('counts only the time a task runs, not the rest of its dispatch tick', () => {
    // x 0–10 and y 12–22 with tick 4: 20 ms busy, 2 ms idle: 20 × 500 + 2 × 40 = 10080
    const platform = aPlatform().withCores(1, { operatingPoints: [point(1000, 500)], idlePowerMW: 40 });
    const problem = aScenario()
      .on(platform)
      .running(aNetwork().withChain(2, { cpu: 10 }))
      .withTick(4)
      .problem();
    expect(simulateMapping(problem, { 'a/l0': 'cpu', 'a/l1': 'cpu' }).metrics.energyMJ).toBe(10.08);
  });

  it('adds energyPJPerByte for each byte moved between processors, for every instance', () => {
    // 3 instances × 1,000,000 bytes × 100 pJ = 3e8 pJ = 0.3 mJ; nothing for y → z on the same processor
    const network = aNetwork()
      .withLayer('x', { cpu: 1 }, { outputBytes: 1_000_000 })
      .withLayer('y', { npu: 1 }, { dependencies: ['x'], outputBytes: 5_000_000 })
      .withLayer('z', { npu: 1 }, { dependencies: ['y'] });
    const platform = aPlatform().withNpu().withDefaultLink({ energyPJPerByte: 100 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(network, { instances: 3 }).problem(), {
      'a/x': 'cpu',
      'a/y': 'npu',
      'a/z': 'npu',
    });
    expect(metrics.energyMJ).toBeCloseTo(0.3, 12);
  });

  it('takes the energy per byte of the link and the bytes of the edge, also where the time was measured', () => {
    // 2,000,000 bytes × 50 pJ = 1e8 pJ = 0.1 mJ
    const network = aNetwork()
      .withLayer('x', { cpu: 1 }, { outputBytes: 9 })
      .withLayer('y', { npu: 1 }, { dependencies: [{ layer: 'x', bytes: 2_000_000, transferMs: { 'cpu>npu': 1 } }] });
    const platform = aPlatform()
      .withNpu()
      .withDefaultLink({ energyPJPerByte: 100 })
      .withLink('cpu', 'npu', { energyPJPerByte: 50 });
    expect(
      simulateMapping(aScenario().on(platform).running(network).problem(), { 'a/x': 'cpu', 'a/y': 'npu' }).metrics
        .energyMJ,
    ).toBeCloseTo(0.1, 12);
  });
});

describe('peak power', () => {
  const platform = aPlatform()
    .withCores(2, { operatingPoints: [point(1000, 500, 60)], idlePowerMW: 40, offPowerMW: 5 })
    .withNpu({ operatingPoints: [point(800, 900)], idlePowerMW: 30 });

  it('is the highest sum over all processors at one instant', () => {
    // cpu:0 and npu busy together 0–4: 500 + 40 (cpu:1 idle) + 60 (cluster) + 900
    const network = aNetwork().withLayer('x', { cpu: 10 }).withLayer('y', { npu: 4 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(network).problem(), {
      'a/x': 'cpu:0',
      'a/y': 'npu',
    });
    expect(metrics.peakPowerMW).toBe(1500);
  });

  it('does not add tasks that only touch: one ends when the other starts', () => {
    // x 0–10 on the CPU, then y on the NPU: the higher of 500 + 40 + 60 + 30 and 40 + 40 + 60 + 900
    const network = aNetwork()
      .withLayer('x', { cpu: 10 })
      .withLayer('y', { npu: 4 }, { dependencies: ['x'] });
    const { metrics } = simulateMapping(aScenario().on(platform).running(network).problem(), {
      'a/x': 'cpu:0',
      'a/y': 'npu',
    });
    expect(metrics.peakPowerMW).toBe(1040);
  });

  it('counts cores that are off with their off power', () => {
    const { metrics } = simulateMapping(aScenario().on(platform).running(oneLayer).problem(), {
      mapping: { 'a/x': 'cpu:0' },
      activeCores: { cpu: 1 },
    });
    expect(metrics.peakPowerMW).toBe(500 + 5 + 60 + 30);
  });

  it('counts all cores of a busy group', () => {
    const grouped = aPlatform().withCores(4, {
      operatingPoints: [point(1000, 500)],
      idlePowerMW: 40,
      coreConfigurations: [[3, 1]],
      groupSpeedup: { 3: 2 },
    });
    expect(
      simulateMapping(aScenario().on(grouped).running(oneLayer).problem(), { 'a/x': 'cpu:0' }).metrics.peakPowerMW,
    ).toBe(3 * 500 + 40);
  });

  it('includes the idle platform waiting for the first release', () => {
    const waiting = aScenario()
      .on(platform)
      .running(aNetwork().withLayer('x', { cpu: 0 }), { startTimeMs: 5 })
      .problem();
    expect(simulateMapping(waiting, { 'a/x': 'cpu:0' }).metrics.peakPowerMW).toBe(40 + 40 + 60 + 30);
  });

  it('does not count tasks that take no time', () => {
    // "now" starts with x on another core and is over at once: one core busy, not two
    const network = aNetwork().withLayer('x', { cpu: 10 }).withLayer('now', { cpu: 0 });
    const { metrics } = simulateMapping(aScenario().on(platform).running(network).problem(), {
      'a/x': 'cpu:0',
      'a/now': 'cpu:1',
    });
    expect(metrics.peakPowerMW).toBe(500 + 40 + 60 + 30);
  });

  it('may come after a task ends, where a processor draws more idle than busy', () => {
    // npu busy 0–4 at 10 mW, idle at 100 mW; the CPU is busy 0–10: 500 + 100 from 4 on
    const odd = aPlatform()
      .withCores(1, { operatingPoints: [point(1000, 500)] })
      .withNpu({ operatingPoints: [point(800, 10)], idlePowerMW: 100 });
    const network = aNetwork().withLayer('x', { cpu: 10 }).withLayer('y', { npu: 4 });
    expect(
      simulateMapping(aScenario().on(odd).running(network).problem(), { 'a/x': 'cpu', 'a/y': 'npu' }).metrics
        .peakPowerMW,
    ).toBe(600);
  });
});
