/** The kernel is the reference simulator, to the last bit; and the committed WebAssembly is what its source compiles to. */
import { readFile } from 'node:fs/promises';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, test } from 'vitest';
import { createKernel, KERNEL_BATCH } from '#main/engine/kernel/kernel.ts';
import { compileKernel } from '#main/hosts/launch/compile-kernel.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';

const bits = (metrics: Float64Array): string[] =>
  Array.from(new BigUint64Array(Float64Array.from(metrics).buffer), (word) => word.toString(16));

function expectSameBits(problem: Problem, genes: Uint8Array): void {
  expect(bits(createKernel(problem).evaluate(genes))).toEqual(bits(createEvaluator(problem).evaluate(genes)));
}

test('gives the bits of the reference on any scenario', () => {
  fc.assert(
    fc.property(arbitraryProblemAndGenes(), ({ problem, genes }) => expectSameBits(problem, genes)),
    { numRuns: 1500 },
  );
});

test('gives the bits of the reference when links are contended', () => {
  fc.assert(
    fc.property(arbitraryProblemAndGenes({ interconnect: 'contended' }), ({ problem, genes }) =>
      expectSameBits(problem, genes),
    ),
    { numRuns: 400 },
  );
});

test('gives the bits of the reference when no job is instantaneous', () => {
  fc.assert(
    fc.property(arbitraryProblemAndGenes({ zeroTimes: false, interconnect: 'latency' }), ({ problem, genes }) =>
      expectSameBits(problem, genes),
    ),
    { numRuns: 800 },
  );
});

test('gives the bits of the reference where frames follow others, come in bursts and are dropped', () => {
  const seen = { dropped: 0, ran: 0 };
  for (const shape of [{}, { zeroTimes: false }, { maxInstances: 12 }, { zeroTimes: false, maxInstances: 30 }]) {
    fc.assert(
      fc.property(arbitraryProblemAndGenes({ ...shape, streams: true }), ({ problem, genes }) => {
        expectSameBits(problem, genes);
        const { droppedMs } = simulate(problem, decodeGenome(problem, genes));
        for (const at of droppedMs) seen[Number.isNaN(at) ? 'ran' : 'dropped']++;
      }),
      { numRuns: 600 },
    );
  }
  expect(seen.dropped).toBeGreaterThan(500);
  expect(seen.ran).toBeGreaterThan(5000);
});

test('gives the bits of the reference on buses and over chains of links', () => {
  for (const interconnect of ['contended', 'latency'] as const) {
    fc.assert(
      fc.property(arbitraryProblemAndGenes({ interconnect, buses: true, streams: true }), ({ problem, genes }) =>
        expectSameBits(problem, genes),
      ),
      { numRuns: 600 },
    );
  }
});

test('gives the bits of the reference at decimal ticks, late times and releases that reach the horizon but for rounding', () => {
  for (const dispatchTickMs of [0.1, 0.3, 0.7]) {
    fc.assert(
      fc.property(arbitraryProblemAndGenes({ dispatchTickMs, maxInstances: 12 }), ({ problem, genes }) =>
        expectSameBits(problem, genes),
      ),
      { numRuns: 300 },
    );
  }
});

test('gives the bits of the reference when hundreds of jobs wait for one element', () => {
  fc.assert(
    fc.property(
      arbitraryProblemAndGenes({ zeroTimes: false, interconnect: 'latency', maxInstances: 120 }),
      ({ problem, genes }) => expectSameBits(problem, genes),
    ),
    { numRuns: 200 },
  );
});

test('evaluates a batch of any size as it does each genome alone, in any order', () => {
  fc.assert(
    fc.property(
      arbitraryProblemAndGenes(),
      fc.integer({ min: 1, max: 2 * KERNEL_BATCH + 3 }),
      fc.integer({ min: 0, max: 5 }),
      ({ problem, genes }, count, first) => {
        const kernel = createKernel(problem);
        const genomes = Array.from({ length: first + count }, (_, i) =>
          genes.map((gene, locus) => (gene + i) % problem.layout.loci[locus].cardinality),
        );
        const out = new Float64Array(count * HEADLINE_METRIC_COUNT);
        kernel.evaluateBatch(genomes, first, count, out);
        for (let i = count - 1; i >= 0; i--) {
          expect(bits(out.subarray(i * HEADLINE_METRIC_COUNT, (i + 1) * HEADLINE_METRIC_COUNT))).toEqual(
            bits(kernel.evaluate(genomes[first + i])),
          );
        }
        const packed = new Uint8Array(new SharedArrayBuffer((first + count) * genes.length));
        genomes.forEach((genome, i) => packed.set(genome, i * genes.length));
        const shared = new Float64Array(new SharedArrayBuffer(8 * (first + count) * HEADLINE_METRIC_COUNT)).fill(-1);
        kernel.evaluatePacked(packed, first, count, shared);
        expect(shared.subarray(0, first * HEADLINE_METRIC_COUNT).every((untouched) => untouched === -1)).toBe(true);
        expect(bits(shared.subarray(first * HEADLINE_METRIC_COUNT))).toEqual(bits(out));
      },
    ),
    { numRuns: 60 },
  );
});

test('refuses a genome that does not fit, as the decoder does, and goes on', () => {
  fc.assert(
    fc.property(arbitraryProblemAndGenes(), fc.nat(), ({ problem, genes }, at) => {
      const kernel = createKernel(problem);
      // any byte is a priority
      const locus = at % (problem.layout.offsetOf.priority ?? genes.length);
      const wrong = genes.slice();
      wrong[locus] = problem.layout.loci[locus].cardinality;
      expect(() => kernel.evaluate(wrong)).toThrow(/its locus takes/);
      expect(() => kernel.evaluate(genes.subarray(1))).toThrow(/this problem has/);
      expect(bits(kernel.evaluate(genes))).toEqual(bits(createEvaluator(problem).evaluate(genes)));
    }),
    { numRuns: 60 },
  );
});

test('is compiled from its present source (else run: node src-main/hosts/launch/compile-kernel.ts)', async () => {
  expect(await readFile('src-main/engine/kernel/kernel-wasm.ts', 'utf8')).toBe(await compileKernel());
});

test('with a limit it gives the same metrics up to it, and gives up only beyond it', () => {
  fc.assert(
    fc.property(
      arbitraryProblemAndGenes({ maxInstances: 6, streams: true, buses: true }),
      fc.double({ min: 0.2, max: 1.5, noNaN: true }),
      ({ problem, genes }, share) => {
        const expected = createEvaluator(problem).evaluate(genes);
        const { bench } = createKernel(problem);
        bench.genes.set(genes);
        const isWithin = bench.evaluateUntil(expected[0] * share);
        expect(isWithin || share < 1).toBe(true);
        expect(isWithin ? bits(bench.metrics) : bits(expected)).toEqual(bits(expected));
        // Once given up, the next one is whole.
        expect(bench.evaluateUntil(Number.MAX_VALUE)).toBe(true);
        expect(bits(bench.metrics)).toEqual(bits(expected));
      },
    ),
    { numRuns: 1000 },
  );
});
