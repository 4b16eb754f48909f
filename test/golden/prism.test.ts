/** PRISM's published case, to the last digit: Xception on GrAI with 4 NPUs and 2 CPUs (resources/data/prism/SOURCES.md). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, type RunOptions } from '#main/engine/run-search.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { prismMapping } from '#main/formats/prism.ts';
import { prismSchedule } from '#main/formats/prism-schedule.ts';

const resources = join(import.meta.dirname, '../../resources');
const presets = loadPresets(resources);
const publishedMapping = prismMapping(
  readFileSync(join(resources, 'data/prism/xception_random_mapping.csv'), 'utf8'),
  presets.networks.get('xception-prism')!,
  'xception',
);

/** The published case with another batch size or platform. */
function caseOf({ batch = 16, platform = 'prism-grai' } = {}): ResolvedScenario {
  const scenario = presets.scenarios.get('prism-xception')!;
  return resolveScenario(
    {
      ...scenario,
      platform,
      applications: scenario.applications.map((application) => ({ ...application, instances: batch })),
    },
    presets,
  );
}

/** Makespan of the published `random` or `npufirst` mapping, µs. */
function makespanUs(problem: Problem, mapping: 'random' | 'npufirst'): number {
  const assignment = mapping === 'random' ? parseMapping(problem, publishedMapping) : npuFirstAssignment(problem);
  const { makespanMs } = computeMetrics(problem, assignment, simulate(problem, assignment));
  expect(createKernel(problem).evaluate(encodeAssignment(problem, assignment))[0]).toBe(makespanMs);
  return makespanMs * 1000;
}

/** 12 significant digits, as a person compares them. */
const digits = (value: number): string => value.toPrecision(12);

describe('Xception on GrAI', () => {
  test.each([
    ['random', 2183219.796971777],
    ['npufirst', 1064300.6650120076],
  ] as const)('batch of 16, %s: the published makespan', (mapping, published) => {
    expect(digits(makespanUs(compileProblem(caseOf()), mapping))).toBe(digits(published));
  });

  test.each([
    ['random', 144489.07836541932],
    ['npufirst', 81885.69693808591],
  ] as const)(
    'average time per batch over batches of 2, 4, …, 128, %s: the published average',
    (mapping, published) => {
      const batches = [2, 4, 8, 16, 32, 64, 128];
      const perBatch = batches.map((batch) => makespanUs(compileProblem(caseOf({ batch })), mapping) / batch);
      expect(digits(perBatch.reduce((sum, value) => sum + value, 0) / batches.length)).toBe(digits(published));
    },
  );
});

describe.each(['prism-microbrain', 'prism-speck'])('Xception on %s', (platform) => {
  test('runs on the CPUs alone, because the published list of supported operations is empty', () => {
    const problem = compileProblem(caseOf({ platform }));
    expect(
      problem.layout.loci
        .filter(({ segment }) => segment === 'mapping')
        .every(({ alleles }) => [...alleles].join() === '1'),
    ).toBe(true);
    expect(problem.pes[1]?.id).toBe('cpu');
  });
});

describe('hill climbing from the published random mapping', () => {
  const climb = (createEvaluator?: RunOptions['createEvaluator']) => {
    const run = createRun(
      caseOf(),
      { scheduler: 'prism', seed: 1, options: { start: 'mapping', initialMapping: publishedMapping } },
      createEvaluator === undefined ? {} : { createEvaluator },
    );
    const generations: GenerationRecord[] = [];
    for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
    return { run, generations };
  };

  test.each([
    ['the reference simulator', undefined],
    ['the WebAssembly kernel', createKernel],
  ])('with %s: the published makespan after 401 evaluations in 4 passes', (_, createEvaluator) => {
    const { run, generations } = climb(createEvaluator);
    expect(digits(run.best!.metrics[0]! * 1000)).toBe(digits(1045100.6650120077));
    expect(run.evaluations).toBe(401);
    expect(run.saveState().search).toMatchObject({ passes: 4, exhausted: true });
    expect(run.stopReason).toBe('exhausted');
    expect(digits(generations[0]!.bestMetrics[0]! * 1000)).toBe(digits(2183219.796971777));
  });
});

describe('the exported schedule of the published random mapping', () => {
  const problem = compileProblem(caseOf());
  const exported = prismSchedule(problem, simulate(problem, parseMapping(problem, publishedMapping)));
  const operations = [...exported.start_times.keys()];

  test('has an entry per operation and instance, instance by instance, and ends at the published makespan', () => {
    expect(exported.end_times).toHaveLength(134 * 16);
    expect(digits(Math.max(...exported.end_times))).toBe(digits(2183219.796971777));
    const published = Object.values(publishedMapping);
    for (const index of operations) {
      expect(exported.computing_cores[index]).toBe(published[index % 134]);
      expect(exported.map[index]).toBe(published[index % 134]);
    }
  });

  test('starts operations at whole ticks only, on units that exist and are free', () => {
    expect(exported.start_times.every((start) => start % 100 === 0)).toBe(true);
    for (const [core, units] of Object.entries({ npu: 4, cpu: 2 })) {
      const own = operations.filter((index) => exported.computing_cores[index] === core);
      expect([...new Set(own.map((index) => exported.computing_ids[index]))].sort()).toEqual(
        Array.from({ length: units }, (_, unit) => unit),
      );
      for (let unit = 0; unit < units; unit++) {
        const inOrder = own
          .filter((index) => exported.computing_ids[index] === unit)
          .sort((a, b) => exported.start_times[a]! - exported.start_times[b]!);
        for (let i = 1; i < inOrder.length; i++)
          expect(exported.start_times[inOrder[i]!]!).toBeGreaterThanOrEqual(exported.end_times[inOrder[i - 1]!]!);
      }
    }
  });
});

describe('better than PRISM on its own case: mapping and priorities under the same rules', () => {
  test.each([1, 2, 3])(
    'annealing with its defaults takes at most 1010000 µs, seed %d',
    (seed) => {
      const run = createRun(caseOf(), { scheduler: 'annealing', seed, options: {} }, { createEvaluator: createKernel });
      while (run.step() !== undefined);
      expect(run.evaluations).toBeLessThan(100_000);
      expect(run.best!.metrics[0]! * 1000).toBeLessThanOrEqual(1_010_000);
      // The 34 operations that only a CPU can do, on 2 CPUs: no schedule is shorter.
      expect(run.best!.metrics[0]! * 1000).toBeGreaterThan(962_400);
    },
    120_000,
  );
});
