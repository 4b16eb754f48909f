/** The vocabulary of request frequencies: the bound, and the curve of satisfaction over α (DESIGN §16). */
import { z } from 'zod';

/** What a bound of the frequency argues from, in words. */
export const frequencyBoundMethods = {
  fluid_load: 'the work of all instances, layers divided among processors at will',
  longest_path: 'the longest path of an application, each layer where it is fastest',
} as const;

export const frequencyBoundSchema = z.object({
  /** No schedule keeps all deadlines at a smaller point of the grid. */
  alpha: z.number(),
  /** 1/α: no schedule supports a higher one. */
  frequency: z.number(),
  method: z.enum(Object.keys(frequencyBoundMethods) as (keyof typeof frequencyBoundMethods)[]),
});
export type FrequencyBound = z.output<typeof frequencyBoundSchema>;
