/** Hill climbing: steps to the best of a sample of neighbours while that is better, and starts over elsewhere when it is stuck. */
import { z } from 'zod';
import { givenProposal } from '../given-start.ts';
import { lociWithChoice } from '../operators/loci-with-choice.ts';
import { neighbourOf } from '../operators/neighbour.ts';
import { BASIC, generationsSchema, genesSchema, subgraphsSchema, weightsSchema } from '../options.ts';
import { randomGenome } from '../random-genome.ts';
import type { Random } from '../random.ts';
import type { SearchSpace } from '../search-space.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const optionsSchema = z.strictObject({
  generations: generationsSchema,
  neighbours: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({ ...BASIC, title: 'Neighbours', description: 'Changes of one gene tried per generation (genomes)' }),
  patience: z.int().min(1).max(100_000).default(10).meta({
    title: 'Patience',
    description: 'Generations in a row without improvement after which the climb starts over (generations)',
  }),
  heuristicSeeding: z
    .boolean()
    .default(false)
    .meta({
      ...BASIC,
      title: 'Heuristic seeding',
      description: 'Begin with the NPU-first and a few greedy schedules before random ones',
    }),
  genes: genesSchema,
  subgraphs: subgraphsSchema,
  weights: weightsSchema,
});
type HillClimbOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  generation: z.int().min(0),
  /** Climbs begun so far. */
  climbs: z.int().min(0),
  /** Generations without improvement in this climb. */
  stuck: z.int().min(0),
  /** Id of where the climb is, null before its start was scored. */
  incumbentId: z.int().min(0).nullable(),
});
type HillClimbState = z.output<typeof stateSchema>;

export const hillClimb: Scheduler<HillClimbOptions, SearchSpace> = {
  id: 'hill_climb',
  name: 'Hill climbing',
  description: 'Steps to the best of a sample of one-gene changes while it is better, starts over elsewhere when stuck',
  source:
    'Russell & Norvig, "Artificial Intelligence: A Modern Approach", section "Local search": random-restart hill climbing',
  optionsSchema,
  takesStart: true,
  create: (space, options, random, _evaluator, means) =>
    new HillClimbSearch(
      space,
      options,
      random,
      { generation: 0, climbs: 0, stuck: 0, incumbentId: null },
      undefined,
      means?.start,
    ),
  restore(space, options, random, state, chromosomes) {
    const parsed = stateSchema.parse(state);
    return new HillClimbSearch(
      space,
      options,
      random,
      parsed,
      parsed.incumbentId === null ? undefined : chromosomes(parsed.incumbentId),
    );
  },
};

class HillClimbSearch implements Search {
  private readonly space: SearchSpace;
  private readonly options: HillClimbOptions;
  private readonly random: Random;
  /** Loci with more than one allele. */
  private readonly choices: readonly number[];
  private readonly heuristicStarts: readonly Uint8Array[];
  /** The first climb begins with it. */
  private readonly given: Uint8Array | undefined;
  private generation: number;
  private climbs: number;
  private stuck: number;
  private incumbent: Chromosome | undefined;

  constructor(
    space: SearchSpace,
    options: HillClimbOptions,
    random: Random,
    state: HillClimbState,
    incumbent: Chromosome | undefined,
    given?: Uint8Array,
  ) {
    this.given = given;
    this.space = space;
    this.options = options;
    this.random = random;
    this.choices = lociWithChoice(space.layout);
    this.heuristicStarts = options.heuristicSeeding ? space.seeds() : [];
    this.generation = state.generation;
    this.climbs = state.climbs;
    this.stuck = state.stuck;
    this.incumbent = incumbent;
  }

  get plannedGenerations(): number {
    return this.options.generations;
  }

  get stopReason(): StopReason | undefined {
    if (this.generation >= this.options.generations) return 'generations';
    return this.generation > 0 && this.choices.length === 0 ? 'exhausted' : undefined;
  }

  ask(): readonly Proposal[] {
    const { incumbent } = this;
    return incumbent === undefined
      ? [this.start()]
      : Array.from({ length: this.options.neighbours }, () =>
          neighbourOf(incumbent, this.choices, this.space.layout, this.random),
        );
  }

  /** Members: where the climb is, then the neighbours in the order they were drawn. */
  tell(scored: readonly Chromosome[]): Population {
    this.generation++;
    const { incumbent } = this;
    if (incumbent === undefined) {
      [this.incumbent] = scored;
      this.climbs++;
      this.stuck = 0;
      return { members: scored };
    }
    const best = scored.reduce(
      (fittest, neighbour) => (neighbour.fitness > fittest.fitness ? neighbour : fittest),
      incumbent,
    );
    this.stuck = best === incumbent ? this.stuck + 1 : 0;
    this.incumbent = this.stuck >= this.options.patience ? undefined : best;
    return { members: [incumbent, ...scored] };
  }

  saveState(): SearchState {
    const { generation, climbs, stuck, incumbent } = this;
    return { generation, climbs, stuck, incumbentId: incumbent?.id ?? null } satisfies HillClimbState;
  }

  private start(): Proposal {
    if (this.climbs === 0 && this.given !== undefined) return givenProposal(this.given);
    const heuristic = this.heuristicStarts[this.climbs];
    if (heuristic !== undefined) return { genes: heuristic, parents: [], operator: 'heuristic', mutatedLoci: [] };
    return { genes: randomGenome(this.space.layout, this.random), parents: [], operator: 'random', mutatedLoci: [] };
  }
}
