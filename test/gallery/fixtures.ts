/** What the gallery's components are given: the runs of the component tests, and data for plots, the same at every start. */
import type { GenerationSeries } from '#shared/contract/shapes.ts';
import { nonDominated, type FrontPoint } from '#shared/analysis/attainment.ts';
import { alleleShares } from '#shared/analysis/population.ts';
import type { LineageNode } from '#shared/analysis/lineage.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { scheduleOf, type Schedule } from '#renderer/recorded/schedule-of.ts';
import type { ParetoPoint } from '#renderer/recorded/front-points.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { aSeries, gpuGenes, problem } from '#test/component/support/run-fixtures.ts';

export { problem, gpuGenes };
export const schedule = scheduleOf(problem, gpuGenes);

/** Layers joined to three calls of two, five and many layers, with one that runs alone. */
export const joinedSchedule: Schedule = (() => {
  const scenario = aScenario('joined')
    .on(aPlatform('device').withCores(2).withNpu())
    .running(aNetwork('chain').withChain(24, { cpu: 3, npu: 1.5 }), { id: 'camera', name: 'Camera', deadlineMs: 50 })
    .build();
  const names = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => `camera/l${from + index}`);
  const subgraphs = [names(0, 2), names(2, 7), names(8, 24)];
  const { problem: own, assignment } = readMapping(scenario, {
    mapping: Object.fromEntries(names(0, 24).map((name, index) => [name, index < 2 || index === 7 ? 'cpu:0' : 'npu'])),
    subgraphs,
  });
  const timeline = simulate(own, assignment);
  return { problem: own, assignment, timeline, metrics: computeMetrics(own, assignment, timeline) };
})();

/** Numbers 0 … 1 that look like chance; Lehmer's generator. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export const LONG_NAME =
  'EfficientNet-Lite4 quantised for the neural processing unit, batch 1, with the longest name that anybody gave a network yet';

/** Six applications with long names on a platform of ten units. */
export const largeScenario = aScenario('large')
  .on(aPlatform('device').withCores(8).withGpu().withNpu().withDefaultLink({ latencyMs: 0.2 }))
  .with({ name: LONG_NAME });
export const largeResolved = Array.from({ length: 6 }, (_, index) => index)
  .reduce(
    (scenario, index) =>
      scenario.running(
        aNetwork(`net${index}`)
          .withChain(12 + 4 * index, { cpu: 3 + index, gpu: 2, npu: 1.5 })
          .with({ name: `${LONG_NAME} ${index + 1}` }),
        {
          id: `app${index}`,
          name: `${LONG_NAME} ${index + 1}`,
          deadlineMs: 60 + 10 * index,
          instances: 2,
          periodMs: 40,
        },
      ),
    largeScenario,
  )
  .build();
export const largeProblem = compileProblem(largeResolved);

/** Genes of `given` that are drawn by chance. */
export function someGenes(given: Problem, seed: number): Uint8Array {
  const next = noise(seed);
  return Uint8Array.from(given.layout.loci, ({ alleles }) => alleles[Math.floor(next() * alleles.length)] ?? 0);
}
export const largeSchedule: Schedule = scheduleOf(largeProblem, someGenes(largeProblem, 11));

/** The columns of a run of so many generations that improves as runs do. */
export function convergence(length: number): GenerationSeries & { hypervolume: Float64Array<ArrayBuffer> } {
  const next = noise(5);
  let best = 1;
  const bests = Float64Array.from({ length }, () => (best += next() < 0.15 ? (next() * 4) / Math.sqrt(length) : 0));
  return {
    ...aSeries(0, length),
    bestFitness: bests,
    meanFitness: bests.map((value) => value - 0.6 - 0.3 * next()),
    worstFitness: bests.map((value) => value - 3 - 2 * next()),
    hypervolume: bests.map((value) => 1 - 1 / value),
  };
}

/** A cloud of `count` schedules and the front of those that no other dominates. */
export function cloud(count: number, seed = 3): { points: FrontPoint[]; front: FrontPoint[] } {
  const next = noise(seed);
  const points = Array.from({ length: count }, () => {
    const along = next();
    return { x: 20 + 60 * along + 25 * next(), y: 40 + 80 * (1 - along) ** 2 + 40 * next() };
  });
  return { points, front: nonDominated(points) };
}

export function paretoPoints(count: number, sides = 1): ParetoPoint[] {
  return Array.from({ length: sides }, (_, side) =>
    cloud(count * 6, side + 2)
      .front.slice(0, count)
      .map(({ x, y }, row) => ({
        side,
        chromosomeId: row,
        row,
        values: {
          makespanMs: x,
          energyMJ: y,
          throughputPerS: 2000 / x,
          latencyMs: 0.7 * x + 0.1 * y,
          constraintViolation: 0,
        },
      })),
  ).flat();
}

/** The shares of genes in a population of 40. */
export function sharesOf(given: Problem) {
  const genes = Uint8Array.from(Array.from({ length: 40 }, (_, row) => [...someGenes(given, row + 1)]).flat());
  return alleleShares(
    given.layout,
    genes,
    Array.from({ length: 40 }, (_, row) => row),
  );
}

/** Ancestors of a best, `length` on the main line with one partner each. */
export function ancestors(length: number): LineageNode[] {
  const next = noise(9);
  return Array.from({ length }, (_, generation): LineageNode[] => {
    const fitness = 1 + Math.log(1 + generation);
    const id = 2 * generation;
    const parents = generation === 0 ? [] : [id - 2, id - 1];
    return [
      { id, born: generation, fitness, parents, isMainLine: true, gain: generation === 0 ? undefined : next() * 0.2 },
      { id: id + 1, born: generation, fitness: fitness - next(), parents: [], isMainLine: false, gain: undefined },
    ];
  }).flat();
}
