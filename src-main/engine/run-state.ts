/** What must be kept, in addition to the recorded chromosomes, to continue a run. */
import { z } from 'zod';
import { parseDocument } from '#shared/domain/parse.ts';
import { randomStateSchema } from './random.ts';

/** Plain JSON, about 1 kB for 100 members. */
export const runStateSchema = z.strictObject({
  version: z.literal(1),
  scheduler: z.string(),
  /** Generations reported. */
  generations: z.int().min(0),
  evaluations: z.int().min(0),
  /** Distinct genomes seen: ids 0 … chromosomes − 1. */
  chromosomes: z.int().min(0),
  /** Id of the best so far, null before the first generation. */
  bestId: z.int().min(0).nullable(),
  random: randomStateSchema,
  search: z.record(z.string(), z.unknown()),
});
export type RunState = z.output<typeof runStateSchema>;

/** Parses a saved state, e.g. from a checkpoint. @throws WorkbenchError `checkpoint.invalid` */
export function parseRunState(input: unknown): RunState {
  return parseDocument(runStateSchema, input, 'checkpoint');
}
