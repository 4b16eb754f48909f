/** PartitionTuner: each layer, and groups of layers that were measured as one, where profiles say they are fastest, branch by branch. */
import { z } from 'zod';
import { metricIndex } from '#shared/domain/metrics.ts';
import { genomeOfMapping } from './constructed.ts';
import { layerByLayer, wholeApplications } from './best-mapping.ts';
import { staticTypeMapping } from './static-type.ts';
import { BASIC, makespanWeightsSchema, onceValid } from '../options.ts';
import { methods, parallelModes, Stages, type Plan } from '../partition/stages.ts';
import { transferSources } from '../partition/transfer-costs.ts';
import type { Chromosome, ChromosomeLookup, Scheduler, Search, SearchState } from '../search.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';

/** Layers of a group at most: what a profile measures together is rarely more. */
const MOST_GROUPED = 64;

const optionsSchema = z
  .strictObject({
    method: z
      .enum(methods)
      .default('branch_dp')
      .meta({
        ...BASIC,
        title: 'Method',
        description:
          'branch_dp: a dynamic programme over each branch, transfers included; greedy: each layer where it takes least, then ' +
          'groups where they gain (NEST-C 20.11)',
      }),
    groups: z
      .boolean()
      .default(true)
      .meta({
        ...BASIC,
        title: 'Groups',
        description: 'Execute layers as one where that gains; off: each layer is a call of its own',
      }),
    maxGroup: z
      .int()
      .min(1)
      .max(MOST_GROUPED)
      .default(3)
      .meta({ title: 'Largest group', description: 'Layers of a group at most (layers)' }),
    groupTypes: z.string().max(10_000).default('auto').meta({
      title: 'Types of groups',
      description:
        'auto: the sets of layers that a profile measured together; else operations joined by "-", e.g. "Conv-Relu, Conv-Relu-MaxPool", whose time is modelled where it was not measured',
    }),
    switchPenaltyMs: z.number().min(0).max(1e6).default(0).meta({
      title: 'Switch penalty',
      description: 'What the dynamic programme adds where a branch changes its processor (ms; NEST-C of 2022: 2)',
    }),
    transfers: z.enum(transferSources).default('interconnect').meta({
      title: 'Transfers',
      description:
        'What the dynamic programme reckons with: the interconnect, transfers that profiles measured, or none. Schedules are simulated with the interconnect',
    }),
    parallel: z
      .enum(parallelModes)
      .default('balance')
      .meta({
        ...BASIC,
        title: 'Parallel branches',
        description:
          'none, as_found: branches stay where they are, and run at the same time where their elements differ; cheapest_to_cpu: of ' +
          'branches on one processor the cheapest goes to the CPU (NEST-C 20.11); balance: each branch moves to the element that makes the schedule fittest',
      }),
    missing: z.enum(['forbid', 'zero']).default('forbid').meta({
      title: 'Missing times',
      description:
        'forbid: a layer cannot be where its time is missing; zero: it counts nothing there, as in NEST-C of 2022, and is moved afterwards',
    }),
    faithful: z.boolean().default(false).meta({
      title: 'Faithful',
      description: 'With the greedy method: the quirks of NEST-C 20.11, by which its published plans come out exactly',
    }),
    subgraphs: z
      .literal('searched')
      .default('searched')
      .meta({ title: 'Subgraphs', description: 'It decides them itself, for each of its schedules' }),
    weights: makespanWeightsSchema,
  })
  .refine(({ faithful, method }) => !faithful || method === 'greedy', {
    ...onceValid,
    path: ['faithful'],
    error: 'only the greedy method has quirks to be faithful to; set method to "greedy", or faithful to false',
  });
type TunerOptions = z.output<typeof optionsSchema>;

const stageNames = ['mappings', 'layers', 'groups', 'parallel'] as const;
type StageName = (typeof stageNames)[number];

const stateSchema = z.strictObject({
  stage: z.int().min(0),
  bestId: z.int().min(0).optional(),
  makespansMs: z.array(z.number()),
});

export const partitionTuner: Scheduler<TunerOptions> = {
  id: 'partition_tuner',
  name: 'PartitionTuner',
  description:
    'Layers and measured groups of layers where profiles say they are fastest, branch by branch, then branches side by side',
  source:
    'Yu, Kwon, Lee, Park, Park & Kim, ETRI Journal 45(2) (2023), of which the abstract was read; NEST compiler 20.11 (ETRI 2020). Triples in the programme, ' +
    'real transfers, decisions carried over joins and the balancing are ours',
  optionsSchema,
  create: (space, options, _random, evaluator) => new PartitionSearch(space, options, evaluator),
  restore: (space, options, _random, state, chromosomes, evaluator) =>
    new PartitionSearch(space, options, evaluator, { state, chromosomes }),
};

class PartitionSearch implements Search {
  readonly #space: SchedulingSpace;
  readonly #options: TunerOptions;
  readonly #evaluator: Evaluator;
  readonly #stages: Stages;
  readonly #names: readonly StageName[];
  #stage = 0;
  #best: Chromosome | undefined;
  /** Of the best genome that each stage made itself. */
  readonly #makespansMs: number[] = [];
  #ownGenomes = 0;
  #evaluations = 0;
  #layers: Plan | undefined;
  #grouped: Plan | undefined;

  constructor(
    space: SchedulingSpace,
    options: TunerOptions,
    evaluator: Evaluator,
    interruption?: { readonly state: SearchState; readonly chromosomes: ChromosomeLookup },
  ) {
    this.#space = space;
    this.#options = options;
    this.#evaluator = evaluator;
    this.#stages = new Stages(space.problem, {
      method: options.method,
      rule: { maxLayers: options.maxGroup, types: groupTypesOf(options.groupTypes) },
      switchPenaltyMs: options.switchPenaltyMs,
      transfers: options.transfers,
      isMissingFree: options.missing === 'zero',
      isFaithful: options.faithful,
    });
    this.#names = stageNames.filter(
      (name) =>
        (name !== 'groups' || options.groups) &&
        (name !== 'parallel' || options.parallel === 'cheapest_to_cpu' || options.parallel === 'balance'),
    );
    if (interruption === undefined) return;
    const { stage, bestId, makespansMs } = stateSchema.parse(interruption.state);
    this.#stage = stage;
    this.#best = bestId === undefined ? undefined : interruption.chromosomes(bestId);
    this.#makespansMs.push(...makespansMs);
  }

  get plannedGenerations(): number {
    return this.#names.length;
  }

  get stopReason(): 'generations' | undefined {
    return this.#stage >= this.#names.length ? 'generations' : undefined;
  }

  get conclusion() {
    const texts = this.#makespansMs.map((makespanMs, stage) => `${titles[this.#names[stage]]} ${shortMs(makespanMs)}`);
    return texts.length === 0 ? {} : { remark: `Makespans stage by stage: ${texts.join(', ')}.` };
  }

  ask() {
    this.#evaluations = 0;
    const genomes = this.#genomesOf(this.#names[this.#stage]);
    const best = this.#best === undefined ? [] : [this.#best.genes];
    const own = distinctGenomes(genomes);
    this.#ownGenomes = own.length;
    const distinct = distinctGenomes([...own, ...best]);
    this.#evaluations += distinct.length;
    return distinct.map((genes) => ({ genes, parents: [], operator: 'heuristic' as const, mutatedLoci: [] }));
  }

  tell(scored: readonly Chromosome[]) {
    for (const chromosome of scored)
      if (this.#best === undefined || chromosome.fitness > this.#best.fitness) this.#best = chromosome;
    const own = scored
      .slice(0, this.#ownGenomes)
      .reduce((fittest, chromosome) => (chromosome.fitness > fittest.fitness ? chromosome : fittest));
    this.#makespansMs.push(own.metrics[metricIndex.makespanMs]);
    this.#stage++;
    return { members: scored, evaluations: this.#evaluations };
  }

  saveState(): SearchState {
    return {
      stage: this.#stage,
      ...(this.#best === undefined ? {} : { bestId: this.#best.id }),
      makespansMs: [...this.#makespansMs],
    };
  }

  #genomesOf(name: StageName): readonly Uint8Array[] {
    const { problem } = this.#space;
    if (name === 'mappings')
      return [staticTypeMapping(problem), layerByLayer(problem), wholeApplications(problem)].map((mapping) =>
        genomeOfMapping(problem, mapping),
      );
    this.#layers ??= this.#stages.layersAlone();
    if (name === 'layers') return [this.#stages.genomeOf(this.#layers)];
    if (this.#options.groups) this.#grouped ??= this.#stages.grouped();
    const plans = [this.#grouped, this.#layers].filter((plan) => plan !== undefined);
    if (name === 'groups') return plans.slice(0, 1).map((plan) => this.#stages.genomeOf(plan));
    const score = (genes: Uint8Array): number => {
      this.#evaluations++;
      return this.#space.fitnessOf(this.#evaluator.evaluate(genes), this.#options.weights);
    };
    return plans.map((plan) =>
      this.#stages.genomeOf(
        this.#options.parallel === 'balance'
          ? this.#stages.balanced(plan, score)
          : this.#stages.cheapestToCpu(plan, score),
      ),
    );
  }
}

function distinctGenomes(genomes: readonly Uint8Array[]): Uint8Array[] {
  return genomes.filter(
    (genes, index) => genomes.findIndex((other) => other.every((gene, locus) => gene === genes[locus])) === index,
  );
}

const titles: Readonly<Record<StageName, string>> = {
  mappings: 'simple mappings',
  layers: 'layer by layer',
  groups: 'groups',
  parallel: 'parallel branches',
};

function shortMs(value: number): string {
  return `${Number(value.toPrecision(6))} ms`;
}

/** "Conv-Relu, Conv-Relu-MaxPool" as a set; undefined for "auto". */
function groupTypesOf(text: string): ReadonlySet<string> | undefined {
  return text.trim() === 'auto' ? undefined : new Set(text.split(/[\s,:;]+/).filter((type) => type !== ''));
}
