/**
 * Annealing of any genome: one schedule wanders, accepting changes for the worse by a steered temperature. Unlike the descents of `auto`,
 * which know schedules only, it searches every space, and has every schedule on its way scored and recorded.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { lociOf } from '#shared/scheduling/genome-layout.ts';
import { SteeredTemperature } from '../descent/steered-temperature.ts';
import { givenProposal } from '../given-start.ts';
import { lociWithChoice } from '../operators/loci-with-choice.ts';
import { movedNeighbourOf, neighbourOf } from '../operators/neighbour.ts';
import { BASIC, genesSchemaWith, makespanWeightsSchema, rateSchema, subgraphsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { GeneStructure, SearchSpace } from '../search-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Population,
  Proposal,
  Scheduler,
  Search,
  SearchState,
  StopReason,
} from '../search.ts';

const starts = ['npu_first', 'random'] as const;

const optionsSchema = z.strictObject({
  generations: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .meta({ ...BASIC, title: 'Generations', description: 'Generations to compute, over all walks (generations)' }),
  moves: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({ ...BASIC, title: 'Moves', description: 'Changes tried per generation, one after the other (schedules)' }),
  walks: z.int().min(1).max(1000).default(4).meta({
    title: 'Walks',
    description:
      'Walks one after the other with an even share of the generations; the last one refines the best schedule of the others (walks)',
  }),
  start: z.enum(starts).default('npu_first').meta({
    title: 'Start',
    description: 'Where a walk begins: the NPU-first mapping with random priorities, or all at random',
  }),
  initialThreshold: z.number().min(0).max(1000).default(0).meta({
    title: 'Initial temperature',
    description:
      'The temperature that each walk begins with: a change that loses as much fitness is accepted in 37 % of all cases (fitness). 0: found on the way',
  }),
  runMoves: rateSchema(
    'Run moves',
    0.5,
    'Share of the changes that follow the dependencies: layers that follow each other move to another ' +
      'processing element, or get a new priority, together (0…1)',
  ),
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: makespanWeightsSchema,
});
type AnnealingOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Generations reported. */
  generation: z.int().min(0),
  /** Id of where the walk is, null before its start was scored. */
  incumbentId: z.int().min(0).nullable(),
  /** Id of the fittest so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  temperature: z.number().min(0),
  nextTemperature: z.number().min(0),
});
type AnnealingState = z.output<typeof stateSchema>;

export const annealing: Scheduler<AnnealingOptions, SearchSpace> = {
  id: 'annealing',
  name: 'Annealing',
  description:
    'One schedule wanders through changes of mapping and priority, losing less and less on the way; strong where order matters',
  source:
    'Simulated annealing: Kirkpatrick, Gelatt & Vecchi, Science 220 (1983); priorities as random keys: Bean, ' +
    'ORSA J. Comp. 6 (1994); steered temperature and run moves: ours',
  optionsSchema,
  takesStart: true,
  create: (space, options, random, _evaluator, means) => new AnnealingSearch(space, options, random, means?.start),
  restore(space, options, random, state, chromosomes, _evaluator, means) {
    const search = new AnnealingSearch(space, options, random, means?.start);
    search.continueFrom(stateSchema.parse(state), chromosomes);
    return search;
  },
};

/** Of the changes for the worse, the share that a walk accepts at first. */
const FIRST_ACCEPTANCE = 0.1;
/** Share of a walk after which its temperature is where the next one starts. */
const SETTLED = 0.1;
/** Of the fitness of the first start: the temperature before anything is known. */
const FIRST_TEMPERATURE = 0.003;

/**
 * A walk's first generation is its start; each one after it is `moves` steps: its members are where the walk stood, then every
 * schedule tried. The last walk begins at the best schedule so far.
 */
class AnnealingSearch implements Search {
  private readonly space: SearchSpace;
  private readonly options: AnnealingOptions;
  private readonly random: Random;
  /** Undefined in a space without dependencies, where runs mean nothing. */
  /** Every walk begins with it, where it is there. */
  private readonly given: Uint8Array | undefined;
  private readonly structure: GeneStructure | undefined;
  /** Loci with more than one allele: priorities, and mapping, frequencies and cores; of these the kinds there are. */
  private readonly priorityLoci: readonly number[];
  private readonly placementLoci: readonly number[];
  private readonly kinds: readonly (readonly number[])[];
  /** Generations per walk. */
  private readonly walkLength: number;
  private readonly temperature = new SteeredTemperature(FIRST_ACCEPTANCE);
  /** The temperature of the last walk at a tenth of its length: where the next one starts. 0: there was none. */
  private nextTemperature = 0;
  private generation = 0;
  private incumbent: Chromosome | undefined;
  private best: Chromosome | undefined;
  /** Members of the generation under way. */
  private members: Chromosome[] = [];

  constructor(space: SearchSpace, options: AnnealingOptions, random: Random, given?: Uint8Array) {
    this.given = given;
    this.space = space;
    this.options = options;
    this.random = random;
    this.structure = space.structure?.();
    const choices = lociWithChoice(space.layout);
    const priorities = new Set(lociOf(space.layout, 'priority'));
    this.priorityLoci = choices.filter((locus) => priorities.has(locus));
    this.placementLoci = choices.filter((locus) => !priorities.has(locus));
    this.kinds = [this.priorityLoci, this.placementLoci].filter((loci) => loci.length > 0);
    this.walkLength = Math.ceil(options.generations / options.walks);
  }

  continueFrom(state: AnnealingState, chromosomes: ChromosomeLookup): void {
    this.generation = state.generation;
    this.incumbent = state.incumbentId === null ? undefined : chromosomes(state.incumbentId);
    this.best = state.bestId === null ? undefined : chromosomes(state.bestId);
    this.temperature.value = state.temperature;
    this.nextTemperature = state.nextTemperature;
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
    const { incumbent, members, temperature } = this;
    if (this.best === undefined || candidate.fitness > this.best.fitness) this.best = candidate;
    if (incumbent === undefined) {
      members.push(candidate);
      this.beginWalk(candidate);
      return this.endGeneration();
    }
    if (members.length === 0) members.push(incumbent);
    members.push(candidate);
    const progress = this.progress;
    const isAccepted = candidate.fitness >= temperature.leastAccepted(incumbent.fitness, this.random);
    if (candidate.fitness < incumbent.fitness) temperature.steer(isAccepted, progress);
    if (progress < SETTLED) this.nextTemperature = temperature.value;
    if (isAccepted) this.incumbent = candidate;
    return members.length > this.options.moves ? this.endGeneration() : undefined;
  }

  saveState(): SearchState {
    const { generation, incumbent, best, temperature, nextTemperature } = this;
    return {
      generation,
      incumbentId: incumbent?.id ?? null,
      bestId: best?.id ?? null,
      temperature: temperature.value,
      nextTemperature,
    } satisfies AnnealingState;
  }

  /** Position of the generation under way in its walk, 0 for the start. */
  private get step(): number {
    return this.generation % this.walkLength;
  }

  /** Share of the walk that is over. */
  private get progress(): number {
    const { moves } = this.options;
    return (this.step * moves + this.members.length) / ((this.walkLength + 1) * moves);
  }

  private get isRefining(): boolean {
    return this.options.walks > 1 && this.generation >= this.walkLength * (this.options.walks - 1);
  }

  private beginWalk(start: Chromosome): void {
    const { temperature, options } = this;
    this.incumbent = start;
    temperature.value =
      options.initialThreshold || this.nextTemperature || FIRST_TEMPERATURE * (Math.abs(start.fitness) || 1);
  }

  private endGeneration(): Population {
    const { members } = this;
    this.members = [];
    this.generation++;
    if (this.step === 0) {
      this.incumbent = undefined;
      if (this.isRefining && this.best !== undefined) this.beginWalk(this.best);
    }
    return { members };
  }

  private start(): Proposal {
    const { space, random, options } = this;
    if (this.given !== undefined) return givenProposal(this.given);
    const genes = randomGenome(space.layout, random);
    if (options.start === 'npu_first') {
      const plainest = plainestSeed(space);
      for (const locus of this.placementLoci) genes[locus] = plainest[locus];
    }
    return { genes, parents: [], operator: options.start === 'npu_first' ? 'heuristic' : 'random', mutatedLoci: [] };
  }

  /** `incumbent` with a run of layers moved, one gene changed to another of its alleles, or two priorities exchanged. */
  private neighbourOf(incumbent: Chromosome): Proposal {
    const { random, structure, options } = this;
    if (structure !== undefined && random.chance(options.runMoves))
      return movedNeighbourOf(incumbent, structure, random);
    const loci = this.kinds[random.nextInt(this.kinds.length)];
    return loci === this.priorityLoci && loci.length > 1 && random.chance(0.5)
      ? this.exchanged(incumbent, loci)
      : neighbourOf(incumbent, loci, this.space.layout, random);
  }

  /** `incumbent` with the genes of two of `loci` exchanged; they may be alike. */
  private exchanged(incumbent: Chromosome, loci: readonly number[]): Proposal {
    const first = this.random.nextInt(loci.length);
    const draw = this.random.nextInt(loci.length - 1);
    const [a, b] = [loci[first], loci[draw < first ? draw : draw + 1]];
    const genes = incumbent.genes.slice();
    genes[a] = incumbent.genes[b];
    genes[b] = incumbent.genes[a];
    return {
      genes,
      parents: [incumbent.id],
      operator: 'local_search',
      mutatedLoci: genes[a] === genes[b] ? [] : [Math.min(a, b), Math.max(a, b)],
    };
  }
}

/** The NPU-first schedule, or what is the plainest rule of another space. @throws WorkbenchError `scheduler.invalid` */
function plainestSeed(space: SearchSpace): Uint8Array {
  const [seed] = space.seeds();
  if (seed !== undefined) return seed;
  throw new WorkbenchError('scheduler.invalid', 'what is searched has no schedule that a walk could begin from', {
    hint: 'set start to "random"',
    path: ['options', 'start'],
  });
}
