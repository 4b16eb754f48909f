/** Crossover: two parents exchange genes at equal loci, so every child gene is one a parent had there. */
import type { Random } from '../random.ts';

export const crossoverNames = ['single_point', 'two_point', 'uniform'] as const;
export type CrossoverName = (typeof crossoverNames)[number];

/** Exchanges genes between `a` and `b` in place: copies of the parents go in, children come out. */
export type CrossoverOperator = (a: Uint8Array, b: Uint8Array, random: Random) => void;

export const crossoverOperators: Readonly<Record<CrossoverName, CrossoverOperator>> = {
  single_point: singlePoint,
  two_point: twoPoint,
  uniform,
};

/** Everything from a cut on, which lies between two loci; a single locus cannot be cut. Holland 1975. */
function singlePoint(a: Uint8Array, b: Uint8Array, random: Random): void {
  if (a.length < 2) return;
  exchange(a, b, 1 + random.nextInt(a.length - 1), a.length);
}

/** Everything between two different cuts, out of those before each locus and after the last (at both ends: all of it); De Jong 1975. */
function twoPoint(a: Uint8Array, b: Uint8Array, random: Random): void {
  if (a.length < 2) return;
  const first = random.nextInt(a.length + 1);
  const other = random.nextInt(a.length);
  const second = other < first ? other : other + 1;
  exchange(a, b, Math.min(first, second), Math.max(first, second));
}

/** Each locus with probability 1/2, 32 loci per draw; Syswerda 1989. */
function uniform(a: Uint8Array, b: Uint8Array, random: Random): void {
  let bits = 0;
  for (let locus = 0; locus < a.length; locus++) {
    if ((locus & 31) === 0) bits = random.nextUint32();
    // All bits of the genes or none of them: no branch, which would be guessed wrongly half of the time.
    const differing = (a[locus] ^ b[locus]) & -(bits & 1);
    a[locus] ^= differing;
    b[locus] ^= differing;
    bits >>>= 1;
  }
}

/** Exchanges loci `from … to − 1`. */
export function exchange(a: Uint8Array, b: Uint8Array, from: number, to: number): void {
  for (let locus = from; locus < to; locus++) {
    const gene = a[locus];
    a[locus] = b[locus];
    b[locus] = gene;
  }
}
