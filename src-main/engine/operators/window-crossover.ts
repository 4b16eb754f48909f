/** Crossover by a window: consecutive tasks are exchanged with everything that is decided about them, the configuration stays. */
import type { GenomeLayout } from '#shared/scheduling/genome-layout.ts';
import type { Random } from '../random.ts';
import { exchange } from './crossover.ts';

/**
 * Exchanges the mapping genes, and those of every later segment, of a window of tasks between `a` and `b`, in place.
 * The window is at most half of all tasks, so
 * that cores and frequencies stay with the parent that most of the mapping comes from: a mapping means another schedule under another
 * configuration.
 */
export function windowCrossover(a: Uint8Array, b: Uint8Array, { segments }: GenomeLayout, random: Random): void {
  const aboutTasks = segments.slice(segments.findIndex(({ name }) => name === 'mapping'));
  const tasks = aboutTasks[0].length;
  const size = 1 + random.nextInt(Math.ceil(tasks / 2));
  const first = random.nextInt(tasks - size + 1);
  for (const { offset } of aboutTasks) exchange(a, b, offset + first, offset + first + size);
}
