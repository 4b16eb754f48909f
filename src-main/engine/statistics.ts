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
  /** [L + 1] of the values of a locus, counts begin here. */
  private readonly firstCount: Uint32Array;
  private readonly counts: Uint32Array;
  /** [k] k·log2 k. */
  private readonly weighted: number[] = [0];
  /** [cardinality] its log2. */
  private readonly logarithms: number[] = [];

  constructor(layout: GeneLayout) {
    this.layout = layout;
    this.firstCount = new Uint32Array(layout.length + 1);
    layout.loci.forEach(({ cardinality }, locus) => {
      this.firstCount[locus + 1] = this.firstCount[locus] + cardinality;
      this.logarithms[cardinality] ??= log2(cardinality);
    });
    this.counts = new Uint32Array(this.firstCount[layout.length]);
  }

  /** Mean over loci of H / log2(cardinality), H = log2 n − (1/n)·Σ k·log2 k over the counts k of the locus's values; 0…1. */
  mean(members: readonly Chromosome[]): number {
    const { loci, length } = this.layout;
    const { counts, firstCount, weighted, logarithms } = this;
    const n = members.length;
    for (let k = weighted.length; k <= n; k++) weighted.push(k * log2(k));
    counts.fill(0);
    for (const { genes } of members)
      for (let locus = 0; locus < length; locus++) counts[firstCount[locus] + genes[locus]]++;
    let total = 0;
    for (let locus = 0; locus < length; locus++) {
      const { cardinality } = loci[locus];
      if (cardinality < 2) continue;
      let sum = 0;
      for (let at = firstCount[locus]; at < firstCount[locus + 1]; at++) sum += weighted[counts[at]];
      total += Math.min(1, Math.max(0, weighted[n] - sum) / n / logarithms[cardinality]);
    }
    return length > 0 ? total / length : 0;
  }
}
