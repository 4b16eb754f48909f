/**
 * The temperature of annealing, steered so that of the changes for the worse a share is accepted that falls from one value to another.
 *
 * The share falls geometrically over the length of a descent or walk; after each change for the worse the temperature goes up or down a
 * little. No fixed temperature fits all scenarios, this one finds its own. After Kirkpatrick, Gelatt & Vecchi, Science 220 (1983); steering
 * after Lam & Delosme (1988), in a simpler form of ours.
 */
import { exp2, log2 } from '#shared/analysis/portable-math.ts';
import type { Random } from '../random.ts';

/** Of the changes for the worse, the share that is accepted in the end. */
const LAST_ACCEPTANCE = 0.002;
/** How strongly one change steers the temperature. */
const STEERING = 0.2 / Math.LN2;

export class SteeredTemperature {
  /** In units of the fitness; a change that loses as much is accepted in 37 % of all cases. */
  value = 0;
  /** Share that is to be accepted at first. */
  acceptance: number;

  constructor(acceptance: number) {
    this.acceptance = acceptance;
  }

  /** The least fitness that the next change may have, drawn: Metropolis' rule, decided before the change is scored. */
  leastAccepted(fitness: number, random: Random): number {
    return fitness + this.value * Math.LN2 * (log2(random.nextUint32() + 1) - 32);
  }

  /** After a change for the worse. @param progress 0 … 1 */
  steer(isAccepted: boolean, progress: number): void {
    const share = this.acceptance * exp2(progress * log2(LAST_ACCEPTANCE / this.acceptance));
    this.value *= exp2(STEERING * (isAccepted ? share - 1 : share));
  }
}
