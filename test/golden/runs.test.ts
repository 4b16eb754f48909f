/**
 * Recorded runs by seed: the preset scenarios must give, generation by generation, exactly what they gave when recorded in
 * test/golden/runs/*.json. A difference means that the search, the simulator or a preset changed its results. When that is
 * intended, record anew with `UPDATE_GOLDEN=1 npx vitest run --project node test/golden/runs` and say why in the commit.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { crossoverNames } from '#main/engine/operators/crossover.ts';
import { mutationNames } from '#main/engine/operators/mutation.ts';
import { selectionNames } from '#main/engine/operators/selection.ts';
import { createRun, type RunOptions } from '#main/engine/run-search.ts';
import { loadPresets } from '#main/formats/presets.ts';

const directory = join(import.meta.dirname, 'runs');
const presets = loadPresets(join(import.meta.dirname, '../../resources'));

/** Per generation: best fitness, and a hash of members, new genomes, their scores and their lineage. */
type GoldenRun = readonly (readonly [number, string])[];

const small = { populationSize: 16, generations: 8, mutatedGenes: 3 };
const configurations: Readonly<Record<string, SchedulerConfiguration>> = {
  npu_first: { scheduler: 'npu_first', seed: 1, options: {} },
  random: { scheduler: 'random', seed: 7, options: { populationSize: 16, generations: 8 } },
  'ga, defaults, 40 generations': { scheduler: 'ga', seed: 42, options: { generations: 40 } },
  'ga, seeded, stagnation limit': { scheduler: 'ga', seed: 3, options: { ...small, generations: 60, heuristicSeeding: true, stagnationLimit: 5 } },
  'ga, raw weights, no elite': { scheduler: 'ga', seed: 4, options: { ...small, eliteSize: 0, weights: { throughput: 1, energy: 0.1, latency: 2, penalty: 50, normalise: false } } },
  ...Object.fromEntries(
    selectionNames.flatMap((selection) =>
      crossoverNames.flatMap((crossover) => mutationNames.map((mutation) => [`ga, ${selection}, ${crossover}, ${mutation}`, { scheduler: 'ga', seed: 42, options: { ...small, selection, crossover, mutation } }])),
    ),
  ),
  'nsga2, makespan and energy': { scheduler: 'nsga2', seed: 42, options: small },
  'nsga2, three objectives, small archive, adaptive': { scheduler: 'nsga2', seed: 5, options: { ...small, generations: 20, objectives: ['throughputPerS', 'energyMJ', 'latencyMs'], archiveSize: 6, mutation: 'adaptive', heuristicSeeding: true } },
  hill_climb: { scheduler: 'hill_climb', seed: 42, options: { generations: 40, neighbours: 12, patience: 3 } },
  'prism, random start, one pass': { scheduler: 'prism', seed: 42, options: { maxPasses: 1 } },
  ...Object.fromEntries(['heft', 'peft', 'best_mapping', 'npu_only', 'static_type'].map((scheduler) => [scheduler, { scheduler, seed: 1, options: {} }])),
};

function record(scenarioId: string, configuration: SchedulerConfiguration, options: RunOptions = {}): GoldenRun {
  const scenario = presets.scenarios.get(scenarioId);
  if (scenario === undefined) throw new Error(`there is no preset scenario "${scenarioId}"`);
  const run = createRun(resolveScenario(scenario, presets), configuration, options);
  const generations: [number, string][] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    const hash = createHash('sha256').update(littleEndian(generation.members, 4));
    for (const chromosome of generation.newChromosomes) {
      hash.update(chromosome.genes).update(littleEndian([chromosome.fitness, ...chromosome.metrics], 8));
      hash.update(JSON.stringify([chromosome.id, chromosome.operator, chromosome.parents, chromosome.mutatedLoci]));
    }
    generations.push([generation.bestFitness, hash.digest('hex').slice(0, 16)]);
  }
  return generations;
}

/** Whole numbers (4 bytes) or doubles (8 bytes) in the byte order that every machine shares here. */
function littleEndian(values: ArrayLike<number>, bytes: 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (let i = 0; i < values.length; i++) {
    if (bytes === 4) view.setUint32(i * bytes, values[i], true);
    else view.setFloat64(i * bytes, values[i], true);
  }
  return new Uint8Array(view.buffer);
}

/** One line per generation, so that a difference shows where a run left the recorded path. */
function format(runs: Readonly<Record<string, GoldenRun>>): string {
  const entries = Object.entries(runs).map(([name, generations]) => `  ${JSON.stringify(name)}: [\n${generations.map((generation) => `    ${JSON.stringify(generation)}`).join(',\n')}\n  ]`);
  return `{\n${entries.join(',\n')}\n}\n`;
}

function recorded(scenarioId: string): Readonly<Record<string, GoldenRun>> {
  const file = join(directory, `${scenarioId}.json`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, format(Object.fromEntries(Object.entries(configurations).map(([name, configuration]) => [name, record(scenarioId, configuration)]))));
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe.each(['simple', 'multi'])('scenario %s', (scenarioId) => {
  const golden = recorded(scenarioId);

  test('has a recording of every configuration, and no other', () => {
    expect(Object.keys(golden)).toEqual(Object.keys(configurations));
  });

  test.each(Object.keys(configurations))('%s: gives the recorded generations', (name) => {
    expect(record(scenarioId, configurations[name]!)).toEqual(golden[name]);
  });

  test('gives the recorded generations with the WebAssembly kernel, too', () => {
    const name = 'ga, defaults, 40 generations';
    expect(record(scenarioId, configurations[name]!, { createEvaluator: createKernel })).toEqual(golden[name]);
  });

  test.each([1, 2, 42])('the genetic algorithm with its defaults beats NPU first, and random search with more evaluations, seed %d', (seed) => {
    const bestOf = (scheduler: string) => {
      const run = createRun(resolveScenario(presets.scenarios.get(scenarioId)!, presets), { scheduler, seed, options: {} }, { createEvaluator: createKernel });
      while (run.step() !== undefined);
      return { fitness: run.best!.fitness, evaluations: run.evaluations };
    };
    const ga = bestOf('ga');
    const random = bestOf('random');
    expect(random.evaluations).toBeGreaterThanOrEqual(ga.evaluations);
    expect(ga.fitness).toBeGreaterThan(random.fitness);
    expect(ga.fitness).toBeGreaterThan(bestOf('npu_first').fitness);
  });
});
