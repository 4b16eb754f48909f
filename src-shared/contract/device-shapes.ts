/** Devices as they cross the boundary: a machine with its elements, and work on it. */
import { z } from 'zod';
import { listOf } from '../domain/bounded.ts';
import { nameSchema } from '../domain/common.ts';
import { machineSchema } from '../domain/device.ts';
import { documentJsonSchema } from './shapes.ts';

/** Another machine: a host for ssh, or ws://…; missing: the one that Tessera runs on. */
export const deviceHostSchema = z.string().trim().min(1).max(300).optional();

export const deviceDescriptionSchema = z.object({
  machine: machineSchema,
  elements: z.array(z.object({ id: z.string(), cores: z.array(z.int()), cluster: z.string(), key: z.string() })),
  /** Of the machine: a document that may be saved. */
  platform: documentJsonSchema,
  platformId: z.string(),
  /** Whether the library has that platform. */
  isSaved: z.boolean(),
  /** The version of ONNX Runtime that is installed by setting up. */
  runtimeVersion: z.string(),
  /** Whether it can be set up from here; another machine is set up there. */
  canSetUp: z.boolean(),
});
export type DeviceDescription = z.output<typeof deviceDescriptionSchema>;

export const deviceDepths = ['whole', 'layers', 'subgraphs'] as const;

/** What is to be done on a device. */
export const deviceWorkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('setup') }),
  z.object({
    kind: z.literal('profile'),
    networks: listOf(nameSchema, 100).min(1),
    /** By name, "cpu0+cpu1"; missing: each core alone. */
    elements: listOf(z.string().min(1).max(300), 100).min(1).optional(),
    depth: z.enum(deviceDepths).default('layers'),
    samples: z.int().min(1).max(10_000).default(20),
    leastMs: z.int().min(0).max(600_000).default(1000),
  }),
  z.object({
    kind: z.literal('execute'),
    runId: z.int().min(1),
    repetitions: z.int().min(1).max(10_000).default(20),
  }),
  /** The scenario of a run is tuned, with the times that are measured. */
  z.object({
    kind: z.literal('tune'),
    runId: z.int().min(1),
    budgetMs: z.number().min(1).max(86_400_000).default(600_000),
  }),
]);
export type DeviceWork = z.output<typeof deviceWorkSchema>;

/** A time of a whole network, with how much it may be believed. */
export const measuredWholeSchema = z.object({
  network: z.string(),
  element: z.string(),
  medianMs: z.number(),
  p10Ms: z.number(),
  p90Ms: z.number(),
  runs: z.number(),
  /** Runs left out since they waited for a core, 0…1. */
  droppedShare: z.number(),
  marks: z.array(z.enum(['contended', 'noisy', 'disturbed'])),
});

export const deviceJobSchema = z.object({
  id: z.int(),
  host: deviceHostSchema,
  work: deviceWorkSchema,
  status: z.enum(['running', 'finished', 'failed', 'cancelled']),
  /** What it does at the moment. */
  text: z.string(),
  /** Of that, 0…1. */
  done: z.number(),
  /** Unix time, ms. */
  startedAt: z.number(),
  endedAt: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
  /** Profiles saved so far, with the networks that are theirs. */
  profiles: z.array(z.object({ id: z.string(), network: z.string() })),
  wholes: z.array(measuredWholeSchema),
  /** What it came to, in words. */
  lines: z.array(z.string()),
  notes: z.array(z.string()),
});
export type DeviceJobView = z.output<typeof deviceJobSchema>;
