/** The one source of chance of a search: a seeded generator with integer draws and a state that can be saved. */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { z } from 'zod';

const TWO_TO_32 = 0x1_0000_0000;

/** The generator's four 32-bit words. JSON-able. */
export const randomStateSchema = z.array(z.int()).length(4);
export type RandomState = z.output<typeof randomStateSchema>;

/**
 * xoroshiro128+ (Blackman & Vigna 2018). Every draw is an integer, so the same seed gives the same draws on every machine.
 * `n` values are told apart by the high bits, the stronger ones of this generator.
 */
export class Random {
  private generator;

  /** @param seed unsigned 32-bit; close seeds give unrelated sequences, because SplitMix32 spreads them over the state. */
  constructor(seed: number) {
    this.generator = seeded(seed);
  }

  /** A generator that continues where the one that saved `state` stood. */
  static restore(state: RandomState): Random {
    const random = new Random(0);
    random.load(state);
    return random;
  }

  /** Goes on as a new generator with this seed would. */
  seed(seed: number): void {
    this.generator = seeded(seed);
  }

  /** Goes on where the one that saved `state` stood. */
  load(state: RandomState): void {
    this.generator = xoroshiro128plusFromState(state);
  }

  saveState(): RandomState {
    return [...this.generator.getState()];
  }

  /** 0 … 2³² − 1, each as likely. */
  nextUint32(): number {
    return this.generator.next() >>> 0;
  }

  /** 0 … 1 without 1, in steps of 2⁻³². */
  nextShare(): number {
    return this.nextUint32() / TWO_TO_32;
  }

  /** 0 … n − 1, each exactly as likely (draws that would favour some are repeated). `n` is 1 … 2³². */
  nextInt(n: number): number {
    const bucketSize = Math.floor(TWO_TO_32 / n);
    for (;;) {
      const bucket = Math.floor((this.generator.next() >>> 0) / bucketSize);
      if (bucket < n) return bucket;
    }
  }

  /** True in `rate` of all cases: a 32-bit draw below round(rate·2³²); 0 is never, 1 is always. One draw in any case. */
  chance(rate: number): boolean {
    return this.isBelow(thresholdOf(rate));
  }

  /** As `chance`, for a rate that is asked for often: true where a 32-bit draw is below `threshold`. One draw. */
  isBelow(threshold: number): boolean {
    return this.generator.next() >>> 0 < threshold;
  }
}

/** What `isBelow` takes for a rate of 0…1. */
export function thresholdOf(rate: number): number {
  return Math.round(rate * TWO_TO_32);
}

function seeded(seed: number): ReturnType<typeof xoroshiro128plusFromState> {
  return xoroshiro128plusFromState([spread(seed, 1), spread(seed, 2), spread(seed, 3), spread(seed, 4)]);
}

/** The `index`-th output of SplitMix32 (Steele et al. 2014, with the 32-bit finaliser of MurmurHash3) for `seed`. */
function spread(seed: number, index: number): number {
  let word = (seed + Math.imul(index, 0x9e37_79b9)) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
  return word ^ (word >>> 16);
}
