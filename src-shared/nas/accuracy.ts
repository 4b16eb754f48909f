/**
 * What a candidate is worth: where figures come from, and how sure they are. Nothing here invents an accuracy: what nobody trained or
 * tabulated is a score without a unit.
 */
import type { NetworkSpace } from './space.ts';
import { AdditiveCost, partSum } from './additive-cost.ts';
import { logSynflow, scoreTitles, type ScoreId } from './scores.ts';
import type { HeldOutError } from './ridge.ts';

/** A network that is asked about. */
export interface Candidate {
  readonly genes: Uint8Array;
  /** SHA-256 of what the network is, hexadecimal: the same for the same network, whatever the space. */
  readonly hash: string;
}

export interface Score {
  readonly value: number;
  /** Standard deviation, where the source states one. */
  readonly std?: number | undefined;
}

/** Why there is no score. */
export interface NoScore {
  readonly error: string;
}

export interface AccuracySource {
  readonly id: string;
  /** What the number is, e.g. "top-1". */
  readonly title: string;
  /** "%", or empty: a score without a unit. */
  readonly unit: string;
  /** Whether more is better. */
  readonly isHigherBetter: boolean;
  /** Where it comes from, for people. */
  readonly source: string;
  /** Of a surrogate: on networks that it was not fitted to. */
  readonly heldOut?: HeldOutError | undefined;
  /** What a network of a table was found to be when it was trained, beside what is searched with. */
  readonly trained?: (genes: ArrayLike<number>) => Score | undefined;
  /** Where the score is a sum over parts. */
  readonly additive?: AdditiveCost | undefined;
  /** In the order of the candidates. Rejects only where nothing can be scored any more. */
  scores(candidates: readonly Candidate[]): Promise<readonly (Score | NoScore)[]>;
  /** Ends what it has started; candidates that were asked for have no score then. */
  close?(): void;
}

/** A score of an untrained network. */
export function proxyScore(space: NetworkSpace, id: ScoreId): AccuracySource {
  const additive =
    id === 'log-synflow'
      ? undefined
      : new AdditiveCost(space, (part) => partSum(part, id === 'macs' ? 'macs' : 'parameters'));
  const valueOf = (genes: Uint8Array): number => additive?.of(genes) ?? logSynflow(space.description(genes));
  return {
    id,
    title: scoreTitles[id],
    unit: '',
    isHigherBetter: true,
    source: 'a score of the untrained network, no accuracy',
    additive,
    scores: (candidates) => Promise.resolve(candidates.map(({ genes }) => ({ value: valueOf(genes) }))),
  };
}
