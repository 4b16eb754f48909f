/** NSGA-II: what survives, what the archive keeps, which objectives count, and that it beats random search. */
import { beforeAll, describe, expect, test } from 'vitest';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import { constraintDominates } from '#shared/analysis/pareto.ts';
import { headlineMetricNames, headlineVector, type HeadlineMetricName } from '#shared/domain/metrics.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { Objectives, type ObjectiveName } from '#main/engine/objectives.ts';
import { archived, survivors } from '#main/engine/pareto-selection.ts';
import { createRun, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import type { Judged } from '#main/engine/search-space.ts';
import type { Chromosome } from '#main/engine/search.ts';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { npuFirstAssignment, referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';

let scenario: ResolvedScenario;
beforeAll(() => {
  scenario = aSmallScenario().build();
});

function runNsga2(
  options: Record<string, unknown> = {},
  seed = 1,
): { run: SearchRun; generations: GenerationRecord[]; chromosomes: ChromosomeRecord[] } {
  const run = createRun(scenario, {
    scheduler: 'nsga2',
    seed,
    options: { populationSize: 24, generations: 20, ...options },
  });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations, chromosomes: generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)) };
}

/** A chromosome with these metrics and no others. */
function chromosome(id: number, metrics: Partial<Record<HeadlineMetricName, number>>): Chromosome {
  return {
    id,
    genes: Uint8Array.of(id),
    fitness: 0,
    metrics: Float64Array.from(headlineMetricNames, (name) => metrics[name] ?? 0),
  };
}

const idsOf = (judged: readonly Judged[]): number[] => judged.map(({ chromosome: { id } }) => id);
const objectivesOf = (names: readonly ObjectiveName[], isConstrained = true): Objectives =>
  new Objectives(compileProblem(scenario), names, isConstrained);
const byMakespanAndEnergy = (candidate: Chromosome): Judged => ({
  chromosome: candidate,
  objectives: [candidate.metrics[0]!, candidate.metrics[2]!],
  violation: candidate.metrics[4]!,
});

describe('objectives', () => {
  test('turn throughput round, come in the order given, and leave the violation aside', () => {
    const judged = objectivesOf(['throughputPerS', 'latencyMs']).judge(
      chromosome(0, { throughputPerS: 5, latencyMs: 3, energyMJ: 9, constraintViolation: 0.5 }),
    );
    expect(judged).toMatchObject({ objectives: [-5, 3], violation: 0.5 });
  });

  test('leave violations out where they are ignored', () => {
    expect(
      objectivesOf(['energyMJ'], false).judge(chromosome(0, { energyMJ: 9, constraintViolation: 0.5 })),
    ).toMatchObject({ objectives: [9], violation: 0 });
  });

  test('that the headline metrics do not tell are those of the simulated schedule, one response time for each application', () => {
    const late = {
      ...scenario,
      applications: scenario.applications.map((application) => ({ ...application, deadlineMs: 0.001 })),
    };
    const problem = compileProblem(late);
    const assignment = npuFirstAssignment(problem);
    const metrics = computeMetrics(problem, assignment, simulate(problem, assignment));
    const genes = encodeAssignment(problem, assignment);
    const { objectives } = new Objectives(
      problem,
      ['applicationResponseMs', 'energyMJ', 'maxResponseMs', 'deadlineMisses'],
      true,
    ).judge({ id: 0, genes, fitness: 0, metrics: headlineVector(metrics) });
    const responses = Object.values(metrics.applications);
    expect(responses.length).toBeGreaterThan(1);
    expect(objectives).toEqual([
      ...responses.map(({ meanResponseMs }) => meanResponseMs),
      metrics.energyMJ,
      Math.max(...responses.map(({ maxResponseMs }) => maxResponseMs)),
      metrics.deadlineMisses,
    ]);
    expect(metrics.deadlineMisses).toBeGreaterThan(0);
  });
});

describe('the hypervolume', () => {
  const problem = (): ReturnType<typeof compileProblem> => compileProblem(scenario);

  test('of NPU first alone is 3 × 3, and 3 × 1 where one objective is throughput', () => {
    const reference = headlineVector(referenceMetrics(problem()));
    const npuFirst: Chromosome = { id: 0, genes: new Uint8Array(), fitness: 0, metrics: reference };
    const volume = (names: readonly ObjectiveName[]): number | undefined => {
      const objectives = objectivesOf(names, false);
      return objectives.hypervolume([objectives.judge(npuFirst)]);
    };
    expect(volume(['makespanMs', 'energyMJ'])).toBeCloseTo(9, 12);
    expect(volume(['makespanMs', 'throughputPerS'])).toBeCloseTo(3, 12);
  });

  test('counts feasible schedules only', () => {
    const objectives = objectivesOf(['makespanMs', 'energyMJ']);
    expect(
      objectives.hypervolume([
        objectives.judge(chromosome(0, { makespanMs: 0, energyMJ: 0, constraintViolation: 0.1 })),
      ]),
    ).toBe(0);
  });

  test('is left out where it would take too long', () => {
    const objectives = objectivesOf(['makespanMs', 'energyMJ', 'latencyMs']);
    const front = Array.from({ length: 1001 }, (_, id) => objectives.judge(chromosome(id, {})));
    expect(objectives.hypervolume(front)).toBeUndefined();
    expect(objectives.hypervolume(front.slice(1))).toBeGreaterThan(0);
  });

  test('is recorded with every generation, is that of the front at the end, and never falls while the archive has room', () => {
    const { run, generations } = runNsga2({ archiveSize: 1000 });
    const objectives = objectivesOf(['makespanMs', 'energyMJ']);
    expect(generations.at(-1)!.hypervolume).toBe(
      objectives.hypervolume(run.front!.map((member) => objectives.judge(member))),
    );
    expect(generations.at(-1)!.hypervolume).toBeGreaterThan(0);
    for (let i = 1; i < generations.length; i++)
      expect(generations[i]!.hypervolume!).toBeGreaterThanOrEqual(generations[i - 1]!.hypervolume! * (1 - 1e-12));
  });

  test('is none for a scheduler with one objective', () => {
    expect(
      createRun(scenario, { scheduler: 'ga', seed: 1, options: { populationSize: 4, generations: 2 } }).step(),
    ).not.toHaveProperty('hypervolume');
  });
});

describe('survivors', () => {
  const [a, b, c, d] = [
    [0, 10],
    [1, 8],
    [2, 7],
    [10, 0],
  ].map(([makespanMs, energyMJ], id) => chromosome(id, { makespanMs: makespanMs!, energyMJ: energyMJ! })) as [
    Chromosome,
    Chromosome,
    Chromosome,
    Chromosome,
  ];
  const dominated = chromosome(4, { makespanMs: 5, energyMJ: 9 });
  const infeasible = chromosome(5, { makespanMs: 0, energyMJ: 0, constraintViolation: 1 });

  test('stand in order of front, within a front the least crowded first', () => {
    // Crowding of b: 2/10 + 3/10, of c: 9/10 + 8/10.
    expect(idsOf(survivors([a, b, c, d, dominated, infeasible].map(byMakespanAndEnergy), 6))).toEqual([
      0, 3, 2, 1, 4, 5,
    ]);
  });

  test('of a front that does not fit are the least crowded', () => {
    expect(idsOf(survivors([b, dominated, c, a, d].map(byMakespanAndEnergy), 3))).toEqual([0, 3, 2]);
  });

  test('have each genome once', () => {
    expect(idsOf(survivors([a, a, d, a].map(byMakespanAndEnergy), 4))).toEqual([0, 3]);
  });

  test('of the archive are non-dominated ones only, without the most crowded and without copies of an objective vector', () => {
    const copyOfA = chromosome(9, { makespanMs: 0, energyMJ: 10 });
    expect(idsOf(archived([a, b, c, d, dominated, copyOfA].map(byMakespanAndEnergy), 10))).toEqual([0, 1, 2, 3]);
    expect(idsOf(archived([a, b, c, d, dominated, infeasible].map(byMakespanAndEnergy), 3))).toEqual([0, 2, 3]);
    expect(
      idsOf(
        archived(
          [chromosome(8, { makespanMs: 0, energyMJ: 10, constraintViolation: 1 }), a].map(byMakespanAndEnergy),
          3,
        ),
      ),
    ).toEqual([0]);
  });
});

describe('the front of a run', () => {
  test.each([
    ['two objectives', { objectives: ['makespanMs', 'energyMJ'] }],
    ['three objectives', { objectives: ['throughputPerS', 'energyMJ', 'latencyMs'] }],
    ['objectives beyond the headline metrics', { objectives: ['maxResponseMs', 'energyMJ', 'applicationResponseMs'] }],
    ['violation as an objective', { objectives: ['energyMJ', 'constraintViolation'], constraints: 'ignore' }],
  ] as const)('%s: nothing the run saw dominates a member of it', (_, options) => {
    const { run, chromosomes } = runNsga2({ ...options, archiveSize: 1000 });
    const objectives = objectivesOf(options.objectives, !('constraints' in options));
    const judge = (candidate: Chromosome): Judged => objectives.judge(candidate);
    const front = run.front!;
    expect(front.length).toBeGreaterThan(0);
    for (const member of front)
      expect(chromosomes.some((other) => constraintDominates(judge(other), judge(member)))).toBe(false);
  });

  test('is empty while nothing is feasible, and all of what is best where constraints are ignored', () => {
    const hopeless = {
      ...scenario,
      applications: scenario.applications.map((application) => ({ ...application, deadlineMs: 1e-6 })),
    };
    const frontOf = (constraints: string) => {
      const options = { populationSize: 12, generations: 4, constraints };
      const run = createRun(hopeless, { scheduler: 'nsga2', seed: 1, options });
      while (run.step() !== undefined);
      return run.front!;
    };
    expect(frontOf('domination')).toEqual([]);
    expect(frontOf('ignore').length).toBeGreaterThan(0);
  });

  test('is no larger than the archive', () => {
    expect(runNsga2({ archiveSize: 3 }).run.front).toHaveLength(3);
  });

  test('without an archive is that of the last population', () => {
    const { run, generations } = runNsga2({ archiveSize: 0 });
    const members = new Set(generations.at(-1)!.members);
    expect(run.front!.length).toBeGreaterThan(0);
    for (const { id } of run.front!) expect(members.has(id)).toBe(true);
  });

  test.each([
    ['makespanMs', 'energyMJ'],
    ['maxResponseMs', 'energyMJ', 'applicationResponseMs'],
  ])('is the same, and so is every generation, when the run was interrupted: %s', (...objectives) => {
    const options = { archiveSize: 5, mutation: 'adaptive', objectives };
    const whole = runNsga2(options);
    const configuration = { scheduler: 'nsga2', seed: 1, options: { populationSize: 24, generations: 20, ...options } };
    const first = createRun(scenario, configuration);
    for (let i = 0; i < 9; i++) first.step();
    const second = restoreRun(scenario, configuration, first.saveState(), whole.chromosomes);
    for (const generation of whole.generations.slice(9)) expect(second.step()).toEqual(generation);
    expect(second.front).toEqual(whole.run.front);
  });

  test('is none for a scheduler with one objective', () => {
    expect(createRun(scenario, { scheduler: 'ga', seed: 1, options: {} }).front).toBeUndefined();
  });

  test.each([1, 2, 3])('dominates more than random search finds with as many schedules, seed %d', (seed) => {
    const { run, chromosomes } = runNsga2({ generations: 40, archiveSize: 1000 }, seed);
    const random = createRun(scenario, { scheduler: 'random', seed, options: { populationSize: 24, generations: 40 } });
    const drawn: ChromosomeRecord[] = [];
    for (let generation = random.step(); generation !== undefined; generation = random.step())
      drawn.push(...recordsOf(generation.newChromosomes));
    const feasible = (found: readonly Chromosome[]) =>
      found
        .map(byMakespanAndEnergy)
        .filter(({ violation }) => violation === 0)
        .map(({ objectives }) => objectives);
    const reference = [4 * run.reference.makespanMs, 4 * run.reference.energyMJ];
    expect(hypervolume(feasible(run.front!), reference)).toBeGreaterThan(hypervolume(feasible(drawn), reference));
    expect(hypervolume(feasible(run.front!), reference)).toBeCloseTo(hypervolume(feasible(chromosomes), reference), 9);
  });
});

test('a generation has the populationSize best of the last generation and its offspring', () => {
  const { generations, chromosomes } = runNsga2();
  expect(generations.map(({ evaluations }) => evaluations)).toEqual(generations.map((_, index) => 24 * (index + 1)));
  const judge = (id: number) => byMakespanAndEnergy(chromosomes[id]!);
  for (let i = 1; i < generations.length; i++) {
    const members = [...generations[i]!.members];
    expect(members).toHaveLength(24);
    const lost = [...generations[i - 1]!.members].filter((id) => !members.includes(id));
    for (const id of lost)
      for (const member of members) expect(constraintDominates(judge(id), judge(member))).toBe(false);
  }
});

describe('options that cannot be', () => {
  test.each([
    [{ objectives: ['makespanMs', 'makespanMs'] }, ['options', 'objectives'], 'each objective once'],
    [{ objectives: ['makespanMs', 'power'] }, ['options', 'objectives', 1], 'makespanMs'],
    [{ objectives: [] }, ['options', 'objectives'], 'at least 1'],
    [{ objectives: ['makespanMs', 'constraintViolation'] }, ['options', 'constraints'], 'ignore'],
  ])('%j are refused at the offending field', (options, path, expected) => {
    expect(() => runNsga2(options)).toThrow(
      expect.objectContaining({
        code: 'scheduler.invalid',
        path,
        details: [expect.objectContaining({ expected: expect.stringContaining(expected) })],
      }),
    );
  });
});
