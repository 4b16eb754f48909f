/** What a search produces and the record keeps: chromosomes, where they came from, and generations of them. */
import { WorkbenchError } from './errors.ts';

/** How a genome came to be. Recorded as its index in this list: append only. */
export const operatorNames = ['seed', 'random', 'elite', 'crossover', 'mutation', 'crossover+mutation', 'clone', 'heuristic', 'local_search'] as const;
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

/** A genome seen for the first time. */
export interface ChromosomeRecord extends Chromosome {
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
  /** Of the best trade-offs so far, in units of the NPU-first schedule; only a search with several objectives measures it. */
  readonly hypervolume?: number;
  /** Per locus, how many of this generation's new genomes were mutated there. */
  readonly mutationCounts: Uint16Array;
  /** Ids of the members in order. */
  readonly members: Uint32Array;
  /** Genomes first seen in this generation, by ascending id. */
  readonly newChromosomes: readonly ChromosomeRecord[];
}

/** The error of a record that lacks chromosome `missing`, which `needed` cannot do without. */
export function incompleteRecord(missing: number, needed: string, hint: string): WorkbenchError {
  return new WorkbenchError('run.incompleteRecord', `chromosome ${missing} is missing from the record, and ${needed} needs it`, { hint });
}
