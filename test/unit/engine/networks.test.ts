/** Searching networks: the knapsack against brute force, limits, several targets, and going on after an interruption. */
import { describe, expect, test } from 'vitest';
import { parseSearchSpace } from '#shared/nas/search-space.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { proxyScore, type AccuracySource } from '#shared/nas/accuracy.ts';
import { solveKnapsack, type KnapsackItem } from '#main/engine/networks/knapsack.ts';
import { networkMethods } from '#main/engine/networks/network-schedulers.ts';
import type { RunState } from '#main/engine/run-state.ts';
import type { Chromosome } from '#main/engine/search.ts';
import { chromosomesOf, metricsOf, searchNetworks, type NetworkSearch } from '#main/services/nas/network-search.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const space = new NetworkSpace(
  parseSearchSpace({
    schemaVersion: 1,
    id: 'small',
    input: { size: 32 },
    stem: { kernel: 3, stride: 2, channels: 16 },
    stages: [16, 24, 32].map((channels) => ({
      channels,
      stride: 2,
      repeats: [3],
      options: ['3:2', '3:4', '5:2', 'skip'],
    })),
    head: { channels: 64, classes: 10 },
  }),
);
const macs = proxyScore(space, 'macs').additive!;
/** A millisecond for a million MACs: what a network costs. */
const latencyMs = (genes: Uint8Array): number => macs.of(genes) / 1e6;
const parameters = proxyScore(space, 'parameters');
const searchBy = (method: NetworkSearch['method'], other: Partial<NetworkSearch> = {}): NetworkSearch => ({
  space,
  method,
  limitsMs: [0.8],
  accuracy: parameters,
  costs: { of: (genes) => ({ latencyMs: latencyMs(genes) }) },
  seed: 3,
  budget: 400,
  batch: 20,
  objectives: ['score', 'latencyMs'],
  ...other,
});
const best = (candidates: readonly Chromosome[]) => candidates.reduce((a, b) => (b.fitness > a.fitness ? b : a));

describe('the knapsack', () => {
  const item = fc.record({ cost: fc.integer({ min: 0, max: 30 }), worth: fc.integer({ min: -5, max: 40 }) });
  const groups = fc.array(fc.array(item, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });

  test('finds what trying everything finds', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 0, max: 120 }), (all, capacity) => {
        const solution = solveKnapsack(all, capacity);
        expect(solution?.worth).toBe(bruteForce(all, capacity));
        if (solution === undefined) return;
        const taken = solution.items.map((index, group) => all[group]![index]!);
        expect(taken.reduce((sum, { cost }) => sum + cost, 0)).toBe(solution.cost);
        expect(taken.reduce((sum, { worth }) => sum + worth, 0)).toBe(solution.worth);
        expect(solution.cost).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  function bruteForce(all: readonly (readonly KnapsackItem[])[], capacity: number): number | undefined {
    const [first, ...rest] = all;
    if (first === undefined) return 0;
    const worths = first.flatMap(({ cost, worth }) => {
      const left = cost > capacity ? undefined : bruteForce(rest, capacity - cost);
      return left === undefined ? [] : [left + worth];
    });
    return worths.length === 0 ? undefined : Math.max(...worths);
  }
});

const additive = { costs: { of: (genes: Uint8Array) => ({ latencyMs: latencyMs(genes) }), additive: scaled() } };

/** The latency as a sum over parts. */
function scaled() {
  const cost = proxyScore(space, 'macs').additive!;
  return Object.assign(Object.create(cost), {
    base: cost.base / 1e6,
    of: (genes: Uint8Array) => cost.of(genes) / 1e6,
    ofItem: (each: Parameters<typeof cost.ofItem>[0]) => cost.ofItem(each) / 1e6,
  }) as typeof cost;
}

describe.each(networkMethods)('%s', (method) => {
  test('asks for no score of a candidate beyond the limit', async () => {
    const asked: number[] = [];
    const watched: AccuracySource = {
      ...parameters,
      scores(candidates) {
        asked.push(...candidates.map(({ genes }) => latencyMs(genes)));
        return parameters.scores(candidates);
      },
    };
    const { candidates } = await searchNetworks(searchBy(method, { accuracy: watched, ...additive }));
    expect(asked.length).toBeGreaterThan(0);
    expect(Math.max(...asked)).toBeLessThanOrEqual(0.8);
    expect(metricsOf(best(candidates)).latencyMs).toBeLessThanOrEqual(0.8);
  });

  test('goes on after an interruption as if there had been none', async () => {
    const search = searchBy(method, { budget: 120, ...additive });
    const states: RunState[] = [];
    const chromosomes: Chromosome[] = [];
    const whole = await searchNetworks(search, {
      onGeneration(record, state) {
        states.push(state);
        if (states.length <= 1) chromosomes.push(...chromosomesOf(record, space.layout.length));
      },
    });
    const again = await searchNetworks(search, {}, { state: states[0]!, chromosomes });
    expect(again.candidates).toEqual(whole.candidates);
  });
});

test.each(['exhaustive', 'evolution', 'knapsack'] as const)('%s finds the optimum of a small space', async (method) => {
  const optimum = best((await searchNetworks(searchBy('exhaustive', { budget: 1_000_000, batch: 1000 }))).candidates);
  const found = best(
    (await searchNetworks(searchBy(method, { budget: method === 'exhaustive' ? 1_000_000 : 3000, ...additive })))
      .candidates,
  );
  expect(found.fitness).toBe(optimum.fitness);
});

test('several limits share one search, and each has its best', async () => {
  const { candidates } = await searchNetworks(searchBy('evolution', { limitsMs: [1, 0.6, 0.8], budget: 1500 }));
  for (const limitMs of [0.6, 0.8, 1]) {
    const within = candidates.filter(({ metrics }) => metrics[1]! <= limitMs);
    const alone = await searchNetworks(searchBy('evolution', { limitsMs: [limitMs], budget: 500 }));
    expect(best(within).fitness).toBeGreaterThan(0.95 * best(alone.candidates).fitness);
  }
});

test('a limit that no network is within is refused, with the latency of the fastest', async () => {
  for (const method of ['evolution', 'random'] as const)
    await expect(searchNetworks(searchBy(method, { limitsMs: [0.01] }))).rejects.toThrow(
      expect.objectContaining({ code: 'nas.limitTooLow' }),
    );
});

test("S3NAS's penalty refuses nothing, but takes from the score what λ·ln(1+μ·ms) says", async () => {
  const { candidates } = await searchNetworks(
    searchBy('random', { limitsMs: [0.6], penalty: { lambda: 15, mu: 100 } }),
  );
  const over = candidates.filter(({ metrics }) => metrics[1]! > 0.6);
  expect(over.length).toBeGreaterThan(0);
  for (const { fitness, metrics } of over)
    expect(fitness).toBeCloseTo(metrics[0]! - 15 * Math.log(1 + 100 * (metrics[1]! - 0.6)), 6);
});

test('what cannot be scored is reported and does not end the search', async () => {
  const picky: AccuracySource = {
    ...parameters,
    scores: async (candidates) =>
      (await parameters.scores(candidates)).map((score, index) => (index % 2 === 0 ? score : { error: 'no luck' })),
  };
  const { candidates, failures } = await searchNetworks(searchBy('evolution', { accuracy: picky }));
  expect(failures.get('no luck')).toBeGreaterThan(100);
  expect(metricsOf(best(candidates)).score).toBeDefined();
});

test('knapsack says why it cannot be used', async () => {
  await expect(searchNetworks(searchBy('knapsack', { accuracy: proxyScore(space, 'log-synflow') }))).rejects.toThrow(
    expect.objectContaining({ code: 'nas.notAdditive' }),
  );
});
