/** What executing a schedule on a device gave (DESIGN §15): predicted against executed, and where it comes from. */
import { z } from 'zod';

const ms = z.number();
const names = z.array(z.string());

export const executedTaskSchema = z.object({
  /** "application/layer". */
  layers: names,
  instance: z.int(),
  pe: z.string(),
  /** As simulated. */
  startMs: ms,
  predictedMs: ms,
  /** Median over the rounds. */
  executedStartMs: ms,
  executedMs: ms,
  /** Of that, waiting for a core; null: not readable. */
  waitMs: ms.nullable(),
});

export const executionSchema = z.object({
  predictedMs: ms,
  /** Median makespan of the rounds. */
  executedMs: ms,
  /** Makespan from executed task times less the time they waited for a core; null where that is not readable. */
  netMs: ms.nullable(),
  /** predicted / executed − 1, in per cent. */
  errorPercent: z.object({ wall: z.number(), net: z.number().nullable() }),
  /** Of the time of all tasks, in per cent. */
  waitingPercent: z.number().nullable(),
  outputsEqual: z.boolean(),
  /** Of outputs of the pieces from those of the whole networks, relative to the largest value. */
  largestDifference: z.number(),
  rounds: z.int(),
  /** Makespan of each round. */
  roundsMs: z.array(ms).max(100_000),
  /** Of each round, the makespan from its task times less the time they waited for a core; missing where that is not readable. */
  netRoundsMs: z.array(ms).max(100_000).optional(),
  subgraphs: z.array(names),
  tasks: z.array(executedTaskSchema).max(100_000),
  method: z.object({
    runtime: z.string(),
    machine: z.string(),
    date: z.string(),
    pinned: z.boolean(),
    models: z.array(z.object({ network: z.string(), kind: z.enum(['twin', 'model']), sha256: z.string() })),
    load: z.array(z.number().nullable()),
  }),
  notes: names,
});

export type ExecutedTask = z.output<typeof executedTaskSchema>;
export type Execution = z.output<typeof executionSchema>;

/** An execution as it is kept beside the schedule that was executed. */
export const recordedExecutionSchema = z.object({
  id: z.int(),
  chromosomeId: z.int(),
  /** Unix time, ms. */
  createdAt: z.number(),
  execution: executionSchema,
});
export type RecordedExecution = z.output<typeof recordedExecutionSchema>;
