/** How fast one genome is decoded, simulated and measured. */
import { Random } from '#main/engine/random.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { cutsOf } from '#shared/scheduling/executed-schedule.ts';
import { cutCount, partitionOfCuts } from '#shared/scheduling/partition-cuts.ts';
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
      {
        title: 'Evaluator with subgraphs, one thread',
        note: 'The same graphs with a launch and a border on every processor and half of the dependencies joined at random: time per call that is executed, next to the time per task of a graph of as many layers that run alone. With cuts among the genes: 200 genomes over 8 partitions, each decoded in JavaScript.',
        rows: (size === 'tiny' ? [20] : [60, 200, 1000]).map((tasks) => subgraphRow(tasks, roundMs)),
      },
    ];
  },
};

function subgraphRow(tasks: number, roundMs: number): Record<string, number> {
  const random = new Random(tasks);
  const plain = randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n));
  const processors = plain.platform.processors.map((processor) => ({
    ...processor,
    launchMs: 0.1,
    borderMsPerMB: 0.01,
  }));
  const scenario = { ...plain, platform: { ...plain.platform, processors } };
  const { network } = scenario.applications[0];
  const partitions = Array.from({ length: 8 }, () => [
    partitionOfCuts(
      network,
      Uint8Array.from({ length: cutCount(network) }, () => random.nextInt(2)),
    ),
  ]);
  const joined = compileProblem(scenario, defaultGenes, partitions[0]);
  const calls = joined.tasks.length;
  const metrics = new Float64Array(GENOMES * HEADLINE_METRIC_COUNT);
  const nsPerTask = (problem: Problem, genomes: readonly Uint8Array[], executed: number): number => {
    const kernel = createKernel(problem);
    const passes = passesPerSecond(() => kernel.evaluateBatch(genomes, 0, GENOMES, metrics), ROUNDS, roundMs);
    return 1e9 / (passes * GENOMES) / executed;
  };
  const alone = compileProblem(scenario);
  const ofCalls = nsPerTask(joined, randomGenomes(joined, random), calls);
  const ofTasks = nsPerTask(alone, randomGenomes(alone, random), tasks);
  const searched = compileProblem(scenario, { ...defaultGenes, subgraphs: 'searched' });
  const first = searched.layout.offsetOf.partition ?? 0;
  const cut = randomGenomes(searched, random).map((genes, index) => {
    genes.set(cutsOf(searched, partitions[index % partitions.length]), first);
    return genes;
  });
  return {
    layers: tasks,
    calls,
    'ns/call': ofCalls,
    'ns/task alone': ofTasks,
    ratio: ofCalls / ofTasks,
    'with cuts as genes, ns/call': nsPerTask(searched, cut, calls),
  };
}

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
