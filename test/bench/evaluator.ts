/** How fast one genome is decoded, simulated and measured. */
import { Random } from '#main/engine/random.ts';
import { CallDecoder } from '#main/engine/kernel/call-decoder.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
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
        note: 'The same graphs with a launch and a border on every processor and half of the dependencies joined at random: time per call that is executed, next to the time per task of a graph of as many layers that run alone. With cuts among the genes: 200 genomes, each of a partition of its own, decoded in JavaScript into the tables of the kernel.',
        rows: (size === 'tiny' ? [20] : [60, 200, 1000]).map((tasks) => subgraphRow(tasks, roundMs)),
      },
      {
        title: 'Nine networks, twenty instances each, one thread',
        note: 'Nine random networks with launches, layer by layer and in subgraphs that the genes decide, about one dependency in so many cut: time of one evaluation, decoding included, and of decoding alone.',
        rows: (size === 'tiny' ? [{ layers: 10, every: 3 }] : [3, 10, 30].map((every) => ({ layers: 100, every }))).map(
          ({ layers, every }) => nineNetworksRow(layers, every, roundMs),
        ),
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
  const cuts = Uint8Array.from({ length: cutCount(network) }, () => random.nextInt(2));
  const joined = compileProblem(scenario, defaultGenes, [partitionOfCuts(network, cuts)]);
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
  const own = randomGenomes(searched, random);
  const ownCalls = own.reduce((sum, genes) => sum + executedSchedule(searched, genes).problem.tasks.length, 0);
  return {
    layers: tasks,
    calls,
    'ns/call': ofCalls,
    'ns/task alone': ofTasks,
    ratio: ofCalls / ofTasks,
    'with cuts as genes, ns/call': nsPerTask(searched, own, ownCalls / GENOMES),
  };
}

function nineNetworksRow(layers: number, every: number, roundMs: number): Record<string, number> {
  const random = new Random(layers);
  const networks = Array.from({ length: 9 }, () =>
    randomScenario({ ...defaultParameters, tasks: layers }, (n) => random.nextInt(n)),
  );
  const [base] = networks;
  const scenario = {
    ...base,
    platform: {
      ...base.platform,
      processors: base.platform.processors.map((processor) => ({ ...processor, launchMs: 0.1 })),
    },
    applications: networks.map(({ applications: [application] }, index) => ({
      ...application,
      id: `app${index}`,
      instances: 20,
      periodMs: 100,
    })),
  };
  const alone = compileProblem(scenario);
  const searched = compileProblem(scenario, { ...defaultGenes, subgraphs: 'searched' });
  const first = searched.layout.offsetOf.partition ?? 0;
  const genomes = randomGenomes(searched, random);
  for (const genes of genomes)
    for (let locus = first; locus < genes.length; locus++) genes[locus] = random.nextInt(every) === 0 ? 1 : 0;
  const metrics = new Float64Array(GENOMES * HEADLINE_METRIC_COUNT);
  const microseconds = (problem: Problem, evaluated: readonly Uint8Array[]): number => {
    const kernel = createKernel(problem);
    return (
      1e6 / (passesPerSecond(() => kernel.evaluateBatch(evaluated, 0, GENOMES, metrics), ROUNDS, roundMs) * GENOMES)
    );
  };
  const decoder = new CallDecoder(searched);
  const decodings = passesPerSecond(() => genomes.forEach((genes) => decoder.decode(genes)), ROUNDS, roundMs) * GENOMES;
  let calls = 0;
  for (const genes of genomes) {
    decoder.decode(genes);
    calls += decoder.calls / GENOMES;
  }
  const layerwise = microseconds(alone, randomGenomes(alone, random));
  const inCalls = microseconds(searched, genomes);
  return {
    layers: alone.tasks.length,
    'cut one in': every,
    calls,
    'layer by layer, µs': layerwise,
    'in calls, µs': inCalls,
    'of it decoding, µs': 1e6 / decodings,
    'decoding, ns/layer': 1e9 / decodings / alone.tasks.length,
    'ns per executed call': (1e3 * inCalls) / (20 * calls),
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
