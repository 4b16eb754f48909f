/** What a workbench and an agent say to each other. A change that an older end would not understand raises the version. */
import { z } from 'zod';
import { machineSchema, readingsSchema, type Machine, type Readings } from '#shared/domain/device.ts';

export { machineSchema, readingsSchema, type Machine, type Readings };

export const PROTOCOL_VERSION = 1;
/** Bytes of a model in one message. */
export const BLOB_PART_BYTES = 4 << 20;
/** The largest model that is sent. */
const MOST_MODEL_BYTES = 4 * 2 ** 30;

const key = z.string().min(1).max(2000);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const number = z
  .int()
  .min(0)
  .max(2 ** 31);
const cores = z.array(z.int().min(0).max(4095)).min(1).max(64);

/** A tensor of a model: the buffer that it is read from or written to, common to all that name it. */
export const tensorSchema = z.strictObject({
  name: key,
  elementType: number,
  shape: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 31),
    )
    .max(16),
  buffer: key,
});

export const modelSchema = z.strictObject({
  id: key,
  digest,
  inputs: z.array(tensorSchema).max(10_000),
  outputs: z.array(tensorSchema).max(10_000),
});

/** Cores that work as one: a thread for each. */
export const elementSchema = z.strictObject({ id: key, cores });

export const measuringSchema = z.strictObject({
  warmups: number,
  samples: number.min(1).max(100_000),
  leastMs: number.max(600_000),
  burstMs: number.min(1).max(60_000),
  restMs: number.max(60_000),
  sessions: number.min(1).max(8),
  seed: number,
});

export const profileJobSchema = z.strictObject({
  kind: z.literal('profile'),
  elements: z.array(elementSchema).min(1).max(256),
  models: z.array(modelSchema).min(1).max(20_000),
  /** Ids of the models whose kernels are attributed to nodes. */
  kernels: z.array(key).max(1000),
  /** Measured again and again, to see whether the device is still as fast as it was. */
  sentinel: modelSchema,
  measuring: measuringSchema,
});

const taskSchema = z.strictObject({
  model: key,
  element: number,
  releaseMs: z.number().min(0).max(1e9),
  /** Tasks that end before it starts. */
  after: z.array(number).max(10_000),
  inputs: z.array(tensorSchema).max(10_000),
  outputs: z.array(tensorSchema).max(10_000),
});

export const executeJobSchema = z.strictObject({
  kind: z.literal('execute'),
  elements: z.array(elementSchema).min(1).max(256),
  models: z.array(modelSchema).min(1).max(20_000),
  /** Those of an element start in this order. */
  tasks: z.array(taskSchema).min(1).max(100_000),
  /** Whole models, whose outputs are compared with those of the tasks in the buffers of the same names after `compared:`. */
  wholes: z.array(modelSchema).max(1000),
  rounds: number.min(1).max(100_000),
  warmups: number.max(1000),
  restMs: number.max(60_000),
  seed: number,
  /** A round that takes longer ends the job. */
  roundLimitMs: number.min(1),
});

export const jobSchema = z.discriminatedUnion('kind', [profileJobSchema, executeJobSchema]);

const id = z
  .int()
  .min(1)
  .max(2 ** 31);

export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.int() }),
  z.strictObject({ type: z.literal('describe'), id }),
  z.strictObject({ type: z.literal('missing'), id, digests: z.array(digest).max(20_000) }),
  z.strictObject({
    type: z.literal('blob'),
    id,
    digest,
    size: z.int().min(0).max(MOST_MODEL_BYTES),
    offset: z.int().min(0).max(MOST_MODEL_BYTES),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= BLOB_PART_BYTES, 'larger than a part may be'),
  }),
  z.strictObject({ type: z.literal('job'), id, job: jobSchema }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('bye') }),
]);

export const replySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('welcome'), protocol: z.int(), product: z.string().max(200) }),
  z.strictObject({ type: z.literal('result'), id, result: z.unknown() }),
  z.strictObject({
    type: z.literal('error'),
    id: id.optional(),
    code: z.string().max(200),
    message: z.string().max(100_000),
    hint: z.string().max(100_000).optional(),
  }),
  z.strictObject({
    type: z.literal('progress'),
    id,
    text: z.string().max(10_000),
    done: z.number().min(0).max(1),
  }),
]);

export type Request = z.output<typeof requestSchema>;
export type Reply = z.output<typeof replySchema>;
export type DeviceTensor = z.output<typeof tensorSchema>;
export type DeviceModel = z.output<typeof modelSchema>;
export type DeviceElement = z.output<typeof elementSchema>;
export type Measuring = z.output<typeof measuringSchema>;
export type ProfileJob = z.output<typeof profileJobSchema>;
export type ExecuteJob = z.output<typeof executeJobSchema>;
export type DeviceJob = z.output<typeof jobSchema>;

const times = z.array(z.number().min(0)).max(1_000_000);

/** What a session of a model took on an element, run by run. */
export const seriesSchema = z.strictObject({
  element: z.string(),
  model: z.string(),
  session: z.int(),
  /** Time of each run, ms. */
  wallMs: times,
  /** Of that: time its thread waited for a core, ms; null where the system does not say. */
  waitMs: times.nullable(),
  /** Whether the device was slower than at first, or disturbed, while it was measured. */
  disturbed: z.boolean(),
});

export const profileResultSchema = z.strictObject({
  series: z.array(seriesSchema),
  /** Mean time of each kernel in a run, ms, by the name that the runtime gives it. */
  kernels: z.array(
    z.strictObject({
      element: z.string(),
      model: z.string(),
      runs: z.int(),
      kernelsMs: z.record(z.string(), z.number()),
    }),
  ),
  readings: z.array(readingsSchema),
  pinned: z.boolean(),
  runtime: z.string(),
});

export const executeResultSchema = z.strictObject({
  /** [round] [task] start and end since the round began, and time waited for a core (null: not readable), ms. */
  rounds: z.array(z.array(z.strictObject({ startMs: z.number(), endMs: z.number(), waitMs: z.number().nullable() }))),
  comparisons: z.array(z.strictObject({ output: z.string(), difference: z.number() })),
  readings: z.array(readingsSchema),
  pinned: z.boolean(),
  runtime: z.string(),
});

export type Series = z.output<typeof seriesSchema>;
export type ProfileResult = z.output<typeof profileResultSchema>;
export type ExecuteResult = z.output<typeof executeResultSchema>;
