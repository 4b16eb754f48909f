/** The scheduler configuration document: which scheduler, which seed, which options (DESIGN §5). */
import { z } from 'zod';
import { parseDocument } from './parse.ts';

/** Seeds are unsigned 32-bit numbers, so that every host reads them alike. */
export const seedSchema = z.int().min(0).max(0xffff_ffff);

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
