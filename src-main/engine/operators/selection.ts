/** Parent selection: which member of the last generation becomes a parent. */
import type { Chromosome } from '../search.ts';
import type { Random } from '../random.ts';

export const selectionNames = ['tournament', 'roulette', 'rank'] as const;
export type SelectionName = (typeof selectionNames)[number];

/** Draws a position in the ranked population. */
export type Select = (random: Random) => number;

/**
 * Prepares selection from `ranked` (best first, at least one member); the preparation is paid once per generation, a draw costs
 * O(log n) at most.
 */
export type SelectionOperator = (
  ranked: readonly Chromosome[],
  settings: { readonly tournamentSize: number },
) => Select;

export const selectionOperators: Readonly<Record<SelectionName, SelectionOperator>> = { tournament, roulette, rank };

/** The best of `tournamentSize` members drawn with replacement; Goldberg & Deb 1991. */
function tournament(ranked: readonly Chromosome[], { tournamentSize }: { readonly tournamentSize: number }): Select {
  return (random) => {
    let winner = random.nextInt(ranked.length);
    for (let round = 1; round < tournamentSize; round++) {
      const rival = random.nextInt(ranked.length);
      if (rival < winner) winner = rival;
    }
    return winner;
  };
}

/** Shares of the wheel between the worst member (1) and the best (1 + this). */
const ROULETTE_STEPS = 65_535;

/**
 * Proportional to fitness above the worst member's. Shares are whole: 1 + round((f − worst)/(best − worst) · 65,535), halves up,
 * so the worst keeps a chance and no sum of fractions depends on its order; all members alike: equal shares.
 */
function roulette(ranked: readonly Chromosome[]): Select {
  const best = ranked[0].fitness;
  const worst = ranked[ranked.length - 1].fitness;
  const range = best - worst;
  return drawByShare(
    Float64Array.from(
      ranked,
      ({ fitness }) => 1 + (range > 0 ? Math.round(((fitness - worst) / range) * ROULETTE_STEPS) : 0),
    ),
  );
}

/** Linear ranking (Baker 1985): of n members the best has n shares, the worst 1; exact, nothing is rounded. */
function rank(ranked: readonly Chromosome[]): Select {
  return drawByShare(Float64Array.from(ranked, (_, position) => ranked.length - position));
}

/** A draw with chances in proportion to whole `shares` (at least 1 each, at most 2³² together). */
function drawByShare(shares: Float64Array): Select {
  const cumulative = shares;
  for (let i = 1; i < cumulative.length; i++) cumulative[i] += cumulative[i - 1];
  const total = cumulative[cumulative.length - 1];
  return (random) => {
    const ticket = random.nextInt(total);
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ticket < cumulative[middle]) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
