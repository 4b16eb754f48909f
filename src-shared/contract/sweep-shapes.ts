/** Sweeps as they cross the boundary: what was asked for, and every run with its place in the sweep. */
import { z } from 'zod';
import { runSummarySchema } from './shapes.ts';

export const sweepSummarySchema = z.object({
  id: z.number(),
  name: z.string(),
  createdAt: z.number(),
  /** Runs that still exist. */
  runs: z.number(),
  /** Of these, those that are over, in whatever way. */
  ended: z.number(),
});
export type SweepSummary = z.output<typeof sweepSummarySchema>;

export const sweepRunSchema = z.object({
  run: runSummarySchema,
  /** Values of the varied options, by path. */
  varied: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});
export type SweepRun = z.output<typeof sweepRunSchema>;

export const sweepDetailSchema = z.object({
  sweep: sweepSummarySchema,
  /** The sweep document. */
  document: z.record(z.string(), z.unknown()),
  runs: z.array(sweepRunSchema),
  /** Of the runs that were just asked for, those that the record had already: they were not started again. */
  inLibrary: z.object({ runs: z.number(), of: z.number() }).optional(),
});
export type SweepDetail = z.output<typeof sweepDetailSchema>;
