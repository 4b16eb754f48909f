/** How short the schedules are that each scheduler finds, and how long it takes: random task graphs, the presets, PRISM's case. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourcesDirectory } from '#main/hosts/toolbox.ts';
import { obstacleToShop } from '#main/engine/critical-path/shop.ts';
import { Random } from '#main/engine/random.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { prismMapping } from '#main/formats/prism.ts';
import { lowerBound } from '#shared/analysis/lower-bound.ts';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { compete, contestGenes, type Budget, type Result } from './contest.ts';
import { defaultParameters, randomScenario, type TaskGraphParameters } from './task-graph.ts';
import type { BenchSection, BenchTable } from './types.ts';

const schedulers = [
  'heft',
  'peft',
  'npu_first',
  'best_mapping',
  'random',
  'hill_climb',
  'prism',
  'ga',
  'nsga2',
  'annealing',
  'critical_path',
];
/** Each of its schedules is a tabu run of hundreds of moves: fewer of them take as long as the genomes of the others. */
const TABU_RUNS: Budget = { generations: 10, genomes: 16 };
const SEED = 1;
const GRAPHS_PER_CASE = 2;

/** Parameters as Topcuoglu, Hariri & Wu vary them, around their middle. */
const graphs: readonly Partial<TaskGraphParameters>[] = [
  { tasks: 20 },
  { tasks: 60 },
  { tasks: 200 },
  { tasks: 100, shape: 0.5, communicationToComputation: 0.1 },
  { tasks: 100, shape: 2, communicationToComputation: 1, heterogeneity: 0.5 },
  { tasks: 100, communicationToComputation: 5, outDegree: 5 },
];

interface Case {
  readonly name: string;
  readonly scenarios: readonly ResolvedScenario[];
  /** The largest are given a smaller budget, to keep the bench short. */
  readonly options?: Readonly<Record<string, Record<string, unknown>>>;
}

export const schedulersSection: BenchSection = {
  name: 'schedulers',
  async run(size) {
    const budget: Budget = size === 'tiny' ? { generations: 3, genomes: 4 } : { generations: 200, genomes: 100 };
    const cases = size === 'tiny' ? graphCases().slice(0, 1) : [...graphCases(), ...presetCases()];
    const byCase: { name: string; boundsMs: number[]; results: Map<string, Result[]> }[] = [];
    for (const { name, scenarios, options } of cases) {
      const results = new Map<string, Result[]>();
      for (const scheduler of schedulers) {
        const own: Result[] = [];
        for (const scenario of scenarios.filter((each) => takes(scheduler, each)))
          own.push(
            await compete(
              scenario,
              scheduler,
              SEED,
              size !== 'tiny' && scheduler === 'critical_path' ? TABU_RUNS : budget,
              options?.[scheduler],
            ),
          );
        results.set(scheduler, own);
      }
      byCase.push({
        name,
        boundsMs: scenarios.map((scenario) => lowerBound(compileProblem(scenario, contestGenes)).makespanMs),
        results,
      });
    }
    const tableOf = (
      title: string,
      note: string,
      valueOf: (result: Result, boundMs: number, heft: Result) => number,
    ): BenchTable => ({
      title,
      note,
      rows: byCase.map(({ name, boundsMs, results }) => ({
        scenario: name,
        ...Object.fromEntries(
          schedulers.map((scheduler) => [
            scheduler,
            mean(
              (results.get(scheduler) ?? []).map((result, index) =>
                valueOf(result, boundsMs[index], (results.get('heft') ?? [])[index]),
              ),
            ),
          ]),
        ),
      })),
    });
    const how = `Mapping and order, all cores, nominal frequencies; searches aim at throughput alone (nsga2: makespan and energy), seed ${SEED}, ${budget.generations} generations of ${budget.genomes} genomes, one thread; critical_path: ${TABU_RUNS.generations} generations of ${TABU_RUNS.genomes} tabu runs, where it takes the scenario.`;
    const which = `"graph": random task graphs after Topcuoglu et al. 2002, v tasks, shape α, out-degree d, CCR, range β, on 4 CPU cores, a GPU and an NPU, the mean of ${GRAPHS_PER_CASE} graphs.`;
    return [
      tableOf(
        'Schedulers: makespan over the lower bound',
        `${how} ${which} The bound (critical path and load, src-shared/analysis/lower-bound.ts) may itself be out of reach.`,
        ({ makespanMs }, boundMs) => makespanMs / boundMs,
      ),
      tableOf(
        'Schedulers: makespan over that of heft',
        'The same runs.',
        ({ makespanMs }, _, heft) => makespanMs / heft.makespanMs,
      ),
      tableOf(
        'Schedulers: time, ms',
        'The same runs, compiling the scenario included.',
        ({ seconds }) => seconds * 1000,
      ),
    ];
  },
};

function graphCases(): Case[] {
  return graphs.map((chosen) => {
    const parameters = { ...defaultParameters, ...chosen };
    const { tasks, shape, outDegree, communicationToComputation, heterogeneity } = parameters;
    const scenarios = Array.from({ length: GRAPHS_PER_CASE }, (_, index) => {
      const random = new Random(tasks + index);
      return randomScenario(parameters, (n) => random.nextInt(n));
    });
    return {
      name: `graph v=${tasks} α=${shape} d=${outDegree} CCR=${communicationToComputation} β=${heterogeneity}`,
      scenarios,
    };
  });
}

/** Periodic applications, ticks, pools and contended links are not for the critical-path search. */
function takes(scheduler: string, scenario: ResolvedScenario): boolean {
  return scheduler !== 'critical_path' || obstacleToShop(compileProblem(scenario, contestGenes)) === undefined;
}

/** PRISM's case starts `prism` from the published mapping, as its authors did. */
function presetCases(): Case[] {
  const presets = loadPresets(resourcesDirectory());
  return [...presets.scenarios].map(([id, scenario]) => {
    const resolved = { name: id, scenarios: [resolveScenario(scenario, presets)] };
    const network = presets.networks.get('xception-prism');
    if (id !== 'prism-xception' || network === undefined) return resolved;
    const published = readFileSync(join(resourcesDirectory(), 'data/prism/xception_random_mapping.csv'), 'utf8');
    return {
      ...resolved,
      options: { prism: { start: 'mapping', initialMapping: prismMapping(published, network, 'xception') } },
    };
  });
}

/** A dash of none. */
function mean(values: readonly number[]): number | string {
  if (values.length === 0) return '–';
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
