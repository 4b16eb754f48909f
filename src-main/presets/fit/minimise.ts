/** Minimises a function of positive parameters, deterministically. */

/**
 * Coordinate search on the logarithms of `start`: tries each parameter up and down by a factor, keeps what is better, and halves the
 * factor's exponent when nothing is, until parameters are known to about 0.1 %. For smooth functions of a few parameters.
 */
export function minimise(start: readonly number[], cost: (parameters: readonly number[]) => number): number[] {
  let best = [...start];
  let lowest = cost(best);
  for (let exponent = 0.5; exponent > 0.001; exponent /= 2) {
    for (let improved = true; improved;) {
      improved = false;
      for (let index = 0; index < best.length; index++) {
        for (const factor of [Math.exp(exponent), Math.exp(-exponent)]) {
          const tried = best.with(index, best[index] * factor);
          const found = cost(tried);
          // A gain too small to matter would let the search creep along a valley for ever.
          if (found >= lowest * (1 - 1e-6)) continue;
          best = tried;
          lowest = found;
          improved = true;
        }
      }
    }
  }
  return best;
}
