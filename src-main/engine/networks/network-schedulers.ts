/** The searches for networks: evolution, random, exhaustive and knapsack. NSGA-II is the one that searches any space. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { weightsSchema } from '../options.ts';
import type { Random } from '../random.ts';
import { nsga2 } from '../schedulers/nsga2.ts';
import type { Chromosome, Proposal, Scheduler, Search, SearchOptions, SearchState, StopReason } from '../search.ts';
import { solveKnapsack } from './knapsack.ts';
import { candidateMetric, limitTooLow, type AdditiveParts, type NetworkSearchSpace } from './network-search-space.ts';

export const networkMethods = ['knapsack', 'evolution', 'nsga2', 'random', 'exhaustive'] as const;
export type NetworkMethod = (typeof networkMethods)[number];

const budgetSchema = z.int().min(1).max(10_000_000).default(1000);
const batchSchema = z.int().min(1).max(10_000).default(20);

/** Tries to make a candidate that was not seen before; then a seen one is proposed again, which costs nothing. */
const TRIES = 50;

const evolutionOptions = z.strictObject({
  budget: budgetSchema,
  batch: batchSchema,
  populationSize: z.int().min(2).max(10_000).default(50),
  tournamentSize: z.int().min(1).max(1000).default(10),
  /** Probability that a child has two parents, whole stages from each. */
  crossoverRate: z.number().min(0).max(1).default(0.25),
  weights: weightsSchema,
});
type EvolutionOptions = z.output<typeof evolutionOptions>;
const evolutionState = z.strictObject({
  proposed: z.int().min(0),
  turn: z.int().min(0),
  populations: z.array(z.array(z.int().min(0))),
  seen: z.int().min(0),
});

/**
 * Regularised evolution (Real et al. 2019): the oldest of a population dies, whatever it is worth; a child is a tournament's winner with one
 * choice changed. Stage-wise crossover, and one population for each limit, by turns, are ours. Only candidates within the limit are proposed.
 */
const evolution: Scheduler<EvolutionOptions, NetworkSearchSpace> = {
  id: 'evolution',
  name: 'Regularised evolution',
  description: 'Changes one choice of the best of a sample; the oldest dies',
  source: 'Real et al., "Regularized evolution for image classifier architecture search", AAAI 2019',
  optionsSchema: evolutionOptions,
  create: (space, options, random) => new Evolution(space, options, random),
  restore(space, options, random, state, chromosomes) {
    const { proposed, turn, populations, seen } = evolutionState.parse(state);
    const search = new Evolution(space, options, random);
    search.continueFrom(
      proposed,
      turn,
      populations.map((members) => members.map(chromosomes)),
      Array.from({ length: seen }, (_, id) => chromosomes(id)),
    );
    return search;
  },
};

class Evolution implements Search {
  readonly #space: NetworkSearchSpace;
  readonly #options: EvolutionOptions;
  readonly #random: Random;
  /** By limit, the oldest first. */
  #populations: Chromosome[][];
  readonly #seen = new SeenNetworks();
  #proposed = 0;
  #turn = 0;

  constructor(space: NetworkSearchSpace, options: EvolutionOptions, random: Random) {
    this.#space = space;
    this.#options = options;
    this.#random = random;
    this.#populations = space.targetsMs.map(() => []);
  }

  continueFrom(proposed: number, turn: number, populations: Chromosome[][], seen: readonly Chromosome[]): void {
    this.#proposed = proposed;
    this.#turn = turn;
    this.#populations = populations;
    for (const { genes, id } of seen) this.#seen.add(genes, id);
  }

  get plannedGenerations(): number {
    return Math.ceil(this.#options.budget / this.#options.batch);
  }

  get stopReason(): StopReason | undefined {
    return this.#proposed >= this.#options.budget ? 'evaluations' : undefined;
  }

  ask(): readonly Proposal[] {
    const { targetsMs } = this.#space;
    const target = this.#turn % targetsMs.length;
    const limitMs = targetsMs[target];
    const population = this.#populations[target];
    const wanted = Math.min(this.#options.batch, this.#options.budget - this.#proposed);
    const proposals: Proposal[] = [];
    for (let child = 0; child < wanted; child++)
      proposals.push(
        this.#fresh(() =>
          population.length < this.#options.populationSize
            ? { genes: this.#space.draw(this.#random, limitMs), parents: [], operator: 'random', mutatedLoci: [] }
            : this.#child(population, limitMs),
        ),
      );
    return proposals;
  }

  tell(scored: readonly Chromosome[]): { members: readonly Chromosome[] } {
    const { targetsMs } = this.#space;
    this.#proposed += scored.length;
    for (const chromosome of scored) {
      this.#seen.add(chromosome.genes, chromosome.id);
      targetsMs.forEach((limitMs, target) => {
        if (chromosome.metrics[candidateMetric.latencyMs] > limitMs) return;
        const population = this.#populations[target];
        population.push(chromosome);
        if (population.length > this.#options.populationSize) population.shift();
      });
    }
    this.#turn++;
    return { members: scored };
  }

  saveState(): SearchState {
    return {
      proposed: this.#proposed,
      turn: this.#turn,
      populations: this.#populations.map((members) => members.map(({ id }) => id)),
      seen: this.#seen.count,
    };
  }

  #fresh(make: () => Proposal): Proposal {
    let proposal = make();
    for (let attempt = 1; attempt < TRIES && !this.#seen.claim(proposal.genes); attempt++) proposal = make();
    return proposal;
  }

  #child(population: readonly Chromosome[], limitMs: number): Proposal {
    const { parts, layout } = this.#space;
    const random = this.#random;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const parent = this.#winner(population);
      const other = random.chance(this.#options.crossoverRate) ? this.#winner(population) : undefined;
      const genes = parent.genes.slice();
      if (other !== undefined)
        for (const { offset, length } of layout.segments)
          if (random.nextInt(2) === 1) genes.set(other.genes.subarray(offset, offset + length), offset);
      const locus = random.nextInt(layout.length);
      const { alleles } = layout.loci[locus];
      if (alleles.length > 1) {
        const others = alleles.filter((allele) => allele !== genes[locus]);
        genes[locus] = others[random.nextInt(others.length)];
      }
      const canonical = parts.space.canonical(genes);
      if (parts.latencyOf(canonical) > limitMs) continue;
      return {
        genes: canonical,
        parents: other === undefined ? [parent.id] : [parent.id, other.id],
        operator: other === undefined ? 'mutation' : 'crossover+mutation',
        mutatedLoci: [locus],
      };
    }
    return { genes: this.#space.draw(random, limitMs), parents: [], operator: 'random', mutatedLoci: [] };
  }

  #winner(population: readonly Chromosome[]): Chromosome {
    let best = population[this.#random.nextInt(population.length)];
    for (let entrant = 1; entrant < this.#options.tournamentSize; entrant++) {
      const each = population[this.#random.nextInt(population.length)];
      if (each.fitness > best.fitness) best = each;
    }
    return best;
  }
}

/** Candidates proposed so far. */
class SeenNetworks {
  readonly #keys = new Set<string>();
  #highest = -1;

  /** Chromosomes 0 … count − 1 have been scored. */
  get count(): number {
    return this.#highest + 1;
  }

  add(genes: Uint8Array, id: number): void {
    this.#keys.add(genes.join());
    this.#highest = Math.max(this.#highest, id);
  }

  /** Whether it is new; it is not any more. */
  claim(genes: Uint8Array): boolean {
    const key = genes.join();
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }
}

const randomOptions = z.strictObject({ budget: budgetSchema, batch: batchSchema, weights: weightsSchema });
type RandomOptions = z.output<typeof randomOptions>;
const randomState = z.strictObject({ proposed: z.int().min(0), turn: z.int().min(0) });

/** Random candidates within the limits, by turns: the baseline. */
const randomNetworks: Scheduler<RandomOptions, NetworkSearchSpace> = {
  id: 'random',
  name: 'Random search',
  description: 'Independent random networks within the limit',
  source: 'Bergstra & Bengio, JMLR 13 (2012), as a baseline',
  optionsSchema: randomOptions,
  create: (space, options, random) => randomSampling(space, options, random, 0, 0),
  restore(space, options, random, state) {
    const { proposed, turn } = randomState.parse(state);
    return randomSampling(space, options, random, proposed, turn);
  },
};

function randomSampling(
  space: NetworkSearchSpace,
  { budget, batch }: RandomOptions,
  random: Random,
  firstProposed: number,
  firstTurn: number,
): Search {
  let proposed = firstProposed;
  let turn = firstTurn;
  return {
    plannedGenerations: Math.ceil(budget / batch),
    get stopReason() {
      return proposed >= budget ? 'evaluations' : undefined;
    },
    ask: () =>
      Array.from({ length: Math.min(batch, budget - proposed) }, () => ({
        genes: space.draw(random, space.targetsMs[turn % space.targetsMs.length]),
        parents: [],
        operator: 'random' as const,
        mutatedLoci: [],
      })),
    tell(scored) {
      proposed += scored.length;
      turn++;
      return { members: scored };
    },
    saveState: () => ({ proposed, turn }),
  };
}

const exhaustiveOptions = z.strictObject({
  budget: budgetSchema,
  batch: z.int().min(1).max(100_000).default(500),
  weights: weightsSchema,
});
type ExhaustiveOptions = z.output<typeof exhaustiveOptions>;
const exhaustiveState = z.strictObject({ position: z.int().min(0), proposed: z.int().min(0) });

/** Every candidate within the limit, each network once: the optimum where the budget suffices. */
const exhaustiveNetworks: Scheduler<ExhaustiveOptions, NetworkSearchSpace> = {
  id: 'exhaustive',
  name: 'Exhaustive search',
  description: 'Every network within the limit',
  source: 'Complete enumeration, the definition of the optimum',
  optionsSchema: exhaustiveOptions,
  create: (space, options) => new Enumeration(space, options, 0, 0),
  restore(space, options, _random, state) {
    const { position, proposed } = exhaustiveState.parse(state);
    return new Enumeration(space, options, position, proposed);
  },
};

/** The last choice changes fastest. */
class Enumeration implements Search {
  readonly #space: NetworkSearchSpace;
  readonly #options: ExhaustiveOptions;
  readonly #total: number;
  #position: number;
  #proposed: number;

  constructor(space: NetworkSearchSpace, options: ExhaustiveOptions, position: number, proposed: number) {
    this.#space = space;
    this.#options = options;
    this.#total = space.layout.loci.reduce((product, { alleles }) => product * alleles.length, 1);
    this.#position = position;
    this.#proposed = proposed;
  }

  get plannedGenerations(): number {
    return Math.ceil(Math.min(this.#total, this.#options.budget) / this.#options.batch);
  }

  get stopReason(): StopReason | undefined {
    if (this.#position >= this.#total) return 'exhausted';
    return this.#proposed >= this.#options.budget ? 'evaluations' : undefined;
  }

  ask(): readonly Proposal[] {
    const { parts, mostMs } = this.#space;
    const proposals: Proposal[] = [];
    const wanted = Math.min(this.#options.batch, this.#options.budget - this.#proposed);
    for (; this.#position < this.#total && proposals.length < wanted; this.#position++) {
      const genes = this.#genes(this.#position);
      if (parts.space.canonical(genes).some((gene, locus) => gene !== genes[locus])) continue;
      if (parts.latencyOf(genes) <= mostMs) proposals.push({ genes, parents: [], operator: 'seed', mutatedLoci: [] });
    }
    return proposals;
  }

  tell(scored: readonly Chromosome[]): { members: readonly Chromosome[] } | undefined {
    this.#proposed += scored.length;
    return { members: scored };
  }

  saveState(): SearchState {
    return { position: this.#position, proposed: this.#proposed };
  }

  #genes(number: number): Uint8Array {
    const { loci } = this.#space.layout;
    const genes = new Uint8Array(loci.length);
    let rest = number;
    for (let locus = loci.length - 1; locus >= 0; locus--) {
      const { alleles } = loci[locus];
      genes[locus] = alleles[rest % alleles.length];
      rest = Math.floor(rest / alleles.length);
    }
    return genes;
  }
}

const knapsackOptions = z.strictObject({ weights: weightsSchema });

/** The best network under each limit, exactly, where score and latency are sums over groups of choices. */
const knapsack: Scheduler<SearchOptions, NetworkSearchSpace> = {
  id: 'knapsack',
  name: 'Knapsack',
  description: 'The exact optimum where score and latency add up',
  source: 'Multiple-choice knapsack; Sinha & Zoltners 1979, Pisinger 1995',
  optionsSchema: knapsackOptions,
  create: (space) => packing(space, false),
  restore: (space, _options, _random, state) =>
    packing(space, z.strictObject({ isDone: z.boolean() }).parse(state).isDone),
};

function packing(space: NetworkSearchSpace, wasDone: boolean): Search {
  let isDone = wasDone;
  return {
    plannedGenerations: 1,
    get stopReason() {
      return isDone ? 'exhausted' : undefined;
    },
    ask: () =>
      optimaOf(space).map((genes) => ({ genes, parents: [], operator: 'heuristic' as const, mutatedLoci: [] })),
    tell(scored) {
      isDone = true;
      return { members: scored };
    },
    saveState: () => ({ isDone }),
  };
}

/** Times that a limit is lowered until the whole network is within it, too. */
const LOWERED = 10;

/** The optimum under each limit. @throws WorkbenchError `nas.notAdditive`, `nas.limitTooLow` */
function optimaOf(space: NetworkSearchSpace): Uint8Array[] {
  const { additive, penalty } = space.parts;
  if (additive === undefined || penalty !== undefined)
    throw new WorkbenchError(
      'nas.notAdditive',
      penalty === undefined
        ? 'knapsack needs a score and a latency that are sums over the blocks, and these are not'
        : 'knapsack needs a hard limit',
      { hint: 'use --method evolution, or --accuracy parameters or macs with a cost model for the latency' },
    );
  return space.targetsMs.map((limitMs) => optimumWithin(space, additive, limitMs));
}

/**
 * The optimum of the sums. Where the whole network takes longer than its parts together, and than the limit, the limit of the sum is
 * lowered by the difference, and so on.
 */
function optimumWithin({ parts }: NetworkSearchSpace, additive: AdditiveParts, limitMs: number): Uint8Array {
  const { space, sign, wholeOf } = parts;
  const groups = additive.groups.map(({ items }) => items.map(({ ms, score }) => ({ cost: ms, worth: sign * score })));
  let sumLimitMs = limitMs;
  for (let attempt = 0; ; attempt++) {
    const solution = solveKnapsack(groups, sumLimitMs - additive.baseMs);
    if (solution === undefined) {
      const least = groups.reduce((sum, items) => sum + Math.min(...items.map(({ cost }) => cost)), additive.baseMs);
      throw limitTooLow(least, sumLimitMs);
    }
    const genes = new Uint8Array(space.layout.length);
    additive.groups.forEach(({ loci, items }, group) => {
      const { values } = items[solution.items[group]];
      loci.forEach((locus, place) => (genes[locus] = values[place]));
    });
    const canonical = space.canonical(genes);
    const over = (wholeOf?.(canonical) ?? 0) - limitMs;
    if (over <= 0 || attempt >= LOWERED) return canonical;
    sumLimitMs = Math.min(sumLimitMs, solution.cost + additive.baseMs) - over;
  }
}

/** By method; each with options of its own, of which `budget` is the number of candidates it asks to be scored. */
export const networkSchedulers: Readonly<Record<NetworkMethod, Scheduler<SearchOptions, NetworkSearchSpace>>> = {
  knapsack,
  evolution,
  nsga2,
  random: randomNetworks,
  exhaustive: exhaustiveNetworks,
};
