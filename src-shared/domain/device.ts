/** A machine that networks are measured on: what it is, and in which state. What could not be read is null, never 0. */
import { z } from 'zod';

export const readingsSchema = z.strictObject({
  atMs: z.number(),
  frequenciesMHz: z.record(z.string(), z.number()).nullable(),
  temperaturesC: z.record(z.string(), z.number()).nullable(),
  governors: z.record(z.string(), z.string()).nullable(),
  load: z.number().nullable(),
  pressure: z.number().nullable(),
});

export const machineSchema = z.strictObject({
  host: z.string(),
  model: z.string(),
  system: z.string(),
  kernel: z.string(),
  architecture: z.string(),
  memoryBytes: z.number(),
  node: z.string(),
  virtual: z.boolean().nullable(),
  /** Cores of the same kind, those that this process may use. */
  clusters: z.array(
    z.strictObject({
      id: z.string(),
      cores: z.array(z.int()),
      maxFrequencyMHz: z.number().nullable(),
      capacity: z.number().nullable(),
    }),
  ),
  /** Undefined: not installed. */
  runtime: z.strictObject({ version: z.string(), backends: z.array(z.string()) }).optional(),
  canPin: z.boolean(),
  readsWaiting: z.boolean(),
  readings: readingsSchema,
  /** What cannot be read or done here, in words. */
  limits: z.array(z.string()),
});

export type Readings = z.output<typeof readingsSchema>;
export type Machine = z.output<typeof machineSchema>;
