/** After Puzzle: subgraphs, their elements and priorities of many networks at once, evolved by reference points. */
import { z } from 'zod';
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { partitionGenesSchema } from '#shared/domain/scheduler.ts';
import { givenProposal } from '../given-start.ts';
import { CallDecoder, canDecodeCalls } from '../kernel/call-decoder.ts';
import { LocalSearch } from '../local-search.ts';
import { objectiveOptions } from '../objective-options.ts';
import { differingLoci } from '../operators/differing-loci.ts';
import { selectionOperators } from '../operators/selection.ts';
import { BASIC, generationsSchema, populationSizeSchema, rateSchema, weightsBesideObjectives } from '../options.ts';
import { archived } from '../pareto-selection.ts';
import { CallMoves, partitionCrossovers } from '../puzzle/call-moves.ts';
import { referencePoints, referenceSurvivors } from '../puzzle/reference-points.ts';
import { goals, SpanJudge } from '../puzzle/spans.ts';
import { balancedMapping, fastestMapping, genomeOfCalls, heftGenome, wholeNetworks } from '../puzzle/whole-networks.ts';
import type { Random } from '../random.ts';
import { randomGenome } from '../random-genome.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type { Judged } from '../search-space.ts';
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
import { wholeApplications } from './best-mapping.ts';
import { npuOnlyGenome } from './npu-only.ts';

const optionsSchema = z.strictObject({
  populationSize: populationSizeSchema.default(64),
  generations: generationsSchema.default(100),
  goal: z
    .enum(goals)
    .default('spans')
    .meta({
      ...BASIC,
      title: 'Goal',
      description:
        'spans: mean and 90th percentile of the span of each group (of each application outside of groups) are traded off; ' +
        'saturation: how often the scenario can be asked for, α*, and then the mean response',
    }),
  constraints: objectiveOptions.constraints,
  partitionCrossover: z.enum(partitionCrossovers).default('two_point').meta({
    title: 'Crossover of subgraphs',
    description: 'How two parents exchange cuts, where they do not exchange whole applications',
  }),
  crossoverRate: rateSchema('Crossover rate', 0.7, 'Probability that two parents exchange genes at all (0…1)'),
  mutationRate: rateSchema('Mutation rate', 0.9, 'Probability that a new genome is changed by moves of calls (0…1)'),
  canonical: z.boolean().default(true).meta({
    title: 'Canonical',
    description:
      'Rewrite each genome to what is executed before it is scored, so that genes that decide nothing cost no evaluations',
  }),
  localSearch: z
    .strictObject({
      best: z.int().min(0).max(1000).default(6).meta({
        title: 'Best',
        description: 'Members that are improved, the first ones (genomes); 0: no local search',
      }),
      every: z.int().min(1).max(100_000).default(5).meta({ title: 'Every', description: 'How often (generations)' }),
      neighbours: z.int().min(1).max(10_000).default(12).meta({
        title: 'Neighbours',
        description: 'Merges, shifted borders and calls on other elements tried for each of them (genomes)',
      }),
    })
    .prefault({})
    .meta({ title: 'Local search', description: 'Improves the best members in addition to evolving them' }),
  archiveSize: z.int().min(1).max(1_000_000).default(1000).meta({
    title: 'Archive size',
    description: 'Best trade-offs kept in addition to the population, at most, the most crowded leave (schedules)',
  }),
  subgraphs: z
    .literal('searched')
    .default('searched')
    .meta({ title: 'Subgraphs', description: 'It decides them itself, for each of its schedules' }),
  genes: partitionGenesSchema,
  weights: weightsBesideObjectives,
});
type PuzzleOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  generation: z.int().min(0),
  members: z.array(z.int().min(0)),
  archive: z.array(z.int().min(0)),
});
type PuzzleState = z.output<typeof stateSchema>;

export const puzzle: Scheduler<PuzzleOptions> = {
  id: 'puzzle',
  name: 'Puzzle',
  description:
    'Cuts several networks into subgraphs, places and ranks them at once: shortest spans, or the highest request frequency',
  source:
    'Method after Puzzle (Kang, Lee & Kim, arXiv 2508.17764 (2025), of which the abstract was read): a genetic algorithm over partition, mapping and ' +
    'priority; survival after NSGA-III, Deb & Jain, IEEE TEC 18(4) (2014). Decoding, operators, seeds and local search are ours',
  optionsSchema,
  takesStart: true,
  // What judges frequencies does more than scoring genomes.
  mostEvaluations: ({ goal, populationSize, generations, localSearch: { best, every, neighbours } }) =>
    goal === 'saturation'
      ? undefined
      : populationSize * generations + Math.floor(generations / every) * best * neighbours,
  create: (space, options, random, _evaluator, means) => new PuzzleSearch(space, options, random, means?.start),
  restore(space, options, random, state, chromosomes) {
    const search = new PuzzleSearch(space, options, random);
    search.continueFrom(stateSchema.parse(state), chromosomes);
    return search;
  },
};

/** Random genomes cut one dependency in 2, 4, … of these powers of two. */
const MOST_HALVINGS = 6;

class PuzzleSearch implements Search {
  readonly #space: SchedulingSpace;
  readonly #options: PuzzleOptions;
  readonly #random: Random;
  readonly #start: Uint8Array | undefined;
  readonly #decoder: CallDecoder;
  readonly #moves: CallMoves;
  readonly #localSearch: LocalSearch;
  readonly #judge: SpanJudge;
  readonly #points: readonly Float64Array[];
  #generation = 0;
  #members: readonly Judged[] = [];
  #archive = new FrontArchive<Judged>();
  /** What the local search of the generation under way has still to have scored. */
  #neighbours: readonly Proposal[] = [];

  constructor(space: SchedulingSpace, options: PuzzleOptions, random: Random, start?: Uint8Array) {
    const { problem } = space;
    if (!canDecodeCalls(problem))
      throw new WorkbenchError(
        'scheduler.invalid',
        `puzzle can tell 31 processors apart, there are ${problem.processors.length}`,
        {
          hint: 'join processors that are alike, or use another scheduler',
        },
      );
    this.#space = space;
    this.#options = options;
    this.#random = random;
    this.#start = start;
    this.#decoder = new CallDecoder(problem);
    this.#moves = new CallMoves(problem, this.#decoder, options.partitionCrossover);
    this.#localSearch = new LocalSearch(
      { ...space, structure: () => this.#moves.local },
      { ...options.localSearch, runMoves: true },
      random,
    );
    this.#judge = new SpanJudge(problem, options.goal, options.constraints === 'domination');
    this.#points = referencePoints(this.#judge.count, options.populationSize);
  }

  continueFrom({ generation, members, archive }: PuzzleState, chromosomes: ChromosomeLookup): void {
    const judged = (id: number): Judged => this.#judge.judge(chromosomes(id));
    this.#generation = generation;
    this.#members = members.map(judged);
    this.#archive = FrontArchive.of(archive.map(judged));
  }

  get plannedGenerations(): number {
    return this.#options.generations;
  }

  get stopReason(): StopReason | undefined {
    return this.#generation >= this.#options.generations ? 'generations' : undefined;
  }

  get front(): readonly Chromosome[] {
    return this.#archive.points.filter(({ violation }) => violation === 0).map(({ chromosome }) => chromosome);
  }

  ask(): readonly Proposal[] {
    if (this.#neighbours.length > 0) return this.#neighbours;
    return this.#members.length === 0 ? this.#initial() : this.#offspring();
  }

  /** First the offspring; then, where a local search is due, the neighbours of the best members, which compete in the same way. */
  tell(scored: readonly Chromosome[]): Population | undefined {
    const judged = scored.map((chromosome) => this.#judge.judge(chromosome));
    this.#members = referenceSurvivors([...this.#members, ...judged], this.#options.populationSize, this.#points);
    for (const candidate of judged) this.#archive.add(candidate);
    if (this.#archive.points.length > this.#options.archiveSize)
      this.#archive = FrontArchive.of(archived(this.#archive.points, this.#options.archiveSize));
    const isOffspring = this.#neighbours.length === 0;
    const neighbours = isOffspring ? this.#localSearch.neighbours(this.#ranked, this.#generation) : [];
    this.#neighbours = neighbours.map((proposal) => this.#settled(proposal, this.#genesOf(proposal.parents[0])));
    if (this.#neighbours.length > 0) return undefined;
    this.#generation++;
    return { members: this.#ranked };
  }

  saveState(): SearchState {
    const ids = (judged: readonly Judged[]): number[] => judged.map(({ chromosome }) => chromosome.id);
    return {
      generation: this.#generation,
      members: ids(this.#members),
      archive: ids(this.#archive.points),
    } satisfies PuzzleState;
  }

  /** The members, the first front before the others. */
  get #ranked(): readonly Chromosome[] {
    return this.#members.map(({ chromosome }) => chromosome);
  }

  #genesOf(id: number | undefined): Uint8Array | undefined {
    return this.#members.find(({ chromosome }) => chromosome.id === id)?.chromosome.genes;
  }

  #initial(): Proposal[] {
    const { populationSize } = this.#options;
    const seeds = seedGenomes(this.#space).map((genes): Proposal => ({
      genes,
      parents: [],
      operator: 'heuristic',
      mutatedLoci: [],
    }));
    const proposals = [...(this.#start === undefined ? [] : [givenProposal(this.#start)]), ...seeds];
    while (proposals.length < populationSize)
      proposals.push({ genes: this.#randomGenome(), parents: [], operator: 'random', mutatedLoci: [] });
    return proposals.map((proposal) => this.#settled(proposal, undefined));
  }

  #randomGenome(): Uint8Array {
    const { layout } = this.#space;
    const genes = randomGenome(layout, this.#random);
    const every = 2 << this.#random.nextInt(MOST_HALVINGS);
    const { partition } = layout.offsetOf;
    if (partition === undefined) return genes;
    const cuts = this.#space.problem.edgeProducer.length;
    for (let cut = 0; cut < cuts; cut++) genes[partition + cut] = this.#random.nextInt(every) === 0 ? 1 : 0;
    return genes;
  }

  /** Parents win binary tournaments by their order. */
  #offspring(): Proposal[] {
    const random = this.#random;
    const { populationSize, crossoverRate, mutationRate } = this.#options;
    const ranked = this.#ranked;
    const select = selectionOperators.tournament(ranked, { tournamentSize: 2 });
    const proposals: Proposal[] = [];
    while (proposals.length < populationSize) {
      const [a, b] = [ranked[select(random)], ranked[select(random)]];
      const children = [a.genes.slice(), b.genes.slice()];
      const isCrossed = random.chance(crossoverRate);
      if (isCrossed) this.#moves.crossOver(children[0], children[1], random);
      children.slice(0, populationSize - proposals.length).forEach((genes, index) => {
        const before = genes.slice();
        const isMutated = random.chance(mutationRate);
        if (isMutated) this.#moves.mutate(genes, random);
        const [own, other] = index === 0 ? [a.id, b.id] : [b.id, a.id];
        const operator = isCrossed
          ? isMutated
            ? 'crossover+mutation'
            : 'crossover'
          : isMutated
            ? 'mutation'
            : 'clone';
        const proposal: Proposal = { genes, parents: isCrossed ? [own, other] : [own], operator, mutatedLoci: [] };
        proposals.push(this.#settled(proposal, isMutated ? before : undefined));
      });
    }
    return proposals;
  }

  /** `proposal` as the genome that is scored; its mutated loci are where that differs from `before`. */
  #settled(proposal: Proposal, before: Uint8Array | undefined): Proposal {
    let { genes } = proposal;
    if (this.#options.canonical) {
      this.#decoder.decode(genes);
      genes = this.#decoder.canonical(genes);
    }
    const mutatedLoci = before === undefined ? [] : differingLoci(genes, before, 0, genes.length);
    return { ...proposal, genes, mutatedLoci };
  }
}

/** Every baseline: whole networks by npu_only, fastest, balanced, best_mapping and HEFT; then layer by layer the space's own. Each once. */
function seedGenomes({ problem, seeds }: SchedulingSpace): Uint8Array[] {
  const whole = wholeNetworks(problem);
  const genomes = [
    npuOnlyGenome(problem),
    genomeOfCalls(problem, whole, fastestMapping(whole)),
    genomeOfCalls(problem, whole, balancedMapping(whole)),
    genomeOfCalls(problem, whole, wholeApplications(whole)),
    heftGenome(problem),
    ...seeds(),
  ];
  const seen = new Set<string>();
  return genomes.filter((genes) => {
    const key = genes.join();
    return seen.has(key) ? false : seen.add(key);
  });
}
