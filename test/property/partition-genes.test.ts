/** Genomes that cut applications into subgraphs: any of them is a schedule, and the same schedule has one canonical genome. */
import { expect, test } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { CallDecoder } from '#main/engine/kernel/call-decoder.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { responseTimes } from '#shared/scheduling/metrics.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { canonicalGenome, executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { cutCount, partitionOfCuts } from '#shared/scheduling/partition-cuts.ts';
import { canRun, compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { connectedParts, cycleOf, isLayerwise, producersOf, setsOf } from '#shared/scheduling/subgraphs.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { Random } from '#main/engine/random.ts';
import { defaultParameters, randomScenario } from '#test/bench/task-graph.ts';
import {
  arbitraryCutGenomes,
  arbitraryGeneSelection,
  arbitraryProblemAndGenes,
  arbitraryScenario,
  withCallTimes,
} from '#test/fixtures/random-scenario.ts';

const bits = (values: ArrayLike<number>): string[] =>
  Array.from(new BigUint64Array(Float64Array.from(values).buffer), (word) => word.toString(16));

test('20,000 random genomes decode without subgraphs that wait for each other', () => {
  const random = new Random(1);
  let waited = 0;
  for (let graph = 0; graph < 100; graph++) {
    const { network } = randomScenario({ ...defaultParameters, tasks: 5 + 4 * (graph % 15) }, (n) => random.nextInt(n))
      .applications[0]!;
    const edges = cutCount(network);
    for (let genome = 0; genome < 200; genome++) {
      // From few cuts to many.
      const share = 1 + (genome % 9);
      const cuts = Uint8Array.from({ length: edges }, () => (random.nextInt(10) < share ? 1 : 0));
      const leaderOf = partitionOfCuts(network, cuts);
      expect(cycleOf(network, leaderOf)).toBeUndefined();
      waited += Number(isBroken(producersOf(network), leaderOf, cuts));
    }
  }
  // Many of them would wait, were they taken by their bits.
  expect(waited).toBeGreaterThan(2000);
});

/** Whether a dependency that is not cut joins nothing. */
function isBroken(producersOfLayers: readonly (readonly number[])[], leaderOf: Int32Array, cuts: Uint8Array): boolean {
  let edge = 0;
  return producersOfLayers.some((producers, layer) =>
    producers.some((producer) => cuts[edge++] === 0 && leaderOf[producer] !== leaderOf[layer]),
  );
}

test('any genome is executed in connected subgraphs, each on an element that can run all of it', () => {
  let joined = 0;
  fc.assert(
    fc.property(arbitraryCutGenomes(4), ({ problem, genomes }) => {
      for (const genes of genomes) {
        const { problem: executed, assignment } = executedSchedule(problem, genes);
        joined += Number(!isLayerwise(executed.partition));
        problem.layerwise.applications.forEach(({ network }, application) => {
          const leaderOf = executed.partition[application]!;
          expect(cycleOf(network, leaderOf)).toBeUndefined();
          for (const layers of setsOf(leaderOf)) expect(connectedParts(network, layers)).toEqual([layers]);
        });
        executed.tasks.forEach(({ index }) => {
          expect(canRun(executed, index, executed.pes[assignment.peOfTask[index]!]!.processor)).toBe(true);
        });
      }
    }),
    { numRuns: 250 },
  );
  expect(joined).toBeGreaterThan(200);
});

test('the canonical genome is of the same schedule, and its own canonical genome', () => {
  let changed = 0;
  fc.assert(
    fc.property(arbitraryCutGenomes(4), ({ problem, genomes }) => {
      for (const genes of genomes) {
        const canonical = canonicalGenome(problem, genes);
        changed += Number(canonical.some((gene, locus) => gene !== genes[locus]));
        const [before, after] = [executedSchedule(problem, genes), executedSchedule(problem, canonical)];
        expect(after.problem.partition).toEqual(before.problem.partition);
        expect(after.assignment.peOfTask).toEqual(before.assignment.peOfTask);
        expect(after.assignment.taskPriority).toEqual(before.assignment.taskPriority);
        expect(bits(simulate(after.problem, after.assignment).endMs)).toEqual(
          bits(simulate(before.problem, before.assignment).endMs),
        );
        expect(canonicalGenome(problem, canonical)).toEqual(canonical);
      }
    }),
    { numRuns: 250 },
  );
  expect(changed).toBeGreaterThan(500);
});

/** `genes` of `plain` as a genome of `searched`, with `cut` for every dependency. */
function withCuts(plain: Problem, searched: Problem, genes: Uint8Array, cut: 0 | 1): Uint8Array {
  const partition = searched.layout.offsetOf.partition ?? searched.layout.length;
  const cuts = searched.layout.length - plain.layout.length;
  return Uint8Array.from([...genes.subarray(0, partition), ...Array(cuts).fill(cut), ...genes.subarray(partition)]);
}

const searchedOf = (selection: GeneSelection): GeneSelection => ({ ...selection, subgraphs: 'searched' });

test('with every dependency cut a genome is what it is without the segment, to the bit', () => {
  fc.assert(
    fc.property(
      fc.oneof(arbitraryScenario(), arbitraryScenario().chain(withCallTimes)),
      arbitraryGeneSelection,
      fc.nat(),
      (scenario, selection, seed) => {
        const plain = compileProblem(scenario, selection);
        const searched = compileProblem(scenario, searchedOf(selection));
        const genes = Uint8Array.from(plain.layout.loci, ({ cardinality }, locus) => (seed + 7 * locus) % cardinality);
        expect(bits(createEvaluator(searched).evaluate(withCuts(plain, searched, genes, 1)))).toEqual(
          bits(createEvaluator(plain).evaluate(genes)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('without a cut each connected application that one processor can run is one task, to the bit', () => {
  let compared = 0;
  fc.assert(
    fc.property(arbitraryScenario().chain(withCallTimes), fc.nat(), (scenario, seed) => {
      const isConnected = scenario.applications.every(
        ({ network }) =>
          connectedParts(
            network,
            network.layers.map((_, layer) => layer),
          ).length === 1,
      );
      if (!isConnected) return;
      const selection = { priorities: false, cores: false, frequencies: false };
      const whole = compileProblem(scenario, { ...selection, subgraphs: 'network' });
      const searched = compileProblem(scenario, searchedOf(selection));
      expect(whole.tasks).toHaveLength(scenario.applications.length);
      const genes = Uint8Array.from(whole.layout.loci, ({ alleles }) => alleles[seed % alleles.length]!);
      const spread = Uint8Array.from(searched.tasks, ({ application }) => genes[application]!);
      const uncut = new Uint8Array(searched.layout.length);
      uncut.set(spread, searched.layout.offsetOf.mapping);
      expect(bits(createEvaluator(searched).evaluate(uncut))).toEqual(bits(createEvaluator(whole).evaluate(genes)));
      compared++;
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(50);
});

const shapes = {
  'any scenario': {},
  'contended links': { interconnect: 'contended' },
  'jobs that all take time': { zeroTimes: false, interconnect: 'latency' },
  'a decimal tick': { dispatchTickMs: 0.3 },
  'streams and buses': { streams: true, buses: true },
} as const;

test.each(Object.keys(shapes) as (keyof typeof shapes)[])(
  'the kernel has the bits of the reference, responses and canonical genomes included: %s',
  (name) => {
    let joined = 0;
    fc.assert(
      fc.property(arbitraryCutGenomes(5, shapes[name]), ({ problem, genomes }) => {
        // One kernel for all of them: nothing of a genome may be left for the next one.
        const [kernel, reference, decoder] = [
          createKernel(problem),
          createEvaluator(problem),
          new CallDecoder(problem),
        ];
        for (const genes of genomes) {
          const { problem: executed, assignment } = executedSchedule(problem, genes);
          joined += Number(!isLayerwise(executed.partition));
          expect(bits(kernel.evaluate(genes))).toEqual(bits(reference.evaluate(genes)));
          expect(bits(kernel.responses(genes))).toEqual(bits(responseTimes(executed, simulate(executed, assignment))));
          decoder.decode(genes);
          expect(decoder.canonical(genes)).toEqual(canonicalGenome(problem, genes));
        }
        const out = new Float64Array(genomes.length * HEADLINE_METRIC_COUNT);
        kernel.evaluateBatch(genomes, 0, genomes.length, out);
        expect(bits(out)).toEqual(genomes.flatMap((genes) => bits(reference.evaluate(genes))));
      }),
      { numRuns: 300 },
    );
    expect(joined).toBeGreaterThan(500);
  },
);

test('without cuts among the genes the kernel gives the responses of the reference, too', () => {
  fc.assert(
    fc.property(
      fc.oneof(arbitraryProblemAndGenes(), arbitraryProblemAndGenes({ streams: true })),
      ({ problem, genes }) => {
        const expected = responseTimes(problem, simulate(problem, decodeGenome(problem, genes)));
        expect(bits(createKernel(problem).responses(genes))).toEqual(bits(expected));
      },
    ),
    { numRuns: 300 },
  );
});

test('the kernel refuses a genome that does not fit, as the decoder does, and goes on', () => {
  fc.assert(
    fc.property(arbitraryCutGenomes(1), fc.nat(), ({ problem, genomes: [genes] }, at) => {
      const kernel = createKernel(problem);
      const bytes = problem.layout.offsetOf.priority ?? problem.layout.offsetOf.applicationPriority ?? genes!.length;
      const locus = at % bytes;
      const wrong = genes!.slice();
      wrong[locus] = problem.layout.loci[locus]!.cardinality;
      expect(() => kernel.evaluate(wrong)).toThrow(/its locus takes/);
      expect(() => kernel.evaluate(genes!.subarray(1))).toThrow(/this problem has/);
      expect(bits(kernel.evaluate(genes!))).toEqual(bits(createEvaluator(problem).evaluate(genes!)));
    }),
    { numRuns: 60 },
  );
});
