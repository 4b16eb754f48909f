/**
 * Networks as a space to search: genes are the choices of a search space, metrics what a candidate is worth and costs. A candidate over the
 * largest limit is not worth asking for its score, which may take hours; how it is judged depends on the limit being hard or a penalty.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import type { Random } from '../random.ts';
import { randomGenome } from '../random-genome.ts';
import type { SearchSpace } from '../search-space.ts';

/** What a candidate is scored with, in order. NaN: not known. */
export const candidateMetricNames = [
  'score',
  'latencyMs',
  'parameters',
  'macs',
  'makespanMs',
  'energyMJ',
  'deadlineMisses',
] as const;
export type CandidateMetric = (typeof candidateMetricNames)[number];
export const candidateMetric = Object.fromEntries(candidateMetricNames.map((name, index) => [name, index])) as Readonly<
  Record<CandidateMetric, number>
>;

/** Latency limits, and whether more is refused or costs score: `λ · ln(1 + μ · ms over the limit)`, the term of S3NAS's loss. */
export interface Limits {
  /** Ascending, ms; none: no limit. */
  readonly limitsMs: readonly number[];
  readonly penalty?: { readonly lambda: number; readonly mu: number } | undefined;
}

export interface NetworkSpaceParts extends Limits {
  readonly space: NetworkSpace;
  /** What a limit limits, ms; the same genes give the same. */
  readonly latencyOf: (genes: Uint8Array) => number;
  /** Latency of the whole network, ms, where it differs from a sum of parts that `latencyOf` gives. */
  readonly wholeOf?: ((genes: Uint8Array) => number | undefined) | undefined;
  /** 1: more score is better; −1: less is. */
  readonly sign: 1 | -1;
  /** What a search for several goals trades off. */
  readonly objectives: readonly CandidateMetric[];
  /** Score of items of groups where scores and latencies add up. */
  readonly additive?: AdditiveParts | undefined;
}

/** Of all groups of choices: what each of their items adds. */
export interface AdditiveParts {
  readonly baseMs: number;
  readonly groups: readonly {
    readonly loci: readonly number[];
    readonly items: readonly { readonly values: readonly number[]; readonly ms: number; readonly score: number }[];
  }[];
}

/** Fitness of a candidate that breaks a hard limit, or has no score: below that of all others. */
const REFUSED = -1e12;
/** Draws before a candidate is moved below the limit choice by choice. */
const DRAWS = 20;

export class NetworkSearchSpace implements SearchSpace {
  readonly layout: NetworkSpace['layout'];
  readonly metricCount = candidateMetricNames.length;
  readonly parts: NetworkSpaceParts;

  constructor(parts: NetworkSpaceParts) {
    this.parts = parts;
    this.layout = parts.space.layout;
  }

  seeds(): readonly Uint8Array[] {
    return [];
  }

  /** The largest of the limits; infinite without one, or where it costs score only. */
  get mostMs(): number {
    const { limitsMs, penalty } = this.parts;
    return penalty === undefined ? (limitsMs.at(-1) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  }

  /** Limits one of which a search is after at a time, ascending; one infinite one where there is none that refuses. */
  get targetsMs(): readonly number[] {
    const { limitsMs, penalty } = this.parts;
    return penalty !== undefined || limitsMs.length === 0 ? [Number.POSITIVE_INFINITY] : limitsMs;
  }

  fitnessOf(metrics: Float64Array): number {
    const { limitsMs, penalty, sign } = this.parts;
    const latencyMs = metrics[candidateMetric.latencyMs];
    const worth = metrics[candidateMetric.score] * sign;
    const over = Math.max(0, latencyMs - (limitsMs.at(-1) ?? Number.POSITIVE_INFINITY));
    if (over > 0 && penalty === undefined) return REFUSED - over;
    if (Number.isNaN(worth)) return REFUSED;
    return penalty === undefined || over === 0 ? worth : worth - penalty.lambda * Math.log(1 + penalty.mu * over);
  }

  /** By the objectives of the space, whatever the names: those of scheduling mean nothing here. */
  objectives(): ReturnType<SearchSpace['objectives']> {
    const { objectives, sign } = this.parts;
    const { mostMs } = this;
    return {
      judge: (chromosome) => {
        const { metrics } = chromosome;
        const isScored = !Number.isNaN(metrics[candidateMetric.score]);
        const over = Math.max(0, metrics[candidateMetric.latencyMs] - mostMs);
        return {
          chromosome,
          objectives: objectives.map((name) => {
            const value = metrics[candidateMetric[name]];
            return Number.isNaN(value) ? Number.MAX_VALUE : name === 'score' ? -sign * value : value;
          }),
          violation: over > 0 ? 1 + over : isScored ? 0 : 1,
        };
      },
      hypervolume: () => undefined,
    };
  }

  /** A random candidate within `limitMs`; where chance does not find one, choices are made cheaper in a random order until it is within. @throws WorkbenchError `nas.limitTooLow` */
  draw(random: Random, limitMs: number): Uint8Array {
    const { space, latencyOf } = this.parts;
    let genes = space.canonical(randomGenome(this.layout, random));
    for (let draw = 1; draw < DRAWS && latencyOf(genes) > limitMs; draw++)
      genes = space.canonical(randomGenome(this.layout, random));
    return latencyOf(genes) <= limitMs ? genes : this.#cheaper(genes, random, limitMs);
  }

  #cheaper(genes: Uint8Array, random: Random, limitMs: number): Uint8Array {
    const { space, latencyOf } = this.parts;
    let best = genes;
    let bestMs = latencyOf(best);
    /** Loci in a row that offered nothing cheaper: after all of them there is nothing. */
    let idle = 0;
    let locus = random.nextInt(this.layout.length);
    while (bestMs > limitMs) {
      const cheaper = Array.from(this.layout.loci[locus].alleles, (allele) => {
        const changed = best.slice();
        changed[locus] = allele;
        return space.canonical(changed);
      }).filter((each) => latencyOf(each) < bestMs);
      if (cheaper.length > 0) {
        best = cheaper[random.nextInt(cheaper.length)];
        bestMs = latencyOf(best);
        idle = 0;
        locus = random.nextInt(this.layout.length);
      } else if (++idle >= this.layout.length) {
        throw limitTooLow(bestMs, limitMs);
      } else locus = (locus + 1) % this.layout.length;
    }
    return best;
  }
}

/** @param leastMs latency of the cheapest network */
export function limitTooLow(leastMs: number, limitMs: number): WorkbenchError {
  return new WorkbenchError(
    'nas.limitTooLow',
    `no network of the space takes ${limitMs} ms or less; the fastest takes ${leastMs.toFixed(3)} ms`,
    {
      hint: 'raise --limit, or choose a smaller space',
    },
  );
}
