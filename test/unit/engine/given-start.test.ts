/** Searches that begin with a given schedule: they have it from their first generation on, end with nothing worse, and can be continued. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import { aSmallScenario, aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';
import { everythingOn } from '#test/fixtures/schedules.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import {
  completeConfiguration,
  findScheduler,
  ownSchedulers,
  parseOptions,
  prepareScheduler,
} from '#main/engine/schedulers/index.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import type { Start } from '#shared/domain/scheduler.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';

const scenario = aSmallScenario().build();
const tiny = { populationSize: 6, generations: 4, moves: 5, neighbours: 4, children: 3, walks: 2, patience: 1 };
const able = ownSchedulers.filter(({ takesStart }) => takesStart === true).map(({ id }) => id);
let start: Start;

beforeAll(async () => {
  await prepareScheduler('milp');
  const search = createRun(scenario, {
    scheduler: 'ga',
    seed: 2,
    options: { populationSize: 200, generations: 60, genes: { priorities: true }, weights: { energy: 0, latency: 0 } },
  });
  while (search.step() !== undefined);
  const { mapping, frequencies, activeCores, priorities } = describeSolution(search.problem, search.best!.genes, 0);
  start = { from: 'run 1', mapping, frequencies, activeCores, ...(priorities === undefined ? {} : { priorities }) };
});

const configurationOf = (scheduler: string) => {
  const known = parseOptions(findScheduler(scheduler), {});
  return {
    scheduler,
    seed: 9,
    options: {
      ...Object.fromEntries(Object.entries(tiny).filter(([name]) => name in known)),
      ...('genes' in known ? { genes: { priorities: true } } : {}),
      weights: { throughput: 1, energy: 0, latency: 0 },
    },
    start,
  };
};

it('is offered by the searches that can improve a schedule', () => {
  expect(able).toEqual(['auto', 'ga', 'nsga2', 'puzzle', 'annealing', 'critical_path', 'hill_climb']);
  expect(findScheduler('external').takesStart).toBe(true);
});

describe.each(['auto', 'ga', 'nsga2', 'annealing', 'critical_path', 'hill_climb'])('%s', (scheduler) => {
  test('has the start in its first generation and ends with nothing worse, also when continued', () => {
    const configuration = configurationOf(scheduler);
    const run = createRun(scenario, configuration);
    const chromosomes: Chromosome[] = [];
    const first = run.step()!;
    const records = recordsOf(first.newChromosomes);
    expect(records.map(({ operator }) => operator)).toContain('given');
    const given = records.find(({ operator }) => operator === 'given')!;
    expect(describeSolution(run.problem, given.genes, 0)).toMatchObject({
      mapping: start.mapping,
      frequencies: start.frequencies,
    });
    chromosomes.push(...records);
    const state = parseRunState(JSON.parse(JSON.stringify(run.saveState())));
    for (let generation = run.step(); generation !== undefined; generation = run.step());
    expect(run.best!.fitness).toBeGreaterThanOrEqual(given.fitness);
    const continued = restoreRun(scenario, configuration, state, chromosomes);
    while (continued.step() !== undefined);
    expect(continued.saveState()).toEqual(run.saveState());
  });
});

describe('a start that cannot be', () => {
  it.each(['heft', 'random', 'exhaustive', 'milp', 'prism'])(
    'is refused by %s, which says who takes one',
    (scheduler) => {
      expect(() => completeConfiguration({ scheduler, seed: 1, options: {}, start })).toThrow(
        expect.objectContaining({ code: 'start.unsupported', hint: expect.stringContaining('auto, ga, nsga2') }),
      );
    },
  );

  it('is refused for a front of auto', () => {
    const options = { objectives: ['makespanMs', 'energyMJ'] };
    expect(() => createRun(scenario, { scheduler: 'auto', seed: 1, options, start })).toThrow(
      expect.objectContaining({ code: 'start.unsupported' }),
    );
  });

  it('says what does not fit, and where it is from', () => {
    const other = { from: 'mine.json', mapping: { 'a/nothing': 'npu' } };
    expect(() => createRun(scenario, { scheduler: 'ga', seed: 1, options: {}, start: other })).toThrow(
      expect.objectContaining({ code: 'start.invalid', message: expect.stringContaining('mine.json') }),
    );
    expect(() => createRun(scenario, { scheduler: 'ga', seed: 1, options: {}, start })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('does not search priorities') }),
    );
  });
});

it('the critical-path search begins its first tabu run with it, at default frequencies', () => {
  const wide = Array.from({ length: 12 }, (_, index) => index).reduce(
    (network, index) => network.withLayer(`l${index}`, { cpu: 1 + (index % 5), npu: 1 + (index % 3) }),
    aNetwork(),
  );
  const shop = aScenario().on(aPlatform().withCores(3).withNpu()).running(wide);
  const { mapping } = describeSolution(shop.problem(), createFirst(shop), 0);
  const given = { from: 'mine.json', mapping };
  const run = createRun(shop.build(), {
    scheduler: 'critical_path',
    seed: 1,
    options: { generations: 1, children: 1 },
    start: given,
  });
  const [own, child] = recordsOf(run.step()!.newChromosomes);
  expect(own).toMatchObject({ operator: 'given' });
  expect(child.metrics[0]).toBeLessThanOrEqual(own.metrics[0]);
});

function createFirst(shop: ReturnType<typeof aScenario>): Uint8Array {
  const problem = shop.problem();
  const run = createRun(shop.build(), { scheduler: 'npu_first', seed: 1, options: {} });
  run.step();
  expect(Object.keys(everythingOn(problem, 'npu'))).toHaveLength(12);
  return run.best!.genes;
}

describe('a start with subgraphs', () => {
  const joined = aScenario()
    .on(aPlatform().withNpu())
    .running(aNetwork('chain').withChain(4, { cpu: 2, npu: 1 }))
    .build();
  const begin: Start = {
    from: 'plan.yaml',
    mapping: { 'a/l0': 'npu', 'a/l1': 'npu', 'a/l2': 'cpu', 'a/l3': 'npu' },
    subgraphs: [['a/l0', 'a/l1']],
  };

  test.each(['auto', 'ga', 'nsga2', 'annealing', 'critical_path', 'hill_climb', 'given'])(
    'is kept by %s, whose calls are those of the start unless others are chosen',
    (scheduler) => {
      const known = parseOptions(findScheduler(scheduler), {});
      const configuration = completeConfiguration({
        scheduler,
        seed: 1,
        options: Object.fromEntries(Object.entries(tiny).filter(([name]) => name in known)),
        start: begin,
      });
      expect(configuration.options['subgraphs']).toBe('start');
      const run = createRun(joined, configuration);
      run.step();
      expect(run.problem.tasks.map(({ members }) => members?.length ?? 1)).toEqual([2, 1, 1]);
      const { mapping, subgraphs } = describeSolution(run.problem, run.best!.genes, 0);
      expect(subgraphs).toEqual(begin.subgraphs);
      expect(scheduler === 'given' ? mapping : begin.mapping).toEqual(begin.mapping);
      expect(() =>
        createRun(joined, { ...configuration, options: { ...configuration.options, subgraphs: 'off' } }),
      ).toThrow('these are not the subgraphs that are executed here');
    },
  );

  test('is needed by "given", and by the option "start"', () => {
    expect(() => completeConfiguration({ scheduler: 'given', seed: 1, options: {} })).toThrow(
      '"given" needs a schedule',
    );
    expect(() =>
      createRun(joined, completeConfiguration({ scheduler: 'ga', seed: 1, options: { subgraphs: 'start' } })),
    ).toThrow('there is none');
  });
});
