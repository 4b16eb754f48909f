/** Runs for component tests, computed by the real simulator from the small scenario of the builders. */
import type {
  GenerationSeries,
  RunDetail,
  RunProgress,
  RunSummary,
  SchedulerSummary,
} from '#shared/contract/shapes.ts';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment, referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';

export const scenario = aSmallScenario().with({ name: 'Small scenario' }).build();
export const problem = compileProblem(scenario);
export const reference = referenceMetrics(problem);
/** Everything on the GPU: worse than NPU first in energy, but a schedule of its own. */
export const gpuGenes = Uint8Array.from(problem.layout.loci, (locus) =>
  locus.segment === 'mapping' ? problem.pes.findIndex((pe) => pe.id === 'gpu') : locus.cardinality - 1,
);
export const npuFirstGenes = encodeAssignment(problem, npuFirstAssignment(problem)).slice();

export function aRun(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 7,
    name: 'Evening run',
    scenarioId: 'small',
    scenarioName: 'Small scenario',
    platformName: 'small',
    scheduler: 'ga',
    seed: 42,
    status: 'finished',
    createdAt: 1_700_000_000_000,
    startedAt: 1_700_000_000_100,
    endedAt: 1_700_000_004_000,
    elapsedMs: 3900,
    generations: 3,
    plannedGenerations: 3,
    evaluations: 30,
    bestFitness: 0.5,
    bestMetrics: describeSolution(problem, gpuGenes, 0.5).metrics,
    recordedBytes: 4096,
    tags: [],
    notes: '',
    starred: false,
    ...changes,
  };
}

/** `genes` of the best schedule; null: none yet. */
export function aDetail(run: RunSummary, genes: Uint8Array | null = gpuGenes): RunDetail {
  return {
    run,
    engineVersion: '1',
    scenario: JSON.parse(JSON.stringify(scenario)) as Record<string, unknown>,
    configuration: { scheduler: 'ga', seed: 42, options: {} },
    reference,
    ...(genes === null ? {} : { bestChromosomeId: 1, best: describeSolution(problem, genes, run.bestFitness ?? 0) }),
  };
}

/** `length` generations from `from` on, whose best improves by 0.1 each. */
export function aSeries(from: number, length: number): GenerationSeries {
  const column = (valueAt: (generation: number) => number): Float64Array<ArrayBuffer> =>
    Float64Array.from({ length }, (_, index) => valueAt(from + index));
  return {
    from,
    length,
    elapsedMs: column((index) => (index + 1) * 100),
    evaluations: column((index) => (index + 1) * 10),
    bestFitness: column((index) => index * 0.1),
    meanFitness: column((index) => index * 0.1 - 1),
    worstFitness: column((index) => index * 0.1 - 5),
    stdFitness: column(() => 0.2),
    distinctGenomes: column(() => 10),
    meanEntropy: column(() => 0.5),
    bestChromosomeId: column((index) => index),
    makespanMs: column((index) => 20 - index),
    throughputPerS: column((index) => 100 + index),
    energyMJ: column((index) => 50 - index),
    latencyMs: column((index) => 18 - index),
    constraintViolation: column(() => 0),
    hypervolume: null,
  };
}

export function aProgress(changes: Partial<RunProgress> = {}): RunProgress {
  return {
    runId: 7,
    generation: 0,
    plannedGenerations: 10,
    evaluations: 10,
    elapsedMs: 100,
    evaluationsPerS: 1234,
    etaMs: 4000,
    series: aSeries(0, 1),
    ...changes,
  };
}

export const gaSummary: SchedulerSummary = {
  id: 'ga',
  name: 'Genetic algorithm',
  description: 'Evolves a population',
  source: 'Kang et al. 2020',
  optionsSchema: {
    type: 'object',
    properties: {
      populationSize: {
        type: 'integer',
        minimum: 2,
        maximum: 10_000,
        default: 100,
        title: 'Population size',
        description: 'Genomes per generation',
      },
      generations: { type: 'integer', minimum: 1, maximum: 100_000, default: 200, title: 'Generations' },
      selection: { type: 'string', enum: ['tournament', 'roulette'], default: 'tournament', title: 'Selection' },
      mutationRate: { type: 'number', minimum: 0, maximum: 1, default: 0.02, title: 'Mutation rate' },
      eliteSize: { type: 'integer', minimum: 0, maximum: 1000, default: 2, title: 'Elite size' },
      heuristicSeeding: { type: 'boolean', default: false, title: 'Heuristic seeding' },
      weights: {
        type: 'object',
        title: 'Fitness weights',
        description: 'What the search optimises',
        properties: {
          throughput: { type: 'number', minimum: 0, default: 1, title: 'Throughput' },
          energy: { type: 'number', minimum: 0, default: 0.5, title: 'Energy' },
          latency: { type: 'number', minimum: 0, default: 0.5, title: 'Latency' },
          penalty: { type: 'number', minimum: 0, default: 2, title: 'Penalty' },
          normalise: { type: 'boolean', default: true, title: 'Normalise' },
        },
      },
    },
  },
};
