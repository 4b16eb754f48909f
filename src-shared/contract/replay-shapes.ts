/** What a replay of a run is drawn from: chromosomes as columns, and windows of generations with their populations. */
import { z } from 'zod';

const bytes = z.instanceof(Uint8Array);
const doubles = z.instanceof(Float64Array);
const uint32s = z.instanceof(Uint32Array);
const uint16s = z.instanceof(Uint16Array);

/** n chromosomes with L loci and M headline metrics, ascending by id; one entry (or row) per chromosome in each column. */
export const chromosomeColumnsSchema = z.object({
  /** [n] */
  ids: uint32s,
  /** L, the number of loci. */
  loci: z.int().min(0),
  /** [n × L] */
  genes: bytes,
  /** [n] higher is better. */
  fitness: doubles,
  /** [n × M] in the order of `headlineMetricNames`. */
  metrics: doubles,
  /** [n] generation each first appeared in. */
  born: uint32s,
  /** [n] index into `operatorNames`. */
  operators: bytes,
  /** [n + 1] the parents of chromosome i are `parents[parentOffsets[i] … parentOffsets[i + 1] − 1]`. */
  parentOffsets: uint32s,
  parents: uint32s,
  /** [n + 1] as for the parents: loci that a mutation changed. */
  mutatedOffsets: uint32s,
  mutatedLoci: uint16s,
});
export type ChromosomeColumns = z.output<typeof chromosomeColumnsSchema>;

/** Generations `from … from + length − 1` with everything a replay shows of them. */
export const replayWindowSchema = z.object({
  from: z.int().min(0),
  length: z.int().min(0),
  /** [length + 1] the members of generation from + i are `members[memberOffsets[i] … memberOffsets[i + 1] − 1]`, ids in order. */
  memberOffsets: uint32s,
  members: uint32s,
  /** [length × L] how many new genomes of the generation were mutated at each locus. */
  mutationCounts: uint16s,
  /** Every distinct member once. */
  chromosomes: chromosomeColumnsSchema,
});
export type ReplayWindow = z.output<typeof replayWindowSchema>;

/** How often mutation struck each locus over a whole run, by equally long spans of generations (the last may be shorter). */
export const mutationMapSchema = z.object({
  generations: z.int().min(0),
  /** Generations in a span. */
  spanLength: z.int().min(1),
  /** L, the number of loci. */
  loci: z.int().min(0),
  /** [spans × L] how many new genomes were mutated at each locus. */
  counts: uint32s,
});
export type MutationMap = z.output<typeof mutationMapSchema>;
/** The most spans of one answer: more cannot be told apart on a screen. */
export const MOST_SPANS = 1000;
/** As many as a chart has room for. */
export const USUAL_SPANS = 200;

/** The most generations of one window: what a host reads without keeping others waiting. */
export const LARGEST_WINDOW = 64;
/** The most ancestors of one answer; those nearest to the chromosome come first. */
export const MOST_ANCESTORS = 20_000;

/** A chromosome, its line back to the first generation (always the fitter parent), and all parents of the line. */
export const ancestrySchema = z.object({
  chromosomes: chromosomeColumnsSchema,
  /** Whether the line is longer than fits. */
  isTruncated: z.boolean(),
});
export type Ancestry = z.output<typeof ancestrySchema>;
