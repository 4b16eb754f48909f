/** Descents: that what they keep up to date is what would be computed from nothing, and that they take back what they refuse. */
import { describe, expect, test } from 'vitest';
import { fitnessOf } from '#shared/scheduling/objectives.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { Improver } from '#main/engine/improvement/improvement.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Descent } from '#main/engine/descent/descent.ts';
import { DescentSearch } from '#main/engine/descent/descent-search.ts';
import { Neighbourhood } from '#main/engine/descent/neighbourhood.ts';
import { planOf, PlanWriter } from '#main/engine/descent/plan.ts';
import { ScheduleTrace } from '#main/engine/descent/schedule-trace.ts';
import { StartMaker } from '#main/engine/descent/starts.ts';
import { crossPlans, distanceBetween } from '#main/engine/descent/variation.ts';
import { Random } from '#main/engine/random.ts';
import type { Chromosome, SearchState } from '#main/engine/search.ts';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';

const shares = { critical: 0.7, runs: 0.5, regions: 0.05, mapping: 0.5 };
const weights = { throughput: 1, energy: 0.3, latency: 0.2, penalty: 2, normalise: true };

const arbitrary = () => arbitraryProblemAndGenes({ maxInstances: 4 });

describe('a change of a plan', () => {
  test('keeps an order of all tasks and genes within their loci, and is taken back whole', () => {
    fc.assert(
      fc.property(arbitrary(), fc.nat(1000), ({ problem, genes }, seed) => {
        const random = new Random(seed);
        const neighbourhood = new Neighbourhood(problem, random);
        const { bench } = createKernel(problem);
        const trace = new ScheduleTrace(problem);
        neighbourhood.load(planOf(problem, genes));
        new PlanWriter(problem).write(neighbourhood.plan, bench.genes);
        bench.evaluateUntil(Number.MAX_VALUE);
        trace.read(bench, neighbourhood.plan.mapping);
        for (let step = 0; step < 30 && !neighbourhood.isEmpty; step++) {
          const { configuration, mapping, order } = neighbourhood.plan;
          const before = [[...configuration], [...mapping], [...order]];
          neighbourhood.propose(trace, shares);
          expect([...neighbourhood.plan.order].sort((a, b) => a - b)).toEqual([...problem.tasks.keys()]);
          for (const [locus, gene] of [...neighbourhood.plan.configuration, ...neighbourhood.plan.mapping].entries())
            expect(gene).toBeLessThan(problem.layout.loci[locus]!.cardinality);
          const isKept = step % 3 === 0;
          if (isKept) neighbourhood.keep();
          else neighbourhood.undo();
          const { plan } = neighbourhood;
          const after = [[...plan.configuration], [...plan.mapping], [...plan.order]];
          expect(isKept ? before : after).toEqual(before);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test('the best of a descent has the fitness that the reference simulator gives it, and is never worse than the start', () => {
  fc.assert(
    fc.property(arbitrary(), fc.nat(1000), ({ problem }, seed) => {
      const random = new Random(seed);
      const reference = referenceMetrics(problem);
      const descent = new Descent(problem, createKernel(problem).bench, weights, reference, shares, random);
      descent.begin(new StartMaker(problem).make(seed % 12, random), { length: 120, acceptance: 0.1 });
      const startFitness = descent.bestFitness;
      descent.advance(120);
      expect(descent.isOver).toBe(true);
      const metrics = createEvaluator(problem).evaluate(descent.bestGenes);
      expect(fitnessOf(metrics, reference, weights)).toBe(descent.bestFitness);
      expect(descent.bestFitness).toBeGreaterThanOrEqual(startFitness);
    }),
    { numRuns: 120 },
  );
});

test('giving hopeless schedules up early changes nothing in the course of a descent', () => {
  fc.assert(
    fc.property(arbitrary(), fc.nat(1000), ({ problem }, seed) => {
      const course = (isPatient: boolean): number[] => {
        const random = new Random(seed);
        const { bench } = createKernel(problem);
        const patient = { ...bench, evaluateUntil: () => bench.evaluateUntil(Number.MAX_VALUE) };
        const makespan = { throughput: 1, energy: 0, latency: 0, penalty: 0, normalise: true };
        const reference = referenceMetrics(problem);
        const descent = new Descent(problem, isPatient ? patient : bench, makespan, reference, shares, random);
        descent.begin(new StartMaker(problem).make(0, random), { length: 200, acceptance: 0.3 });
        descent.advance(200);
        return [descent.bestFitness, ...descent.bestGenes, ...random.saveState()];
      };
      expect(course(false)).toEqual(course(true));
    }),
    { numRuns: 120 },
  );
});

test('a child has each task from one of its parents, and a plan is at no distance from itself', () => {
  fc.assert(
    fc.property(arbitrary(), fc.nat(1000), ({ problem }, seed) => {
      const random = new Random(seed);
      const starts = new StartMaker(problem);
      const [a, b] = [starts.make(seed % 5, random), starts.make(5 + (seed % 7), random)];
      const child = crossPlans(problem, a, b, random);
      expect([...child.order].sort((x, y) => x - y)).toEqual([...problem.tasks.keys()]);
      child.mapping.forEach((gene, task) => {
        const processor = problem.pes[gene]!.processor;
        expect([a, b].some(({ mapping }) => problem.pes[mapping[task]!]!.processor === processor)).toBe(true);
      });
      expect(distanceBetween(problem, a, a)).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('a search that is saved between two generations goes on as if it had not been', () => {
  fc.assert(
    fc.property(arbitrary(), fc.nat(1000), ({ problem }, seed) => {
      const reference = referenceMetrics(problem);
      const evaluator = createEvaluator(problem);
      const chromosomes: Chromosome[] = [];
      const searchOf = (): DescentSearch =>
        new DescentSearch(
          problem,
          { weights, changes: 60 },
          new Random(seed),
          new Improver(problem, weights, reference),
        );
      const advance = (search: DescentSearch): readonly Chromosome[] => {
        for (;;) {
          const scored = search.ask().map(({ genes }): Chromosome => {
            const metrics = evaluator.evaluate(genes);
            return { id: chromosomes.length, genes, metrics, fitness: fitnessOf(metrics, reference, weights) };
          });
          const first = chromosomes.length;
          scored.forEach((chromosome, index) => chromosomes.push({ ...chromosome, id: first + index }));
          if (search.tell(chromosomes.slice(first)) !== undefined) return chromosomes.slice(first);
        }
      };
      const search = searchOf();
      for (let generation = 0; generation < 4; generation++) {
        advance(search);
        const state = search.saveState();
        const restored = searchOf();
        restored.restore(JSON.parse(JSON.stringify(state)) as SearchState, (id) => chromosomes[id]!);
        expect(JSON.stringify(restored.saveState())).toBe(JSON.stringify(state));
        const genesOf = (own: readonly Chromosome[]): number[][] => own.map(({ genes }) => [...genes]);
        const again = searchOf();
        again.restore(JSON.parse(JSON.stringify(state)) as SearchState, (id) => chromosomes[id]!);
        expect(genesOf(advance(again))).toEqual(genesOf(advance(restored)));
      }
    }),
    { numRuns: 40 },
  );
});
