/** Recording a search and reading it back: the record is what the engine produced, to the last bit, and small. */
import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { layoutOf } from '#main/services/runs/preparation.ts';
import { recordKey, unpackCounts } from '#main/store/columns.ts';
import { RunRecorder, type Batch } from '#main/store/recorder.ts';
import type { RunRecord } from '#main/store/record.ts';
import { headlineMetricNames, headlineVector } from '#shared/domain/metrics.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aRecord } from '../../fixtures/record.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const scenario = aSmallScenario().build();
const configuration = { scheduler: 'ga', seed: 11, options: { populationSize: 20, generations: 30 } };

function aRun(record: RunRecord): number {
  const search = createRun(scenario, configuration);
  const runId = record.runs.create({
    name: 'test',
    scenario,
    configuration,
    engineVersion: 'test',
    reference: search.reference,
    layout: layoutOf(search.problem),
    createdAt: 1,
    owner: 'test',
  });
  record.runs.markStarted(runId, 2);
  return runId;
}

/** The next `count` generations; generation i is reached at 10·i ms. */
function batchOf(search: SearchRun, count: number): Batch {
  const generations: GenerationRecord[] = [];
  for (let next = search.step(); next !== undefined; next = generations.length < count ? search.step() : undefined)
    generations.push(next);
  return {
    generations: generations.map((generation) => ({ record: generation, elapsedMs: generation.index * 10 })),
    checkpoint: search.saveState(),
    best: search.best!,
  };
}

function recordWhole(
  record: RunRecord,
  runId: number,
  search = createRun(scenario, configuration),
): GenerationRecord[] {
  const recorder = new RunRecorder(record.database, runId);
  const all: GenerationRecord[] = [];
  while (search.stopReason === undefined) {
    const batch = batchOf(search, 7);
    recorder.record(batch, 3);
    all.push(...batch.generations.map((generation) => generation.record));
  }
  return all;
}

describe('the hypervolume of a generation', () => {
  it('is read back as it was measured', () => {
    const record = aRecord();
    const runId = aRun(record);
    const produced = recordWhole(
      record,
      runId,
      createRun(scenario, { scheduler: 'nsga2', seed: 1, options: { populationSize: 8, generations: 9 } }),
    );
    expect([...record.generations.series(runId, record.runs.layout(runId)!, 0, 1000).hypervolume!]).toEqual(
      produced.map(({ hypervolume }) => hypervolume),
    );
  });

  it('is null for a scheduler with one objective', () => {
    const record = aRecord();
    const runId = aRun(record);
    recordWhole(record, runId);
    expect(record.generations.series(runId, record.runs.layout(runId)!, 0, 1000).hypervolume).toBeNull();
  });
});

describe('a recorded run', () => {
  it('reads back every generation, member and chromosome as the engine produced it', () => {
    const record = aRecord();
    const runId = aRun(record);
    const produced = recordWhole(record, runId);
    const layout = record.runs.layout(runId)!;
    const series = record.generations.series(runId, layout, 0, 1000);
    expect(series.length).toBe(produced.length);
    const mutationCounts = record.database
      .prepare<[], Uint8Array>('SELECT mutation_counts FROM generation ORDER BY key')
      .pluck()
      .all()
      .map((packed) => unpackCounts(packed, layout.genomeLength));
    expect(chromosomesIn(record)).toBe(
      produced.reduce((sum, generation) => sum + recordsOf(generation.newChromosomes).length, 0),
    );
    for (const generation of produced) {
      const { index } = generation;
      for (const name of [
        'evaluations',
        'bestFitness',
        'meanFitness',
        'worstFitness',
        'stdFitness',
        'distinctGenomes',
        'meanEntropy',
      ] as const)
        expect(series[name][index]).toBe(generation[name]);
      expect(series.bestChromosomeId[index]).toBe(generation.bestId);
      expect(series.elapsedMs[index]).toBe(index * 10);
      headlineMetricNames.forEach((name, metric) => expect(series[name][index]).toBe(generation.bestMetrics[metric]));
      expect(mutationCounts[index]).toEqual(generation.mutationCounts);
      const population = record.generations.population(runId, layout, index)!;
      expect(population.members).toEqual(generation.members);
      expect(new Set(population.chromosomes.map((chromosome) => chromosome.id))).toEqual(new Set(generation.members));
      for (const chromosome of recordsOf(generation.newChromosomes)) {
        const read = record.generations.chromosome(runId, layout, chromosome.id)!;
        expect({ ...read, metrics: headlineVector(read.metrics) }).toEqual({ ...chromosome, bornInGeneration: index });
      }
    }
  });

  it('tells which chromosome of a population is missing, instead of leaving it out', () => {
    const record = aRecord();
    const runId = aRun(record);
    const produced = recordWhole(record, runId);
    const missing = produced[3]!.members[5]!;
    record.database.prepare('DELETE FROM chromosome WHERE key = ?').run(recordKey(runId, missing));
    expect(() => record.generations.population(runId, record.runs.layout(runId)!, 3)).toThrow(
      expect.objectContaining({
        code: 'run.incompleteRecord',
        message: `chromosome ${missing} is missing from the record, and generation 3 of run ${runId} needs it`,
      }),
    );
  });

  it('has its summary current with every batch, the best being the first of highest fitness', () => {
    const record = aRecord();
    const runId = aRun(record);
    const search = createRun(scenario, configuration);
    const recorder = new RunRecorder(record.database, runId);
    recorder.plan(search.plannedGenerations);
    for (let batch = 0; batch < 3; batch++) {
      recorder.record(batchOf(search, 5), 3);
      expect(record.runs.summary(runId)).toMatchObject({
        generations: search.generations,
        plannedGenerations: 30,
        evaluations: search.evaluations,
        elapsedMs: (search.generations - 1) * 10,
        bestFitness: search.best!.fitness,
      });
      expect(headlineVector(record.runs.summary(runId)!.bestMetrics!)).toEqual(search.best!.metrics);
      expect(record.runs.snapshot(runId)!.bestChromosomeId).toBe(search.best!.id);
    }
  });

  it('takes the best from the batch: which of equals it is, the search has decided', () => {
    const record = aRecord();
    const runId = aRun(record);
    const search = createRun(scenario, configuration);
    const batch = batchOf(search, 5);
    const { ids, fitness, metrics, metricCount } = batch.generations[0]!.record.newChromosomes;
    const other = { id: ids[3]!, fitness: fitness[3]!, metrics: metrics.slice(3 * metricCount, 4 * metricCount) };
    const recorder = new RunRecorder(record.database, runId);
    recorder.record({ ...batch, best: other }, 3);
    expect(recorder.bestId).toBe(other.id);
    expect(record.runs.snapshot(runId)!.bestChromosomeId).toBe(other.id);
    expect(record.runs.summary(runId)).toMatchObject({ bestFitness: other.fitness });
    expect(headlineVector(record.runs.summary(runId)!.bestMetrics!)).toEqual(other.metrics);
  });

  it('needs at most the genome and 80 bytes per distinct chromosome of the file', () => {
    const record = aRecord();
    let chromosomes = 0;
    const before = fileBytes(record);
    for (const seed of [1, 2, 3, 4]) {
      const search = createRun(scenario, { scheduler: 'ga', seed, options: { populationSize: 100, generations: 100 } });
      const runId = record.runs.create({
        name: 'size',
        scenario,
        configuration,
        engineVersion: 'test',
        reference: search.reference,
        layout: layoutOf(search.problem),
        createdAt: 1,
        owner: 'test',
      });
      const recorder = new RunRecorder(record.database, runId);
      while (search.stopReason === undefined) recorder.record(batchOf(search, 10), 3);
      chromosomes += search.saveState().chromosomes;
    }
    const perChromosome = (fileBytes(record) - before) / chromosomes;
    expect(perChromosome).toBeLessThanOrEqual(createRun(scenario, configuration).problem.layout.length + 80);
  });
});

describe('a batch', () => {
  it('is recorded whole or not at all', () => {
    const record = aRecord();
    const runId = aRun(record);
    const recorder = new RunRecorder(record.database, runId);
    const good = batchOf(createRun(scenario, configuration), 5);
    const gap: Batch = { ...good, generations: good.generations.filter((generation) => generation.record.index !== 3) };
    expect(() => recorder.record(gap, 3)).toThrow('generation 4 of run 1 follows 3 recorded ones');
    expect(record.runs.summary(runId)).toMatchObject({ generations: 0, evaluations: 0 });
    expect(chromosomesIn(record)).toBe(0);
    recorder.record(good, 3);
    expect(record.runs.summary(runId)).toMatchObject({ generations: 5 });
  });

  it('carries the state from which the search continues bit-identically', () => {
    const record = aRecord();
    const runId = aRun(record);
    const uninterrupted = createRun(scenario, configuration);
    batchOf(uninterrupted, 12);
    new RunRecorder(record.database, runId).record(batchOf(createRun(scenario, configuration), 12), 3);
    const checkpoint = record.generations.checkpoint(runId)!;
    expect(checkpoint.generation).toBe(11);
    const layout = record.runs.layout(runId)!;
    const resumed = restoreRun(
      scenario,
      configuration,
      parseRunState(checkpoint.state),
      record.generations.scored(runId, layout, 100_000),
    );
    expect(batchOf(resumed, 100)).toEqual(batchOf(uninterrupted, 100));
  });
});

describe('a resumed recording', () => {
  it('compares what it computes again with the record instead of writing it twice', () => {
    const record = aRecord();
    const runId = aRun(record);
    const recorded = createRun(scenario, configuration);
    new RunRecorder(record.database, runId).record(batchOf(recorded, 10), 3);
    const again = createRun(scenario, configuration);
    const recorder = new RunRecorder(record.database, runId);
    recorder.record(batchOf(again, 8), 3);
    expect(record.runs.summary(runId)).toMatchObject({ generations: 10, evaluations: recorded.evaluations });
    recorder.record(batchOf(again, 8), 3);
    expect(record.runs.summary(runId)).toMatchObject({ generations: 16, evaluations: again.evaluations });
  });

  it('refuses to continue a run whose generations come out differently', () => {
    const record = aRecord();
    const runId = aRun(record);
    new RunRecorder(record.database, runId).record(batchOf(createRun(scenario, configuration), 5), 3);
    const other = createRun(scenario, { ...configuration, seed: 12 });
    expect(() => new RunRecorder(record.database, runId).record(batchOf(other, 6), 3)).toThrow(
      expect.objectContaining({ code: 'run.notReproducible' }),
    );
    expect(record.runs.summary(runId)).toMatchObject({ generations: 5 });
  });

  it('shuts out a process that was started for the run before', () => {
    const record = aRecord();
    const runId = aRun(record);
    const search = createRun(scenario, configuration);
    const old = new RunRecorder(record.database, runId);
    old.record(batchOf(search, 5), 3);
    record.runs.markStarted(runId, 4);
    expect(() => old.record(batchOf(search, 5), 5)).toThrow(expect.objectContaining({ code: 'run.takenOver' }));
    expect(old.end({ status: 'finished', elapsedMs: 1, best: undefined, at: 6 })).toBe(false);
    expect(record.runs.summary(runId)).toMatchObject({ status: 'running', generations: 5 });
  });
});

function chromosomesIn(record: RunRecord): unknown {
  return record.database.prepare('SELECT count(*) FROM chromosome').pluck().get();
}

function fileBytes(record: RunRecord): number {
  record.database.pragma('wal_checkpoint(TRUNCATE)');
  return statSync(record.path).size;
}
