/** Home's cards and `tessera demo`; match `demoSchema` of the contract. */
import type { z } from 'zod';
import type { demoSchema } from '#shared/contract/shapes.ts';

type DemoInput = z.input<typeof demoSchema>;

/** Generations a second: at full speed a demo would be over before anybody could follow it. The command line does not wait. */
const DEMO_PACE = 20;
const SEED = 42;

/** A search of the genetic algorithm for one goal: the weights of the fitness that it leaves out are 0, that of violations stays. */
function goal(
  name: string,
  weights: { readonly throughput?: number; readonly energy?: number; readonly latency?: number },
) {
  return {
    name,
    configuration: {
      scheduler: 'ga',
      seed: SEED,
      options: { weights: { throughput: 0, energy: 0, latency: 0, ...weights } },
    },
  };
}

const balanced = { throughput: 1, energy: 1, latency: 1 };

export const demos: readonly DemoInput[] = [
  {
    id: 'simple',
    name: 'Simple scenario',
    description:
      'Two applications on 4 CPU cores, a GPU and an NPU: watch the genetic algorithm improve on sending everything to the NPU.',
    scenario: 'simple',
    configuration: { scheduler: 'ga', seed: SEED, options: {} },
    paceGenerationsPerS: DEMO_PACE,
  },
  {
    id: 'multi',
    name: 'Multi-application scenario',
    description: 'Three applications with different start times, one of them periodic and urgent.',
    scenario: 'multi',
    configuration: { scheduler: 'ga', seed: SEED, options: {} },
    paceGenerationsPerS: DEMO_PACE,
  },
  {
    id: 'goals',
    name: 'Optimisation goals',
    description:
      'The same scenario for throughput, for energy, for latency and for all three: four runs side by side, and what each goal costs the others.',
    scenario: 'multi',
    configuration: goal('Balanced', balanced).configuration,
    runs: [
      goal('Goal: throughput', { throughput: 1 }),
      goal('Goal: energy', { energy: 1 }),
      goal('Goal: latency', { latency: 1 }),
      goal('Goal: balanced', balanced),
    ],
    opens: 'compare',
  },
  {
    id: 'pareto',
    name: 'Pareto front',
    description:
      'NSGA-II searches for the schedules that are best for some balance of makespan and energy: the front moves as it learns.',
    scenario: 'simple',
    configuration: { scheduler: 'nsga2', seed: SEED, options: {} },
    paceGenerationsPerS: DEMO_PACE,
    opens: 'pareto',
  },
  {
    id: 'galaxy-s9',
    name: 'Galaxy S9',
    description:
      "Four networks of a phone's camera, with core groups, frequency caps by active cores, and times by a fitted cost model.",
    scenario: 'galaxy-s9',
    configuration: { scheduler: 'ga', seed: SEED, options: {} },
    paceGenerationsPerS: DEMO_PACE,
  },
];
