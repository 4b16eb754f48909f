/** The ways of transfers: buses that processors share, and chains of links between those that have none. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aScenario } from '#test/fixtures/builders.ts';
import { simulateMapping } from '#test/fixtures/schedules.ts';
import type { PlatformInput } from '#shared/domain/platform.ts';
import { compileRoutes } from '#shared/scheduling/compile-routes.ts';
import { parsePlatform } from '#shared/domain/platform.ts';

type Interconnect = NonNullable<PlatformInput['interconnect']>;

const ids = ['p', 'q', 'r', 's'] as const;
const platform = (interconnect: Interconnect): PlatformInput => ({
  schemaVersion: 1,
  id: 'mesh',
  processors: ids.map((id) => ({ id, kind: 'npu' as const, executionTimeKey: 'npu' })),
  interconnect,
});

/** Two pairs of layers of 1 ms, each pair with a transfer of 1 MB between processors. */
function twoTransfers(interconnect: Interconnect, places: readonly [string, string, string, string]) {
  const network = aNetwork()
    .withLayer('a', { npu: 1 }, { outputBytes: 1_000_000 })
    .withLayer('b', { npu: 1 }, { dependencies: ['a'] })
    .withLayer('c', { npu: 1 }, { outputBytes: 1_000_000 })
    .withLayer('d', { npu: 1 }, { dependencies: ['c'] });
  const problem = aScenario()
    .with({ platform: platform(interconnect) })
    .running(network)
    .problem();
  const [a, b, c, d] = places;
  const { times } = simulateMapping(problem, { 'a/a': a, 'a/b': b, 'a/c': c, 'a/d': d });
  return [times['a/b']![0], times['a/d']![0]];
}

const shared = [{ id: 'dram', processors: [...ids], bandwidthMBps: 1000, latencyMs: 0.5 }];

describe('a bus', () => {
  it('carries one transfer at a time, whoever sends it to whom, where links are contended', () => {
    // 0.5 + 1 ms each
    expect(twoTransfers({ model: 'contended', buses: shared }, ['p', 'q', 'r', 's'])).toEqual([2.5, 4]);
  });

  it('is as fast for each transfer as if it were alone, where they are not', () => {
    expect(twoTransfers({ buses: shared }, ['p', 'q', 'r', 's'])).toEqual([2.5, 2.5]);
  });

  it('takes turns in both directions, as two links do not', () => {
    const links = [
      { from: 'p', to: 'q', bandwidthMBps: 1000 },
      { from: 'q', to: 'p', bandwidthMBps: 1000 },
    ];
    expect(twoTransfers({ model: 'contended', links }, ['p', 'q', 'q', 'p'])).toEqual([2, 2]);
    expect(
      twoTransfers({ model: 'contended', buses: [{ ...shared[0]!, latencyMs: 0 }] }, ['p', 'q', 'q', 'p']),
    ).toEqual([2, 3]);
  });

  it('gives way to a link that two of its processors have', () => {
    const links = [{ from: 'r', to: 's', bandwidthMBps: 500 }];
    expect(twoTransfers({ model: 'contended', buses: shared, links }, ['p', 'q', 'r', 's'])).toEqual([2.5, 3]);
  });
});

describe('processors without a link', () => {
  const pair = (first: string, second: string) => ({
    id: `${first}${second}`,
    processors: [first, second],
    bandwidthMBps: 1000,
  });

  it('reach each other over others, with the fewest hops', () => {
    const buses = [pair('p', 'q'), pair('q', 'r'), pair('r', 's')];
    expect(twoTransfers({ buses }, ['p', 's', 'p', 'r'])).toEqual([4, 4]);
    // c runs after a on p, and its two hops follow those of a.
    expect(twoTransfers({ model: 'contended', buses }, ['p', 's', 'p', 'r'])).toEqual([4, 4]);
  });

  it('wait for each hop on their way', () => {
    const buses = [pair('p', 'q'), pair('q', 'r'), pair('r', 's')];
    // p→r over pq and qr from 1; s→q over rs and qr from 1: qr is taken from 2 to 3.
    expect(twoTransfers({ model: 'contended', buses }, ['p', 'r', 's', 'q'])).toEqual([3, 4]);
  });

  it('of several ways with as few hops take that over the first processor', () => {
    const buses = [pair('p', 'r'), pair('p', 'q'), pair('r', 's'), pair('q', 's')];
    const { firstHop, hopChannel } = compileRoutes(parsePlatform(platform({ buses })));
    const way = 3; // from p to s
    expect([...hopChannel.subarray(firstHop[way], firstHop[way + 1])]).toEqual([16 + 1, 16 + 3]);
  });

  it('have a measured time for the whole way', () => {
    const network = aNetwork()
      .withLayer('a', { npu: 1 }, { outputBytes: 1_000_000 })
      .withLayer('b', { npu: 1 }, { dependencies: [{ layer: 'a', transferMs: { 'p>r': 0.4 } }] });
    for (const model of ['latency', 'contended'] as const) {
      const problem = aScenario()
        .with({ platform: platform({ model, buses: [pair('p', 'q'), pair('q', 'r'), pair('r', 's')] }) })
        .running(network)
        .problem();
      expect(simulateMapping(problem, { 'a/a': 'p', 'a/b': 'r' }).times['a/b']![0]).toBeCloseTo(1.4, 12);
    }
  });

  it('cost the energy of every hop', () => {
    const buses = [
      { ...pair('p', 'q'), energyPJPerByte: 10 },
      { ...pair('q', 'r'), energyPJPerByte: 20 },
      pair('r', 's'),
    ];
    const { energyPJPerByte } = compileRoutes(parsePlatform(platform({ default: { energyPJPerByte: 5 }, buses })));
    expect(energyPJPerByte[2]).toBe(30);
    expect(energyPJPerByte[3]).toBe(35);
  });
});

it('without buses every two processors have a link', () => {
  const { channels, hasChains, hopChannel } = compileRoutes(parsePlatform(platform({})));
  expect({ channels, hasChains, hops: hopChannel.length }).toEqual({ channels: 16, hasChains: false, hops: 12 });
});
