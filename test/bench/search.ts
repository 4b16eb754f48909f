/** How many generations a second the genetic algorithm makes, without process or record. */
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { Random } from '#main/engine/random.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const POPULATION = 100;
const GENERATIONS = 300;

export const searchSection: BenchSection = {
  name: 'search',
  async run(size) {
    const generations = size === 'tiny' ? 3 : GENERATIONS;
    const rows = (size === 'tiny' ? [20] : [20, 60, 200, 1000]).map((tasks) => {
      const random = new Random(tasks);
      const run = createRun(
        randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n)),
        {
          scheduler: 'ga',
          seed: 1,
          options: { populationSize: POPULATION, generations, stagnationLimit: 0 },
        },
        { createEvaluator: createKernel },
      );
      const started = performance.now();
      while (run.step() !== undefined);
      const seconds = (performance.now() - started) / 1000;
      return { tasks, 'generations/s': run.generations / seconds, 'evaluations/s': run.evaluations / seconds };
    });
    return [
      {
        title: 'Search (ga with the kernel, one thread, no process, not recorded)',
        note: `${generations} generations of ${POPULATION} genomes on a random task graph, seed 1.`,
        rows,
      },
    ];
  },
};
