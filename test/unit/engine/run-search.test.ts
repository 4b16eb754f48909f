/** The search loop: determinism, continuing after an interruption, what is evaluated and what a record holds. */
import { beforeAll, describe, expect, test } from 'vitest';
import { headlineMetricNames, headlineVector } from '#shared/domain/metrics.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler, ownSchedulers } from '#main/engine/schedulers/index.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';

const small = { populationSize: 12, generations: 8, maxSchedules: 60, batchSize: 25, moves: 6, walks: 2, maxNodes: 5 };

/** A configuration of `scheduler` that takes the options of `small` it knows. */
function configurationOf(scheduler: string, seed = 42, options: Record<string, unknown> = {}): SchedulerConfiguration {
  const known = parseOptions(findScheduler(scheduler), {});
  return {
    scheduler,
    seed,
    options: { ...Object.fromEntries(Object.entries(small).filter(([name]) => name in known)), ...options },
  };
}

function generationsOf(run: SearchRun): GenerationRecord[] {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
  return generations;
}

const chromosomesOf = (generations: readonly GenerationRecord[]): ChromosomeRecord[] =>
  generations.flatMap((generation) => recordsOf(generation.newChromosomes));

let scenario: ResolvedScenario;
beforeAll(async () => {
  scenario = aSmallScenario().build();
  await prepareScheduler('milp');
});

describe('determinism', () => {
  test.each(ownSchedulers.map(({ id }) => id))('%s: the same seed gives the same generations to the last bit', (id) => {
    expect(generationsOf(createRun(scenario, configurationOf(id)))).toEqual(
      generationsOf(createRun(scenario, configurationOf(id))),
    );
  });

  test.each(['ga', 'random'])('%s: another seed gives other genomes', (id) => {
    const genesOf = (seed: number) =>
      chromosomesOf(generationsOf(createRun(scenario, configurationOf(id, seed)))).map(({ genes }) => genes.join());
    expect(genesOf(1)).not.toEqual(genesOf(2));
  });

  test('the WebAssembly kernel gives the same generations as the reference simulator', () => {
    expect(generationsOf(createRun(scenario, configurationOf('ga'), { createEvaluator: createKernel }))).toEqual(
      generationsOf(createRun(scenario, configurationOf('ga'))),
    );
  });
});

describe('a saved and restored run', () => {
  test.each([
    ...ownSchedulers.map(({ id }) => configurationOf(id)),
    configurationOf('ga', 7, { mutation: 'adaptive', eliteSize: 0, stagnationLimit: 5, generations: 30 }),
  ])('ends like an uninterrupted one wherever it was interrupted: $scheduler $options', (configuration) => {
    const whole = generationsOf(createRun(scenario, configuration));
    const end = createRun(scenario, configuration);
    generationsOf(end);
    for (let interruption = 0; interruption <= whole.length; interruption++) {
      const first = createRun(scenario, configuration);
      const before = Array.from({ length: interruption }, () => first.step()!);
      const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
      const second = restoreRun(scenario, configuration, state, chromosomesOf(before));
      expect([...before, ...generationsOf(second)]).toEqual(whole);
      expect(second.saveState()).toEqual(end.saveState());
      expect(second.best).toEqual(end.best);
      expect(second.stopReason).toBe(end.stopReason);
    }
  });

  test('may be interrupted after every single generation', () => {
    const configuration = configurationOf('ga');
    const whole = generationsOf(createRun(scenario, configuration));
    const recorded: GenerationRecord[] = [];
    let run = createRun(scenario, configuration);
    for (let generation = run.step(); generation !== undefined; generation = run.step()) {
      recorded.push(generation);
      run = restoreRun(scenario, configuration, run.saveState(), chromosomesOf(recorded));
    }
    expect(recorded).toEqual(whole);
  });

  test('ignores chromosomes recorded after its checkpoint', () => {
    const configuration = configurationOf('ga');
    const whole = generationsOf(createRun(scenario, configuration));
    const first = createRun(scenario, configuration);
    first.step();
    expect(generationsOf(restoreRun(scenario, configuration, first.saveState(), chromosomesOf(whole)))).toEqual(
      whole.slice(1),
    );
  });

  test('refuses a record with a chromosome missing', () => {
    const first = createRun(scenario, configurationOf('ga'));
    const recorded = chromosomesOf([first.step()!]);
    const incomplete = (chromosomes: ChromosomeRecord[]) => () =>
      restoreRun(scenario, configurationOf('ga'), first.saveState(), chromosomes);
    expect(incomplete(recorded.filter(({ id }) => id !== 3))).toThrow(
      expect.objectContaining({
        code: 'run.incompleteRecord',
        message: expect.stringContaining('chromosome 3 is missing'),
      }),
    );
    expect(incomplete(recorded.slice(0, -1))).toThrow(expect.objectContaining({ code: 'run.incompleteRecord' }));
  });

  test('refuses the state of another scheduler', () => {
    const state = createRun(scenario, configurationOf('random')).saveState();
    expect(() => restoreRun(scenario, configurationOf('ga'), state, [])).toThrow(
      expect.objectContaining({ code: 'run.foreignState' }),
    );
  });

  test('rejects a damaged state at the offending field', () => {
    const state = createRun(scenario, configurationOf('ga')).saveState();
    expect(() => parseRunState({ ...state, random: [1, 2] })).toThrow(
      expect.objectContaining({ code: 'checkpoint.invalid', path: ['random'] }),
    );
  });

  test('needs about a kilobyte of state for a hundred members', () => {
    const run = createRun(scenario, configurationOf('ga', 1, { populationSize: 100 }));
    generationsOf(run);
    expect(JSON.stringify(run.saveState()).length).toBeLessThan(1500);
  });
});

describe('a run beside an archive', () => {
  const configuration = configurationOf('ga', 5, { generations: 250, mutatedGenes: 2 });

  test('keeps little, reads what it meets again, and gives the same generations', () => {
    const whole = generationsOf(createRun(scenario, configuration));
    const archived: ChromosomeRecord[] = [];
    const reads: number[] = [];
    const run = createRun(scenario, configuration, { archive: (id) => (reads.push(id), archived[id]!), keptBytes: 1 });
    const generations: GenerationRecord[] = [];
    for (let generation = run.step(); generation !== undefined; generation = run.step()) {
      generations.push(generation);
      archived.push(...recordsOf(generation.newChromosomes));
      run.confirmRecorded(archived.length);
    }
    expect(generations).toEqual(whole);
    expect(archived.length).toBeGreaterThan(500);
    expect(reads.length).toBeGreaterThan(0);
  });

  test('can be restored, keeping little from the beginning', () => {
    const whole = generationsOf(createRun(scenario, configuration));
    const first = createRun(scenario, configuration);
    const before = Array.from({ length: 150 }, () => first.step()!);
    const archived = chromosomesOf(before);
    const second = restoreRun(scenario, configuration, first.saveState(), archived, {
      archive: (id) => archived[id]!,
      keptBytes: 1,
    });
    expect([...before, ...generationsOf(second)]).toEqual(whole);
  });

  test('says which chromosome the archive lacks', () => {
    const run = createRun(scenario, configuration, {
      archive: (id) => {
        throw new WorkbenchError('run.incompleteRecord', `chromosome ${id} is missing`, { hint: 'none' });
      },
      keptBytes: 1,
    });
    run.confirmRecorded(100_000);
    expect(() => generationsOf(run)).toThrow(expect.objectContaining({ code: 'run.incompleteRecord' }));
  });
});

describe('evaluation', () => {
  test('takes the new genomes of an ask together, each once, and gives what one by one gives', () => {
    const sizes: number[] = [];
    const run = createRun(scenario, configurationOf('ga'), {
      createEvaluator: (problem) => {
        const kernel = createKernel(problem);
        return {
          evaluate: () => expect.unreachable('a batch is evaluated as one'),
          evaluateBatch(genomes, first, count, out) {
            sizes.push(count);
            kernel.evaluateBatch(genomes, first, count, out);
          },
        };
      },
    });
    const generations = generationsOf(run);
    expect(generations).toEqual(generationsOf(createRun(scenario, configurationOf('ga'))));
    expect(sizes).toEqual(generations.map(({ newChromosomes }) => recordsOf(newChromosomes).length));
  });

  test('scores each distinct genome once', () => {
    const seen = new Map<string, number>();
    const run = createRun(scenario, configurationOf('ga'), {
      createEvaluator: (problem) => {
        const evaluator = createEvaluator(problem);
        return {
          evaluate(genes) {
            seen.set(genes.join(), (seen.get(genes.join()) ?? 0) + 1);
            return evaluator.evaluate(genes);
          },
        };
      },
    });
    const chromosomes = chromosomesOf(generationsOf(run));
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(chromosomes.map(({ genes }) => genes.join())).toEqual([...seen.keys()]);
    expect(run.evaluations).toBeGreaterThan(seen.size);
  });

  test('measures fitness against the NPU-first schedule: it scores throughput − energy − latency weights, minus its violation', () => {
    const weights = { throughput: 3, energy: 1, latency: 0.5, penalty: 0 };
    const run = createRun(scenario, configurationOf('npu_first', 1, { weights }));
    const [only] = generationsOf(run);
    expect(only?.bestFitness).toBe(1.5);
    expect(only?.bestMetrics).toEqual(headlineVector(run.reference));
  });

  test('takes the raw sum when told not to normalise', () => {
    const run = createRun(
      scenario,
      configurationOf('npu_first', 1, {
        weights: { throughput: 2, energy: 0, latency: 0, penalty: 0, normalise: false },
      }),
    );
    expect(generationsOf(run)[0]?.bestFitness).toBe(2 * run.reference.throughputPerS);
  });
});

describe('scores from elsewhere', () => {
  /** The generations of `run` with its requests answered by the reference simulator, and the requests. */
  async function supplied(run: SearchRun): Promise<{ generations: GenerationRecord[]; requests: Uint8Array[][] }> {
    const evaluator = createEvaluator(run.problem);
    const generations: GenerationRecord[] = [];
    const requests: Uint8Array[][] = [];
    for (let turn = run.next(); turn !== undefined; turn = run.next()) {
      if ('generation' in turn) generations.push(turn.generation);
      else if ('evaluate' in turn) {
        requests.push([...turn.evaluate]);
        await Promise.resolve();
        run.supply(Float64Array.from(turn.evaluate.flatMap((genes) => [...evaluator.evaluate(genes)])));
      }
    }
    return { generations, requests };
  }

  test.each(ownSchedulers.map(({ id }) => id))(
    '%s: give the same generations as those of its own evaluator',
    async (id) => {
      const run = createRun(scenario, configurationOf(id));
      const { generations, requests } = await supplied(run);
      expect(generations).toEqual(generationsOf(createRun(scenario, configurationOf(id))));
      expect(requests.flat()).toEqual(chromosomesOf(generations).map(({ genes }) => genes));
      expect(requests.every(({ length }) => length > 0)).toBe(true);
      expect(run.next()).toBeUndefined();
    },
  );

  test('are asked for again until they are supplied, and only then', () => {
    const run = createRun(scenario, configurationOf('ga'));
    const scores = (count: number): Float64Array => new Float64Array(count * headlineMetricNames.length);
    expect(() => run.supply(scores(0))).toThrow('nothing has asked for');
    const request = run.next();
    expect(request).toEqual({ evaluate: expect.objectContaining({ length: small.populationSize }) });
    expect(run.next()).toEqual(request);
    expect(() => run.supply(scores(small.populationSize - 1))).toThrow('do not fit 12 genomes');
    expect(() => run.saveState()).toThrow('between two generations only');
    run.supply(scores(small.populationSize));
    expect(() => run.saveState()).toThrow('between two generations only');
    expect(run.next()).toHaveProperty('generation.index', 0);
    expect(run.saveState()).toMatchObject({ generations: 1, chromosomes: small.populationSize });
    expect(() => run.supply(scores(small.populationSize))).toThrow('nothing has asked for');
  });
});

describe('the best so far', () => {
  /** Scores by which genome k of the run is as good as `quality[k]`, the later ones as bad as none. */
  function bestAfterEach(quality: readonly number[]): (number | undefined)[] {
    const run = createRun(scenario, configurationOf('random', 1, { populationSize: 2, generations: 3 }));
    const best: (number | undefined)[] = [];
    let scored = 0;
    for (let turn = run.next(); turn !== undefined; turn = run.next()) {
      if ('generation' in turn) best.push(run.best?.id);
      else if ('evaluate' in turn)
        run.supply(Float64Array.from(turn.evaluate.flatMap(() => [1, quality[scored++] ?? 0, 1, 1, 0])));
    }
    return best;
  }

  test('is the first seen among equals, and stays until one is better', () => {
    expect(bestAfterEach([1, 1, 1, 1, 1, 1])).toEqual([0, 0, 0]);
    expect(bestAfterEach([1, 2, 2, 2, 1, 3])).toEqual([1, 1, 5]);
    expect(bestAfterEach([1, 1, 3, 3, 3, 2])).toEqual([0, 2, 2]);
  });
});

describe('a generation record', () => {
  test('counts up indexes, evaluations and ids, and refers to recorded chromosomes only', () => {
    const generations = generationsOf(createRun(scenario, configurationOf('ga')));
    expect(generations.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(generations.map(({ evaluations }) => evaluations)).toEqual([12, 22, 32, 42, 52, 62, 72, 82]);
    const byId = new Map<number, ChromosomeRecord>();
    for (const generation of generations) {
      for (const chromosome of recordsOf(generation.newChromosomes)) {
        expect(chromosome.id).toBe(byId.size);
        expect(
          chromosome.parents.every(
            (parent) => byId.has(parent) && parent < recordsOf(generation.newChromosomes)[0]!.id,
          ),
        ).toBe(true);
        byId.set(chromosome.id, chromosome);
      }
      const members = [...generation.members].map((id) => byId.get(id)!);
      expect(members).toHaveLength(12);
      expect(generation.bestFitness).toBe(Math.max(...members.map(({ fitness }) => fitness)));
      expect(generation.worstFitness).toBe(Math.min(...members.map(({ fitness }) => fitness)));
      expect(byId.get(generation.bestId)).toMatchObject({
        fitness: generation.bestFitness,
        metrics: generation.bestMetrics,
      });
      expect(generation.distinctGenomes).toBe(new Set(generation.members).size);
      expect(generation.bestMetrics).toHaveLength(headlineMetricNames.length);
    }
  });

  test('counts the mutated loci of its new genomes', () => {
    for (const generation of generationsOf(createRun(scenario, configurationOf('ga', 3, { mutatedGenes: 3 })))) {
      const counts = new Uint16Array(generation.mutationCounts.length);
      for (const { mutatedLoci } of recordsOf(generation.newChromosomes))
        for (const locus of mutatedLoci) counts[locus]++;
      expect(generation.mutationCounts).toEqual(counts);
    }
  });

  test('owns its arrays, so that they can be transferred while the search goes on', () => {
    const expected = generationsOf(createRun(scenario, configurationOf('ga')));
    const run = createRun(scenario, configurationOf('ga'));
    for (const generation of expected) {
      const own = run.step()!;
      const arrays = [
        own.members,
        own.mutationCounts,
        own.bestMetrics,
        ...recordsOf(own.newChromosomes).flatMap(({ genes, metrics }) => [genes, metrics]),
      ];
      expect(arrays.every((array) => array.byteOffset === 0 && array.buffer.byteLength === array.byteLength)).toBe(
        true,
      );
      expect(structuredClone(own, { transfer: arrays.map(({ buffer }) => buffer as ArrayBuffer) })).toEqual(generation);
    }
    expect(run.best).toEqual(createBest());
  });

  function createBest() {
    const run = createRun(scenario, configurationOf('ga'));
    generationsOf(run);
    return run.best;
  }
});

test('an unknown scheduler or option is refused before anything is computed', () => {
  expect(() => createRun(scenario, { scheduler: 'gaa', seed: 1, options: {} })).toThrow(
    expect.objectContaining({ code: 'scheduler.unknown' }),
  );
  expect(() => createRun(scenario, { scheduler: 'ga', seed: 1, options: { generations: 0 } })).toThrow(
    expect.objectContaining({ code: 'scheduler.invalid' }),
  );
});
