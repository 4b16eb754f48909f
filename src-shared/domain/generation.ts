/** What a search produces and the record keeps: chromosomes, where they came from, and generations of them. */
import { WorkbenchError } from './errors.ts';
import { headlineMetricNames } from './metrics.ts';

/** How a genome came to be. Recorded as its index in this list: append only. */
export const operatorNames = [
  'seed',
  'random',
  'elite',
  'crossover',
  'mutation',
  'crossover+mutation',
  'clone',
  'heuristic',
  'local_search',
  'external',
  'given',
] as const;
export type OperatorName = (typeof operatorNames)[number];

/** A genome with its id within the run (each distinct genome has one) and its scores. */
export interface Chromosome {
  readonly id: number;
  readonly genes: Uint8Array;
  /** Higher is better. */
  readonly fitness: number;
  /** One number per entry of `headlineMetricNames`. */
  readonly metrics: Float64Array;
}

/**
 * C genomes seen for the first time, by ascending id, with where they came from: L loci and K metrics in one entry (or row) per genome
 * and column. The one form of a chromosome between the search that makes it and the database.
 */
export interface NewChromosomes {
  /** [C] */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** L */
  readonly loci: number;
  /** K */
  readonly metricCount: number;
  /** [C × L] */
  readonly genes: Uint8Array<ArrayBuffer>;
  /** [C] higher is better */
  readonly fitness: Float64Array<ArrayBuffer>;
  /** [C × K] */
  readonly metrics: Float64Array<ArrayBuffer>;
  /** [C] index into `operatorNames` */
  readonly operators: Uint8Array<ArrayBuffer>;
  /** [C + 1] the parents of row i are `parents[parentOffsets[i] … parentOffsets[i + 1] − 1]` */
  readonly parentOffsets: Uint32Array<ArrayBuffer>;
  readonly parents: Uint32Array<ArrayBuffer>;
  /** [C + 1] as for the parents: loci that a mutation changed, ascending */
  readonly mutatedOffsets: Uint32Array<ArrayBuffer>;
  readonly mutatedLoci: Uint32Array<ArrayBuffer>;
}

export interface GenerationRecord {
  /** From 0. */
  readonly index: number;
  /** Genomes scored since the start of the run, repeats included. */
  readonly evaluations: number;
  readonly bestFitness: number;
  readonly meanFitness: number;
  readonly worstFitness: number;
  /** Population standard deviation (divided by n). */
  readonly stdFitness: number;
  /** Id of the best member (highest fitness, first in order among equals). */
  readonly bestId: number;
  /** The best member's headline metrics. */
  readonly bestMetrics: Float64Array;
  /** Number of distinct genomes among the members. */
  readonly distinctGenomes: number;
  /** Mean over loci of the Shannon entropy of gene values divided by log2(cardinality), 0…1. */
  readonly meanEntropy: number;
  /** Of the best trade-offs so far, in units of the NPU-first schedule; only a search with several objectives measures it. */
  readonly hypervolume?: number;
  /** Per locus, how many of this generation's new genomes were mutated there. */
  readonly mutationCounts: Uint16Array;
  /** Ids of the members in order. */
  readonly members: Uint32Array;
  /** Genomes first seen in this generation. */
  readonly newChromosomes: NewChromosomes;
}

/** The figures of a generation that are a number each. */
export const generationFigures = [
  'evaluations',
  'bestFitness',
  'meanFitness',
  'worstFitness',
  'stdFitness',
  'distinctGenomes',
  'meanEntropy',
] as const satisfies readonly (keyof GenerationRecord)[];

/** The columns of a series of generations; in addition it may have a `hypervolume`. */
export const generationColumnNames = [
  /** Time spent searching up to it, ms. */
  'elapsedMs',
  ...generationFigures,
  'bestChromosomeId',
  /** The metrics of its best. */
  ...headlineMetricNames,
] as const;
export type GenerationColumnName = (typeof generationColumnNames)[number];

/** The error of a record that lacks chromosome `missing`, which `needed` cannot do without. */
export function incompleteRecord(missing: number, needed: string, hint: string): WorkbenchError {
  return new WorkbenchError(
    'run.incompleteRecord',
    `chromosome ${missing} is missing from the record, and ${needed} needs it`,
    { hint },
  );
}
