/**
 * Archive search with islands: trade-offs are varied along their whole front, and what no other dominates is kept, all of it.
 *
 * Up to four archives grow apart, each from the greedy starts and random ones of its own, and are put together after 70 % of the generations:
 * one archive alone sooner or later gets stuck, four seldom do so in the same place. A generation is one batch or several of children of one
 * island each, in turn. They are scored here; proposed, and so recorded, are those that are on the island's front afterwards, and a few others. So
 * a budget in generations is one in evaluations.
 *
 *   const search = frontSearch(problem, options, random, { evaluator, fastEnd });
 */
import { z } from 'zod';
import { metricIndex } from '#shared/domain/metrics.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { greedyGenomes } from '../greedy-starts.ts';
import { laidOutFor, type Length } from '../horizon.ts';
import { lociWithChoice } from '../operators/loci-with-choice.ts';
import { Objectives, type ObjectiveName } from '../objectives.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, Population, Proposal, Search, SearchState, StopReason } from '../search.ts';
import type { Judged } from '../search-space.ts';
import { Brood } from './breeding.ts';
import type { FastEnd } from './fast-end.ts';
import { chromosomesOf, Island } from './island.ts';
import { spread } from './spread.ts';

/** Generations and horizon count batches, those that the fast end and the starts take included. */
export interface FrontSearchOptions extends Length {
  /** Children of a batch: the fewer, the fresher their parents are, and the more time goes into choosing them. */
  readonly batch: number;
  /** Batches reported as one generation; the run's last one may have fewer. */
  readonly batchesPerGeneration: number;
  readonly objectives: readonly ObjectiveName[];
  /** `ignore`: whatever violates constraints is as good as what does not. */
  readonly constraints: 'domination' | 'ignore';
  readonly islands: number;
  /** 0 … 1 of the generations that it is laid out for, for the search of the fast end where there is one. */
  readonly fastEndShare: number;
}

export interface FrontSearchParts {
  /** Scores the children: the run's own, which may use several threads. */
  readonly evaluator: Evaluator;
  readonly fastEnd?: FastEnd | undefined;
}

const BATCH = 1280;
const SMALLEST_BATCH = 64;
const JOBS_PER_BATCH = 500_000;
/** Random schedules that each island begins with, besides the greedy ones. */
const RANDOM_STARTS = 16;
/**
 * Children that an island needs by itself at least, in whole batches of `generationEvaluations`: shared among more, a small budget finds
 * less (with 35 of these in all, 0.78 instead of 0.87 of galaxy-s9's front).
 */
const ISLAND_GENERATIONS = 25;
/** Share of the generations left after the fast end that the islands have apart. */
const APART = 0.7;
/** Children recorded of each batch although they are on no front. */
const SAMPLE = 8;
/** Of each island, those shown as members of a generation. */
const SHOWN = 64;
/** Trade-offs in more than two objectives whose hypervolume is measured. */
const MEASURED = 100;

const islandSchema = z.array(z.int().min(0));
const stateSchema = z.strictObject({
  phase: z.enum(['starts', 'fastEnd', 'fastEndSteps', 'apart', 'together']),
  /** Batches so far. */
  generation: z.int().min(0),
  /** The batch from which on the islands are one. */
  apartUntil: z.int().min(0),
  /** Whose turn it is. */
  turn: z.int().min(0),
  /** Ids of each island's members. */
  islands: z.array(islandSchema),
  fastEnd: z.record(z.string(), z.unknown()).nullable(),
  fastestId: z.int().min(0).nullable(),
});
type FrontSearchState = z.output<typeof stateSchema>;

/** Children of a batch that takes about as long for every problem: 1,280, fewer where a schedule has so many jobs that scoring them would take long. */
export function generationEvaluations(problem: Problem): number {
  return Math.max(SMALLEST_BATCH, Math.min(BATCH, Math.floor(JOBS_PER_BATCH / problem.jobTask.length)));
}

/** A search for trade-offs before its first generation. */
export function frontSearch(
  problem: Problem,
  options: FrontSearchOptions,
  random: Random,
  parts: FrontSearchParts,
): Search {
  return new FrontSearch(problem, options, random, parts);
}

/** The search that saved `state`. */
export function restoreFrontSearch(
  problem: Problem,
  options: FrontSearchOptions,
  random: Random,
  parts: FrontSearchParts,
  state: SearchState,
  chromosomes: ChromosomeLookup,
): Search {
  const search = new FrontSearch(problem, options, random, parts);
  search.continueFrom(stateSchema.parse(state), chromosomes);
  return search;
}

class FrontSearch implements Search {
  private readonly problem: Problem;
  private readonly options: FrontSearchOptions;
  private readonly random: Random;
  private readonly objectives: Objectives;
  private readonly evaluator: Evaluator;
  private readonly fastEnd: FastEnd | undefined;
  private readonly batch: number;
  private readonly brood: Brood;
  private phase: FrontSearchState['phase'] = 'starts';
  private generation = 0;
  private apartUntil = 0;
  private turn = 0;
  /** Batches of the generation under way, and what they scored. */
  private batches = 0;
  private evaluations = 0;
  private islands: Island[];
  private fastEndSearch: Search | undefined;
  /** The best of the fast end so far. */
  private fastest: Chromosome | undefined;

  constructor(problem: Problem, options: FrontSearchOptions, random: Random, parts: FrontSearchParts) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    this.objectives = new Objectives(problem, options.objectives, options.constraints === 'domination');
    this.evaluator = parts.evaluator;
    this.batch = options.batch;
    this.brood = new Brood(problem, parts.evaluator, this.batch);
    const batchesOfIsland = (ISLAND_GENERATIONS * generationEvaluations(problem)) / this.batch;
    const most = Math.floor((APART * laidOutFor(options)) / batchesOfIsland);
    this.islands = Array.from({ length: Math.max(1, Math.min(options.islands, most)) }, () => new Island());
    // The share may be less than a generation: then the budget is too small for it.
    this.fastEnd = this.fastEndGenerations > 0 ? parts.fastEnd : undefined;
  }

  continueFrom(state: FrontSearchState, chromosomes: ChromosomeLookup): void {
    this.phase = state.phase;
    this.generation = state.generation;
    this.apartUntil = state.apartUntil;
    this.turn = state.turn;
    this.islands = state.islands.map((ids) => {
      const island = new Island();
      island.settle(ids.map((id) => this.objectives.judge(chromosomes(id))));
      return island;
    });
    if (state.fastEnd !== null)
      this.fastEndSearch = this.fastEnd?.restore(this.random, this.evaluator, state.fastEnd, chromosomes);
    this.fastest = state.fastestId === null ? undefined : chromosomes(state.fastestId);
  }

  get stopReason(): StopReason | undefined {
    return this.generation >= this.options.generations ? 'generations' : undefined;
  }

  get plannedGenerations(): number {
    return Math.ceil(this.options.generations / this.options.batchesPerGeneration);
  }

  get front(): readonly Chromosome[] {
    return chromosomesOf(this.merged.front);
  }

  ask(): readonly Proposal[] {
    switch (this.phase) {
      case 'starts':
        return this.starts();
      case 'fastEnd':
        return this.fastEndSearch?.ask() ?? [];
      case 'fastEndSteps':
        return this.fastEndSteps();
      default:
        return this.children();
    }
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    switch (this.phase) {
      case 'starts':
        return this.tellStarts(scored);
      case 'fastEnd':
        return this.tellFastEnd(scored);
      case 'fastEndSteps':
        return this.tellFastEndSteps(scored);
      default:
        return this.tellChildren(scored);
    }
  }

  saveState(): SearchState {
    return {
      phase: this.phase,
      generation: this.generation,
      apartUntil: this.apartUntil,
      turn: this.turn,
      islands: this.islands.map(({ members }) => members.map(({ chromosome }) => chromosome.id)),
      fastEnd: this.fastEndSearch?.saveState() ?? null,
      fastestId: this.fastest?.id ?? null,
    } satisfies FrontSearchState;
  }

  /** The greedy starts, then the random ones of each island. */
  private starts(): Proposal[] {
    const { problem, random, islands } = this;
    const greedy = greedyGenomes(problem).map((genes): Proposal => ({ ...SEED, genes, operator: 'heuristic' }));
    const drawn = Array.from({ length: islands.length * RANDOM_STARTS }, (): Proposal => ({
      ...SEED,
      genes: randomGenome(problem.layout, random),
      operator: 'random',
    }));
    return [...greedy, ...drawn];
  }

  private tellStarts(scored: readonly Chromosome[]): Population | undefined {
    const { islands } = this;
    const judged = scored.map((chromosome) => this.objectives.judge(chromosome));
    const greedy = judged.slice(0, judged.length - islands.length * RANDOM_STARTS);
    islands.forEach((island, index) => {
      const first = greedy.length + index * RANDOM_STARTS;
      island.settle([...greedy, ...judged.slice(first, first + RANDOM_STARTS)]);
    });
    this.generation++;
    if (this.fastEnd === undefined) this.separate();
    else {
      this.phase = 'fastEnd';
      this.fastEndSearch = this.fastEnd.create(this.random, this.evaluator);
    }
    return this.batchDone(scored, scored.length);
  }

  private get fastEndGenerations(): number {
    return Math.floor(laidOutFor(this.options) * this.options.fastEndShare);
  }

  private tellFastEnd(scored: readonly Chromosome[]): Population | undefined {
    const { fastEnd, fastEndSearch } = this;
    if (fastEnd === undefined || fastEndSearch === undefined) throw new Error('there is no search of the fast end');
    const population = fastEndSearch.tell(scored);
    for (const chromosome of scored)
      if (this.fastest === undefined || this.isFaster(chromosome, this.fastest, fastEnd.metric))
        this.fastest = chromosome;
    if (population === undefined) return undefined;
    this.generation++;
    if (fastEndSearch.stopReason !== undefined || this.generation > this.fastEndGenerations) {
      this.phase = 'fastEndSteps';
      this.fastEndSearch = undefined;
    }
    return this.batchDone(population.members, population.evaluations ?? scored.length);
  }

  /** Less violation first, where it counts. */
  private isFaster({ metrics: a }: Chromosome, { metrics: b }: Chromosome, metric: number): boolean {
    const { constraintViolation } = metricIndex;
    return this.options.constraints === 'domination' && a[constraintViolation] !== b[constraintViolation]
      ? a[constraintViolation] < b[constraintViolation]
      : a[metric] < b[metric];
  }

  /** The best of the fast end with every change of one gene of its configuration. */
  private fastEndSteps(): Proposal[] {
    const { fastest, problem } = this;
    if (fastest === undefined) throw new Error('the search of the fast end made no schedule');
    const { layout } = problem;
    const steps: Proposal[] = [{ ...SEED, genes: fastest.genes, parents: [fastest.id], operator: 'clone' }];
    for (const locus of lociWithChoice(layout).filter((each) => each < layout.offsetOf.mapping)) {
      for (const allele of layout.loci[locus].alleles) {
        if (allele === fastest.genes[locus]) continue;
        const genes = fastest.genes.slice();
        genes[locus] = allele;
        steps.push({ genes, parents: [fastest.id], operator: 'mutation', mutatedLoci: [locus] });
      }
    }
    return steps;
  }

  private tellFastEndSteps(scored: readonly Chromosome[]): Population | undefined {
    const judged = scored.map((chromosome) => this.objectives.judge(chromosome));
    for (const island of this.islands) for (const each of judged) island.offer(each);
    this.generation++;
    this.separate();
    return this.batchDone(scored, scored.length);
  }

  private separate(): void {
    this.phase = 'apart';
    this.apartUntil = this.generation + Math.floor(APART * Math.max(0, laidOutFor(this.options) - this.generation));
  }

  /** A batch of children of the island whose turn it is: those on its front, and a sample of the others. */
  private children(): Proposal[] {
    const { random, brood, batch } = this;
    if (this.phase === 'apart' && this.generation >= this.apartUntil) {
      this.islands = [this.merged];
      this.phase = 'together';
      this.turn = 0;
    }
    const island = this.islands[this.turn];
    brood.breed(island.parents, batch, random);
    for (let row = 0; row < batch; row++)
      island.offer({ ...this.objectives.judgeValues(brood.genes[row], brood.metrics(row)), row });
    const rows = new Set(island.pending.map(({ row }) => row));
    for (let i = 0; i < SAMPLE; i++) rows.add(random.nextInt(batch));
    return Array.from(rows, (row) => brood.proposal(row));
  }

  private tellChildren(scored: readonly Chromosome[]): Population | undefined {
    this.islands[this.turn].settle(scored.map((chromosome) => this.objectives.judge(chromosome)));
    this.generation++;
    this.turn = (this.turn + 1) % this.islands.length;
    return this.batchDone(scored.slice(-SAMPLE), this.batch);
  }

  /** The islands as one. */
  private get merged(): Island {
    const merged = new Island();
    merged.settle(this.islands.flatMap(({ members }) => members));
    return merged;
  }

  /** The generation, where this was its last batch. @param others members besides the fronts */
  private batchDone(others: readonly Chromosome[], evaluations: number): Population | undefined {
    this.evaluations += evaluations;
    this.batches++;
    if (this.batches < this.options.batchesPerGeneration && this.stopReason === undefined) return undefined;
    const population = this.population(others, this.evaluations);
    this.batches = 0;
    this.evaluations = 0;
    return population;
  }

  /** Members: each island's front thinned out, and `others`. */
  private population(others: readonly Chromosome[], evaluations: number): Population {
    const members = new Map<number, Chromosome>();
    for (const { members: own } of this.islands)
      for (const { chromosome } of spread(own, SHOWN)) members.set(chromosome.id, chromosome);
    for (const chromosome of others) members.set(chromosome.id, chromosome);
    const hypervolume = this.objectives.hypervolume(this.measured(this.merged.front));
    return { members: [...members.values()], evaluations, ...(hypervolume === undefined ? {} : { hypervolume }) };
  }

  private measured(front: readonly Judged[]): readonly Judged[] {
    return this.objectives.count > 2 ? spread(front, MEASURED) : front;
  }
}

const SEED = { parents: [], mutatedLoci: [] } as const;
