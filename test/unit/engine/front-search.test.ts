/** Archive search: where it starts, how it varies schedules, what its islands keep, and that nothing but the seed decides. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { constraintDominates } from '#shared/analysis/pareto.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { HEADLINE_METRIC_COUNT, headlineMetricNames } from '#shared/domain/metrics.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { createEvaluator, type Evaluator } from '#shared/scheduling/evaluate.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { generationEvaluations } from '#main/engine/front-search/front-search.ts';
import { Island } from '#main/engine/front-search/island.ts';
import { spread } from '#main/engine/front-search/spread.ts';
import { greedyGenomes, MOST_GREEDY_STARTS } from '#main/engine/greedy-starts.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Objectives } from '#main/engine/objectives.ts';
import { RunMoves } from '#main/engine/operators/run-moves.ts';
import { windowCrossover } from '#main/engine/operators/window-crossover.ts';
import { randomGenome } from '#main/engine/random-genome.ts';
import { Random } from '#main/engine/random.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import type { Judged } from '#main/engine/search-space.ts';
import type { Chromosome } from '#main/engine/search.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';

const everything = { priorities: true, cores: true, frequencies: true };
const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

let scenario: ResolvedScenario;
let problem: Problem;
beforeAll(() => {
  scenario = aSmallScenario().build();
  problem = compileProblem(scenario, everything);
});

const configuration = (options: Record<string, unknown> = {}, seed = 1) => ({
  scheduler: 'archive_search',
  seed,
  options: { generations: 8, ...options },
});

interface Outcome {
  readonly run: SearchRun;
  readonly generations: GenerationRecord[];
  readonly chromosomes: ChromosomeRecord[];
}

function search(
  options: Record<string, unknown> = {},
  seed = 1,
  of = scenario,
  createTheEvaluator: (problem: Problem) => Evaluator = createKernel,
): Outcome {
  const run = createRun(of, configuration(options, seed), { createEvaluator: createTheEvaluator });
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return { run, generations, chromosomes: generations.flatMap(({ newChromosomes }) => recordsOf(newChromosomes)) };
}

const isAdmissible = (genes: Uint8Array, { layout }: Problem): boolean =>
  genes.every((gene, locus) => layout.loci[locus]!.alleles.includes(gene));

describe('greedy starts', () => {
  test('are admissible, each once, no more than wanted, and spread over frequencies, cores and energy', () => {
    fc.assert(
      fc.property(
        arbitraryProblemAndGenes(),
        fc.integer({ min: 1, max: MOST_GREEDY_STARTS }),
        ({ problem: any }, count) => {
          const genomes = greedyGenomes(any, count);
          expect(genomes.length).toBeGreaterThan(0);
          expect(genomes.length).toBeLessThanOrEqual(count);
          expect(new Set(genomes.map((genes) => genes.join())).size).toBe(genomes.length);
          for (const genes of genomes) expect(isAdmissible(genes, any)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('hold both a faster and a thriftier schedule than all-default list scheduling', () => {
    const evaluator = createEvaluator(problem);
    const metrics = greedyGenomes(problem).map((genes) => evaluator.evaluate(genes));
    const [first] = metrics;
    const energies = metrics.map((own) => own[2]!);
    expect(Math.min(...energies)).toBeLessThan(first![2]!);
    expect(first![0]).toBeLessThan(metrics.at(-1)![0]!);
  });
});

describe('run moves', () => {
  test('propose admissible values only, the same for the same seed', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), seeds, ({ problem: any }, seed) => {
        const moved = (): Uint8Array => {
          const random = new Random(seed);
          const genes = randomGenome(any.layout, random);
          const moves = new RunMoves(any);
          for (let i = 0; i < 20; i++) moves.apply(genes, random);
          return genes;
        };
        expect(isAdmissible(moved(), any)).toBe(true);
        expect(moved()).toEqual(moved());
      }),
      { numRuns: 60 },
    );
  });

  test('a move to another element takes tasks that follow each other, all to one element that is switched on', () => {
    const { layout, edgeProducer, edgeConsumer } = problem;
    const random = new Random(4);
    const moves = new RunMoves(problem);
    let together = 0;
    /** Tasks that went to an element that is switched off. */
    const repaired: number[] = [];
    for (let i = 0; i < 4000; i++) {
      const before = randomGenome(layout, random);
      const after = before.slice();
      moves.apply(after, random);
      const changed = problem.tasks
        .map(({ index }) => index)
        .filter((task) => after[layout.offsetOf.mapping + task] !== before[layout.offsetOf.mapping + task]);
      const elements = new Set(changed.map((task) => after[layout.offsetOf.mapping + task]!));
      // Several moves in one may go to several elements; those of one are looked at.
      if (changed.length < 2 || elements.size > 1) continue;
      const isPath = changed
        .slice(1)
        .every((task) => edgeConsumer.some((consumer, edge) => consumer === task && edgeProducer[edge]! < task));
      if (isPath) together++;
      const isConfigured = after.every((gene, locus) => locus >= layout.offsetOf.mapping || gene === before[locus]);
      const { peOfTask } = decodeGenome(problem, after);
      if (isConfigured)
        repaired.push(...changed.filter((task) => peOfTask[task] !== after[layout.offsetOf.mapping + task]));
    }
    expect(together).toBeGreaterThan(100);
    expect(repaired).toEqual([]);
  });

  test('a group is what one application has on one element, and goes to one other that is switched on', () => {
    const { layout, tasks } = problem;
    const random = new Random(6);
    const moves = new RunMoves(problem, 1);
    let whole = 0;
    for (let i = 0; i < 3000; i++) {
      const before = randomGenome(layout, random);
      const after = before.slice();
      moves.apply(after, random);
      const places = decodeGenome(problem, before).peOfTask;
      const isConfigured = after.every((gene, locus) => locus >= layout.offsetOf.mapping || gene === before[locus]);
      const changed = tasks.filter(
        ({ index }) => after[layout.offsetOf.mapping + index] !== before[layout.offsetOf.mapping + index],
      );
      const targets = new Set(changed.map(({ index }) => after[layout.offsetOf.mapping + index]!));
      const [first] = changed;
      // Several moves in one may go to several elements; those of one are looked at.
      if (!isConfigured || first === undefined || targets.size > 1) continue;
      const own = changed.filter(({ application }) => application === first.application);
      const isOneGroup = own.length === changed.length && new Set(own.map(({ index }) => places[index])).size === 1;
      const all = tasks.filter(
        ({ application, index }) =>
          application === first.application &&
          places[index] === places[first.index] &&
          layout.loci[layout.offsetOf.mapping + index]!.alleles.includes([...targets][0]!),
      );
      if (isOneGroup && all.length > 1 && all.length === changed.length) whole++;
      expect(decodeGenome(problem, after).peOfTask[first.index]).toBe([...targets][0]);
    }
    expect(whole).toBeGreaterThan(100);
  });

  test('leave a genome without any choice as it is', () => {
    const none = compileProblem(aSmallScenario().build(), { priorities: false, cores: false, frequencies: false });
    const fixed: Problem = {
      ...none,
      layout: {
        ...none.layout,
        loci: none.layout.loci.map((locus) => ({ ...locus, alleles: locus.alleles.slice(0, 1) })),
      },
    };
    const genes = randomGenome(fixed.layout, new Random(1));
    const before = genes.slice();
    new RunMoves(fixed).apply(genes, new Random(2));
    expect(genes).toEqual(before);
  });
});

test('a window exchanges mapping and priority of consecutive tasks, at most half of them, and no configuration', () => {
  fc.assert(
    fc.property(fc.boolean(), seeds, (priorities, seed) => {
      const { layout } = compileProblem(scenario, { ...everything, priorities });
      const tasks = problem.tasks.length;
      const a = new Uint8Array(layout.length).fill(0);
      const b = new Uint8Array(layout.length).fill(1);
      windowCrossover(a, b, layout, new Random(seed));
      expect(a.map((gene) => 1 - gene)).toEqual(b);
      expect(a.subarray(0, layout.offsetOf.mapping).every((gene) => gene === 0)).toBe(true);
      const mapping = Array.from(a.subarray(layout.offsetOf.mapping, layout.offsetOf.mapping + tasks));
      const size = mapping.filter((gene) => gene === 1).length;
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThanOrEqual(Math.ceil(tasks / 2));
      expect(mapping.lastIndexOf(1) - mapping.indexOf(1)).toBe(size - 1);
      expect(Array.from(a.subarray(layout.offsetOf.priority ?? layout.length))).toEqual(priorities ? mapping : []);
    }),
  );
});

describe('parents', () => {
  const at = (x: number, y: number) => ({ objectives: [x, y], violation: 0 });

  test('are all points while there are few', () => {
    const points = [at(1, 3), at(2, 2), at(3, 1)];
    expect(spread(points, 3)).toEqual(points);
  });

  test('are both ends and what lies evenly between them by ratio, not what lies crowded', () => {
    const crowded = Array.from({ length: 50 }, (_, i) => at(1 + i * 1e-4, 16 - i * 1e-4));
    const points = [...crowded, at(2, 8), at(4, 4), at(8, 2), at(16, 1)];
    const chosen = spread(points, 5);
    expect(chosen[0]).toBe(points[0]);
    expect(chosen.slice(1)).toEqual(points.slice(50));
  });

  test('hold the best of each of three objectives', () => {
    const points = Array.from({ length: 40 }, (_, i) => ({
      objectives: [i, (i * 17) % 40, (i * 29) % 40],
      violation: 0,
    }));
    const chosen = spread(points, 4);
    for (const m of [0, 1, 2]) expect(Math.min(...chosen.map(({ objectives }) => objectives[m]!))).toBe(0);
  });
});

describe('an island', () => {
  const judged = (id: number, objectives: number[], violation = 0): Judged => ({
    chromosome: { id, genes: Uint8Array.of(id), fitness: 0, metrics: new Float64Array(HEADLINE_METRIC_COUNT) },
    objectives,
    violation,
  });
  const idsOf = (members: readonly Judged[]): number[] => members.map(({ chromosome }) => chromosome.id);

  test('goes on from what violates least while nothing is feasible, and forgets it as soon as something is', () => {
    const island = new Island();
    for (let id = 0; id < 30; id++) island.offer(judged(id, [1, 1], 1 + ((id * 7) % 30)));
    expect(island.members).toHaveLength(16);
    expect(island.members[0]!.violation).toBe(1);
    expect(island.members.every(({ violation }, i, all) => i === 0 || violation > all[i - 1]!.violation)).toBe(true);
    expect(island.front).toEqual([]);
    island.offer(judged(99, [5, 5]));
    expect(idsOf(island.members)).toEqual([99]);
    island.offer(judged(100, [1, 1], 0.5));
    expect(idsOf(island.members)).toEqual([99]);
  });

  test('keeps all that nothing dominates, and children of the batch only once they are chromosomes', () => {
    const island = new Island();
    for (const each of [judged(0, [1, 9]), judged(1, [9, 1]), judged(2, [5, 5])]) island.offer(each);
    island.offer({ objectives: [4, 4], violation: 0, row: 17 });
    expect(idsOf(island.members)).toEqual([0, 1]);
    expect(island.pending.map(({ row }) => row)).toEqual([17]);
    island.settle([judged(3, [4, 4])]);
    expect(idsOf(island.front)).toEqual([0, 3, 1]);
    expect(island.pending).toEqual([]);
  });
});

describe('a run', () => {
  const objectivesOf = (names: readonly ('makespanMs' | 'energyMJ' | 'latencyMs' | 'maxResponseMs')[]): Objectives =>
    new Objectives(problem, names, true);

  test.each([
    [['makespanMs', 'energyMJ']],
    [['latencyMs', 'energyMJ']],
    [['makespanMs', 'energyMJ', 'maxResponseMs']],
    [['energyMJ']],
  ] as const)('%j: its front is feasible, recorded, and nothing recorded dominates it', (objectives) => {
    const { run, chromosomes } = search({ objectives });
    const judge = (candidate: Chromosome): Judged => objectivesOf(objectives).judge(candidate);
    const all = chromosomes.map(judge);
    const front = run.front!.map(judge);
    expect(front.length).toBeGreaterThan(objectives.length > 1 ? 3 : 0);
    for (const member of front) {
      expect(member.violation).toBe(0);
      expect(chromosomes[member.chromosome.id]!.genes).toEqual(member.chromosome.genes);
      expect(all.some((other) => constraintDominates(other, member))).toBe(false);
    }
  });

  test('spends its budget, counts what it scored by itself, and records only a part of that', () => {
    const { run, generations, chromosomes } = search({ fastEndShare: 0 });
    expect(generations).toHaveLength(8);
    expect(run.evaluations).toBe(generations[0]!.evaluations + 7 * generationEvaluations(problem));
    expect(chromosomes.length).toBeLessThan(run.evaluations / 2);
    for (let i = 1; i < generations.length; i++) {
      expect(generations[i]!.evaluations).toBeGreaterThan(generations[i - 1]!.evaluations);
      expect(generations[i]!.hypervolume!).toBeGreaterThanOrEqual(generations[i - 1]!.hypervolume! * (1 - 1e-12));
      expect(generations[i]!.members.length).toBeGreaterThan(0);
    }
  });

  test('names parents that were recorded before their children', () => {
    const { chromosomes } = search();
    for (const { id, parents } of chromosomes) for (const parent of parents) expect(parent).toBeLessThan(id);
    const mutatedBy = (name: string): number[] =>
      chromosomes.filter(({ operator }) => operator === name).map(({ mutatedLoci }) => mutatedLoci.length);
    expect(Math.max(...mutatedBy('crossover'))).toBe(0);
    expect(Math.min(...mutatedBy('mutation'))).toBeGreaterThan(0);
  });

  test('begins its fast end with the critical-path search, where the makespan counts', () => {
    const { generations, chromosomes, run } = search({ generations: 12, fastEndShare: 0.5 });
    const ofRuns = recordsOf(generations[1]!.newChromosomes);
    expect(ofRuns.length).toBeGreaterThan(0);
    expect(ofRuns.every(({ operator }) => operator === 'heuristic')).toBe(true);
    const fastest = Math.min(
      ...chromosomes.filter(({ metrics }) => metrics[4] === 0).map(({ metrics }) => metrics[0]!),
    );
    expect(run.front![0]!.metrics[0]).toBe(fastest);
    const withoutMakespan = recordsOf(search({ objectives: ['latencyMs', 'energyMJ'] }).generations[1]!.newChromosomes);
    expect(withoutMakespan.some(({ operator }) => operator === 'heuristic')).toBe(false);
  });

  test.each([{}, { generations: 12, fastEndShare: 0.5 }, { objectives: ['latencyMs', 'energyMJ', 'makespanMs'] }])(
    'is the same when it is interrupted after any generation: %j',
    (options) => {
      const whole = search(options);
      for (let interruption = 0; interruption < whole.generations.length; interruption += 2) {
        const first = createRun(scenario, configuration(options), { createEvaluator: createKernel });
        for (let i = 0; i < interruption; i++) first.step();
        const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
        const second = restoreRun(scenario, configuration(options), state, whole.chromosomes, {
          createEvaluator: createKernel,
        });
        for (const generation of whole.generations.slice(interruption)) expect(second.step()).toEqual(generation);
        expect(second.front).toEqual(whole.run.front);
      }
    },
  );

  test('has the islands that its budget allows, and is the same when it is interrupted before and after they are put together', () => {
    const options = { generations: 80, islands: 2 };
    const whole = search(options);
    const islandsAfter = (generations: number): unknown[] => {
      const run = createRun(scenario, configuration(options), { createEvaluator: createKernel });
      for (let i = 0; i < generations; i++) run.step();
      const state = parseRunState(JSON.parse(JSON.stringify(run.saveState())));
      const second = restoreRun(scenario, configuration(options), state, whole.chromosomes, {
        createEvaluator: createKernel,
      });
      for (const generation of whole.generations.slice(generations)) expect(second.step()).toEqual(generation);
      return state.search['islands'] as unknown[];
    };
    expect(islandsAfter(30)).toHaveLength(2);
    expect(islandsAfter(78)).toHaveLength(1);
    const few = createRun(scenario, configuration({ generations: 40, islands: 4 }));
    few.step();
    expect(few.saveState().search['islands']).toHaveLength(1);
  });

  test('is the same whatever the order in which a batch is scored, and by the reference evaluator', () => {
    const backwards = (of: Problem): Evaluator => {
      const kernel = createKernel(of);
      return {
        evaluate: (genes) => kernel.evaluate(genes),
        evaluateBatch(genomes, first, count, out) {
          for (let i = count - 1; i >= 0; i--) out.set(kernel.evaluate(genomes[first + i]!), i * HEADLINE_METRIC_COUNT);
        },
      };
    };
    const { generations } = search();
    expect(search({}, 1, scenario, backwards).generations).toEqual(generations);
    expect(search({}, 1, scenario, createEvaluator).generations).toEqual(generations);
    expect(search({}, 2).generations).not.toEqual(generations);
  });

  test('has no front where nothing is feasible, but violates less and less', () => {
    const hopeless = {
      ...scenario,
      applications: scenario.applications.map((application) => ({ ...application, deadlineMs: 1e-6 })),
    };
    const { run, generations, chromosomes } = search({ generations: 5 }, 1, hopeless);
    expect(run.front).toEqual([]);
    const violation = headlineMetricNames.indexOf('constraintViolation');
    const least = (of: readonly ChromosomeRecord[]): number =>
      of.reduce((smallest, { metrics }) => Math.min(smallest, metrics[violation]!), Number.POSITIVE_INFINITY);
    expect(least(chromosomes)).toBeLessThan(least(recordsOf(generations[0]!.newChromosomes)));
    expect(search({ generations: 5, constraints: 'ignore' }, 1, hopeless).run.front!.length).toBeGreaterThan(1);
  });
});
