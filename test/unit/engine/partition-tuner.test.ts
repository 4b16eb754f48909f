/** `partition_tuner`: what its stages bring, that it is never worse than simpler rules, and what it shows of its choices. */
import { describe, expect, it, test } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import { completeConfiguration } from '#main/engine/schedulers/index.ts';
import { branchesOf } from '#main/engine/partition/branches.ts';
import { Stages, type StageOptions } from '#main/engine/partition/stages.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultGenes, genesOf } from '#shared/domain/scheduler.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';
import { nestResnet18 } from '#test/fixtures/nest-resnet18.ts';
import { arbitraryScenario } from '#test/fixtures/random-scenario.ts';

const stageOptions: StageOptions = {
  method: 'branch_dp',
  rule: { maxLayers: 3, types: undefined },
  switchPenaltyMs: 0,
  transfers: 'interconnect',
  isMissingFree: false,
  isFaithful: false,
};
const configuration = (options: Record<string, unknown> = {}, scheduler = 'partition_tuner') => ({
  scheduler,
  seed: 1,
  options,
});

function runOf(scenario: ResolvedScenario, options: Record<string, unknown> = {}, scheduler = 'partition_tuner') {
  const run = createRun(scenario, configuration(options, scheduler), { createEvaluator: createKernel });
  const bestMs: number[] = [];
  while (run.step() !== undefined) bestMs.push(run.best!.metrics[metricIndex.makespanMs]!);
  return { run, bestMs, solution: describeSolution(run.problem, run.best!.genes, run.best!.fitness) };
}

describe('on the profile of NEST-C', () => {
  const scenario = nestResnet18();

  it('brings 135.1 and 126.8 ms by groups and parallel branches with the greedy method', () => {
    // layer by layer the sum is 144.1 ms (golden/nest-plans); 3 ms of it are on the CPU while the VTA has other branches to run
    const { bestMs, run } = runOf(scenario, { method: 'greedy', parallel: 'cheapest_to_cpu', faithful: true });
    expect(bestMs.at(-1)).toBeCloseTo(126.8, 9);
    expect(run.conclusion?.remark).toContain('layer by layer 141.1 ms, groups 135.1 ms, parallel branches 126.8 ms');
  });

  it('joins nine convolutions with what follows them, each pair on one element', () => {
    const { solution } = runOf(scenario, { method: 'greedy', parallel: 'none' });
    expect(solution.subgraphs).toHaveLength(9);
    for (const [first, second] of solution.subgraphs!) expect(solution.mapping[first!]).toBe(solution.mapping[second!]);
  });

  it('is no worse with the dynamic programme', () => {
    expect(runOf(scenario).bestMs.at(-1)).toBeLessThanOrEqual(126.8 + 1e-9);
  });
});

describe('the dynamic programme', () => {
  /** x and y take 1 ms each on the NPU and 2 ms on the CPU, z can run on the CPU alone; a transfer takes 3 ms. */
  const scenario = (profile?: object) =>
    aScenario()
      .on(aPlatform().withNpu().withDefaultLink({ latencyMs: 3 }))
      .running(
        aNetwork()
          .withLayer('x', { cpu: 2, npu: 1 })
          .withLayer('y', { cpu: 2, npu: 1 }, { dependencies: ['x'] })
          .withLayer('z', { cpu: 2 }, { dependencies: ['y'] }),
      )
      .with(
        profile === undefined ? {} : { profiles: [{ schemaVersion: 1, id: 'p', measurements: [profile] }] as never },
      )
      .build();
  const placed = (given: ResolvedScenario, options: Record<string, unknown>) => {
    const { run, solution } = runOf(given, { parallel: 'none', ...options });
    return {
      mapping: Object.values(solution.mapping),
      subgraphs: solution.subgraphs,
      makespanMs: run.best!.metrics[0],
    };
  };

  it('leaves a processor that is faster where the transfer costs more', () => {
    expect(placed(scenario(), {})).toEqual({ mapping: ['cpu', 'cpu', 'cpu'], subgraphs: undefined, makespanMs: 6 });
  });

  it('takes a measured group of three into account, though its pairs were not measured', () => {
    const profile = { layers: ['x', 'y', 'z'], on: { key: 'npu' }, timeMs: 2.5 };
    expect(placed(scenario(profile), {})).toEqual({
      mapping: ['npu', 'npu', 'npu'],
      subgraphs: [['a/x', 'a/y', 'a/z']],
      makespanMs: 2.5,
    });
    expect(placed(scenario(profile), { maxGroup: 2 }).makespanMs).toBe(6);
    expect(placed(scenario(profile), { groups: false }).makespanMs).toBe(6);
  });

  it('joins listed types of operations, whose time is then modelled', () => {
    const launching = aScenario()
      .on(aPlatform().withCores(1, { launchMs: 1 }))
      .running(
        aNetwork()
          .withLayer('x', { cpu: 2 })
          .withLayer('y', { cpu: 2 }, { op: 'Relu', dependencies: ['x'] }),
      )
      .build();
    expect(placed(launching, {}).makespanMs).toBe(6);
    expect(placed(launching, { groupTypes: 'Conv-Relu' }).makespanMs).toBe(5);
    expect(placed(launching, { groupTypes: 'Relu-Conv' }).makespanMs).toBe(6);
  });

  it('reckons with transfers that were measured, and with a penalty for changing the processor', () => {
    const network = aNetwork()
      .withLayer('x', { cpu: 9, npu: 1 })
      .withLayer('y', { cpu: 1, npu: 4 }, { dependencies: ['x'] });
    const given = (ms: number) =>
      aScenario()
        .on(aPlatform().withNpu())
        .running(network)
        .with({
          profiles: [
            {
              schemaVersion: 1,
              id: 'p',
              measurements: [],
              transfers: [{ from: 'npu', to: 'cpu', bytes: 1, timeMs: ms }],
            },
          ],
        })
        .build();
    const chosen = (ms: number, options: Partial<StageOptions>) => {
      const problem = compileProblem(given(ms));
      const { peOfTask } = new Stages(problem, { ...stageOptions, ...options }).layersAlone();
      return peOfTask.map((pe) => problem.pes[pe]!.id);
    };
    expect(chosen(5, { transfers: 'interconnect' })).toEqual(['npu', 'cpu']);
    expect(chosen(5, { transfers: 'profile' })).toEqual(['npu', 'npu']);
    expect(chosen(1, { transfers: 'profile' })).toEqual(['npu', 'cpu']);
    expect(chosen(1, { transfers: 'none', switchPenaltyMs: 4 })).toEqual(['npu', 'npu']);
  });
});

it('moves a branch beside another one to an element that is free, and keeps that where it is fitter', () => {
  const network = aNetwork()
    .withLayer('stem', { cpu: 9, npu: 1 })
    .withLayer('left', { cpu: 5, npu: 4 }, { dependencies: ['stem'] })
    .withLayer('right', { cpu: 5, npu: 4 }, { dependencies: ['stem'] })
    .withLayer('join', { cpu: 9, npu: 1 }, { dependencies: ['left', 'right'] });
  const scenario = aScenario().on(aPlatform().withNpu()).running(network).build();
  const problem = compileProblem(scenario, { ...defaultGenes, subgraphs: 'searched' });
  const kernel = createKernel(problem);
  const score = (genes: Uint8Array): number => -kernel.evaluate(genes)[metricIndex.makespanMs]!;
  const stages = new Stages(problem, stageOptions);
  const alone = stages.layersAlone();
  expect(score(stages.genomeOf(alone))).toBe(-10);
  expect(score(stages.genomeOf(stages.balanced(alone, score)))).toBe(-7);
  expect(score(stages.genomeOf(stages.cheapestToCpu(alone, score)))).toBe(-7);
});

test('branches have every layer once, and end where another one reads them', () => {
  fc.assert(
    fc.property(arbitraryScenario(), ({ applications }) => {
      for (const { network } of applications) {
        const indexOf = new Map(network.layers.map(({ id }, index) => [id, index]));
        const producers = network.layers.map(({ dependencies }) =>
          dependencies.map(({ layer }) => indexOf.get(layer)!),
        );
        const consumers = network.layers.map((_, layer) =>
          [...producers.keys()].filter((other) => producers[other]!.includes(layer)),
        );
        const branches = branchesOf({ producers, consumers });
        expect(branches.flatMap(({ layers }) => layers).toSorted((a, b) => a - b)).toEqual([...producers.keys()]);
        for (const { layers } of branches)
          layers.slice(1).forEach((layer, place) => expect(producers[layer]).toContain(layers[place]));
      }
    }),
    { numRuns: 300 },
  );
});

test('is never worse than static_type, best_mapping and its own self without groups', () => {
  fc.assert(
    fc.property(
      arbitraryScenario({ maxInstances: 2 }),
      fc.constantFrom('branch_dp', 'greedy'),
      fc.constantFrom('none', 'cheapest_to_cpu', 'balance'),
      (scenario, method, parallel) => {
        const weights = { throughput: 1, energy: 0, latency: 0, penalty: 0, normalise: true };
        const fitness = runOf(scenario, { method, parallel }).run.best!.fitness;
        expect(fitness).toBeGreaterThanOrEqual(runOf(scenario, { weights }, 'static_type').run.best!.fitness);
        expect(fitness).toBeGreaterThanOrEqual(runOf(scenario, { weights }, 'best_mapping').run.best!.fitness);
        expect(fitness).toBeGreaterThanOrEqual(runOf(scenario, { method, parallel, groups: false }).run.best!.fitness);
      },
    ),
    { numRuns: 60 },
  );
});

it('goes on after an interruption as if there had been none', () => {
  const scenario = nestResnet18();
  const whole = createRun(scenario, configuration());
  const records = [];
  const bests: number[] = [];
  for (let generation = whole.step(); generation !== undefined; generation = whole.step()) {
    records.push(...recordsOf(generation.newChromosomes));
    bests.push(whole.best!.fitness);
  }
  const cut = createRun(scenario, configuration());
  cut.step();
  cut.step();
  const state = parseRunState(JSON.parse(JSON.stringify(cut.saveState())));
  const rest = restoreRun(
    scenario,
    configuration(),
    state,
    records.map((record) => ({ id: record.id, genes: record.genes, fitness: record.fitness, metrics: record.metrics })),
  );
  const after: number[] = [];
  while (rest.step() !== undefined) after.push(rest.best!.fitness);
  expect(after).toEqual(bests.slice(2));
  expect(rest.conclusion).toEqual(whole.conclusion);
});

it('refuses quirks without the method that has them, and another choice of subgraphs', () => {
  expect(() => completeConfiguration(configuration({ faithful: true }))).toThrow('only the greedy method');
  expect(() => completeConfiguration(configuration({ subgraphs: 'network' }))).toThrow('is not "searched"');
  expect(genesOf(completeConfiguration(configuration())).subgraphs).toBe('searched');
  expect(createRun(aSmallScenario().build(), configuration()).problem.layout.offsetOf.partition).toBeDefined();
});
