/** Fetching a replay's populations: what is looked at first, then what comes next, and no more in memory than allowed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReplayWindow } from '#shared/contract/replay-shapes.ts';
import { ReplaySource } from '#renderer/recorded/replay-source.ts';

/** A run of which generation g has the members 10 g and 10 g + 1. */
function windowOf(from: number, length: number, count: number): ReplayWindow {
  const generations = Array.from({ length: Math.max(0, Math.min(length, count - from)) }, (_, i) => from + i);
  const members = Uint32Array.from(generations.flatMap((generation) => [10 * generation, 10 * generation + 1]));
  const n = members.length;
  return {
    from,
    length: generations.length,
    memberOffsets: Uint32Array.from({ length: generations.length + 1 }, (_, i) => 2 * i),
    members,
    mutationCounts: Uint16Array.from(generations.flatMap((generation) => [generation, 0, 0])),
    chromosomes: {
      ids: members.slice(),
      loci: 3,
      genes: new Uint8Array(3 * n),
      fitness: new Float64Array(n),
      metrics: new Float64Array(5 * n),
      born: new Uint32Array(n),
      operators: new Uint8Array(n),
      parentOffsets: new Uint32Array(n + 1),
      parents: new Uint32Array(0),
      mutatedOffsets: new Uint32Array(n + 1),
      mutatedLoci: new Uint16Array(0),
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets answers arrive and short rests pass. */
const settle = () => vi.advanceTimersByTimeAsync(5);

function aSource({
  count = 1000,
  mostWindows = 4,
  restMs = 0,
}: { count?: number; mostWindows?: number; restMs?: number } = {}) {
  const requests: [number, number][] = [];
  const onArrival = vi.fn<() => void>();
  const onError = vi.fn<(error: unknown) => void>();
  const state = { count };
  const source = new ReplaySource({
    load: async (from, length) => {
      requests.push([from, length]);
      await Promise.resolve();
      return windowOf(from, length, state.count);
    },
    onArrival,
    onError,
    windowLength: 10,
    mostWindows,
    restMs,
  });
  source.setCount(count);
  return { source, requests, onArrival, onError, state };
}

describe('the source of a replay', () => {
  it('asks for a generation that is jumped to alone first, then for its window and the one after', async () => {
    const { source, requests } = aSource();
    await settle();
    requests.length = 0;
    expect(source.at(505)).toBeUndefined();
    await settle();
    expect(requests).toEqual([
      [505, 1],
      [500, 10],
      [510, 10],
    ]);
    expect([...source.at(505)!.members]).toEqual([5050, 5051]);
    expect([...source.at(505)!.mutationCounts]).toEqual([505, 0, 0]);
  });

  it('asks for no windows around a jump before one rests there or goes on from it: the next jump need not wait for them', async () => {
    const { source, requests } = aSource({ restMs: 60_000 });
    await settle();
    requests.length = 0;
    source.at(505);
    await settle();
    source.at(205);
    await settle();
    expect(requests).toEqual([
      [505, 1],
      [205, 1],
    ]);
    expect([...source.at(205)!.members]).toEqual([2050, 2051]);
    source.at(206);
    await settle();
    expect(requests.slice(2)).toEqual([
      [206, 1],
      [200, 10],
      [210, 10],
    ]);
    source.at(800);
    source.close();
  });

  it('fetches ahead in the direction one moves', async () => {
    const { source, requests } = aSource();
    source.at(505);
    await settle();
    requests.length = 0;
    source.at(504);
    await settle();
    expect(requests).toEqual([[490, 10]]);
  });

  it('forgets what was passed over: only the newest jump is answered', async () => {
    const { source, requests } = aSource();
    await settle();
    requests.length = 0;
    for (let generation = 100; generation < 900; generation += 100) source.at(generation);
    await settle();
    expect(requests.map(([from]) => from)).toEqual([100, 800, 800, 810]);
  });

  it('keeps no more windows than allowed, and never drops the one on show', async () => {
    const { source, requests } = aSource({ mostWindows: 3 });
    for (let generation = 0; generation < 200; generation += 5) {
      source.at(generation);
      await settle();
      expect(source.peek(generation)).toBeDefined();
    }
    requests.length = 0;
    expect(source.peek(5)).toBeUndefined();
    const kept = Array.from({ length: 20 }, (_, index) => index * 10 + 3).filter(
      (generation) => source.peek(generation) !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(3);
  });

  it('asks again for a window that a growing run has continued', async () => {
    const { source, state } = aSource({ count: 15 });
    source.at(14);
    await settle();
    expect(source.peek(17)).toBeUndefined();
    state.count = 20;
    source.setCount(20);
    source.at(17);
    await settle();
    expect([...source.peek(17)!.members]).toEqual([170, 171]);
  });

  it('reports an error once, and stays quiet when it was closed', async () => {
    const onError = vi.fn<(error: unknown) => void>();
    const load = vi.fn<() => Promise<ReplayWindow>>(() => Promise.reject(new Error('gone')));
    const source = new ReplaySource({ load, onArrival: vi.fn<() => void>(), onError });
    source.setCount(10);
    await settle();
    source.at(3);
    await settle();
    expect([onError.mock.calls.length, load.mock.calls.length]).toEqual([1, 1]);
    const closed = new ReplaySource({ load, onArrival: vi.fn<() => void>(), onError });
    closed.close();
    closed.setCount(10);
    expect(load).toHaveBeenCalledOnce();
  });
});
