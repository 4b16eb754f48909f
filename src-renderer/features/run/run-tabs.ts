/** The tabs of a run's page, as written in its address. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { endedWithoutRecord } from '#shared/domain/run.ts';

export const runTabs = [
  'overview',
  'convergence',
  'schedule',
  'replay',
  'population',
  'lineage',
  'mutations',
  'configuration',
  'notes',
] as const;
export type RunTab = (typeof runTabs)[number];

/** Of a run that ended before its first generation only these have something to show. */
const withoutRecord: readonly RunTab[] = ['overview', 'configuration', 'notes'];

/** The tabs that a run's page offers. */
export function tabsOf(run: Pick<RunSummary, 'status' | 'generations'> | undefined): readonly RunTab[] {
  return run !== undefined && endedWithoutRecord(run) ? withoutRecord : runTabs;
}
