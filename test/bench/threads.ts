/** What further threads gain: a population evaluated on one thread and on several, as the run process does it. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Random } from '#main/engine/random.ts';
import { entryPath } from '#main/processes/entries.ts';
import { HelpingThreads } from '#main/processes/helping-threads.ts';
import { ParallelEvaluator } from '#main/processes/parallel-evaluator.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { passesPerSecond, randomGenomes } from './evaluator.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

/** The two are measured in turns, so that a busy moment of the machine does not fall on one alone. */
const TURNS = 3;
const ROUNDS = 3;
const ROUND_MS = 250;

export const threadsSection: BenchSection = {
  name: 'threads',
  async run(size) {
    const cores = availableParallelism();
    const threadCounts =
      size === 'tiny' || cores <= 2 ? [2] : [...new Set([2, 4, cores].filter((threads) => threads <= cores))];
    const rows: Record<string, number>[] = [];
    for (const tasks of size === 'tiny' ? [20] : [20, 60, 200, 1000, 5000]) {
      for (const threads of threadCounts) rows.push(await compare(tasks, threads, size === 'tiny' ? 1 : ROUND_MS));
    }
    return [
      {
        title: 'Evaluator, several threads',
        note: `Populations of 200 random genomes, handed over one by one through shared memory; best of ${TURNS * ROUNDS} rounds each, in turns with one thread. "helps" is 0 where a run leaves the population to one thread, because waking another takes longer.`,
        rows,
      },
    ];
  },
};

async function compare(tasks: number, threads: number, roundMs: number): Promise<Record<string, number>> {
  const random = new Random(tasks);
  const scenario = randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n));
  const problem = compileProblem(scenario);
  const genomes = randomGenomes(problem, random);
  const kernel = createKernel(problem);
  const [alone, together] = [
    new Float64Array(genomes.length * HEADLINE_METRIC_COUNT),
    new Float64Array(genomes.length * HEADLINE_METRIC_COUNT),
  ];
  const helpers: HelpingThreads[] = [];
  const evaluator = new ParallelEvaluator(problem, {
    kernel,
    threads,
    now: () => performance.now(),
    callHelpers(memory, called) {
      helpers.push(
        new HelpingThreads(
          { scenario, genes: defaultGenes, memory, threads: called },
          (error) => {
            throw new Error(error.message);
          },
          entryPath('evaluation-worker'),
        ),
      );
    },
  });
  try {
    passesPerSecond(() => evaluator.evaluateBatch(genomes, 0, genomes.length, together), 1, Math.max(100, roundMs));
    while (evaluator.helpers < helpers.length) await setTimeout(5);
    let [best, bestAlone] = [0, 0];
    for (let turn = 0; turn < TURNS; turn++) {
      bestAlone = Math.max(
        bestAlone,
        passesPerSecond(() => kernel.evaluateBatch(genomes, 0, genomes.length, alone), ROUNDS, roundMs),
      );
      best = Math.max(
        best,
        passesPerSecond(() => evaluator.evaluateBatch(genomes, 0, genomes.length, together), ROUNDS, roundMs),
      );
    }
    const differing = alone.findIndex((value, index) => !Object.is(value, together[index]));
    if (differing >= 0)
      throw new Error(
        `one thread and ${threads} differ at ${tasks} tasks, genome ${Math.floor(differing / HEADLINE_METRIC_COUNT)}`,
      );
    return {
      tasks,
      threads,
      helps: evaluator.helpers,
      '1 thread, evaluations/s': bestAlone * genomes.length,
      'evaluations/s': best * genomes.length,
      'times as fast': best / bestAlone,
    };
  } finally {
    for (const started of helpers) started.end();
  }
}
