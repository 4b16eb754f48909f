/** How long a search is, where its parts have shares of the whole, and how long it is made out to be when a limit will end it earlier. */
import { z } from 'zod';

export interface Length {
  readonly generations: number;
  /** Generations that the shares are of; 0: of all. */
  readonly horizon: number;
}

/** The generations that the parts of a search have shares of. */
export function laidOutFor({ generations, horizon }: Length): number {
  return horizon > 0 ? Math.min(horizon, generations) : generations;
}

/**
 * The option. Hosts read its two estimates where a limit is given in other units than generations.
 * @param generationMs about how long a generation takes
 * @param generationEvaluations about how many schedules it scores
 */
export const horizonSchema = (estimate: { readonly generationMs: number; readonly generationEvaluations: number }) =>
  z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({
      ...estimate,
      title: 'Horizon',
      description:
        'Generations that the parts of the search are laid out for, where something else than their number will end it (generations); 0: all of them',
    });
