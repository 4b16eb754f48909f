/**
 * The content of a `.tessera` file: whole runs as a sequence of records, each of a size that fits into memory many
 * times over. The file begins with a manifest; each run is its description, its generations, its chromosomes and its
 * checkpoint; an end closes it. Generations and chromosomes are the rows of the record (resources/docs/record.md),
 * their binary columns as they are.
 */
import { z } from 'zod';
import { listOf } from '#shared/domain/bounded.ts';
import { shortText } from '#shared/domain/common.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { endedStatuses, LONGEST_RUN_NAME, notesSchema, runTagSchema } from '#shared/domain/run.ts';

/** Raised when an older Tessera could not read the file. */
export const ARCHIVE_VERSION = 1;

const bytes = z.instanceof(Uint8Array);
const index = z.int().min(0).max(0xffff_ffff);
const count = z.int().min(0);
/** The last moment that JavaScript's dates know, ms. */
const LAST_MOMENT = 8.64e15;
/** Unix time, ms. */
const moment = z.int().min(-LAST_MOMENT).max(LAST_MOMENT);
const runName = z.string().max(LONGEST_RUN_NAME);
const productName = z.string().max(200);
/** Rows of one record: far more than are written. */
const MOST_ROWS = 100_000;
const nullable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

/** Where a run was made, where it came from another machine before this file was written. */
export const originSchema = z.strictObject({ originalId: z.int().min(1), product: productName, exportedAt: moment });

export const manifestSchema = z.strictObject({
  kind: z.literal('manifest'),
  version: z.literal(ARCHIVE_VERSION),
  /** What wrote the file: "Tessera 0.1.0". */
  product: productName,
  exportedAt: moment,
  runs: listOf(z.strictObject({ name: runName, generations: count, chromosomes: count }), 1000).min(1),
});
export type Manifest = z.output<typeof manifestSchema>;

/** The columns of a run's row, without those that belong to one database (owner, attempt, sweep). Texts of JSON are kept to the letter. */
export const archivedRunSchema = z.strictObject({
  kind: z.literal('run'),
  originalId: z.int().min(1),
  name: runName,
  scenarioId: shortText,
  scenarioName: shortText,
  platformName: shortText,
  scheduler: shortText,
  seed: z.int().min(0).max(0xffff_ffff),
  status: z.enum(endedStatuses),
  statusReason: nullable(z.string().max(10_000)),
  createdAt: moment,
  startedAt: nullable(moment),
  endedAt: nullable(moment),
  elapsedMs: z.number(),
  generations: count,
  plannedGenerations: nullable(count),
  evaluations: count,
  chromosomes: count,
  bestChromosomeId: nullable(index),
  bestFitness: nullable(z.number()),
  /** In the order of the headline metrics. */
  bestMetrics: nullable(z.array(z.number()).length(HEADLINE_METRIC_COUNT)),
  recordedBytes: count,
  genomeLength: z.int().min(1).max(0xffff),
  geneBits: z.int().min(1).max(8),
  instances: count,
  starred: z.boolean(),
  tags: listOf(runTagSchema, 1000), // older versions set no bound to them
  notes: notesSchema,
  engineVersion: shortText,
  front: nullable(bytes),
  configurationJson: z.string(),
  referenceJson: z.string(),
  bestJson: nullable(z.string()),
  scenarioJson: z.string(),
  origin: nullable(originSchema),
});
export type ArchivedRun = z.output<typeof archivedRunSchema>;

/** The fields of a generation that its `reals` hold, in their order; the hypervolume is NaN where there is none. */
export const generationReals = [
  'elapsedMs',
  'bestFitness',
  'meanFitness',
  'worstFitness',
  'stdFitness',
  'meanEntropy',
  'hypervolume',
] as const;
export const generationsSchema = z.strictObject({
  kind: z.literal('generations'),
  /** Index of the first. */
  from: index,
  /** Little-endian doubles, `generationReals` of each generation. */
  reals: bytes,
  rows: listOf(
    z.strictObject({
      evaluations: count,
      bestId: index,
      distinctGenomes: count,
      bestMetrics: bytes,
      mutationCounts: bytes,
      members: bytes,
    }),
    MOST_ROWS,
  ).min(1),
});
export type ArchivedGenerations = z.output<typeof generationsSchema>;

export const chromosomesSchema = z.strictObject({
  kind: z.literal('chromosomes'),
  /** Id of the first; the others follow without a gap. */
  from: index,
  /** Little-endian doubles: the fitness of each. */
  reals: bytes,
  rows: listOf(
    z.strictObject({ born: index, operator: count, metrics: bytes, parents: bytes, mutatedLoci: bytes, genes: bytes }),
    MOST_ROWS,
  ).min(1),
});
export type ArchivedChromosomes = z.output<typeof chromosomesSchema>;

export const checkpointSchema = z.strictObject({
  kind: z.literal('checkpoint'),
  generation: index,
  savedAt: moment,
  stateJson: z.string(),
});
export type ArchivedCheckpoint = z.output<typeof checkpointSchema>;

/** Nothing follows it. */
export const endSchema = z.strictObject({ kind: z.literal('end') });

export const archiveRecordSchema = z.discriminatedUnion('kind', [
  manifestSchema,
  archivedRunSchema,
  generationsSchema,
  chromosomesSchema,
  checkpointSchema,
  endSchema,
]);
export type ArchiveRecord = z.output<typeof archiveRecordSchema>;

/** Doubles as little-endian bytes. */
export function packReals(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(values.length * 8);
  const view = new DataView(packed.buffer);
  values.forEach((value, at) => view.setFloat64(at * 8, value, true));
  return packed;
}

/** The inverse of `packReals`; undefined where there are not `count` of them. */
export function unpackReals(packed: Uint8Array, count: number): Float64Array | undefined {
  if (packed.byteLength !== count * 8) return undefined;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Float64Array.from({ length: count }, (_, at) => view.getFloat64(at * 8, true));
}
