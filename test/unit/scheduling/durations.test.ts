/** How long a task takes (DESIGN §6, "Compile"): pinned and pooled processors, core groups, operating points, caps. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, type PlatformBuilder } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';

/** `count` independent layers of 12 ms on the CPU, run as one application "a". */
function independentLayers(count: number, platform: PlatformBuilder) {
  let network = aNetwork();
  for (let index = 0; index < count; index++) network = network.withLayer(`x${index}`, { cpu: 12 });
  return aScenario().on(platform).running(network).problem();
}

/** One layer of 12 ms on the CPU. */
const oneLayer = (platform: PlatformBuilder) => independentLayers(1, platform);

describe('pinned and pooled processors', () => {
  it('makes each core of a pinned processor a processing element of one unit', () => {
    const problem = independentLayers(1, aPlatform().withCores(3).withNpu());
    expect(problem.pes.map(({ id, units }) => [id, units])).toEqual([
      ['cpu:0', 1],
      ['cpu:1', 1],
      ['cpu:2', 1],
      ['npu', 1],
    ]);
  });

  it('makes a pooled processor one processing element with as many units as cores', () => {
    const problem = independentLayers(1, aPlatform().withCores(3, { dispatch: 'pooled' }).withNpu());
    expect(problem.pes.map(({ id, units }) => [id, units])).toEqual([
      ['cpu', 3],
      ['npu', 1],
    ]);
  });

  it('runs tasks pinned to one core one after the other although other cores idle', () => {
    const { times } = simulateMapping(independentLayers(2, aPlatform().withCores(2)), {
      'a/x0': 'cpu:1',
      'a/x1': 'cpu:1',
    });
    expect(times).toEqual({ 'a/x0': [0, 12], 'a/x1': [12, 24] });
  });

  it('runs as many tasks of a pooled processor at once as it has cores, each on the lowest-numbered idle unit', () => {
    const problem = independentLayers(3, aPlatform().withCores(2, { dispatch: 'pooled' }));
    const { times, places } = simulateMapping(problem, everythingOn(problem, 'cpu'));
    expect(times).toEqual({ 'a/x0': [0, 12], 'a/x1': [0, 12], 'a/x2': [12, 24] });
    expect(places).toEqual({ 'a/x0': 'cpu', 'a/x1': 'cpu.1', 'a/x2': 'cpu' });
  });

  it('gives a task the lowest-numbered idle unit, not the one idle for longest', () => {
    // Units 0, 1, 2 run 5, 3 and 4 ms. w takes unit 1 at 3 (the only idle one) until 4.5; v takes unit 2 at 4 until 6;
    // u at 4.5 takes unit 1. At 5 unit 0 is free for t.
    const network = aNetwork()
      .withLayer('p', { cpu: 5 })
      .withLayer('q', { cpu: 3 })
      .withLayer('r', { cpu: 4 })
      .withLayer('w', { cpu: 1.5 })
      .withLayer('v', { cpu: 2 })
      .withLayer('u', { cpu: 9 })
      .withLayer('t', { cpu: 1 });
    const problem = aScenario()
      .on(aPlatform().withCores(3, { dispatch: 'pooled' }))
      .running(network)
      .problem();
    expect(simulateMapping(problem, everythingOn(problem, 'cpu')).places).toEqual({
      'a/p': 'cpu',
      'a/q': 'cpu.1',
      'a/r': 'cpu.2',
      'a/w': 'cpu.1',
      'a/v': 'cpu.2',
      'a/u': 'cpu.1',
      'a/t': 'cpu',
    });
  });
});

describe('core configurations', () => {
  const grouped = aPlatform().withCores(4, {
    coreConfigurations: [[1, 1, 1, 1], [2, 2], [4], [2, 1]],
    groupSpeedup: { 2: 1.5, 4: 3 },
  });

  it('makes each group a processing element whose tasks run faster by the speed-up of its size', () => {
    // groups [2, 2]: 12 / 1.5 = 8 ms; group [4]: 12 / 3 = 4 ms
    const problem = independentLayers(2, grouped);
    const two = simulateMapping(problem, {
      mapping: { 'a/x0': 'cpu:0', 'a/x1': 'cpu:1' },
      coreConfigurations: { cpu: [2, 2] },
    });
    expect(two.times).toEqual({ 'a/x0': [0, 8], 'a/x1': [0, 8] });
    const four = simulateMapping(problem, {
      mapping: { 'a/x0': 'cpu:0', 'a/x1': 'cpu:0' },
      coreConfigurations: { cpu: [4] },
    });
    expect(four.times).toEqual({ 'a/x0': [0, 4], 'a/x1': [4, 8] });
  });

  it('gives groups of different size their own speed-up, and single cores none', () => {
    const { times } = simulateMapping(independentLayers(2, grouped), {
      mapping: { 'a/x0': 'cpu:0', 'a/x1': 'cpu:1' },
      coreConfigurations: { cpu: [2, 1] },
    });
    expect(times).toEqual({ 'a/x0': [0, 8], 'a/x1': [0, 12] });
  });

  it('uses the first configuration when none is chosen', () => {
    expect(simulateMapping(oneLayer(grouped), { 'a/x0': 'cpu:3' }).times).toEqual({ 'a/x0': [0, 12] });
  });

  it('applies a speed-up given for single cores too', () => {
    const platform = aPlatform().withCores(2, { coreConfigurations: [[1, 1]], groupSpeedup: { 1: 0.5 } });
    expect(simulateMapping(oneLayer(platform), { 'a/x0': 'cpu:0' }).times).toEqual({ 'a/x0': [0, 24] });
  });
});

describe('operating points', () => {
  const points = (...frequencies: number[]) => frequencies.map((frequencyMHz) => ({ frequencyMHz }));

  it('scales a time by nominal / frequency', () => {
    // 12 × 2000 / 500 = 48
    const problem = oneLayer(aPlatform().withCores(1, { operatingPoints: points(500, 2000) }));
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 500 } }).times).toEqual({
      'a/x0': [0, 48],
    });
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 2000 } }).times).toEqual({
      'a/x0': [0, 12],
    });
  });

  it('scales only the share frequencyScaling of a time', () => {
    // s = 0.5: 12 × (0.5 + 0.5 × 2000 / 500) = 12 × 2.5 = 30
    const problem = oneLayer(aPlatform().withCores(1, { operatingPoints: points(500, 2000), frequencyScaling: 0.5 }));
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 500 } }).times).toEqual({
      'a/x0': [0, 30],
    });
  });

  it('does not scale at all with frequencyScaling 0', () => {
    const problem = oneLayer(aPlatform().withCores(1, { operatingPoints: points(500, 2000), frequencyScaling: 0 }));
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 500 } }).times).toEqual({
      'a/x0': [0, 12],
    });
  });

  it('measures times at nominalFrequencyMHz: above it, a task is faster', () => {
    // 12 × 1000 / 2000 = 6
    const problem = oneLayer(
      aPlatform().withCores(1, { operatingPoints: points(500, 2000), nominalFrequencyMHz: 1000 }),
    );
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 2000 } }).times).toEqual({
      'a/x0': [0, 6],
    });
  });

  it('runs at the operating point closest to nominal when none is chosen, the higher one of two equally close', () => {
    // closest to 1000 among 400, 900, 1100: 900 and 1100 are equally close, so 1100: 12 × 1000 / 1100
    const problem = oneLayer(
      aPlatform().withCores(1, { operatingPoints: points(1100, 400, 900), nominalFrequencyMHz: 1000 }),
    );
    expect(simulateMapping(problem, { 'a/x0': 'cpu' }).times['a/x0']?.[1]).toBeCloseTo(10.909090909, 9);
  });

  it('needs no operating points: the given times hold', () => {
    expect(simulateMapping(oneLayer(aPlatform()), { 'a/x0': 'cpu' }).times).toEqual({ 'a/x0': [0, 12] });
  });

  it('divides by basePerformance, group speed-up and frequency together', () => {
    // 12 / 2 (performance) / 1.5 (group of 2) × 2000 / 1000 (frequency) = 8
    const platform = aPlatform().withCores(2, {
      basePerformance: 2,
      operatingPoints: points(1000, 2000),
      coreConfigurations: [[2]],
      groupSpeedup: { 2: 1.5 },
    });
    expect(
      simulateMapping(oneLayer(platform), { mapping: { 'a/x0': 'cpu' }, frequencies: { cpu: 1000 } }).times,
    ).toEqual({ 'a/x0': [0, 8] });
  });

  it('reads the time under executionTimeKey, so that two processors can share one', () => {
    const platform = aPlatform()
      .withCores(1)
      .withProcessor({ id: 'little', kind: 'cpu', executionTimeKey: 'cpu', basePerformance: 0.5 });
    expect(simulateMapping(oneLayer(platform), { 'a/x0': 'little' }).times).toEqual({ 'a/x0': [0, 24] });
  });
});

describe('frequency caps', () => {
  // At most 1500 MHz with two or more active cores, at most 1000 with four.
  const platform = aPlatform()
    .withCores(4, {
      operatingPoints: [{ frequencyMHz: 500 }, { frequencyMHz: 1000 }, { frequencyMHz: 1500 }, { frequencyMHz: 2000 }],
    })
    .withCap('cpu', 2, 1500)
    .withCap('cpu', 4, 1000);
  const endWith = (activeCores: number): number | undefined =>
    simulateMapping(oneLayer(platform), { mapping: { 'a/x0': 'cpu:0' }, activeCores: { cpu: activeCores } }).times[
      'a/x0'
    ]?.[1];

  it('lowers the frequency to the highest operating point allowed for the active cores', () => {
    expect(endWith(1)).toBe(12); // 2000 MHz, no cap
    expect(endWith(2)).toBe(16); // 1500 MHz: 12 × 2000 / 1500
    expect(endWith(4)).toBe(24); // 1000 MHz
  });

  it('applies a cap stated for fewer cores to more cores too', () => {
    expect(endWith(3)).toBe(16); // no cap is stated for 3 cores: that for 2 holds
  });

  it('takes the lowest cap whatever the order they are stated in', () => {
    const odd = aPlatform()
      .withCores(4, { operatingPoints: [{ frequencyMHz: 1000 }, { frequencyMHz: 2000 }] })
      .withCap('cpu', 2, 1000)
      .withCap('cpu', 4, 2000);
    expect(simulateMapping(oneLayer(odd), { 'a/x0': 'cpu:0' }).times).toEqual({ 'a/x0': [0, 24] });
  });

  it('counts the cores of all groups of a core configuration as active', () => {
    const grouped = aPlatform()
      .withCores(4, {
        operatingPoints: [{ frequencyMHz: 1000 }, { frequencyMHz: 2000 }],
        coreConfigurations: [[2, 1], [2]],
        groupSpeedup: { 2: 1 },
      })
      .withCap('cpu', 3, 1000);
    const problem = oneLayer(grouped);
    expect(simulateMapping(problem, { 'a/x0': 'cpu:0' }).times).toEqual({ 'a/x0': [0, 24] }); // [2, 1]: three active
    expect(simulateMapping(problem, { mapping: { 'a/x0': 'cpu:0' }, coreConfigurations: { cpu: [2] } }).times).toEqual({
      'a/x0': [0, 12],
    });
  });
});
