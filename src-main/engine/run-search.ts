/**
 * The search loop: ask → evaluate → tell, until a generation is complete; then its statistics. One generation per `step()`.
 *
 *   const run = createRun(scenario, configuration);
 *   for (let generation = run.step(); generation !== undefined; generation = run.step()) record(generation);
 *
 * Between two steps `saveState()` gives a small JSON object. Together with the chromosomes recorded so far it continues the run in
 * another process as if it had never stopped: `restoreRun(scenario, configuration, parseRunState(json), chromosomes)`.
 * A scheduler that loads something first needs `await prepareScheduler(id)` before either (schedulers/index.ts).
 * A proposal whose genome was seen before keeps its scores; the new ones of an `ask` are evaluated together, as one batch.
 * No clock, no disk, no global randomness: the same scenario, configuration and seed give the same generations to the last bit.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { incompleteRecord, type ChromosomeRecord, type GenerationRecord } from '#shared/domain/generation.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import type { Metrics } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { createEvaluator, type Evaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/scheduling/metrics.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { fitnessOf, type FitnessWeights } from '#shared/scheduling/objectives.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { ChromosomeRegistry, type ChromosomeArchive } from './chromosome-registry.ts';
import { Random, randomStateSchema } from './random.ts';
import { findScheduler, parseOptions } from './schedulers/index.ts';
import type { Chromosome, Population, Proposal, Search, StopReason } from './search.ts';
import { countDistinct, EntropyMeter, summariseFitness } from './statistics.ts';

/** What must be kept, beside the recorded chromosomes, to continue a run. Plain JSON, about 1 kB for 100 members. */
export const runStateSchema = z.strictObject({
  version: z.literal(1),
  scheduler: z.string(),
  /** Generations reported. */
  generations: z.int().min(0),
  evaluations: z.int().min(0),
  /** Distinct genomes seen: ids 0 … chromosomes − 1. */
  chromosomes: z.int().min(0),
  /** Id of the best so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  random: randomStateSchema,
  search: z.record(z.string(), z.unknown()),
});
export type RunState = z.output<typeof runStateSchema>;

/** Parses a saved state, e.g. from a checkpoint. @throws WorkbenchError `checkpoint.invalid` */
export function parseRunState(input: unknown): RunState {
  return parseDocument(runStateSchema, input, 'checkpoint');
}

export interface RunOptions {
  /** How genomes are scored; default: the reference simulator. Any evaluator with the same bits gives the same run. */
  readonly createEvaluator?: (problem: Problem) => Evaluator;
  /** Where chromosomes can be read again once `confirmRecorded` has told so: the run then keeps only the latest in memory. */
  readonly archive?: ChromosomeArchive;
  /** Genes and scores kept in memory beside the archive, bytes. */
  readonly keptBytes?: number;
}

/**
 * A run before its first generation.
 * @throws WorkbenchError `scheduler.unknown`, `scheduler.invalid`, `problem.tooLarge`
 */
export function createRun(scenario: ResolvedScenario, configuration: SchedulerConfiguration, options: RunOptions = {}): SearchRun {
  return new SearchRun(scenario, configuration, options, undefined, []);
}

/**
 * The run that saved `state`, ready for its next generation. `chromosomes` are the recorded ones in order of id (at least the
 * first `state.chromosomes`; later ones, recorded after the checkpoint, are ignored and will be found again).
 * @throws WorkbenchError `run.foreignState`, `run.incompleteRecord`, and as `createRun`
 */
export function restoreRun(scenario: ResolvedScenario, configuration: SchedulerConfiguration, state: RunState, chromosomes: Iterable<Chromosome>, options: RunOptions = {}): SearchRun {
  return new SearchRun(scenario, configuration, options, state, chromosomes);
}

export class SearchRun {
  readonly problem: Problem;
  /** Metrics of the NPU-first schedule, the reference of the fitness. */
  readonly reference: Metrics;
  private readonly configuration: SchedulerConfiguration;
  private readonly weights: FitnessWeights;
  private readonly random: Random;
  private readonly registry: ChromosomeRegistry;
  private readonly evaluator: Evaluator;
  private readonly search: Search;
  private readonly entropy: EntropyMeter;
  private bestSoFar: Chromosome | undefined;
  private metricTable = new Float64Array(0);
  private generationCount: number;
  private evaluationCount: number;

  /** Use `createRun` or `restoreRun`. */
  constructor(scenario: ResolvedScenario, configuration: SchedulerConfiguration, runOptions: RunOptions, state: RunState | undefined, chromosomes: Iterable<Chromosome>) {
    const scheduler = findScheduler(configuration.scheduler);
    const options = parseOptions(scheduler, configuration.options);
    this.configuration = configuration;
    this.weights = options.weights;
    this.problem = compileProblem(scenario, genesOf({ options: { ...options } }));
    this.reference = referenceMetrics(this.problem);
    this.evaluator = (runOptions.createEvaluator ?? createEvaluator)(this.problem);
    this.entropy = new EntropyMeter(this.problem.layout);
    this.registry = new ChromosomeRegistry(this.problem.layout.length, runOptions.archive, runOptions.keptBytes);
    this.generationCount = state?.generations ?? 0;
    this.evaluationCount = state?.evaluations ?? 0;
    if (state === undefined) {
      this.random = new Random(configuration.seed);
      this.search = scheduler.create(this.problem, options, this.random);
    } else {
      if (state.scheduler !== scheduler.id) {
        throw new WorkbenchError('run.foreignState', `the saved state is one of scheduler "${state.scheduler}", the configuration says "${scheduler.id}"`, { hint: 'resume with the configuration the run was started with' });
      }
      this.confirmRecorded(state.chromosomes);
      refill(this.registry, state.chromosomes, chromosomes);
      this.random = Random.restore(state.random);
      this.search = scheduler.restore(this.problem, options, this.random, state.search, (id) => this.registry.get(id));
      if (state.bestId !== null) this.bestSoFar = this.registry.get(state.bestId);
    }
  }

  /** Number of generations there will be at most. */
  get plannedGenerations(): number {
    return this.search.plannedGenerations;
  }

  /** Generations reported so far. */
  get generations(): number {
    return this.generationCount;
  }

  /** Genomes scored so far, repeats included. */
  get evaluations(): number {
    return this.evaluationCount;
  }

  /** Why the run is over, or undefined while it is not. */
  get stopReason(): StopReason | undefined {
    return this.search.stopReason;
  }

  /** The best chromosome of all generations so far (the one seen first among equals). Its arrays are the engine's: copy them before they are transferred. */
  get best(): Chromosome | undefined {
    return this.bestSoFar;
  }

  /** The best trade-offs so far, undefined unless the scheduler has several objectives. Their arrays are the engine's. */
  get front(): readonly Chromosome[] | undefined {
    return this.search.front;
  }

  /** A makespan that no schedule can beat, ms; undefined unless the scheduler proves one. */
  get makespanBoundMs(): number | undefined {
    return this.search.makespanBoundMs;
  }

  /** Computes the next generation; undefined when the run is over. The record's arrays are its own: they may be transferred. */
  step(): GenerationRecord | undefined {
    if (this.search.stopReason !== undefined) return undefined;
    const newChromosomes: ChromosomeRecord[] = [];
    const mutationCounts = new Uint16Array(this.problem.layout.length);
    let population: Population | undefined;
    do {
      const proposals = this.search.ask();
      const scored = this.score(proposals, newChromosomes, mutationCounts);
      this.evaluationCount += proposals.length;
      population = this.search.tell(scored);
    } while (population === undefined);
    const { members, hypervolume } = population;
    const summary = summariseFitness(members);
    const ids = new Uint32Array(members.length);
    for (let i = 0; i < members.length; i++) ids[i] = members[i].id;
    return {
      index: this.generationCount++,
      evaluations: this.evaluationCount,
      bestFitness: summary.best.fitness,
      meanFitness: summary.mean,
      worstFitness: summary.worst,
      stdFitness: summary.std,
      bestId: summary.best.id,
      bestMetrics: summary.best.metrics.slice(),
      distinctGenomes: countDistinct(members),
      meanEntropy: this.entropy.mean(members),
      ...(hypervolume === undefined ? {} : { hypervolume }),
      mutationCounts,
      members: ids,
      newChromosomes,
    };
  }

  /** Everything `restoreRun` needs beside the chromosomes recorded so far. */
  saveState(): RunState {
    return {
      version: 1,
      scheduler: this.configuration.scheduler,
      generations: this.generationCount,
      evaluations: this.evaluationCount,
      chromosomes: this.registry.size,
      bestId: this.bestSoFar?.id ?? null,
      random: this.random.saveState(),
      search: this.search.saveState(),
    };
  }

  /** Chromosomes 0 … `count` − 1 are in the archive: the run need not keep them any longer. */
  confirmRecorded(count: number): void {
    this.registry.confirm(count);
  }

  /** The chromosomes of `proposals`: looked up where a genome was seen before, else evaluated, registered and recorded. */
  private score(proposals: readonly Proposal[], newChromosomes: ChromosomeRecord[], mutationCounts: Uint16Array): Chromosome[] {
    const firstNew = this.registry.size;
    const fresh: Proposal[] = [];
    const ids = proposals.map((proposal) => {
      const id = this.registry.register(proposal.genes);
      if (id === firstNew + fresh.length) fresh.push(proposal);
      return id;
    });
    const metricTable = this.evaluateAll(fresh);
    const scored = fresh.map(({ genes, parents, operator, mutatedLoci }, index): Chromosome => {
      const id = firstNew + index;
      const metrics = metricTable.slice(index * HEADLINE_METRIC_COUNT, (index + 1) * HEADLINE_METRIC_COUNT);
      const fitness = fitnessOf(metrics, this.reference, this.weights);
      this.registry.score(id, fitness, metrics);
      newChromosomes.push({ id, genes: genes.slice(), fitness, metrics: metrics.slice(), parents, operator, mutatedLoci });
      for (const locus of mutatedLoci) mutationCounts[locus]++;
      const chromosome = { id, genes, fitness, metrics };
      if (this.bestSoFar === undefined || fitness > this.bestSoFar.fitness) this.bestSoFar = chromosome;
      return chromosome;
    });
    return ids.map((id) => (id < firstNew ? this.registry.get(id) : scored[id - firstNew]));
  }

  /** [proposals × K] the metrics of each, in a table that the next call uses again. */
  private evaluateAll(proposals: readonly Proposal[]): Float64Array {
    const { evaluator } = this;
    if (this.metricTable.length < proposals.length * HEADLINE_METRIC_COUNT) this.metricTable = new Float64Array(proposals.length * HEADLINE_METRIC_COUNT);
    const genomes = proposals.map(({ genes }) => genes);
    if (evaluator.evaluateBatch === undefined) genomes.forEach((genes, index) => this.metricTable.set(evaluator.evaluate(genes), index * HEADLINE_METRIC_COUNT));
    else evaluator.evaluateBatch(genomes, 0, genomes.length, this.metricTable);
    return this.metricTable;
  }
}

/** Fills `registry` with the first `count` of `chromosomes`. */
function refill(registry: ChromosomeRegistry, count: number, chromosomes: Iterable<Chromosome>): void {
  for (const chromosome of chromosomes) {
    if (registry.size === count) break;
    if (chromosome.id !== registry.size) throw incompleteCheckpoint(registry.size, count);
    registry.restore(chromosome);
  }
  if (registry.size < count) throw incompleteCheckpoint(registry.size, count);
}

/** The error of a run that cannot be continued for want of chromosome `missing` of the first `count`. */
function incompleteCheckpoint(missing: number, count: number): WorkbenchError {
  return incompleteRecord(missing, `the saved state of chromosomes 0 … ${count - 1}`, 'the run cannot be continued; start it again with the same seed');
}
