/** `puzzle`: never worse than what it begins with, the same after a pause, and what it exports is what it measured; its parts, and its baselines. */
import { describe, expect, it } from 'vitest';
import { constraintDominates } from '#shared/analysis/pareto.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { emptyLibrary, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import { cutsOf, canonicalGenome, executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { computeMetrics, quantile, responseTimes } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeSolution, readMapping } from '#shared/scheduling/solution.ts';
import { partitionOfNames } from '#shared/scheduling/subgraphs.ts';
import { CallDecoder } from '#main/engine/kernel/call-decoder.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { CallMoves } from '#main/engine/puzzle/call-moves.ts';
import { referencePoints, referenceSurvivors } from '#main/engine/puzzle/reference-points.ts';
import { SpanJudge } from '#main/engine/puzzle/spans.ts';
import { Random } from '#main/engine/random.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import { completeConfiguration } from '#main/engine/schedulers/index.ts';
import type { Chromosome } from '#main/engine/search.ts';
import type { Judged } from '#main/engine/search-space.ts';
import { operatorNames } from '#shared/domain/generation.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

/** Two networks of which one forks, on a CPU, a GPU and an NPU that all take time for a launch. */
const chain = aNetwork('chain').withChain(6, { cpu: 3, gpu: 2, npu: 1 });
const fork = aNetwork('fork')
  .withLayer('in', { cpu: 2, gpu: 1.5, npu: 0.5 }, { outputBytes: 100_000 })
  .withLayer('left', { cpu: 4, gpu: 1, npu: 2 }, { dependencies: ['in'], outputBytes: 100_000 })
  .withLayer('right', { cpu: 1, gpu: 3, npu: 4 }, { dependencies: ['in'], outputBytes: 100_000 })
  .withLayer('out', { cpu: 1, gpu: 1 }, { dependencies: ['left', 'right'] });
const builder = aScenario()
  .on(
    aPlatform()
      .with({ processors: [] })
      .withCores(1, { launchMs: 0.1 })
      .withGpu({ launchMs: 0.4 })
      .withNpu({ launchMs: 0.3 }),
  )
  .running(chain, { id: 'camera', instances: 4, periodMs: 6 })
  .running(fork, { id: 'voice', instances: 3, periodMs: 8, deadlineMs: 20 });
const scenario = builder.build();
const small = { populationSize: 16, generations: 12, localSearch: { best: 3, every: 3, neighbours: 5 } };

function runOf(of: ResolvedScenario, scheduler: string, options: object = {}, seed = 1) {
  const configuration = { scheduler, seed, options: { ...options } };
  const run = createRun(of, configuration, { createEvaluator: createKernel });
  const chromosomes: (Chromosome & { readonly operator: string })[] = [];
  const states = [run.saveState()];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    chromosomes.push(...recordsOf(generation.newChromosomes));
    states.push(run.saveState());
  }
  return { configuration, run, chromosomes, states };
}

describe('puzzle', () => {
  it.each([1, 2, 3])('is never worse than any of its seeds, by fitness or on its front (seed %i)', (seed) => {
    const { run, chromosomes } = runOf(scenario, 'puzzle', small, seed);
    const seeds = chromosomes.filter(({ operator }) => operator === operatorNames[7]);
    expect(seeds.length).toBeGreaterThan(5);
    const judge = new SpanJudge(run.problem, 'spans', true);
    const front = run.front!.map((chromosome) => judge.judge(chromosome));
    expect(front.length).toBeGreaterThan(0);
    for (const own of seeds) {
      expect(run.best!.fitness).toBeGreaterThanOrEqual(own.fitness);
      const judged = judge.judge(own);
      expect(
        front.some(
          (member) => constraintDominates(member, judged) || `${member.objectives}` === `${judged.objectives}`,
        ),
      ).toBe(true);
    }
  });

  it('finds better spans than every baseline that places whole networks', () => {
    const meanOf = (scheduler: string, options: object): number =>
      runOf(scenario, scheduler, options).run.best!.metrics[metricIndex.latencyMs]!;
    const { run } = runOf(scenario, 'puzzle', small);
    const best = Math.min(...run.front!.map(({ metrics }) => metrics[metricIndex.latencyMs]!));
    for (const scheduler of ['npu_only', 'fastest', 'balanced', 'best_mapping'])
      expect(best).toBeLessThanOrEqual(meanOf(scheduler, {}));
  });

  it('scores each schedule once: all its genomes are canonical', () => {
    const { run, chromosomes } = runOf(scenario, 'puzzle', small);
    for (const { genes } of chromosomes) expect(canonicalGenome(run.problem, genes)).toEqual(genes);
    const others = runOf(scenario, 'puzzle', { ...small, canonical: false });
    expect(
      others.chromosomes.some(({ genes }) => canonicalGenome(others.run.problem, genes).join() !== genes.join()),
    ).toBe(true);
  });

  it('goes on after any generation as if it had never stopped', () => {
    const { configuration, run, chromosomes, states } = runOf(scenario, 'puzzle', small);
    for (const at of [1, 4, 8]) {
      const state = parseRunState(JSON.parse(JSON.stringify(states[at])));
      const continued = restoreRun(scenario, configuration, state, chromosomes, { createEvaluator: createKernel });
      while (continued.step() !== undefined);
      expect(continued.saveState()).toEqual(run.saveState());
      expect(continued.front!.map(({ id }) => id)).toEqual(run.front!.map(({ id }) => id));
    }
  });

  it('exports a mapping with subgraphs that gives the same makespan to the bit, and can begin with it', () => {
    const { run } = runOf(scenario, 'puzzle', small);
    const solution = describeSolution(run.problem, run.best!.genes, run.best!.fitness);
    expect(solution.subgraphs!.length).toBeGreaterThan(0);
    const read = readMapping(scenario, JSON.parse(JSON.stringify(solution)));
    expect(computeMetrics(read.problem, read.assignment, simulate(read.problem, read.assignment)).makespanMs).toBe(
      run.best!.metrics[metricIndex.makespanMs],
    );
    const { metrics: _, fitness: __, genome: ___, ...mapping } = solution;
    const again = createRun(scenario, {
      scheduler: 'puzzle',
      seed: 9,
      options: { ...small, generations: 1 },
      start: { from: 'a file', ...mapping },
    });
    const first = again.step()!;
    expect(recordsOf(first.newChromosomes)[0]).toMatchObject({ operator: 'given', fitness: run.best!.fitness });
  });

  it('searches one priority for each application, or none', () => {
    const lociOf = (priorities: string): string[] => {
      const { run } = runOf(scenario, 'puzzle', { ...small, generations: 2, genes: { priorities } });
      return run.problem.layout.segments.map(({ name, length }) => `${name} ${length}`).slice(-1);
    };
    expect(lociOf('application')).toEqual(['applicationPriority 2']);
    expect(lociOf('layer')).toEqual(['priority 10']);
    expect(lociOf('off')).toEqual(['partition 9']);
  });

  it('takes the spans of groups, and the frequency where that is the goal', () => {
    const grouped = aScenario()
      .on(aPlatform().withNpu({ launchMs: 0.3 }))
      .running(chain, { id: 'camera', instances: 4 })
      .running(fork, { id: 'voice', instances: 4 })
      .with({ groups: [{ id: 'sensor', applications: ['camera', 'voice'], periodMs: 9 }] })
      .build();
    const { run } = runOf(grouped, 'puzzle', { ...small, generations: 3, goal: 'saturation', constraints: 'ignore' });
    const judge = new SpanJudge(run.problem, 'saturation', false);
    const [alpha, latency] = Array.from(judge.judge(run.front![0]!).objectives);
    expect(alpha).toBeGreaterThan(0.01);
    expect(latency).toBe(run.front![0]!.metrics[metricIndex.latencyMs]);
    expect(new SpanJudge(run.problem, 'spans', false).count).toBe(2);
    const once = aScenario().on(aPlatform()).running(chain).build();
    expect(() => runOf(once, 'puzzle', { goal: 'saturation' })).toThrow(/no frequency/);
  });

  it('judges by mean and 90th percentile of the responses of the reference', () => {
    const { run } = runOf(scenario, 'puzzle', { ...small, generations: 2 });
    const best = run.best!;
    const { problem, assignment } = executedSchedule(run.problem, best.genes);
    const responses = responseTimes(problem, simulate(problem, assignment));
    const expected = [0, 1].flatMap((application) => {
      const own = responses.filter((_, instance) => problem.instanceApplication[instance] === application);
      return [own.reduce((sum, each) => sum + each, 0) / own.length, quantile(own.sort(), 0.9)];
    });
    expect(Array.from(new SpanJudge(run.problem, 'spans', true).judge(best).objectives)).toEqual(expected);
  });
});

describe('moves of calls', () => {
  const problem = builder.problem(emptyLibrary, { subgraphs: 'searched', priorities: true });
  const decoder = new CallDecoder(problem);
  const moves = new CallMoves(problem, decoder, 'two_point');
  const genomeOf = (of: Problem, joined: readonly (readonly string[])[]): Uint8Array =>
    encodeAssignment(of, {
      ...defaultAssignment(of, new Int32Array(of.tasks.length)),
      cut: cutsOf(of, partitionOfNames(of.layerwise, joined)),
    });

  it('merge two calls, shift a border by a layer, or move a call: calls stay nearly as many', () => {
    const genes = genomeOf(problem, [
      ['camera/l0', 'camera/l1', 'camera/l2'],
      ['camera/l3', 'camera/l4', 'camera/l5'],
    ]);
    decoder.decode(genes);
    const before = { calls: decoder.calls, mapping: Array.from(decoder.peOf.subarray(0, decoder.calls)).join() };
    const seen = { merged: 0, shifted: 0, moved: 0 };
    for (let seed = 0; seed < 200; seed++) {
      const own = genes.slice();
      moves.local.move(own, new Random(seed));
      decoder.decode(own);
      const change = decoder.calls - before.calls;
      expect(Math.abs(change)).toBeLessThanOrEqual(2);
      const mapping = Array.from(decoder.peOf.subarray(0, decoder.calls)).join();
      if (change === -1) seen.merged++;
      else if (change === 0 && mapping === before.mapping && own.join() !== genes.join()) seen.shifted++;
      else if (change === 0 && mapping !== before.mapping) seen.moved++;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  it('give genomes that decode, from any genome, also after crossover', () => {
    const random = new Random(3);
    const draw = (): Uint8Array =>
      Uint8Array.from(problem.layout.loci, ({ cardinality }) => random.nextInt(cardinality));
    for (let round = 0; round < 300; round++) {
      const [a, b] = [draw(), draw()];
      const genesBefore = Array.from(a, (gene, locus) => [gene, b[locus]!].sort().join());
      moves.crossOver(a, b, random);
      expect(Array.from(a, (gene, locus) => [gene, b[locus]!].sort().join())).toEqual(genesBefore);
      moves.mutate(a, random);
      expect(() => executedSchedule(problem, a)).not.toThrow();
    }
  });
});

describe('reference points', () => {
  it('lie on the simplex, as many as fit, in two layers where one has none within', () => {
    expect(referencePoints(3, 91)).toHaveLength(91);
    expect(referencePoints(2, 10)).toHaveLength(10);
    expect(referencePoints(8, 64)).toHaveLength(36 + 8);
    expect(referencePoints(1, 5)).toHaveLength(1);
    for (const point of referencePoints(8, 64)) expect(point.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  const judged = (...objectives: number[]): Judged => ({ objectives, violation: 0, chromosome: undefined as never });

  it('keep whole fronts first, and spread the last one', () => {
    // A line of eleven trade-offs, five of them crowded at one end, and one that is dominated.
    const line = [0, 0.01, 0.02, 0.03, 0.04, 0.2, 0.4, 0.6, 0.8, 1].map((x) => judged(x, 1 - x));
    const survivors = referenceSurvivors([judged(2, 2), ...line], 5, referencePoints(2, 5));
    expect(survivors.map(({ objectives }) => objectives[0]!).sort((a, b) => a - b)).toEqual([0, 0.2, 0.4, 0.8, 1]);
    expect(referenceSurvivors([judged(2, 2), ...line], 11, referencePoints(2, 5)).at(-1)).toEqual(judged(2, 2));
  });
});

describe('baselines of whole networks', () => {
  const mappingOf = (of: ResolvedScenario, scheduler: string, options: object = {}) => {
    const { run } = runOf(of, scheduler, options);
    return describeSolution(run.problem, run.best!.genes, run.best!.fitness);
  };

  it('execute networks as a whole where launches take time, and layer by layer where they do not', () => {
    expect(mappingOf(scenario, 'npu_only').subgraphs).toEqual([
      ['camera/l0', 'camera/l1', 'camera/l2', 'camera/l3', 'camera/l4', 'camera/l5'],
      ['voice/in', 'voice/left', 'voice/right'],
    ]);
    expect(mappingOf(scenario, 'best_mapping', { granularity: 'application' }).subgraphs).toHaveLength(2);
    expect(mappingOf(scenario, 'best_mapping', { granularity: 'layer' }).subgraphs).toBeUndefined();
    expect(mappingOf(scenario, 'npu_only', { subgraphs: 'off' }).subgraphs).toBeUndefined();
    const without = aScenario().on(aPlatform().withNpu()).running(chain).build();
    const { run } = runOf(without, 'npu_only');
    expect(run.problem.layout.segments.map(({ name }) => name)).not.toContain('partition');
    expect(genesOf(completeConfiguration({ scheduler: 'npu_only', seed: 1, options: {} })).subgraphs).toBe('auto');
  });

  it('fastest: each on the processor where it takes least, however much is there already', () => {
    const twice = builder.running(chain, { id: 'second' }).build();
    const { mapping } = mappingOf(twice, 'fastest');
    expect([mapping['camera/l0'], mapping['second/l5'], mapping['voice/in']]).toEqual(['npu', 'npu', 'gpu']);
  });

  it('balanced: the longest first, each where it would be done first', () => {
    const both = aScenario()
      .on(aPlatform().with({ processors: [] }).withCores(1).withGpu())
      .running(aNetwork('short').withChain(1, { cpu: 3, gpu: 2 }), { id: 'short' })
      .running(aNetwork('long').withChain(1, { cpu: 9, gpu: 4 }), { id: 'long' })
      .build();
    expect(mappingOf(both, 'balanced').mapping).toEqual({ 'short/l0': 'cpu', 'long/l0': 'gpu' });
    expect(mappingOf(both, 'fastest').mapping).toEqual({ 'short/l0': 'gpu', 'long/l0': 'gpu' });
  });
});
