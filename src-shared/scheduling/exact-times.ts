/** The times of layers executed as one that a scenario brings with it. */
import type { ResolvedScenario } from '../domain/scenario.ts';
import { noExactTimes, type ExactTimes } from './subgraph-times.ts';

/** Times of exactly a set of layers, from what `scenario` names. */
export function exactTimesOf(_scenario: ResolvedScenario): ExactTimes {
  return noExactTimes;
}
