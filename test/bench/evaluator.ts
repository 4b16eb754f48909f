/** How fast one genome is decoded, simulated and measured. */
import { Random } from '#main/engine/random.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const GENOMES = 200;
const ROUNDS = 5;
const ROUND_MS = 400;

export const evaluatorSection: BenchSection = {
  name: 'evaluator',
  async run(size) {
    const roundMs = size === 'tiny' ? 1 : ROUND_MS;
    const rows = (size === 'tiny' ? [20] : [20, 60, 200, 1000, 5000]).map((tasks) => {
      const random = new Random(tasks);
      const problem = compileProblem(randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n)));
      const genomes = randomGenomes(problem, random);
      const evaluator = createEvaluator(problem);
      const kernel = createKernel(problem);
      const metrics = new Float64Array(GENOMES * HEADLINE_METRIC_COUNT);
      const reference =
        passesPerSecond(() => genomes.forEach((genes) => evaluator.evaluate(genes)), ROUNDS, roundMs) * GENOMES;
      const batch =
        passesPerSecond(() => kernel.evaluateBatch(genomes, 0, GENOMES, metrics), ROUNDS, roundMs) * GENOMES;
      return {
        tasks,
        'kernel evaluations/s': batch,
        'kernel ns/task': 1e9 / batch / tasks,
        'reference evaluations/s': reference,
        'reference ns/task': 1e9 / reference / tasks,
      };
    });
    return [
      {
        title: 'Evaluator, one thread',
        note: `Decode, simulate and measure ${GENOMES} random genomes of a random task graph on 4 CPU cores, a GPU and an NPU, over and over; best of ${ROUNDS} rounds. The kernel is what runs use, the reference what it is checked against.`,
        rows,
      },
    ];
  },
};

export function randomGenomes(problem: Problem, random: Random): Uint8Array[] {
  return Array.from({ length: GENOMES }, () =>
    Uint8Array.from(problem.layout.loci, ({ alleles }) => alleles[random.nextInt(alleles.length)]),
  );
}

/** How often a second `pass` can be made, in the best of some rounds. */
export function passesPerSecond(pass: () => void, rounds = ROUNDS, roundMs = ROUND_MS): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    let passes = 0;
    let elapsedMs = 0;
    while (elapsedMs < roundMs) {
      pass();
      passes++;
      elapsedMs = performance.now() - started;
    }
    best = Math.max(best, (passes / elapsedMs) * 1000);
  }
  return best;
}
