/**
 * Latency of the candidates of a space on a processor as the sum of their parts, each by the most certain estimator that knows it. Whole
 * networks are what `estimateLatency` is asked for, which costs more; a search needs the sum.
 */
import { WorkbenchError } from '../domain/errors.ts';
import { AdditiveCost, type Part } from './additive-cost.ts';
import { LAYER_BEFORE } from './block-network.ts';
import {
  estimateLatency,
  latencyEstimators,
  type EstimatorId,
  type LatencyEstimate,
  type LatencyQuestion,
} from './latency.ts';
import type { NetworkSpace } from './space.ts';

export type LatencyPlace = Pick<LatencyQuestion, 'platform' | 'processor' | 'table' | 'networkOf' | 'profiles'>;

export class CandidateLatency {
  readonly #place: LatencyPlace;
  readonly #space: NetworkSpace;
  readonly #by: EstimatorId | undefined;
  /** Parts by the estimator that knew them. */
  readonly #answered = new Map<EstimatorId, number>();
  /** ms */
  readonly cost: AdditiveCost;

  /**
   * @param by the estimator of parts; default: the most certain that knows a part, a block table where `place` has one
   * @throws WorkbenchError `nas.noEstimate` where stem or head have no time
   */
  constructor(space: NetworkSpace, place: LatencyPlace, by?: EstimatorId) {
    this.#space = space;
    this.#place = place;
    this.#by = by;
    this.cost = new AdditiveCost(space, (part) => this.#ofPart(part));
  }

  /** Sum of the parts, ms. @throws WorkbenchError `nas.noEstimate` where one of them has no time */
  ofGenes(genes: ArrayLike<number>): number {
    return this.cost.of(genes);
  }

  /** Of the whole network, with what it comes from; without the table, whose blocks are in the sum of parts. */
  ofWhole(genes: ArrayLike<number>): LatencyEstimate | undefined {
    return estimateLatency({ ...this.#place, network: this.#space.network(genes) });
  }

  /** Where the sum comes from, for people: what was asked so far. */
  get source(): string {
    const parts = [...this.#answered].map(([id, count]) => `${count} by ${id}`);
    return `sum of stem, blocks and head (${parts.join(', ')})`;
  }

  #ofPart({ name, network, placed }: Part): number {
    const question: LatencyQuestion = {
      ...this.#place,
      network,
      without: LAYER_BEFORE,
      ...(placed === undefined ? {} : { block: placed }),
    };
    const answer = this.#by === undefined ? estimateLatency(question) : latencyEstimators[this.#by](question);
    const { processor, platform } = this.#place;
    const [missing] = answer?.missing ?? [];
    if (answer === undefined || missing !== undefined) {
      const what = missing === undefined ? name : `layer "${missing.layer}" (${missing.op}) of ${name}`;
      throw new WorkbenchError(
        'nas.noEstimate',
        `nothing knows how long ${what} takes on "${processor.id}" of ${platform.name}`,
        {
          hint: 'choose another --processor or --estimator, give the processor a cost model, or a table with this block (--blocks)',
        },
      );
    }
    this.#answered.set(answer.estimator, (this.#answered.get(answer.estimator) ?? 0) + 1);
    return answer.latencyMs;
  }
}
