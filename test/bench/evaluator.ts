/** How fast one genome is decoded, simulated and measured. */
import { Random } from '#main/engine/random.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const GENOMES = 200;
const ROUNDS = 5;
const ROUND_MS = 400;

export const evaluatorSection: BenchSection = {
  name: 'evaluator',
  async run() {
    const rows = [60, 200, 1000].map((tasks) => {
      const random = new Random(tasks);
      const problem = compileProblem(randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n)));
      const perSecond = evaluationsPerSecond(problem, randomGenomes(problem, random));
      return { tasks, 'evaluations/s': perSecond, 'ns/task': 1e9 / perSecond / tasks };
    });
    return [{ title: 'Evaluator (reference simulator, one thread)', note: `Decode, simulate and measure ${GENOMES} random genomes of a random task graph on 4 CPU cores, a GPU and an NPU; best of ${ROUNDS} rounds.`, rows }];
  },
};

export function randomGenomes(problem: Problem, random: Random): Uint8Array[] {
  return Array.from({ length: GENOMES }, () => Uint8Array.from(problem.layout.loci, ({ alleles }) => alleles[random.nextInt(alleles.length)]));
}

function evaluationsPerSecond(problem: Problem, genomes: readonly Uint8Array[]): number {
  const evaluator = createEvaluator(problem);
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    let evaluations = 0;
    let elapsedMs = 0;
    while (elapsedMs < ROUND_MS) {
      for (const genes of genomes) evaluator.evaluate(genes);
      evaluations += genomes.length;
      elapsedMs = performance.now() - started;
    }
    best = Math.max(best, (evaluations / elapsedMs) * 1000);
  }
  return best;
}
