/** The critical-path search: its schedule under moves, its optima, what it refuses, and that pauses change nothing. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import type { Problem } from '#shared/scheduling/problem.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import { InsertionFinder } from '#main/engine/critical-path/insertion.ts';
import { shopOf, type Shop } from '#main/engine/critical-path/shop.ts';
import { NONE, ShopSchedule } from '#main/engine/critical-path/shop-schedule.ts';
import { startPlan } from '#main/engine/critical-path/starts.ts';
import { crossPlans, distanceBetween } from '#main/engine/critical-path/variation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Random } from '#main/engine/random.ts';
import type { Chromosome } from '#main/engine/search.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';
import { arabnejad } from '#test/fixtures/published-graphs.ts';

/** A random task graph with transfers on two cores that are alike, a GPU and an NPU. */
function randomProblem(seed: number, tasks: number): Problem {
  const random = new Random(seed);
  let network = aNetwork();
  for (let task = 0; task < tasks; task++) {
    const producers = new Set(
      Array.from({ length: task === 0 ? 0 : random.nextInt(3) }, () => Math.max(0, task - 1 - random.nextInt(6))),
    );
    const times = {
      cpu: random.nextInt(20),
      gpu: 1 + random.nextInt(20),
      ...(random.chance(0.7) ? { npu: 1 + random.nextInt(9) } : {}),
    };
    network = network.withLayer(`t${task}`, times, {
      dependencies: [...producers].map((producer) => ({ layer: `t${producer}`, bytes: 1000 * random.nextInt(40) })),
    });
  }
  return aScenario()
    .on(aPlatform().withCores(2).withGpu().withNpu().withDefaultLink({ latencyMs: 0.5, bandwidthMBps: 5 }))
    .running(network, { startTimeMs: random.nextInt(3) })
    .problem();
}

function expectConsistent(schedule: ShopSchedule, shop: Shop): void {
  const fresh = new ShopSchedule(shop);
  fresh.load(schedule.element, schedule.order);
  expect(schedule.next).toEqual(fresh.next);
  expect(schedule.previous).toEqual(fresh.previous);
  expect(schedule.head).toEqual(fresh.head);
  expect(schedule.tail).toEqual(fresh.tail);
  expect(schedule.duration).toEqual(fresh.duration);
  expect(schedule.makespanMs).toBe(fresh.makespanMs);
  for (let edge = 0; edge < shop.problem.edgeProducer.length; edge++)
    expect(schedule.position[shop.problem.edgeProducer[edge]!]).toBeLessThan(
      schedule.position[shop.problem.edgeConsumer[edge]!]!,
    );
}

describe('a schedule under moves', () => {
  test('is after any moves, refused ones included, what it would be if it were computed from nothing', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 2, max: 40 }), (seed, tasks) => {
        const shop = shopOf(randomProblem(seed, tasks));
        const random = new Random(seed);
        const schedule = new ShopSchedule(shop);
        const start = startPlan(shop, seed % 4, random);
        schedule.load(start.element, start.order);
        expectConsistent(schedule, shop);
        for (let move = 0; move < 30; move++) {
          const task = random.nextInt(tasks);
          const able = shop.able[task]!;
          const element = able[random.nextInt(able.length)]!;
          // anywhere in the chain: cycles occur
          const chain = [NONE];
          for (let at = schedule.first[element]!; at !== NONE; at = schedule.next[at]!) if (at !== task) chain.push(at);
          const before = {
            makespanMs: schedule.makespanMs,
            element: schedule.element.slice(),
            next: schedule.next.slice(),
          };
          const isMoved = schedule.move(task, element, chain[random.nextInt(chain.length)]!);
          expect(
            isMoved ? before : { makespanMs: schedule.makespanMs, element: schedule.element, next: schedule.next },
          ).toEqual(before);
          expectConsistent(schedule, shop);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('has a critical path, and an estimate of an insertion is exact or too long where it bounds all paths through the task', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const shop = shopOf(randomProblem(seed, 25));
        const random = new Random(seed);
        const schedule = new ShopSchedule(shop);
        const start = startPlan(shop, 0, random);
        schedule.load(start.element, start.order);
        const critical = Array.from(schedule.order).filter((task) => schedule.isCritical(task));
        expect(critical.length).toBeGreaterThan(0);
        const finder = new InsertionFinder(schedule);
        finder.look(critical[0]!, shop.able[critical[0]!]!, random);
        const { task, element, after, estimateMs } = finder.best;
        const isFound = task !== NONE && schedule.move(task, element, after);
        // heads and tails of others can only have become less: the path through the task is no longer than estimated
        const throughMs = isFound ? schedule.head[task]! + schedule.duration[task]! + schedule.tail[task]! : 0;
        expect(throughMs).toBeLessThanOrEqual(isFound ? estimateMs + 1e-9 : 0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('crossover', () => {
  test('gives a topological order, and takes interchangeable cores for the same', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const shop = shopOf(randomProblem(seed, 30));
        const random = new Random(seed);
        const [a, b] = [startPlan(shop, 0, random), startPlan(shop, 3, random)];
        const schedule = new ShopSchedule(shop);
        const child = crossPlans(shop, a, b, random);
        schedule.load(child.element, child.order);
        expectConsistent(schedule, shop);
        const [first, second] = [0, 1].map((core) => shop.peOfElement.indexOf(core));
        const swapped = a.element.map((element) =>
          element === first ? second! : element === second ? first! : element,
        );
        expect(distanceBetween(shop, a.element, swapped)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('finds the optimum of the published example, seed %i', (seed) => {
  const run = createRun(
    arabnejad.scenario,
    { scheduler: 'critical_path', seed, options: { generations: 4 } },
    { createEvaluator: createKernel },
  );
  while (run.step() !== undefined);
  expect(run.best!.metrics[0]).toBe(113);
});

test('stops as soon as a schedule attains the lower bound', () => {
  const problem = aScenario()
    .on(aPlatform())
    .running(aNetwork().withChain(5, { cpu: 2 }))
    .problem();
  const run = createRun(problem.scenario, { scheduler: 'critical_path', seed: 1, options: {} });
  while (run.step() !== undefined);
  expect([run.generations, run.stopReason, run.best!.metrics[0]]).toEqual([1, 'exhausted', 10]);
});

test('is the same run when it is paused and continued after any generation', () => {
  const { scenario } = randomProblem(7, 40);
  const configuration = {
    scheduler: 'critical_path',
    seed: 3,
    options: { generations: 9, children: 30, patience: 20 },
  };
  const whole = createRun(scenario, configuration, { createEvaluator: createKernel });
  const chromosomes: Chromosome[] = [];
  const states = [];
  for (let generation = whole.step(); generation !== undefined; generation = whole.step()) {
    chromosomes.push(...recordsOf(generation.newChromosomes));
    states.push(JSON.stringify(whole.saveState()));
  }
  for (const state of states.slice(0, -1)) {
    const continued = restoreRun(scenario, configuration, parseRunState(JSON.parse(state)), chromosomes, {
      createEvaluator: createKernel,
    });
    while (continued.step() !== undefined);
    expect(JSON.stringify(continued.saveState())).toBe(states.at(-1));
  }
});

describe('what is no job shop is refused with the way out', () => {
  const network = aNetwork().withChain(2, { cpu: 1 });
  test.each([
    [
      'application "a" has more than one instance',
      aScenario().on(aPlatform()).running(network, { instances: 2, periodMs: 5 }),
    ],
    ['it dispatches only every 0.5 ms', aScenario().on(aPlatform()).running(network).withTick(0.5)],
    [
      'transfers wait for each other on contended links',
      aScenario().on(aPlatform().withContendedLinks()).running(network),
    ],
    [
      'processor "cpu" is a pool of 3 units',
      aScenario()
        .on(aPlatform().withCores(3, { dispatch: 'pooled' }))
        .running(network),
    ],
  ])('%s', (what, scenario) => {
    let refusal: unknown;
    try {
      createRun(scenario.build(), { scheduler: 'critical_path', seed: 1, options: {} });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(WorkbenchError);
    expect(refusal).toMatchObject({
      code: 'criticalPath.unsupported',
      message: `the critical-path search cannot schedule scenario "scenario": ${what}`,
      hint: 'use the scheduler "auto", which takes every scenario',
    });
  });
});
