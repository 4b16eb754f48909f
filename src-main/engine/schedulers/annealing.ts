/** Annealing with thresholds: one schedule wanders, taking every change that is not worse by more than a threshold that falls to 0. */
import { z } from 'zod';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { lociWithChoice, neighbourOf } from '../operators/neighbour.ts';
import { genesSchemaWith, makespanWeightsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { Chromosome, ChromosomeLookup, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const starts = ['npu_first', 'random'] as const;

const optionsSchema = z.strictObject({
  generations: z.int().min(1).max(100_000).default(1000).meta({ title: 'Generations', description: 'Generations to compute, over all walks (generations)' }),
  moves: z.int().min(1).max(10_000).default(100).meta({ title: 'Moves', description: 'Changes tried per generation, one after the other (schedules)' }),
  walks: z.int().min(1).max(1000).default(4).meta({ title: 'Walks', description: 'Walks one after the other with an even share of the generations; the last one refines the best schedule of the others (walks)' }),
  start: z.enum(starts).default('npu_first').meta({ title: 'Start', description: 'Where a walk begins: the NPU-first mapping with random priorities, or all at random' }),
  initialThreshold: z.number().min(0).max(1000).default(0).meta({ title: 'Initial threshold', description: 'How much fitness a change may lose at first; the threshold falls evenly to 0 (fitness). 0: found from the losses of the first changes' }),
  genes: genesSchemaWith({ priorities: true }),
  weights: makespanWeightsSchema,
});
type AnnealingOptions = z.output<typeof optionsSchema>;


const stateSchema = z.strictObject({
  /** Generations told. */
  generation: z.int().min(0),
  /** Id of where the walk stands, null before its start was scored. */
  incumbentId: z.int().min(0).nullable(),
  /** Id of the fittest so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  /** By kind of move, the threshold that the last walk of that kind began with; 0 before it is known. */
  initialThresholds: z.array(z.number().min(0)),
});
type AnnealingState = z.output<typeof stateSchema>;

export const annealing: Scheduler<AnnealingOptions> = {
  id: 'annealing',
  name: 'Annealing',
  description: 'One schedule wanders through changes of mapping and priority, losing less and less on the way; strong where order matters',
  source: 'Threshold accepting: Dueck & Scheuer, J. Comp. Phys. 90 (1990); priorities as random keys: Bean, ORSA J. Comp. 6 (1994)',
  optionsSchema,
  create: (problem, options, random) => new AnnealingSearch(problem, options, random),
  restore(problem, options, random, state, chromosomes) {
    const search = new AnnealingSearch(problem, options, random);
    search.continueFrom(stateSchema.parse(state), chromosomes);
    return search;
  },
};

/** Generations of moves at the beginning of a walk in which nothing worse is taken. */
const DESCENT = 4;
/** A walk's threshold is the median of the losses among the changes tried in the last of these, over this. */
const LOSS_OVER_THRESHOLD = 6;
/** The last of several walks begins with the thresholds over this, so that it does not leave the region of the best. */
const REFINEMENT = 2;

/**
 * A walk's first generation is its start; each one after it is `moves` steps: its members are where the walk stood, then every
 * schedule tried. In the first of these nothing worse is taken; what the moves would have lost tells the threshold.
 *
 * Walks change priorities only, or everything else only, by turns: where order is all that matters, as on PRISM's case, a layer
 * moved elsewhere at a small loss is hardly ever moved back. The last walk, from the best schedule so far, makes both kinds of move.
 */
class AnnealingSearch implements Search {
  private readonly problem: Problem;
  private readonly options: AnnealingOptions;
  private readonly random: Random;
  /** Loci with more than one allele: priorities, and mapping, frequencies and cores; of these the kinds there are, which take turns. */
  private readonly priorityLoci: readonly number[];
  private readonly placementLoci: readonly number[];
  private readonly kinds: readonly (readonly number[])[];
  /** Generations per walk. */
  private readonly walkLength: number;
  private generation = 0;
  private incumbent: Chromosome | undefined;
  private best: Chromosome | undefined;
  /** [kinds] the threshold that the last walk of that kind began with; 0 before it is known. */
  private initialThresholds: number[];
  /** Index of the kind of the move under way. */
  private kind = 0;
  /** Members of the generation under way, and the fitness lost by those of them that were worse than where the walk stood. */
  private members: Chromosome[] = [];
  private losses: number[] = [];

  constructor(problem: Problem, options: AnnealingOptions, random: Random) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    const choices = lociWithChoice(problem.layout);
    const isPriority = (locus: number): boolean => problem.layout.loci[locus].segment === 'priority';
    this.priorityLoci = choices.filter(isPriority);
    this.placementLoci = choices.filter((locus) => !isPriority(locus));
    this.kinds = [this.priorityLoci, this.placementLoci].filter((loci) => loci.length > 0);
    this.walkLength = Math.ceil(options.generations / options.walks);
    this.initialThresholds = this.kinds.map(() => options.initialThreshold);
  }

  continueFrom({ generation, incumbentId, bestId, initialThresholds }: AnnealingState, chromosomes: ChromosomeLookup): void {
    this.generation = generation;
    this.incumbent = incumbentId === null ? undefined : chromosomes(incumbentId);
    this.best = bestId === null ? undefined : chromosomes(bestId);
    this.initialThresholds = [...initialThresholds];
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    if (this.generation >= this.options.generations) return 'generations';
    return this.generation > 0 && this.kinds.length === 0 ? 'exhausted' : undefined;
  }

  ask(): readonly Proposal[] {
    return [this.incumbent === undefined ? this.start() : this.neighbourOf(this.incumbent)];
  }

  tell([candidate]: readonly Chromosome[]): Population | undefined {
    const { incumbent, members } = this;
    if (this.best === undefined || candidate.fitness > this.best.fitness) this.best = candidate;
    if (incumbent === undefined) {
      this.incumbent = candidate;
      members.push(candidate);
      return this.endGeneration();
    }
    if (members.length === 0) members.push(incumbent);
    members.push(candidate);
    if (candidate.fitness < incumbent.fitness) this.losses.push(incumbent.fitness - candidate.fitness);
    if (candidate.fitness >= incumbent.fitness - this.threshold()) this.incumbent = candidate;
    return members.length > this.options.moves ? this.endGeneration() : undefined;
  }

  saveState(): SearchState {
    const { generation, incumbent, best, initialThresholds } = this;
    return { generation, incumbentId: incumbent?.id ?? null, bestId: best?.id ?? null, initialThresholds: [...initialThresholds] } satisfies AnnealingState;
  }

  /** Position of the generation under way in its walk, 0 for the start. */
  private get step(): number {
    return this.generation % this.walkLength;
  }

  private get isRefining(): boolean {
    return this.options.walks > 1 && this.generation >= this.walkLength * (this.options.walks - 1);
  }

  /** Whether the walk's threshold is still to be found. */
  private get isDescending(): boolean {
    return this.step <= DESCENT && !this.isRefining && this.options.initialThreshold === 0;
  }

  /** Of the next move: by turns from walk to walk, or drawn where a walk makes moves of all kinds. */
  private nextKind(): number {
    const isOfAllKinds = this.isRefining || this.options.walks === 1;
    return isOfAllKinds ? this.random.nextInt(this.kinds.length) : Math.floor(this.generation / this.walkLength) % this.kinds.length;
  }

  private endGeneration(): Population {
    const { members } = this;
    if (this.isDescending && this.step === DESCENT && this.losses.length > 0) this.initialThresholds[this.kind] = median(this.losses) / LOSS_OVER_THRESHOLD;
    this.members = [];
    this.losses = [];
    this.generation++;
    if (this.step === 0) this.incumbent = this.isRefining ? this.best : undefined;
    return { members };
  }

  /** How much fitness the move just tried may lose; falls evenly to 0 at the walk's end. */
  private threshold(): number {
    if (this.isDescending) return 0;
    const { moves } = this.options;
    const left = (this.walkLength - this.step) * moves - this.members.length;
    const initial = this.initialThresholds[this.kind] / (this.isRefining ? REFINEMENT : 1);
    return (initial * left) / (this.walkLength * moves);
  }

  private start(): Proposal {
    const { problem, random, options } = this;
    const genes = randomGenome(problem.layout, random);
    if (options.start === 'npu_first') {
      const npuFirst = encodeAssignment(problem, npuFirstAssignment(problem));
      for (const locus of this.placementLoci) genes[locus] = npuFirst[locus];
    }
    return { genes, parents: [], operator: options.start === 'npu_first' ? 'heuristic' : 'random', mutatedLoci: [] };
  }

  /** `incumbent` with one gene changed to another of its alleles, or two priorities exchanged. */
  private neighbourOf(incumbent: Chromosome): Proposal {
    const { random } = this;
    this.kind = this.nextKind();
    const loci = this.kinds[this.kind];
    return loci === this.priorityLoci && loci.length > 1 && random.chance(0.5) ? this.exchanged(incumbent, loci) : neighbourOf(incumbent, loci, this.problem.layout, random);
  }

  /** `incumbent` with the genes of two of `loci` exchanged; they may be alike. */
  private exchanged(incumbent: Chromosome, loci: readonly number[]): Proposal {
    const first = this.random.nextInt(loci.length);
    const draw = this.random.nextInt(loci.length - 1);
    const [a, b] = [loci[first], loci[draw < first ? draw : draw + 1]];
    const genes = incumbent.genes.slice();
    genes[a] = incumbent.genes[b];
    genes[b] = incumbent.genes[a];
    return { genes, parents: [incumbent.id], operator: 'local_search', mutatedLoci: genes[a] === genes[b] ? [] : [Math.min(a, b), Math.max(a, b)] };
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
