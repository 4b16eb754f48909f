/** The scheduler configuration document: which scheduler, which seed, which options (DESIGN §5). */
import { z } from 'zod';
import { tableOf } from './bounded.ts';
import { nameSchema } from './common.ts';
import { WorkbenchError } from './errors.ts';
import { parseDocument } from './parse.ts';

/** Seeds are unsigned 32-bit numbers, so that every host reads them alike. */
export const seedSchema = z.int().min(0).max(0xffff_ffff);

/**
 * The optional segments of the genome: what a search decides besides the mapping. It is an option of every scheduler
 * that searches all loci; reading a genome needs the same choice (`genesOf` the run's configuration).
 */
export const genesSchemaWith = ({ priorities }: { readonly priorities: boolean }) =>
  z
    .strictObject({
      priorities: z.boolean().default(priorities).meta({
        title: 'Priorities',
        description:
          'Search the priority of each layer, in place of the one its network gives; application priorities still come first',
      }),
      cores: z.boolean().default(true).meta({
        title: 'Cores',
        description:
          'Search the active cores or the core configuration of each processor that has a choice; off: all cores, or the first configuration',
      }),
      frequencies: z.boolean().default(true).meta({
        title: 'Frequencies',
        description: 'Search the operating point of each processor that has a choice; off: the one closest to nominal',
      }),
    })
    .prefault({})
    .meta({ title: 'Genes', description: 'What is searched in addition to the processing element of each layer' });

export const genesSchema = genesSchemaWith({ priorities: false });

/** What has a priority gene, of schedulers that search subgraphs, by its name in their options. */
const priorityGenes = { off: false, layer: true, application: 'application' } as const;

/** The same choice of schedulers that search subgraphs: whose priorities is a question there. */
export const partitionGenesSchema = genesSchema
  .unwrap()
  .extend({
    priorities: z
      .enum(['off', 'layer', 'application'])
      .default('layer')
      .meta({
        title: 'Priorities',
        description:
          'Search a priority of each layer (a subgraph has the highest of its layers), one of each application, or none; ' +
          'application priorities of the scenario still come first',
      }),
  })
  .prefault({})
  .meta({ title: 'Genes', description: 'What is searched in addition to subgraphs and their processing elements' });

/**
 * What is executed as one (DESIGN §14). off: every layer by itself; groups: the sets of layers that a profile measured together, where
 * that gains; network: the layers of each application.
 */
export const subgraphModes = ['off', 'groups', 'network'] as const;
export type SubgraphMode = (typeof subgraphModes)[number];

export const subgraphsSchema = z
  .enum([...subgraphModes, 'start'])
  .default('off')
  .meta({
    title: 'Subgraphs',
    description:
      'What is executed as one call: each layer by itself (off), sets of layers that were measured together where that gains (groups), ' +
      'each application as a whole (network), or what the schedule that the search begins with executes as one (start)',
  });

/** The same for baselines that place whole networks. */
export const subgraphsAtLaunches = z
  .enum([...subgraphModes, 'auto'])
  .default('auto')
  .meta({
    title: 'Subgraphs',
    description:
      'What is executed as one call: auto: whole networks where a processor of the scenario takes time for a launch (else off); each layer by ' +
      'itself (off), sets of layers that were measured together where that gains (groups), or each application as a whole (network)',
  });

/**
 * What fixes the layout of the genome: its optional segments, and what is executed as one and so mapped as one. searched: each schedule
 * of the run has subgraphs of its own, by genes for the cuts between them; that is for schedulers that decide them. auto: searched where a
 * processor takes time for a launch, else off.
 */
export type GeneSelection = Omit<z.output<typeof genesSchema>, 'priorities'> & {
  /** true: of each layer; application: one for all layers of an application. */
  readonly priorities: boolean | 'application';
  readonly subgraphs?: SubgraphMode | 'searched' | 'auto' | GivenSubgraphs;
};

/** Sets of layers by names, "application/layer": those of a schedule that a run begins with. */
export type GivenSubgraphs = readonly (readonly string[])[];

/** The genes of a scheduler that offers no choice. */
export const defaultGenes: GeneSelection = genesSchema.parse({});

const withGenesSchema = z.object({
  options: z.object({
    genes: z.union([genesSchema, partitionGenesSchema]).prefault({}),
    subgraphs: z.enum([...subgraphModes, 'searched', 'auto', 'start']).default('off'),
  }),
});

/**
 * The genes that a configuration chooses, which with the scenario fix the layout of the genome. Its options must be complete, as
 * they are in every recorded run (else `completeConfiguration`): a scheduler may have defaults of its own.
 * @throws WorkbenchError `scheduler.invalid`, also where subgraphs are those of a start that there is not
 */
export function genesOf(configuration: Pick<SchedulerConfiguration, 'options' | 'start'>): GeneSelection {
  const { genes, subgraphs } = parseDocument(withGenesSchema, configuration, 'scheduler').options;
  const { priorities, ...others } = genes;
  const selection = { priorities: typeof priorities === 'boolean' ? priorities : priorityGenes[priorities], ...others };
  if (subgraphs === 'off') return selection;
  if (subgraphs !== 'start') return { ...selection, subgraphs };
  if (configuration.start === undefined) throw withoutStart();
  const { subgraphs: given = [] } = configuration.start;
  return given.length === 0 ? selection : { ...selection, subgraphs: given };
}

function withoutStart(): WorkbenchError {
  return new WorkbenchError('scheduler.invalid', 'subgraphs are those of a schedule to begin with, and there is none', {
    hint: 'give one (--start on the command line), or set subgraphs to "off", "groups" or "network"',
    path: ['options', 'subgraphs'],
  });
}

/**
 * When a search ends apart from its own plan. It ends with the generation in which a limit is reached; until then it is
 * the same run.
 */
export const stopConditionsSchema = z.strictObject({
  timeMs: z.number().min(1).max(1e10).optional().describe('Time spent searching, without pauses, ms'),
  gap: z
    .number()
    .min(0)
    .max(1e6)
    .optional()
    .describe('Best makespan over the lower bound, less 1: 0.01 is one per cent'),
  evaluations: z.int().min(1).max(1e15).optional().describe('Genomes scored'),
});
export type StopConditions = z.output<typeof stopConditionsSchema>;

/** A schedule that a search begins with: a mapping file, and where it is from. */
export const startSchema = z.strictObject({
  from: z.string().min(1).max(500).describe('Where the schedule is from, for people: "run 7", the name of a file'),
  mapping: tableOf(z.string(), z.string(), 100_000).describe('Processing element by "application/layer"'),
  frequencies: tableOf(z.string(), z.number(), 1000).optional(),
  activeCores: tableOf(z.string(), z.number(), 1000).optional(),
  coreConfigurations: tableOf(z.string(), z.array(z.number()), 1000).optional(),
  priorities: tableOf(z.string(), z.number(), 100_000).optional(),
  subgraphs: z.array(z.array(z.string())).optional(),
});
export type Start = z.output<typeof startSchema>;

export const schedulerConfigurationSchema = z.strictObject({
  scheduler: nameSchema.describe('Id of a scheduler'),
  seed: seedSchema.default(1),
  options: tableOf(z.string(), z.unknown(), 1000).default({}).describe("Validated by the scheduler's own schema"),
  stop: stopConditionsSchema.optional().describe('Further limits of the search'),
  start: startSchema.optional().describe('A schedule that the search begins with'),
});

export type SchedulerConfiguration = z.output<typeof schedulerConfigurationSchema>;

/** Parses a scheduler configuration; its options are checked by the scheduler itself. @throws WorkbenchError `scheduler.invalid` */
export function parseSchedulerConfiguration(input: unknown): SchedulerConfiguration {
  return parseDocument(schedulerConfigurationSchema, input, 'scheduler');
}
