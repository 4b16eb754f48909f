/** Reading the generations of a run as columns, a little at a time. */
import { setImmediate } from 'node:timers/promises';
import { concatenateSeries } from '#shared/contract/generation-series.ts';
import type { GenerationSeries } from '#shared/contract/shapes.ts';
import type { RunLayout } from '../../store/columns.ts';
import type { GenerationRepository } from '../../store/generation-repository.ts';

/** Generations read from the database in one go; more would hold up whatever else this thread does. */
const PAGE = 2000;

/** Generations `from … from + limit − 1`, as far as they are recorded. */
export async function readGenerations(
  generations: GenerationRepository,
  runId: number,
  layout: RunLayout,
  from: number,
  limit: number,
): Promise<GenerationSeries> {
  const pages: GenerationSeries[] = [];
  for (let next = from; next < from + limit; next += PAGE) {
    const size = Math.min(PAGE, from + limit - next);
    const page = generations.series(runId, layout, next, size);
    pages.push(page);
    if (page.length < size) break;
    await setImmediate();
  }
  return concatenateSeries(from, pages);
}
