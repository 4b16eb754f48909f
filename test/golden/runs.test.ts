/**
 * Recorded runs by seed: the preset scenarios must give, generation by generation, exactly what they gave when recorded in
 * test/golden/runs/*.json. A difference means that the search, the simulator or a preset changed its results. When that is
 * intended, record again with `UPDATE_GOLDEN=1 npx vitest run --project node test/golden/runs` and say why in the
 * commit.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { crossoverNames } from '#main/engine/operators/crossover.ts';
import { mutationNames } from '#main/engine/operators/mutation.ts';
import { selectionNames } from '#main/engine/operators/selection.ts';
import { createRun, type RunOptions } from '#main/engine/run-search.ts';
import { prepareScheduler, ownSchedulers } from '#main/engine/schedulers/index.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const directory = join(import.meta.dirname, 'runs');
const presets = loadPresets(join(import.meta.dirname, '../../resources'));

/** Per generation: best fitness, and a hash of members, new genomes, their scores and their lineage. */
type GoldenRun = readonly (readonly [number, string])[];

const small = { populationSize: 16, generations: 8, mutatedGenes: 3 };
const configurations: Readonly<Record<string, SchedulerConfiguration>> = {
  npu_first: { scheduler: 'npu_first', seed: 1, options: {} },
  random: { scheduler: 'random', seed: 7, options: { populationSize: 16, generations: 8 } },
  'ga, defaults, 40 generations': { scheduler: 'ga', seed: 42, options: { generations: 40 } },
  'ga, seeded, stagnation limit': {
    scheduler: 'ga',
    seed: 3,
    options: { ...small, generations: 60, heuristicSeeding: true, stagnationLimit: 5 },
  },
  'ga, raw weights, no elite': {
    scheduler: 'ga',
    seed: 4,
    options: {
      ...small,
      eliteSize: 0,
      weights: { throughput: 1, energy: 0.1, latency: 2, penalty: 50, normalise: false },
    },
  },
  ...Object.fromEntries(
    selectionNames.flatMap((selection) =>
      crossoverNames.flatMap((crossover) =>
        mutationNames.map((mutation) => [
          `ga, ${selection}, ${crossover}, ${mutation}`,
          { scheduler: 'ga', seed: 42, options: { ...small, selection, crossover, mutation } },
        ]),
      ),
    ),
  ),
  'nsga2, makespan and energy': { scheduler: 'nsga2', seed: 42, options: small },
  'nsga2, three objectives, small archive, adaptive': {
    scheduler: 'nsga2',
    seed: 5,
    options: {
      ...small,
      generations: 20,
      objectives: ['throughputPerS', 'energyMJ', 'latencyMs'],
      archiveSize: 6,
      mutation: 'adaptive',
      windowCrossover: 0,
      runMoves: false,
      greedyStarts: 0,
      heuristicSeeding: true,
    },
  },
  archive_search: { scheduler: 'archive_search', seed: 42, options: { generations: 20 } },
  'archive_search, three objectives, one island, no priorities': {
    scheduler: 'archive_search',
    seed: 8,
    options: {
      generations: 5,
      islands: 1,
      objectives: ['makespanMs', 'energyMJ', 'maxResponseMs'],
      genes: { priorities: false },
    },
  },
  'ga, windows, run moves and greedy starts': {
    scheduler: 'ga',
    seed: 9,
    options: { ...small, windowCrossover: 0.5, runMoves: true, greedyStarts: 8, genes: { priorities: true } },
  },
  'annealing, four walks': { scheduler: 'annealing', seed: 42, options: { generations: 60, moves: 20 } },
  'annealing, one walk, given temperature': {
    scheduler: 'annealing',
    seed: 6,
    options: { generations: 30, moves: 20, walks: 1, initialThreshold: 0.2, start: 'random' },
  },
  'auto, makespan': { scheduler: 'auto', seed: 42, options: { generations: 3 } },
  'auto, energy and latency': {
    scheduler: 'auto',
    seed: 7,
    options: { generations: 4, weights: { throughput: 1, energy: 0.5, latency: 0.5, penalty: 2 } },
  },
  'auto, makespan and energy traded off': {
    scheduler: 'auto',
    seed: 42,
    options: { generations: 8, objectives: ['makespanMs', 'energyMJ'] },
  },
  puzzle: { scheduler: 'puzzle', seed: 42, options: { populationSize: 24, generations: 10 } },
  'puzzle, priorities of applications, other crossover': {
    scheduler: 'puzzle',
    seed: 3,
    options: {
      populationSize: 16,
      generations: 6,
      partitionCrossover: 'single_point',
      canonical: false,
      genes: { priorities: 'application' },
    },
  },
  hill_climb: { scheduler: 'hill_climb', seed: 42, options: { generations: 40, neighbours: 12, patience: 3 } },
  'prism, random start, one pass': { scheduler: 'prism', seed: 42, options: { maxPasses: 1 } },
  ...Object.fromEntries(
    ['heft', 'peft', 'best_mapping', 'balanced', 'fastest', 'npu_only', 'static_type', 'partition_tuner'].map(
      (scheduler) => [scheduler, { scheduler, seed: 1, options: {} }],
    ),
  ),
};

/** Those whose effort or limits a preset would exceed, on the small scenario of the fixtures alone. */
const configurationsOfSmall: Readonly<Record<string, SchedulerConfiguration>> = {
  critical_path: { scheduler: 'critical_path', seed: 42, options: { generations: 12 } },
  exhaustive: { scheduler: 'exhaustive', seed: 1, options: { maxSchedules: 400, batchSize: 100 } },
  milp: { scheduler: 'milp', seed: 1, options: { maxNodes: 30, maxOrderings: 20_000 } },
};

interface GoldenScenario {
  readonly scenario: ResolvedScenario;
  readonly configurations: Readonly<Record<string, SchedulerConfiguration>>;
}

function ofPreset(id: string): GoldenScenario {
  const scenario = presets.scenarios.get(id);
  if (scenario === undefined) throw new Error(`there is no preset scenario "${id}"`);
  return { scenario: resolveScenario(scenario, presets), configurations };
}

/** By name of its file. */
const scenarios: Readonly<Record<string, GoldenScenario>> = {
  simple: ofPreset('simple'),
  multi: ofPreset('multi'),
  small: { scenario: aSmallScenario().build(), configurations: configurationsOfSmall },
};

await prepareScheduler('milp'); // before the tests, because an update records while they are collected

function record(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  options: RunOptions = {},
): GoldenRun {
  const run = createRun(scenario, configuration, options);
  const generations: [number, string][] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    const hash = createHash('sha256').update(littleEndian(generation.members, 4));
    for (const chromosome of recordsOf(generation.newChromosomes)) {
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
/** As the formatter leaves it, so that only what differs shows as a change. */
function format(runs: Readonly<Record<string, GoldenRun>>): string {
  const entries = Object.entries(runs).map(([name, generations]) => {
    const lines = generations.map((generation) => JSON.stringify(generation).replace(',', ', '));
    return `  ${JSON.stringify(name)}: ${lines.length === 1 ? `[${lines[0]}]` : `[\n    ${lines.join(',\n    ')}\n  ]`}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

function recorded(
  name: string,
  { scenario, configurations: all }: GoldenScenario,
): Readonly<Record<string, GoldenRun>> {
  const file = join(directory, `${name}.json`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(directory, { recursive: true });
    const runs = Object.entries(all).map(([run, configuration]) => [run, record(scenario, configuration)]);
    writeFileSync(file, format(Object.fromEntries(runs)));
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

test('every scheduler of the registry is recorded', () => {
  const all = Object.values(scenarios).flatMap((golden) => Object.values(golden.configurations));
  const recordedIds = new Set(all.map(({ scheduler }) => scheduler));
  expect([...recordedIds].toSorted()).toEqual(ownSchedulers.map(({ id }) => id).toSorted());
});

describe.each(Object.keys(scenarios))('scenario %s', (scenarioName) => {
  const golden = scenarios[scenarioName]!;
  const runs = recorded(scenarioName, golden);

  test('has a recording of every configuration, and no other', () => {
    expect(Object.keys(runs)).toEqual(Object.keys(golden.configurations));
  });

  test.each(Object.keys(golden.configurations))('%s: gives the recorded generations', (name) => {
    expect(record(golden.scenario, golden.configurations[name]!)).toEqual(runs[name]);
  });
});

describe.each(['simple', 'multi'])('scenario %s', (scenarioName) => {
  const { scenario } = scenarios[scenarioName]!;

  test('gives the recorded generations with the WebAssembly kernel, too', () => {
    const name = 'ga, defaults, 40 generations';
    const { [name]: golden } = recorded(scenarioName, scenarios[scenarioName]!);
    expect(record(scenario, configurations[name]!, { createEvaluator: createKernel })).toEqual(golden);
  });

  test.each([1, 2, 42])(
    'the genetic algorithm with its defaults beats NPU first, and random search with more evaluations, seed %d',
    (seed) => {
      const bestOf = (scheduler: string) => {
        const run = createRun(scenario, { scheduler, seed, options: {} }, { createEvaluator: createKernel });
        while (run.step() !== undefined);
        return { fitness: run.best!.fitness, evaluations: run.evaluations };
      };
      const ga = bestOf('ga');
      const random = bestOf('random');
      expect(random.evaluations).toBeGreaterThanOrEqual(ga.evaluations);
      expect(ga.fitness).toBeGreaterThan(random.fitness);
      expect(ga.fitness).toBeGreaterThan(bestOf('npu_first').fitness);
    },
  );
});
