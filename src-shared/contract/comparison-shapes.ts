/** Saved comparisons as they cross the boundary. */
import { z } from 'zod';

export const savedComparisonSchema = z.object({
  id: z.number(),
  name: z.string(),
  /** Address of the page, from its first slash: what is compared, against what, in which colours. */
  address: z.string(),
  createdAt: z.number(),
});
export type SavedComparison = z.output<typeof savedComparisonSchema>;
