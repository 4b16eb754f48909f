/** What a queue holds: jobs, which are data only, and how they ended. Nothing in a job is a program, a path or a command. */
import { z } from 'zod';
import { schedulerConfigurationSchema } from '#shared/domain/scheduler.ts';
import { LONGEST_RUN_NAME } from '#shared/domain/run.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const jobSchema = z.strictObject({
  v: z.literal(1),
  /** See `runKey`. */
  runKey: sha256,
  /** See `scenarioHash`. */
  scenario: sha256,
  /** With every default filled in, and with its seed. */
  configuration: schedulerConfigurationSchema,
  engine: z.string().max(200),
  name: z.string().max(LONGEST_RUN_NAME),
});
export type Job = z.output<typeof jobSchema>;

export const outcomeSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('finished'),
    /** See `resultHash`. */
    resultHash: sha256,
    /** Which attempt's pieces are the record. */
    attempt: z.int().min(0),
    host: z.string().max(300),
    /** Of the record as it is sent. */
    bytes: z.int().min(0),
  }),
  z.strictObject({
    status: z.literal('failed'),
    reason: z.string().max(10_000),
    /** Where it was tried. */
    hosts: z.array(z.string().max(300)).max(1000),
  }),
]);
export type JobOutcome = z.output<typeof outcomeSchema>;

/** A job's id from its run's key: the same run is the same job, however often it is submitted. A UUID of version 8 (RFC 9562). */
export function jobId(runKey: string): string {
  const variant = ((Number.parseInt(runKey[16], 16) & 3) | 8).toString(16);
  return `${runKey.slice(0, 8)}-${runKey.slice(8, 12)}-8${runKey.slice(13, 16)}-${variant}${runKey.slice(17, 20)}-${runKey.slice(20, 32)}`;
}

/** One queue for each version of the engine: a worker never sees what it could not carry out. */
export function queueName(engineVersion: string): string {
  return `run-e${engineVersion.replaceAll(/[^\w.-]/g, '_')}`;
}
