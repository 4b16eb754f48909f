/**
 * The search loop over any space: ask → evaluate → tell, until a generation is complete; then its statistics.
 *
 *   for (let turn = run.next(); turn !== undefined; turn = run.next()) {
 *     if ('generation' in turn) record(turn.generation);
 *     else run.supply(await scoresOf(turn.evaluate));
 *   }
 *
 * Scores may take as long as they like and come from anywhere: the same scores give the same generations to the last bit. Where they
 * are at hand at once, `step()` is the same loop with the run's own evaluator.
 * A search that depends on something outside may have to wait between two generations: `{ waits: true }`, and `next()` is asked again later.
 * A proposal whose genome was seen before keeps its scores; the new ones of an `ask` are requested together.
 * No clock, no disk, no global randomness.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  incompleteRecord,
  operatorNames,
  type OperatorName,
  type GenerationRecord,
  type NewChromosomes,
} from '#shared/domain/generation.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import { evaluateInto } from './evaluate-into.ts';
import { ChromosomeRegistry, type ChromosomeArchive } from './chromosome-registry.ts';
import { Random } from './random.ts';
import type { RunState } from './run-state.ts';
import type { SearchSpace } from './search-space.ts';
import type {
  Chromosome,
  Conclusion,
  Population,
  Proposal,
  Scheduler,
  Search,
  SearchMeans,
  SearchOptions,
  StopReason,
} from './search.ts';
import { countDistinct, EntropyMeter, summariseFitness } from './statistics.ts';

/**
 * What a run needs next: scores for these genomes, all new to it; or nothing, because a generation is complete; or to wait until something
 * comes from outside.
 */
export type Turn =
  | { readonly evaluate: readonly Uint8Array[] }
  | { readonly generation: GenerationRecord }
  | { readonly waits: true };

/** What a run is made of. */
export interface RunParts<Options extends SearchOptions, Space extends SearchSpace> {
  readonly space: Space;
  readonly scheduler: Scheduler<Options, Space>;
  readonly options: Options;
  readonly seed: SchedulerConfiguration['seed'];
  /** How `step` scores genomes. */
  readonly evaluator: Evaluator;
  /** Asked between two generations, with what was scored so far: why the run ends before the search is over, if it does. */
  readonly stopOf?: ((best: Chromosome, evaluations: number) => StopReason | undefined) | undefined;
  /** Where chromosomes can be read again once `confirmRecorded` has said so: the run then keeps only the latest in memory. */
  readonly archive?: ChromosomeArchive | undefined;
  /** Genes and scores kept in memory in addition to the archive, bytes. */
  readonly keptBytes?: number | undefined;
  readonly means?: SearchMeans | undefined;
}

/** Where a run was interrupted: its state, and at least the first `state.chromosomes` of the recorded chromosomes in order of id. */
export interface Interruption {
  readonly state: RunState;
  readonly chromosomes: Iterable<Chromosome>;
}

/** Proposals on their way: which chromosomes they are, and those of them that have no scores yet. */
interface Request {
  /** [proposals] ids */
  readonly ids: readonly number[];
  readonly fresh: readonly Proposal[];
  readonly genomes: readonly Uint8Array[];
}

/** What a generation under way has gathered: its new chromosomes, and what was proposed to make them. */
interface Gathered {
  readonly proposals: Proposal[];
  /** [proposals] */
  readonly scored: Chromosome[];
}

export class SpaceRun<Space extends SearchSpace = SearchSpace> {
  readonly space: Space;
  private readonly schedulerId: string;
  private readonly weights: FitnessWeights;
  private readonly random: Random;
  private readonly registry: ChromosomeRegistry;
  private readonly evaluator: Evaluator;
  private readonly search: Search;
  private readonly stopOf: RunParts<SearchOptions, Space>['stopOf'];
  private readonly entropy: EntropyMeter;
  private bestSoFar: Chromosome | undefined;
  /** Used again by every `step`. */
  private metricTable = new Float64Array(0);
  private generationCount: number;
  private evaluationCount: number;
  /** Proposals of the generation under way. */
  private proposed = 0;
  /** Of the generation under way; undefined between two. */
  private gathered: Gathered | undefined;
  /** What scores are awaited for. */
  private request: Request | undefined;
  /** Complete, and not yet reported. */
  private population: Population | undefined;

  /** @throws WorkbenchError `run.foreignState`, `run.incompleteRecord`, and what the scheduler throws */
  constructor(
    { space, scheduler, options, seed, evaluator, archive, keptBytes, stopOf, means }: RunParts<SearchOptions, Space>,
    interruption?: Interruption,
  ) {
    this.space = space;
    this.schedulerId = scheduler.id;
    this.weights = options.weights;
    this.evaluator = evaluator;
    this.stopOf = stopOf;
    this.entropy = new EntropyMeter(space.layout);
    this.registry = new ChromosomeRegistry(space.layout.length, archive, keptBytes, space.metricCount);
    this.generationCount = interruption?.state.generations ?? 0;
    this.evaluationCount = interruption?.state.evaluations ?? 0;
    if (interruption === undefined) {
      this.random = new Random(seed);
      this.search = scheduler.create(space, options, this.random, evaluator, means);
    } else {
      const { state, chromosomes } = interruption;
      if (state.scheduler !== scheduler.id) {
        throw new WorkbenchError(
          'run.foreignState',
          `the saved state is one of scheduler "${state.scheduler}", the configuration says "${scheduler.id}"`,
          { hint: 'resume with the configuration the run was started with' },
        );
      }
      this.confirmRecorded(state.chromosomes);
      refill(this.registry, state.chromosomes, chromosomes);
      this.random = Random.restore(state.random);
      this.search = scheduler.restore(
        space,
        options,
        this.random,
        state.search,
        (id) => this.registry.get(id),
        evaluator,
        means,
      );
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

  /** Genomes scored so far, repeats and those that the search scored by itself included. */
  get evaluations(): number {
    return this.evaluationCount;
  }

  /** Why the run is over, or undefined while it is not. */
  get stopReason(): StopReason | undefined {
    const { search, bestSoFar } = this;
    return search.stopReason ?? (bestSoFar && this.stopOf?.(bestSoFar, this.evaluations));
  }

  /** The best chromosome of all generations so far (the one seen first among equals). Its arrays are the engine's: copy them before they are transferred. */
  get best(): Chromosome | undefined {
    return this.bestSoFar;
  }

  /** The best trade-offs so far, undefined unless the scheduler has several objectives. Their arrays are the engine's. */
  get front(): readonly Chromosome[] | undefined {
    return this.search.front;
  }

  /** What the scheduler says of its best schedule. */
  get conclusion(): Conclusion {
    return this.search.conclusion ?? {};
  }

  /**
   * What is to be done next; undefined when the run is over. Genomes must be answered with `supply`, until when the same request is
   * returned again; the next call goes on from a reported generation. A generation's arrays are its own: they may be transferred.
   */
  next(): Turn | undefined {
    if (this.request !== undefined) return { evaluate: this.request.genomes };
    if (this.gathered === undefined) {
      if (this.stopReason !== undefined) return undefined;
      if (this.search.canAsk?.() === false) return this.stopReason === undefined ? { waits: true } : undefined;
      this.gathered = { proposals: [], scored: [] };
    }
    while (this.population === undefined) {
      const request = this.ask();
      if (request.fresh.length > 0) {
        this.request = request;
        return { evaluate: request.genomes };
      }
      this.tell(request, []);
    }
    const generation = this.report(this.population, this.gathered);
    this.population = undefined;
    this.gathered = undefined;
    return { generation };
  }

  /**
   * Answers the request of `next`.
   * @param metrics [genomes × K] the scores of each, in the order of the request
   */
  supply(metrics: Float64Array): void {
    const { request, gathered } = this;
    if (request === undefined || gathered === undefined)
      throw new Error('scores are supplied that nothing has asked for');
    const { metricCount } = this.space;
    if (metrics.length !== request.genomes.length * metricCount)
      throw new Error(`${metrics.length} scores do not fit ${request.genomes.length} genomes of ${metricCount} each`);
    this.request = undefined;
    this.tell(request, this.score(request, metrics, gathered));
  }

  /** Computes the next generation with the run's evaluator; undefined when the run is over. The record's arrays are its own: they may be transferred. */
  step(): GenerationRecord | undefined {
    const record = this.stepOrWait();
    if (record === 'waits')
      throw new Error('this search waits for something outside: it cannot be stepped through at once');
    return record;
  }

  /** The same, for a search that may wait for something outside. */
  stepOrWait(): GenerationRecord | 'waits' | undefined {
    for (;;) {
      const turn = this.next();
      if (turn === undefined) return undefined;
      if ('waits' in turn) return 'waits';
      if ('generation' in turn) return turn.generation;
      this.supply(this.evaluateAll(turn.evaluate));
    }
  }

  /** Everything needed to continue, apart from the chromosomes recorded so far. Only between two generations. */
  saveState(): RunState {
    if (this.gathered !== undefined) throw new Error('a run is saved between two generations only');
    return {
      version: 1,
      scheduler: this.schedulerId,
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

  /** The proposals of the search, those with a new genome registered. */
  private ask(): Request {
    const firstNew = this.registry.size;
    const fresh: Proposal[] = [];
    const ids = this.search.ask().map((proposal) => {
      const id = this.registry.register(proposal.genes);
      if (id === firstNew + fresh.length) fresh.push(proposal);
      return id;
    });
    return { ids, fresh, genomes: fresh.map(({ genes }) => genes) };
  }

  /** The new chromosomes of `request`, scored and gathered. The best of all is decided here and nowhere else: the first of highest fitness. */
  private score({ fresh }: Request, metricTable: Float64Array, { proposals, scored }: Gathered): Chromosome[] {
    const { metricCount } = this.space;
    const firstNew = this.registry.size - fresh.length;
    return fresh.map((proposal, index): Chromosome => {
      const id = firstNew + index;
      const metrics = metricTable.slice(index * metricCount, (index + 1) * metricCount);
      const fitness = this.space.fitnessOf(metrics, this.weights);
      this.registry.score(id, fitness, metrics);
      const chromosome = { id, genes: proposal.genes, fitness, metrics };
      proposals.push(proposal);
      scored.push(chromosome);
      if (this.bestSoFar === undefined || fitness > this.bestSoFar.fitness) this.bestSoFar = chromosome;
      return chromosome;
    });
  }

  /** Tells the search the chromosomes of its proposals, the new ones as `scored`. */
  private tell({ ids }: Request, scored: readonly Chromosome[]): void {
    const firstNew = this.registry.size - scored.length;
    this.proposed += ids.length;
    this.population = this.search.tell(
      ids.map((id) => (id < firstNew ? this.registry.get(id) : scored[id - firstNew])),
    );
  }

  private report(
    { members, hypervolume, evaluations = this.proposed }: Population,
    gathered: Gathered,
  ): GenerationRecord {
    this.evaluationCount += evaluations;
    this.proposed = 0;
    const summary = summariseFitness(members);
    const newChromosomes = columnsOf(gathered, this.space);
    const mutationCounts = new Uint16Array(this.space.layout.length);
    for (const locus of newChromosomes.mutatedLoci) mutationCounts[locus]++;
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

  /** [genomes × K] the scores of each, in a table that the next call uses again. */
  private evaluateAll(genomes: readonly Uint8Array[]): Float64Array {
    const { metricCount } = this.space;
    const length = genomes.length * metricCount;
    if (this.metricTable.length < length) this.metricTable = new Float64Array(length);
    const table = this.metricTable.subarray(0, length);
    evaluateInto(this.evaluator, genomes, genomes.length, metricCount, table);
    return table;
  }
}

/** Of each operator, its place in `operatorNames`. */
const operatorIndex = Object.fromEntries(operatorNames.map((name, index) => [name, index])) as Readonly<
  Record<OperatorName, number>
>;

function columnsOf({ proposals, scored }: Gathered, { layout, metricCount }: SearchSpace): NewChromosomes {
  const count = proposals.length;
  const columns: NewChromosomes = {
    ids: new Uint32Array(count),
    loci: layout.length,
    metricCount,
    genes: new Uint8Array(count * layout.length),
    fitness: new Float64Array(count),
    metrics: new Float64Array(count * metricCount),
    operators: new Uint8Array(count),
    parentOffsets: new Uint32Array(count + 1),
    parents: new Uint32Array(proposals.reduce((sum, { parents }) => sum + parents.length, 0)),
    mutatedOffsets: new Uint32Array(count + 1),
    mutatedLoci: new Uint32Array(proposals.reduce((sum, { mutatedLoci }) => sum + mutatedLoci.length, 0)),
  };
  for (let row = 0; row < count; row++) {
    const { id, genes, fitness, metrics } = scored[row];
    const { parents, operator, mutatedLoci } = proposals[row];
    const parent = columns.parentOffsets[row];
    const mutated = columns.mutatedOffsets[row];
    columns.ids[row] = id;
    columns.genes.set(genes, row * layout.length);
    columns.fitness[row] = fitness;
    columns.metrics.set(metrics, row * metricCount);
    columns.operators[row] = operatorIndex[operator];
    for (let i = 0; i < parents.length; i++) columns.parents[parent + i] = parents[i];
    columns.parentOffsets[row + 1] = parent + parents.length;
    for (let i = 0; i < mutatedLoci.length; i++) columns.mutatedLoci[mutated + i] = mutatedLoci[i];
    columns.mutatedOffsets[row + 1] = mutated + mutatedLoci.length;
  }
  return columns;
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

/** The error of a run that cannot be continued because chromosome `missing` of the first `count` is not there. */
function incompleteCheckpoint(missing: number, count: number): WorkbenchError {
  return incompleteRecord(
    missing,
    `the saved state of chromosomes 0 … ${count - 1}`,
    'the run cannot be continued; start it again with the same seed',
  );
}
