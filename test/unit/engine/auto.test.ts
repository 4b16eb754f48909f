/** The automatic search: what it chooses, that its schedules are near the optimum, and that neither pauses nor limits change its course. */
import { describe, expect, test } from 'vitest';
import { constraintDominates } from '#shared/analysis/pareto.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration, StopConditions } from '#shared/domain/scheduler.ts';
import { generationEvaluations } from '#main/engine/front-search/front-search.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Objectives, type ObjectiveName } from '#main/engine/objectives.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

/** Two applications on two cores, a GPU and an NPU; the second one may be released again and again. */
function scenarioOf(periodMs?: number): ResolvedScenario {
  let first = aNetwork();
  let second = aNetwork();
  for (let layer = 0; layer < 9; layer++) {
    const dependencies = layer < 2 ? [] : [{ layer: `l${layer - 1 - (layer % 2)}`, bytes: 20_000 }];
    first = first.withLayer(`l${layer}`, { cpu: 5 + (layer % 3), gpu: 3 + (layer % 4), npu: 2 }, { dependencies });
    second = second.withLayer(`l${layer}`, { cpu: 2, gpu: 2 + (layer % 3) }, { dependencies });
  }
  const platform = aPlatform().withCores(2).withGpu().withNpu();
  return aScenario()
    .on(platform.withDefaultLink({ latencyMs: 0.2, bandwidthMBps: 40 }))
    .running(first)
    .running(second, periodMs === undefined ? {} : { periodMs, instances: 4 })
    .build();
}

function configurationOf(options: Record<string, unknown>, seed = 1, stop?: StopConditions): SchedulerConfiguration {
  return { scheduler: 'auto', seed, options: { generations: 6, ...options }, ...(stop === undefined ? {} : { stop }) };
}

function generationsOf(run: SearchRun): GenerationRecord[] {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

const goals = { throughput: 1, energy: 0.5, latency: 0.5, penalty: 2 };
const kernel = { createEvaluator: createKernel };

const cases: readonly [string, ResolvedScenario, { readonly weights?: typeof goals }][] = [
  ['applications that run once', scenarioOf(), {}],
  ['applications that run once, several goals', scenarioOf(), { weights: goals }],
  ['an application that runs again and again', scenarioOf(15), {}],
  ['an application that runs again and again, several goals', scenarioOf(15), { weights: goals }],
];

describe.each(cases)('%s', (_, scenario, options) => {
  test('is no worse than what the genetic algorithm finds with more evaluations', () => {
    const run = createRun(scenario, configurationOf(options), kernel);
    generationsOf(run);
    const ga = createRun(
      scenario,
      {
        scheduler: 'ga',
        seed: 1,
        options: {
          generations: 60,
          populationSize: 100,
          heuristicSeeding: true,
          genes: { priorities: true },
          weights: { throughput: 1, energy: 0, latency: 0, penalty: 2, ...options.weights },
        },
      },
      kernel,
    );
    generationsOf(ga);
    expect(run.best!.fitness).toBeGreaterThanOrEqual(ga.best!.fitness - 1e-9);
  });

  test.each([1, 3, 5])('goes on after generation %d as if it had never stopped', (after) => {
    const configuration = configurationOf(options, 3);
    const whole = generationsOf(createRun(scenario, configuration, kernel));
    if (whole.length <= after) return;
    const first = createRun(scenario, configuration, kernel);
    const before = whole.slice(0, after).map(() => first.step()!);
    const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
    const second = restoreRun(
      scenario,
      configuration,
      state,
      before.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)),
      kernel,
    );
    expect(generationsOf(second)).toEqual(whole.slice(after));
  });

  test('members of a generation are recorded chromosomes, the best first, with parents that came before', () => {
    const generations = generationsOf(createRun(scenario, configurationOf(options, 2), kernel));
    const fitness = new Map<number, number>();
    for (const { newChromosomes, members, bestId } of generations) {
      for (const { id, fitness: own, parents } of recordsOf(newChromosomes)) {
        for (const parent of parents) expect(parent).toBeLessThan(id);
        fitness.set(id, own);
      }
      const own = [...members].map((id) => fitness.get(id)!);
      expect(own).toEqual(own.toSorted((a, b) => b - a));
      expect(members[0]).toBe(bestId);
    }
  });
});

test('ends at once with a schedule that is as short as its lower bound', () => {
  const chain = aNetwork()
    .withLayer('a', { cpu: 4, npu: 1 })
    .withLayer('b', { cpu: 3, npu: 2 }, { dependencies: [{ layer: 'a', bytes: 10 }] });
  const run = createRun(aScenario().on(aPlatform().withNpu()).running(chain).build(), configurationOf({}), kernel);
  expect(generationsOf(run)).toHaveLength(1);
  expect(run.stopReason).toBe('exhausted');
  expect(run.best!.metrics[0]).toBe(3);
});

describe('with objectives', () => {
  const tradeOffs = (objectives: readonly string[], options: Record<string, unknown> = {}) =>
    configurationOf({ objectives, genes: { priorities: true }, ...options });
  const energyIndex = metricIndex.energyMJ;
  const fronts: readonly [string, ResolvedScenario, string[]][] = [
    ['applications that run once', scenarioOf(), ['makespanMs', 'energyMJ']],
    ['applications that run once, by response', scenarioOf(), ['latencyMs', 'energyMJ']],
    ['an application that runs again and again', scenarioOf(15), ['makespanMs', 'energyMJ']],
    ['an application that runs again and again, by response', scenarioOf(15), ['applicationResponseMs', 'energyMJ']],
    ['objectives without an end to search for', scenarioOf(15), ['deadlineMisses', 'energyMJ']],
  ];

  test.each(fronts)(
    '%s: has a front of recorded schedules that none of the recorded dominates',
    (_, scenario, names) => {
      const run = createRun(scenario, tradeOffs(names), kernel);
      const recorded = generationsOf(run).flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
      const objectives = new Objectives(run.problem, names as ObjectiveName[], true);
      const all = recorded.map((chromosome) => objectives.judge(chromosome));
      expect(run.front!.length).toBeGreaterThan(0);
      for (const member of run.front!) {
        expect(recorded[member.id]!.genes).toEqual(member.genes);
        const own = objectives.judge(member);
        expect(own.violation).toBe(0);
        expect(all.some((other) => constraintDominates(other, own))).toBe(false);
      }
      expect(run.stopReason).toBe('generations');
      expect(run.generations).toBe(6);
    },
  );

  test.each(fronts)('%s: goes on after any generation as if it had never stopped', (_, scenario, names) => {
    const configuration = tradeOffs(names, { generations: 14 });
    const whole = generationsOf(createRun(scenario, configuration, kernel));
    const chromosomes = whole.flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
    for (const after of [1, 2, 12]) {
      const first = createRun(scenario, configuration, kernel);
      for (let i = 0; i < after; i++) first.step();
      const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
      const second = restoreRun(scenario, configuration, state, chromosomes, kernel);
      expect(generationsOf(second)).toEqual(whole.slice(after));
    }
  });

  test.each(fronts.slice(0, 3))('%s: one end is as good as what is found for that goal alone', (_, scenario, names) => {
    const weights =
      names[0] === 'latencyMs' ? { throughput: 0, energy: 0, latency: 1, penalty: 2 } : { throughput: 1, latency: 0 };
    const alone = createRun(scenario, configurationOf({ generations: 40, weights }), kernel);
    generationsOf(alone);
    const front = createRun(scenario, tradeOffs(names, { generations: 40 }), kernel);
    generationsOf(front);
    const index = metricIndex[names[0] as 'makespanMs' | 'latencyMs'];
    const least = Math.min(...front.front!.map(({ metrics }) => metrics[index]!));
    expect(least).toBeLessThanOrEqual(alone.best!.metrics[index]! * 1.002);
    const thriftiest = Math.min(...front.front!.map(({ metrics }) => metrics[energyIndex]!));
    expect(thriftiest).toBeLessThanOrEqual(alone.best!.metrics[energyIndex]!);
  });

  test('a generation is as many batches as the archive search has in three, and counts them all', () => {
    const configuration = tradeOffs(['deadlineMisses', 'energyMJ'], { generations: 4 });
    const run = createRun(scenarioOf(15), configuration, kernel);
    const evaluations = generationsOf(run).map((generation) => generation.evaluations);
    const scored = evaluations.slice(1).map((own, index) => own - evaluations[index]!);
    expect(scored).toEqual(scored.map(() => 3 * generationEvaluations(run.problem)));
  });

  test('has no front without them, and refuses a single one', () => {
    const run = createRun(scenarioOf(), configurationOf({ generations: 1 }), kernel);
    run.step();
    expect(run.front).toBeUndefined();
    expect(() => createRun(scenarioOf(), tradeOffs(['makespanMs']))).toThrow(
      expect.objectContaining({
        code: 'scheduler.invalid',
        path: ['options', 'objectives'],
        hint: 'name another one, or set weights instead',
      }),
    );
  });
});

test.each([
  ['several goals', { weights: goals }],
  ['objectives', { objectives: ['makespanMs', 'energyMJ'] }],
])('%s: with a horizon, the first generations are those of a run that has no more of them', (_, options) => {
  const generations = generationsOf(createRun(scenarioOf(), configurationOf({ ...options, generations: 8 }), kernel));
  const longer = createRun(scenarioOf(), configurationOf({ ...options, generations: 12, horizon: 8 }), kernel);
  const all = generationsOf(longer);
  expect(all.slice(0, 8)).toEqual(generations);
  expect(all).toHaveLength(12);
  const without = createRun(scenarioOf(), configurationOf({ ...options, generations: 1000 }), kernel);
  expect(generations.map(() => without.step())).not.toEqual(generations);
});

describe('further limits', () => {
  const scenario = scenarioOf(15);
  const whole = generationsOf(createRun(scenario, configurationOf({ weights: goals }), kernel));

  test('of evaluations end the run with the generation that reaches them, and change nothing before', () => {
    const limit = whole[2]!.evaluations - 1;
    const run = createRun(scenario, configurationOf({ weights: goals }, 1, { evaluations: limit }), kernel);
    expect(generationsOf(run)).toEqual(whole.slice(0, 3));
    expect(run.stopReason).toBe('evaluations');
  });

  test('of the gap end it once the makespan is near enough to the bound', () => {
    const run = createRun(scenario, configurationOf({ weights: goals }, 1, { gap: 1e6 }), kernel);
    expect(generationsOf(run)).toEqual(whole.slice(0, 1));
    expect(run.stopReason).toBe('gap');
  });
});
