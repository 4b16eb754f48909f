/** The tabs of a run's page, as they stand in its address. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { endedStatuses } from '#shared/domain/run.ts';

export const runTabs = ['overview', 'convergence', 'schedule', 'replay', 'population', 'lineage', 'configuration', 'notes'] as const;
export type RunTab = (typeof runTabs)[number];

/** Of a run that ended before its first generation only these have something to show. */
const withoutRecord: readonly RunTab[] = ['overview', 'configuration', 'notes'];

/** Whether a run is over and nothing was recorded of it: no generation is to come. An interrupted one can go on. */
export function isBare({ status, generations }: Pick<RunSummary, 'status' | 'generations'>): boolean {
  return generations === 0 && status !== 'interrupted' && endedStatuses.includes(status);
}

/** The tabs that a run's page offers. */
export function tabsOf(run: Pick<RunSummary, 'status' | 'generations'> | undefined): readonly RunTab[] {
  return run !== undefined && isBare(run) ? withoutRecord : runTabs;
}
