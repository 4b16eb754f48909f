/** The scheduler configuration document: which scheduler, which seed, which options (DESIGN §5). */
import { z } from 'zod';
import { parseDocument } from './parse.ts';

/** Seeds are unsigned 32-bit numbers, so that every host reads them alike. */
export const seedSchema = z.int().min(0).max(0xffff_ffff);

/**
 * The optional segments of the genome: what a search decides beside the mapping. It is an option of every scheduler that searches
 * all loci; whoever reads a genome needs the same choice (`genesOf` the run's configuration).
 */
export const genesSchemaWith = ({ priorities }: { readonly priorities: boolean }) =>
  z
    .strictObject({
      priorities: z.boolean().default(priorities).meta({ title: 'Priorities', description: 'Search the priority of each layer, in place of the one its network gives; application priorities still come first' }),
      cores: z.boolean().default(true).meta({ title: 'Cores', description: 'Search the active cores or the core configuration of each processor that has a choice; off: all cores, or the first configuration' }),
      frequencies: z.boolean().default(true).meta({ title: 'Frequencies', description: 'Search the operating point of each processor that has a choice; off: the one closest to nominal' }),
    })
    .prefault({})
    .meta({ title: 'Genes', description: 'What is searched beside the processing element of each layer' });

export const genesSchema = genesSchemaWith({ priorities: false });
export type GeneSelection = z.output<typeof genesSchema>;

/** The genes of a scheduler that offers no choice. */
export const defaultGenes: GeneSelection = genesSchema.parse({});

const withGenesSchema = z.object({ options: z.object({ genes: genesSchema }) });

/**
 * The genes that a configuration chooses, which with the scenario fix the layout of the genome. Its options must be complete, as
 * they are in every recorded run (else `completeConfiguration`): a scheduler may have defaults of its own.
 * @throws WorkbenchError `scheduler.invalid`
 */
export function genesOf(configuration: Pick<SchedulerConfiguration, 'options'>): GeneSelection {
  return parseDocument(withGenesSchema, configuration, 'scheduler').options.genes;
}

export const schedulerConfigurationSchema = z.strictObject({
  scheduler: z.string().min(1).describe('Id of a scheduler'),
  seed: seedSchema.default(1),
  options: z.record(z.string(), z.unknown()).default({}).describe("Validated by the scheduler's own schema"),
});

export type SchedulerConfiguration = z.output<typeof schedulerConfigurationSchema>;

/** Parses a scheduler configuration; its options are checked by the scheduler itself. @throws WorkbenchError `scheduler.invalid` */
export function parseSchedulerConfiguration(input: unknown): SchedulerConfiguration {
  return parseDocument(schedulerConfigurationSchema, input, 'scheduler');
}
