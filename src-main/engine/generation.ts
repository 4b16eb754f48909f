/** What the search loop hands out after each generation, to be recorded and shown. */
import type { OperatorName } from './search.ts';

/** A genome seen for the first time. */
export interface ChromosomeRecord {
  readonly id: number;
  readonly genes: Uint8Array;
  readonly fitness: number;
  /** One number per entry of `headlineMetricNames`. */
  readonly metrics: Float64Array;
  readonly parents: readonly number[];
  readonly operator: OperatorName;
  readonly mutatedLoci: readonly number[];
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
  /** Per locus, how many of this generation's new genomes were mutated there. */
  readonly mutationCounts: Uint16Array;
  /** Ids of the members in order. */
  readonly members: Uint32Array;
  /** Genomes first seen in this generation, by ascending id. */
  readonly newChromosomes: readonly ChromosomeRecord[];
}
