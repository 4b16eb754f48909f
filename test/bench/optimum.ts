/** How close the schedulers come to the optimum, on task graphs so small that it is known. */
import { Random } from '#main/engine/random.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { lowerBound } from '#shared/analysis/lower-bound.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { compete, contestGenes, type Budget } from './contest.ts';
import { defaultParameters, randomScenario } from './task-graph.ts';
import type { BenchSection } from './types.ts';

const schedulers = ['heft', 'peft', 'npu_first', 'prism', 'ga', 'annealing'];
const SEED = 1;
/** Mapping alone: what `exhaustive` enumerates. */
const mappingOnly = { ...defaultGenes, cores: false, frequencies: false };

export const optimumSection: BenchSection = {
  name: 'optimum',
  async run(size) {
    const budget: Budget = size === 'tiny' ? { generations: 3, genomes: 4 } : { generations: 100, genomes: 50 };
    const exact = [
      ...(size === 'tiny' ? [3] : [6, 7]).map((tasks) => ({
        tasks,
        scheduler: 'exhaustive',
        options: { maxSchedules: 10_000_000, batchSize: 1000, genes: mappingOnly },
      })),
      ...(size === 'tiny' ? [4] : [8, 10, 12]).map((tasks) => ({
        tasks,
        scheduler: 'milp',
        options: { order: 'exact', maxNodes: 1_000_000 },
      })),
    ];
    const rows: Record<string, string | number>[] = [];
    for (const { tasks, scheduler, options } of exact) {
      const scenario = graphOf(tasks);
      const optimum = await compete(scenario, scheduler, SEED, budget, options);
      // What proves no bound of its own has seen every schedule.
      const optimalMs = optimum.boundMs ?? optimum.makespanMs;
      const row: Record<string, string | number> = {
        tasks,
        'optimum by': scheduler,
        'optimum ms': optimalMs,
        'found in s': optimum.seconds,
        'attained by it': optimum.makespanMs / optimalMs,
        'lower bound': lowerBound(compileProblem(scenario, contestGenes)).makespanMs / optimalMs,
      };
      const genes = scheduler === 'exhaustive' ? mappingOnly : contestGenes;
      for (const other of schedulers)
        row[other] = (await compete(scenario, other, SEED, budget, { genes })).makespanMs / optimalMs;
      rows.push(row);
    }
    return [
      {
        title: 'Schedulers: makespan over the optimum',
        note: `Random task graphs on 4 CPU cores, a GPU and an NPU. "exhaustive": the best of all mappings, and the others search mappings alone; "milp": mapping and order, proven by its bound. Searches: seed ${SEED}, ${budget.generations} generations of ${budget.genomes} genomes.`,
        rows,
      },
    ];
  },
};

function graphOf(tasks: number): ResolvedScenario {
  const random = new Random(tasks);
  return randomScenario({ ...defaultParameters, tasks }, (n) => random.nextInt(n));
}
