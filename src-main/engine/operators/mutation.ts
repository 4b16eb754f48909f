/** Mutation: changes genes in place, to alleles of their loci only. */
import type { GeneLayout, GeneLocus } from '#shared/scheduling/genome-layout.ts';
import { thresholdOf, type Random } from '../random.ts';
import { adaptiveRate, type SearchProgress } from './adaptive-rate.ts';
import { lociWithChoice } from './loci-with-choice.ts';

export const mutationNames = ['bit_flip', 'swap', 'gaussian', 'adaptive'] as const;
export type MutationName = (typeof mutationNames)[number];

export interface MutationSettings {
  readonly layout: GeneLayout;
  /** Probability that a locus is mutated, 0…1. */
  readonly rate: number;
  /** How the search is doing; only the adaptive operator looks. */
  readonly progress: SearchProgress;
}

export type MutationOperator = (genes: Uint8Array, settings: MutationSettings, random: Random) => void;

export const mutationOperators: Readonly<Record<MutationName, MutationOperator>> = {
  bit_flip: bitFlip,
  swap,
  gaussian,
  adaptive,
};

/** Each locus with probability `rate` takes another of its alleles, each as likely: bit-flip mutation beyond two values. */
function bitFlip(genes: Uint8Array, { layout, rate }: MutationSettings, random: Random): void {
  const threshold = thresholdOf(rate);
  for (const locus of lociWithChoice(layout))
    if (random.isBelow(threshold)) genes[locus] = otherAllele(layout.loci[locus].alleles, genes[locus], random);
}

/** One of `alleles` apart from `gene`, each as likely. */
export function otherAllele(alleles: GeneLocus['alleles'], gene: number, random: Random): number {
  // a gene outside the alleles has no position: then every allele is another one
  const position = alleles.indexOf(gene);
  const draw = random.nextInt(position < 0 ? alleles.length : alleles.length - 1);
  return alleles[position >= 0 && draw >= position ? draw + 1 : draw];
}

/** Partners a swap tries before it leaves the locus alone. */
const SWAP_ATTEMPTS = 8;

/**
 * Each locus with probability `rate` exchanges its gene with another locus of its segment: one drawn evenly that holds another
 * value, where each of the two admits the other's. Brings no new values in, so it needs a diverse population.
 */
function swap(genes: Uint8Array, { layout, rate }: MutationSettings, random: Random): void {
  for (const { offset, length } of layout.segments) {
    if (length < 2) continue;
    for (let locus = offset; locus < offset + length; locus++) {
      if (!random.chance(rate)) continue;
      for (let attempt = 0; attempt < SWAP_ATTEMPTS; attempt++) {
        const draw = offset + random.nextInt(length - 1);
        const partner = draw < locus ? draw : draw + 1;
        if (genes[partner] === genes[locus]) continue;
        if (
          !layout.loci[locus].alleles.includes(genes[partner]) ||
          !layout.loci[partner].alleles.includes(genes[locus])
        )
          continue;
        const gene = genes[locus];
        genes[locus] = genes[partner];
        genes[partner] = gene;
        break;
      }
    }
  }
}

/** Uniform draws per normal deviate, and their range: the sum of 12 uniforms has variance 12 · range²/12. */
const UNIFORMS = 12;
const UNIFORM_RANGE = 0x1_0000;
const UNIFORM_MEAN = (UNIFORMS * (UNIFORM_RANGE - 1)) / 2;

/**
 * Each locus with probability `rate` moves along its alleles (ascending, e.g. by frequency) by a normally distributed number of
 * steps, at least one, with a standard deviation of a sixth of their number or 1; reflected at the ends. The normal deviate is the
 * Irwin–Hall sum of 12 uniform integers, so that no rounding of a logarithm decides.
 */
function gaussian(genes: Uint8Array, { layout, rate }: MutationSettings, random: Random): void {
  for (let locus = 0; locus < genes.length; locus++) {
    const { alleles } = layout.loci[locus];
    if (alleles.length < 2 || !random.chance(rate)) continue;
    let sum = 0;
    for (let draw = 0; draw < UNIFORMS; draw++) sum += random.nextInt(UNIFORM_RANGE);
    const deviation = sum - UNIFORM_MEAN;
    const steps = Math.max(1, Math.round((Math.abs(deviation) * Math.max(6, alleles.length)) / (6 * UNIFORM_RANGE)));
    const position = Math.max(0, alleles.indexOf(genes[locus]));
    genes[locus] = alleles[reflect(deviation < 0 ? position - steps : position + steps, alleles.length, position)];
  }
}

/** `target` folded back into 0 … count − 1; where that is `origin` again, the neighbour nearer the middle. */
function reflect(target: number, count: number, origin: number): number {
  const period = 2 * (count - 1);
  const folded = ((target % period) + period) % period;
  const position = folded < count ? folded : period - folded;
  if (position !== origin) return position;
  return 2 * origin < count ? origin + 1 : origin - 1;
}

/** Bit flip at a rate that rises when the population has become alike or no longer improves; after Srinivas & Patnaik 1994. */
function adaptive(genes: Uint8Array, settings: MutationSettings, random: Random): void {
  bitFlip(genes, { ...settings, rate: adaptiveRate(settings.rate, settings.progress) }, random);
}
