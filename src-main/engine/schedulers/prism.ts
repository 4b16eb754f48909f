/** PRISM's hill climbing: flips the type of unit of one operation after the other and keeps what is strictly better. */
import { z } from 'zod';
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';
import { leastLoadedElement, loadOfMapping } from '../load.ts';
import { BASIC, makespanWeightsSchema, onceValid, subgraphsSchema } from '../options.ts';
import type { Random } from '../random.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';

const starts = ['random', 'npu_first', 'mapping'] as const;

const optionsSchema = z
  .strictObject({
    start: z
      .enum(starts)
      .default('random')
      .meta({
        ...BASIC,
        title: 'Start',
        description: 'Where the climb begins: a random mapping, NPU first, or the initial mapping given below',
      }),
    initialMapping: z.record(z.string(), z.string()).default({}).meta({
      title: 'Initial mapping',
      description: 'Processing element by "application/layer", for start "mapping"',
    }),
    maxPasses: z
      .int()
      .min(1)
      .max(1000)
      .default(50)
      .meta({
        ...BASIC,
        title: 'Passes at most',
        description: 'Stop after this many passes over all operations even if the last one still improved (passes)',
      }),
    subgraphs: subgraphsSchema,
    weights: makespanWeightsSchema,
  })
  .refine(({ start, initialMapping }) => start !== 'mapping' || Object.keys(initialMapping).length > 0, {
    ...onceValid,
    path: ['initialMapping'],
    message: 'start is "mapping", but no mapping is given',
    params: {
      expected: 'a processing element for each "application/layer"',
      hint: 'give initialMapping, or choose another start',
    },
  });
type PrismOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  /** Id of the best mapping so far, null before the start was scored. */
  incumbentId: z.int().min(0).nullable(),
  /** Passes completed. */
  passes: z.int().min(0),
  /** Operation whose flips are being tried, and the processors it has still to be tried on. */
  task: z.int().min(0),
  untried: z.array(z.int().min(0)),
  /** Whether this pass has brought an improvement. */
  improved: z.boolean(),
  /** Whether a pass without any ended the climb. */
  exhausted: z.boolean(),
});
type PrismState = z.output<typeof stateSchema>;

export const prism: Scheduler<PrismOptions> = {
  id: 'prism',
  name: 'PRISM hill climbing',
  description:
    'Moves one operation after the other to another type of unit, keeps strict improvements, until a pass brings none',
  source: 'PRISM, drexel-DISCO, MEMOCODE (2022)',
  optionsSchema,
  create: ({ problem }, options, random) =>
    new PrismSearch(
      problem,
      options,
      random,
      { incumbentId: null, passes: 0, task: 0, untried: [], improved: false, exhausted: false },
      undefined,
    ),
  restore({ problem }, options, random, state, chromosomes) {
    const parsed = stateSchema.parse(state);
    return new PrismSearch(
      problem,
      options,
      random,
      parsed,
      parsed.incumbentId === null ? undefined : chromosomes(parsed.incumbentId),
    );
  },
};

/** Each generation scores one mapping (a flip depends on the last one's outcome); its members are the better and the worse of it and the incumbent. */
class PrismSearch implements Search {
  private readonly problem: Problem;
  private readonly options: PrismOptions;
  private readonly random: Random;
  /** Set where the start is a mapping that a person gave. */
  private readonly givenStart: Uint8Array | undefined;
  private incumbent: Chromosome | undefined;
  private passes: number;
  private task: number;
  private untried: number[];
  private improved: boolean;
  private exhausted: boolean;

  constructor(
    problem: Problem,
    options: PrismOptions,
    random: Random,
    state: PrismState,
    incumbent: Chromosome | undefined,
  ) {
    this.problem = problem;
    this.options = options;
    this.random = random;
    this.givenStart =
      options.start === 'mapping'
        ? encodeAssignment(problem, parseMapping(problem, options.initialMapping))
        : undefined;
    this.incumbent = incumbent;
    this.passes = state.passes;
    this.task = state.task;
    this.untried = [...state.untried];
    this.improved = state.improved;
    this.exhausted = state.exhausted;
  }

  get plannedGenerations(): number {
    let flips = 0;
    for (let task = 0; task < this.problem.tasks.length; task++) flips += this.processorsOf(task).length - 1;
    return 1 + this.options.maxPasses * flips;
  }

  get stopReason(): StopReason | undefined {
    if (this.exhausted) return 'exhausted';
    return this.passes >= this.options.maxPasses ? 'generations' : undefined;
  }

  ask(): readonly Proposal[] {
    const { incumbent } = this;
    if (incumbent === undefined) return [this.start()];
    const locus = this.problem.layout.offsetOf.mapping + this.task;
    const genes = incumbent.genes.slice();
    genes[locus] = this.elementOn(this.untried[0], incumbent.genes);
    return [{ genes, parents: [incumbent.id], operator: 'local_search', mutatedLoci: [locus] }];
  }

  tell([candidate]: readonly Chromosome[]): Population {
    const { incumbent } = this;
    if (incumbent === undefined) {
      this.incumbent = candidate;
      this.untried = this.otherProcessors(0, candidate);
      this.advance(candidate);
      return { members: [candidate] };
    }
    const isBetter = candidate.fitness > incumbent.fitness;
    if (isBetter) {
      this.incumbent = candidate;
      this.improved = true;
    }
    this.untried.shift();
    this.advance(isBetter ? candidate : incumbent);
    return { members: isBetter ? [candidate, incumbent] : [incumbent, candidate] };
  }

  saveState(): SearchState {
    const { incumbent, passes, task, untried, improved, exhausted } = this;
    return {
      incumbentId: incumbent?.id ?? null,
      passes,
      task,
      untried: [...untried],
      improved,
      exhausted,
    } satisfies PrismState;
  }

  private start(): Proposal {
    const { problem, random, givenStart } = this;
    if (givenStart !== undefined) return { genes: givenStart, parents: [], operator: 'seed', mutatedLoci: [] };
    if (this.options.start === 'npu_first')
      return {
        genes: encodeAssignment(problem, npuFirstAssignment(problem)),
        parents: [],
        operator: 'heuristic',
        mutatedLoci: [],
      };
    const peOfTask = problem.tasks.map((task) => {
      const { alleles } = problem.layout.loci[problem.layout.offsetOf.mapping + task.index];
      return alleles[random.nextInt(alleles.length)];
    });
    return {
      genes: encodeAssignment(problem, defaultAssignment(problem, peOfTask)),
      parents: [],
      operator: 'random',
      mutatedLoci: [],
    };
  }

  /** Goes on to the next operation that has something to try, through the end of a pass if need be. */
  private advance(incumbent: Chromosome): void {
    while (this.untried.length === 0) {
      this.task++;
      if (this.task === this.problem.tasks.length) {
        this.passes++;
        this.task = 0;
        this.exhausted = !this.improved;
        this.improved = false;
        if (this.stopReason !== undefined) return;
      }
      this.untried = this.otherProcessors(this.task, incumbent);
    }
  }

  private processorsOf(task: number): number[] {
    return this.problem.processors
      .filter((processor) => canRun(this.problem, task, processor.index))
      .map((processor) => processor.index);
  }

  /** The other processors that can run `task`, cyclically from the one after its own. */
  private otherProcessors(task: number, { genes }: Chromosome): number[] {
    const own = this.problem.pes[genes[this.problem.layout.offsetOf.mapping + task]].processor;
    const able = this.processorsOf(task);
    return [...able.filter((processor) => processor > own), ...able.filter((processor) => processor < own)];
  }

  /** The element of `processor` for the flipped operation: where there are several, the one with the least work in the incumbent's mapping. */
  private elementOn(processor: number, genes: Uint8Array): number {
    const { problem } = this;
    return leastLoadedElement(
      problem,
      processor,
      loadOfMapping(problem, genes.subarray(problem.layout.offsetOf.mapping)),
    );
  }
}
