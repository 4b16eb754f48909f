/** Integer programming: against exhaustive search and optima worked out by hand, with bounds that hold, and clear refusals. */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseNetwork } from '#shared/domain/network.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Random } from '#main/engine/random.ts';
import { createRun, type SearchRun } from '#main/engine/run-search.ts';
import { prepareScheduler } from '#main/engine/schedulers/index.ts';
import { stgNetwork, stgPlatform } from '#main/formats/stg.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

beforeAll(() => prepareScheduler('milp'));

function search(scenario: ResolvedScenario, scheduler: string, options: Record<string, unknown> = {}): SearchRun {
  const run = createRun(scenario, { scheduler, seed: 1, options }, { createEvaluator: createKernel });
  while (run.step() !== undefined);
  return run;
}

/** Least makespan of any mapping under the simulator's dispatch, all cores on, ms. */
function exhaustiveMakespanMs(scenario: ResolvedScenario): number {
  const run = search(scenario, 'exhaustive', {
    maxSchedules: 1_000_000,
    weights: { throughput: 1, energy: 0, latency: 0, penalty: 0 },
  });
  expect(run.stopReason).toBe('exhausted');
  return run.best!.metrics[0]!;
}

/** A random task graph of `layers` layers and a second application of one, on a core, a GPU and an NPU with transfers. */
function randomScenario(seed: number, layers: number): ResolvedScenario {
  const random = new Random(seed);
  const timeMs = (): number => 1 + random.nextInt(40) / 4;
  let network = aNetwork();
  for (let layer = 0; layer < layers; layer++) {
    const dependencies = Array.from({ length: layer }, (_, earlier) => earlier)
      .filter(() => random.chance(0.4))
      .map((earlier) => `l${earlier}`);
    network = network.withLayer(
      `l${layer}`,
      { cpu: timeMs(), gpu: timeMs(), ...(random.chance(0.8) ? { npu: timeMs() } : {}) },
      { dependencies, outputBytes: random.nextInt(3) * 1_000_000 },
    );
  }
  const platform = aPlatform().withGpu().withNpu().withDefaultLink({ latencyMs: 0.25, bandwidthMBps: 1000 });
  return aScenario(`random-${seed}`)
    .on(platform)
    .running(network)
    .running(aNetwork().withLayer('single', { cpu: timeMs(), gpu: timeMs() }), { startTimeMs: 2 })
    .build();
}

describe.each([1, 2, 3, 4, 5, 6])('a random task graph, seed %d', (seed) => {
  const scenario = randomScenario(seed, 6);

  test('no schedule beats the bound, and where a schedule attains it, it is the optimum that exhaustive search finds', () => {
    const run = search(scenario, 'milp', { genes: { priorities: false } });
    const optimum = exhaustiveMakespanMs(scenario);
    expect(run.conclusion.makespanBoundMs!).toBeLessThanOrEqual(optimum * (1 + 1e-6));
    expect(run.best!.metrics[0]!).toBeGreaterThanOrEqual(optimum);
    expect(run.stopReason === 'generations' || run.best!.metrics[0]! < optimum * (1 + 1e-6)).toBe(true);
  });
});

test('most random task graphs are solved to the optimum', () => {
  const attained = [1, 2, 3, 4, 5, 6].filter(
    (seed) => search(randomScenario(seed, 6), 'milp').stopReason === 'exhausted',
  );
  expect(attained.length).toBeGreaterThanOrEqual(4);
});

/** Three instances of two layers of 2 and 3 ms: 2 + 3 · 3 where each layer has a core of its own. */
test('instances share the mapping and follow each other', () => {
  const network = aNetwork()
    .withLayer('first', { cpu: 2 })
    .withLayer('second', { cpu: 3 }, { dependencies: ['first'] });
  for (const dispatch of ['pinned', 'pooled'] as const) {
    const run = search(
      aScenario().on(aPlatform().withCores(2, { dispatch })).running(network, { instances: 3 }).build(),
      'milp',
    );
    // A pool's units can share the 15 ms of work as 8 and 7, because the jobs of a layer need not stay on one of them.
    expect(run.best!.metrics[0]).toBe(dispatch === 'pinned' ? 11 : 8);
    expect(run.conclusion.makespanBoundMs).toBeCloseTo(dispatch === 'pinned' ? 11 : 8, 4);
    expect(run.stopReason).toBe('exhausted');
  }
});

/**
 * The core is free when "long" is ready, so it starts it; waiting 1 ms for "urgent" would let the NPU begin earlier:
 * urgent 1–2, then long 2–12 on the core while rest is 2–12 on the NPU.
 */
test('the bound may need a core that waits, which the simulator never does: then nothing is called optimal', () => {
  const scenario = aScenario()
    .on(aPlatform().withNpu())
    .running(aNetwork().withLayer('long', { cpu: 10 }))
    .running(
      aNetwork()
        .withLayer('urgent', { cpu: 1 })
        .withLayer('rest', { npu: 10 }, { dependencies: ['urgent'] }),
      { startTimeMs: 1 },
    )
    .build();
  const run = search(scenario, 'milp');
  expect(run.conclusion.makespanBoundMs).toBeCloseTo(12, 4);
  expect(run.best!.metrics[0]).toBe(21);
  expect(run.stopReason).toBe('generations');
});

/** Optima of small standard task graphs: by hand, and the same by the program and by exhaustive search over pinned units. */
describe('standard task graphs', () => {
  const fork = '5\n0 0 0\n1 4 1 0\n2 3 1 0\n3 2 1 1\n4 6 2 1 2\n5 1 2 3 4\n6 0 1 5\n';
  // Six independent tasks of 3, 3, 2, 2, 2 and 2: 14 of work, three units at least 5 (3 + 2, 3 + 2, 2 + 2).
  const partition = '6\n0 0 0\n1 3 1 0\n2 3 1 0\n3 2 1 0\n4 2 1 0\n5 2 1 0\n6 2 1 0\n7 0 6 1 2 3 4 5 6\n';
  // Two chains 1-2-3 and 4-5 with times 2, 2, 2 and 3, 3: two units do them side by side in 6.
  const chains = '5\n0 0 0\n1 2 1 0\n2 2 1 1\n3 2 1 2\n4 3 1 0\n5 3 1 4\n6 0 2 3 5\n';

  test.each([
    ['fork', fork, 1, 16],
    ['fork', fork, 2, 11],
    ['fork', fork, 3, 11],
    ['partition', partition, 1, 14],
    ['partition', partition, 2, 7],
    ['partition', partition, 3, 5],
    ['partition', partition, 4, 4],
    ['chains', chains, 1, 12],
    ['chains', chains, 2, 6],
  ] as const)('%s: %j on %d units takes %d', (_, file, units, optimum) => {
    const network = parseNetwork(stgNetwork(file, { id: 'stg' }));
    const on = (dispatch: 'pinned' | 'pooled'): ResolvedScenario =>
      aScenario()
        .with({ platform: stgPlatform(units, dispatch) })
        .running('stg')
        .build({ platforms: new Map(), networks: new Map([['stg', network]]) });
    const pinned = search(on('pinned'), 'milp');
    expect(pinned.conclusion.makespanBoundMs).toBeCloseTo(optimum, 4);
    expect(pinned.best!.metrics[0]).toBe(optimum);
    expect(search(on('pooled'), 'milp').conclusion.makespanBoundMs).toBeCloseTo(optimum, 4);
    expect(exhaustiveMakespanMs(on('pinned'))).toBe(optimum);
  });
});

test('the same scenario has the same generations and the same bound', () => {
  const [first, second] = [1, 2].map(() =>
    createRun(randomScenario(7, 7), { scheduler: 'milp', seed: 1, options: {} }),
  );
  expect(second!.step()).toEqual(first!.step());
  expect(second!.conclusion.makespanBoundMs).toBe(first!.conclusion.makespanBoundMs);
});

/** The way through the NPU has to begin first: 4 + 6; in the order of the layers it is 4 + 4 + 6. */
test('priorities in the order of the solver let the simulator attain what ties by index would miss', () => {
  const network = aNetwork()
    .withLayer('short', { cpu: 4 })
    .withLayer('long', { cpu: 4 })
    .withLayer('tail', { npu: 6 }, { dependencies: ['long'] });
  const scenario = aScenario().on(aPlatform().withNpu()).running(network).build();
  const run = search(scenario, 'milp');
  expect(run.stopReason).toBe('exhausted');
  expect(run.best!.metrics[0]).toBe(10);
  expect(search(scenario, 'milp', { genes: { priorities: false } }).best!.metrics[0]).toBe(14);
  expect(exhaustiveMakespanMs(scenario)).toBe(14);
});

test('a bound that the limit cut short still holds', () => {
  const scenario = randomScenario(3, 6);
  const run = search(scenario, 'milp', { maxNodes: 1 });
  expect(run.conclusion.makespanBoundMs!).toBeGreaterThan(0);
  expect(run.conclusion.makespanBoundMs!).toBeLessThanOrEqual(exhaustiveMakespanMs(scenario) * (1 + 1e-6));
});

describe('without the order of layers', () => {
  const relaxed = { order: 'left_out' };

  test.each([1, 2, 3, 4, 5, 6])(
    'no schedule beats the bound, and the program with the order has one at least as good, seed %d',
    (seed) => {
      const scenario = randomScenario(seed, 6);
      const run = search(scenario, 'milp', relaxed);
      const exact = search(scenario, 'milp', { order: 'exact' });
      const tolerance = 1 + 1e-6;
      expect(run.conclusion.makespanBoundMs!).toBeGreaterThan(0);
      expect(run.conclusion.makespanBoundMs!).toBeLessThanOrEqual(exact.conclusion.makespanBoundMs! * tolerance);
      expect(run.conclusion.makespanBoundMs!).toBeLessThanOrEqual(exhaustiveMakespanMs(scenario) * tolerance);
    },
  );

  /** 8 layers of 1 ms on 4 cores and 6 of 2 ms that only the NPU can run: 12 there, and 2 on each core. */
  test('layers are spread over the cores of a cluster, and the bound counts the work of each kind of unit', () => {
    const independent = (count: number, timesMs: Record<string, number>) =>
      Array.from({ length: count }).reduce<ReturnType<typeof aNetwork>>(
        (network, _, i) => network.withLayer(`l${i}`, timesMs),
        aNetwork(),
      );
    const run = search(
      aScenario()
        .on(aPlatform().withCores(4).withNpu())
        .running(independent(8, { cpu: 1 }))
        .running(independent(6, { npu: 2 }))
        .build(),
      'milp',
      relaxed,
    );
    expect(run.conclusion.makespanBoundMs).toBeCloseTo(12, 4);
    expect(run.best!.metrics[0]).toBe(12);
    expect(run.stopReason).toBe('exhausted');
    const cores = search(
      aScenario()
        .on(aPlatform().withCores(4))
        .running(independent(8, { cpu: 1 }))
        .build(),
      'milp',
      relaxed,
    );
    expect([cores.conclusion.makespanBoundMs, cores.best!.metrics[0]]).toEqual([expect.closeTo(2, 4), 2]);
  });

  /** Two instances, the second released at 10: its 2 + 3 ms end at 15 at the earliest. */
  test('the instance released last bounds the makespan', () => {
    const network = aNetwork()
      .withLayer('first', { cpu: 2 })
      .withLayer('second', { cpu: 3 }, { dependencies: ['first'] });
    const run = search(aScenario().running(network, { instances: 2, periodMs: 10 }).build(), 'milp', relaxed);
    expect([run.conclusion.makespanBoundMs, run.best!.metrics[0], run.stopReason]).toEqual([
      expect.closeTo(15, 4),
      15,
      'exhausted',
    ]);
  });
});

describe('what an exact order does not model', () => {
  const chain = aNetwork().withChain(3, { cpu: 1 });
  const cases = [
    ['a tick', aScenario().running(chain).withTick(0.1), 'milp.unsupported', 'every 0.1 ms'],
    [
      'contended links',
      aScenario().on(aPlatform().withContendedLinks()).running(chain),
      'milp.unsupported',
      'contended',
    ],
    [
      'very many instances',
      aScenario().running(chain, { instances: 100 }),
      'milp.tooLarge',
      '300 layers over all instances',
    ],
    [
      'too many orderings',
      aScenario().on(aPlatform().withCores(4)).running(chain, { instances: 20 }),
      'milp.tooLarge',
      'choices of which of two layers comes first',
    ],
  ] as const;

  test.each(cases)('%s: is refused with the reason where it is asked for', (_, scenario, code, message) => {
    expect(() => search(scenario.build(), 'milp', { order: 'exact' })).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(message),
        hint: expect.stringContaining('"auto"'),
      }),
    );
  });

  test.each(cases)('%s: is left out otherwise, and the bound holds', (_, scenario) => {
    const run = search(scenario.build(), 'milp');
    expect(run.conclusion.makespanBoundMs!).toBeGreaterThan(0);
    expect(run.best!.metrics[0]!).toBeGreaterThanOrEqual(run.conclusion.makespanBoundMs! * (1 - 1e-6));
  });
});
