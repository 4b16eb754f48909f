/** The tabs of a run's page, as they stand in its address. */
export const runTabs = ['overview', 'convergence', 'schedule', 'replay', 'population', 'lineage', 'configuration', 'notes'] as const;
export type RunTab = (typeof runTabs)[number];
