/** Statistics of a generation: the spread of fitness and the diversity of genes. They never influence a search. */
import type { GeneLayout } from '#shared/scheduling/genome-layout.ts';
import { log2 } from '#shared/analysis/portable-math.ts';
import type { Chromosome } from './search.ts';

export interface FitnessSummary {
  /** First in order among equals. */
  readonly best: Chromosome;
  readonly mean: number;
  readonly worst: number;
  /** Population standard deviation (divided by n). */
  readonly std: number;
}

/** Summary of at least one member's fitness; sums run in member order. */
export function summariseFitness(members: readonly Chromosome[]): FitnessSummary {
  let best = members[0];
  let worst = best.fitness;
  let sum = 0;
  for (const member of members) {
    if (member.fitness > best.fitness) best = member;
    if (member.fitness < worst) worst = member.fitness;
    sum += member.fitness;
  }
  const mean = sum / members.length;
  let squares = 0;
  for (const member of members) squares += (member.fitness - mean) * (member.fitness - mean);
  return { best, mean, worst, std: Math.sqrt(squares / members.length) };
}

/** Number of distinct genomes among `members`. */
export function countDistinct(members: readonly Chromosome[]): number {
  const ids = new Set<number>();
  for (const member of members) ids.add(member.id);
  return ids.size;
}

/** Measures how evenly a population's genes are spread; keeps its table of logarithms from call to call. */
export class EntropyMeter {
  private readonly layout: GeneLayout;
  private readonly counts = new Uint32Array(256);
  /** [k] k·log2 k. */
  private readonly weighted: number[] = [0];

  constructor(layout: GeneLayout) {
    this.layout = layout;
  }

  /** Mean over loci of H / log2(cardinality), H = log2 n − (1/n)·Σ k·log2 k over the counts k of the locus's values; 0…1. */
  mean(members: readonly Chromosome[]): number {
    const { loci, length } = this.layout;
    const n = members.length;
    for (let k = this.weighted.length; k <= n; k++) this.weighted.push(k * log2(k));
    let total = 0;
    for (let locus = 0; locus < length; locus++) {
      const { cardinality } = loci[locus];
      if (cardinality < 2) continue;
      this.counts.fill(0, 0, cardinality);
      for (let m = 0; m < n; m++) this.counts[members[m].genes[locus]]++;
      let sum = 0;
      for (let value = 0; value < cardinality; value++) sum += this.weighted[this.counts[value]];
      total += Math.min(1, Math.max(0, this.weighted[n] - sum) / n / log2(cardinality));
    }
    return length > 0 ? total / length : 0;
  }
}
