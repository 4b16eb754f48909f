/** What a search searches: genes with their values, where to start, and what scores are worth. Scheduling is one such space (scheduling-space.ts). */
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Random } from './random.ts';

/** Everything but the scores themselves, which come from an evaluator. */
export interface SearchSpace {
  readonly layout: GeneLayout;
  /** How many numbers a genome is scored with: K. */
  readonly metricCount: number;
  /** Genomes that simple rules give, the plainest first; empty where there are no rules. */
  seeds(): readonly Uint8Array[];
  /** Genomes over the whole range of trade-offs, at most `count`; left out where there are no rules for them. */
  tradeOffSeeds?(count: number): readonly Uint8Array[];
  /** Changes that follow what depends on what; left out where every gene stands for itself. */
  structure?(): GeneStructure;
  /** What one goal makes of the scores [K] of a genome; higher is better. */
  fitnessOf(metrics: Float64Array, weights: FitnessWeights): number;
  /**
   * How several goals judge a chromosome.
   * @param names of objectives, of those that the space has
   * @param isConstrained whether violations of constraints count before the objectives
   */
  objectives(names: readonly string[], isConstrained: boolean): Judge;
}

/** Changes of genomes, in place, that know more than single loci. Genes stay alleles of their loci. */
export interface GeneStructure {
  /** A small change, often of several genes that belong together. */
  move(genes: Uint8Array, random: Random): void;
  /** Exchanges what is decided about things next to each other. */
  exchangeWindow(a: Uint8Array, b: Uint8Array, random: Random): void;
}

/** A chromosome with how it is judged: objectives and violation, less is better in each. */
export interface Judged extends JudgedPoint {
  readonly chromosome: Chromosome;
}

/** Judges chromosomes by several objectives. */
export interface Judge {
  judge(chromosome: Chromosome): Judged;
  /** Of the feasible ones of `front`, larger is better; undefined where it is not measured. */
  hypervolume(front: readonly Judged[]): number | undefined;
}
