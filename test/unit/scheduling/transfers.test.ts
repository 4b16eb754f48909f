/** When a task's inputs arrive (DESIGN §6, rules 1 and 2): measured, computed from the link, free, or contended. */
import { describe, expect, it } from 'vitest';
import {
  aNetwork,
  aPlatform,
  aScenario,
  type DependencyInput,
  type LayerInput,
  type PlatformBuilder,
} from '#test/fixtures/builders.ts';
import { simulateMapping } from '#test/fixtures/schedules.ts';

/** Two layers of 1 ms, x on the CPU and y, which reads x, on the NPU. */
function cpuToNpu(
  platform: PlatformBuilder,
  dependency: DependencyInput,
  producer: Partial<LayerInput> = {},
): number | undefined {
  const network = aNetwork()
    .withLayer('x', { cpu: 1, npu: 1 }, producer)
    .withLayer('y', { cpu: 1, npu: 1 }, { dependencies: [dependency] });
  const problem = aScenario().on(platform).running(network).problem();
  return simulateMapping(problem, { 'a/x': 'cpu:0', 'a/y': 'npu' }).times['a/y']?.[0];
}

const board = aPlatform().withCores(2).withNpu();

describe('transfers', () => {
  it('take link latency + bytes / bandwidth', () => {
    // 0.5 ms + 4,000,000 bytes / (2000 × 10⁶ bytes/s) = 0.5 + 2 ms, after x ends at 1
    expect(
      cpuToNpu(board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 2000 }), 'x', { outputBytes: 4_000_000 }),
    ).toBe(3.5);
  });

  it('take the bytes of the edge rather than the producer’s outputBytes', () => {
    expect(
      cpuToNpu(
        board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 2000 }),
        { layer: 'x', bytes: 2_000_000 },
        { outputBytes: 4_000_000 },
      ),
    ).toBe(2.5);
    expect(
      cpuToNpu(
        board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 2000 }),
        { layer: 'x', bytes: 0 },
        { outputBytes: 4_000_000 },
      ),
    ).toBe(1.5);
  });

  it('take the latency alone when nothing says how many bytes', () => {
    expect(cpuToNpu(board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 2000 }), 'x')).toBe(1.5);
  });

  it('take the latency alone when no bandwidth is known', () => {
    expect(cpuToNpu(board.withDefaultLink({ latencyMs: 0.5 }), 'x', { outputBytes: 4_000_000 })).toBe(1.5);
  });

  it('take the measured time of the edge where there is one, whatever the link says', () => {
    const platform = board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 2000 });
    expect(cpuToNpu(platform, { layer: 'x', bytes: 2_000_000, transferMs: { 'cpu>npu': 0.25 } })).toBe(1.25);
    expect(cpuToNpu(platform, { layer: 'x', transferMs: { 'cpu>npu': 0 } })).toBe(1);
  });

  it('ignore a time measured in the other direction', () => {
    expect(cpuToNpu(board.withDefaultLink({ latencyMs: 0.5 }), { layer: 'x', transferMs: { 'npu>cpu': 9 } })).toBe(1.5);
  });

  it('use the directed link, which takes from the default what it leaves out', () => {
    // latency 3 from the link, bandwidth from the default: 4 MB / 4000 MB/s = 1 ms
    const platform = board
      .withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 4000 })
      .withLink('cpu', 'npu', { latencyMs: 3 })
      .withLink('npu', 'cpu', { latencyMs: 7 });
    expect(cpuToNpu(platform, 'x', { outputBytes: 4_000_000 })).toBe(5);
  });

  it('cost nothing between processing elements of one processor', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 1 }, { outputBytes: 4_000_000 })
      .withLayer('y', { cpu: 1 }, { dependencies: [{ layer: 'x', transferMs: { 'cpu>cpu': 5 } }] });
    const problem = aScenario()
      .on(board.withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 1 }))
      .running(network)
      .problem();
    expect(simulateMapping(problem, { 'a/x': 'cpu:0', 'a/y': 'cpu:1' }).times['a/y']).toEqual([1, 2]);
  });

  it('delay a task until the last of its inputs has arrived', () => {
    // p ends at 1 and arrives at 1 + 4; q ends at 3 and arrives at 3 + 1
    const network = aNetwork()
      .withLayer('p', { cpu: 1 })
      .withLayer('q', { cpu: 3 })
      .withLayer(
        'y',
        { npu: 1 },
        {
          dependencies: [
            { layer: 'p', transferMs: { 'cpu>npu': 4 } },
            { layer: 'q', transferMs: { 'cpu>npu': 1 } },
          ],
        },
      );
    const problem = aScenario().on(board).running(network).problem();
    expect(simulateMapping(problem, { 'a/p': 'cpu:0', 'a/q': 'cpu:1', 'a/y': 'npu' }).times['a/y']).toEqual([5, 6]);
  });
});

describe('contended links', () => {
  /** Four sources on the CPU feed one layer each on the NPU. Every transfer takes 2 ms; sources end at 1, 1.5, 1 and 9 ms. */
  const network = aNetwork()
    .withLayer('p', { cpu: 1 })
    .withLayer('q', { cpu: 1.5 })
    .withLayer('r', { cpu: 1 })
    .withLayer('s', { cpu: 9 })
    .withLayer('p2', { npu: 0.1, gpu: 0.1 }, { dependencies: ['p'] })
    .withLayer('q2', { npu: 0.1 }, { dependencies: ['q'] })
    .withLayer('r2', { npu: 0.1 }, { dependencies: ['r'] })
    .withLayer('s2', { npu: 0.1 }, { dependencies: ['s'] });
  const platform = aPlatform().withCores(4).withGpu().withNpu().withDefaultLink({ latencyMs: 2 });
  const sources = { 'a/p': 'cpu:0', 'a/q': 'cpu:1', 'a/r': 'cpu:2', 'a/s': 'cpu:3' };
  const starts = (board: PlatformBuilder, placeOfP2: string) => {
    const { times } = simulateMapping(aScenario().on(board).running(network).problem(), {
      ...sources,
      'a/p2': placeOfP2,
      'a/q2': 'npu',
      'a/r2': 'npu',
      'a/s2': 'npu',
    });
    return ['p2', 'q2', 'r2', 's2'].map((layer) => times[`a/${layer}`]?.[0]);
  };

  it('serialise the transfers of a link, first come first served, ties by task', () => {
    // On cpu>npu: p 1–3, then r 3–5 (asked at 1 too, later task), then q 5–7 (asked at 1.5), s 9–11 (link long idle).
    expect(starts(platform.withContendedLinks(), 'npu')).toEqual([3, 7, 5, 11]);
  });

  it('do not delay the transfers of another link', () => {
    // p goes over cpu>gpu 1–3; on cpu>npu: r 1–3, q 3–5.
    expect(starts(platform.withContendedLinks(), 'gpu')).toEqual([3, 5, 3, 11]);
  });

  it('are the exception: with the latency model transfers overlap', () => {
    // p2, r2 ready at 3 and q2 at 3.5; p2 runs 3–3.1, so r2 starts at 3.1.
    expect(starts(platform, 'npu')).toEqual([3, 3.5, 3.1, 11]);
  });

  it('send the outputs of one layer to its consumers in the order of the layers', () => {
    const fork = aNetwork()
      .withLayer('x', { cpu: 1 })
      .withLayer('late', { npu: 1 }, { dependencies: ['x'] })
      .withLayer('later', { npu: 1 }, { dependencies: ['x'] });
    const { times } = simulateMapping(aScenario().on(platform.withContendedLinks()).running(fork).problem(), {
      'a/x': 'cpu:0',
      'a/late': 'npu',
      'a/later': 'npu',
    });
    expect(times).toEqual({ 'a/x': [0, 1], 'a/late': [3, 4], 'a/later': [5, 6] });
  });

  it('serialise measured transfers as well', () => {
    const fork = aNetwork()
      .withLayer('x', { cpu: 1 })
      .withLayer('y', { npu: 1 }, { dependencies: [{ layer: 'x', transferMs: { 'cpu>npu': 4 } }] })
      .withLayer('z', { npu: 1 }, { dependencies: [{ layer: 'x', transferMs: { 'cpu>npu': 1 } }] });
    const { times } = simulateMapping(aScenario().on(platform.withContendedLinks()).running(fork).problem(), {
      'a/x': 'cpu:0',
      'a/y': 'npu',
      'a/z': 'npu',
    });
    expect(times).toEqual({ 'a/x': [0, 1], 'a/y': [5, 6], 'a/z': [6, 7] });
  });
});
