/** How much work a sweep is: the evaluations of all its runs, and the time they would take one after the other. */
import { estimateEvaluations, optionsWithin } from '#shared/domain/evaluations.ts';
import { expandSweep, type SweepDocument } from '#shared/domain/sweep.ts';

export interface SweepEstimate {
  /** Undefined where some options do not say. */
  readonly evaluations: number | undefined;
  /** Of searching, ms; undefined where the speed of some is not known. */
  readonly searchMs: number | undefined;
  /** Scenario and scheduler whose speed no earlier run shows. */
  readonly unknown: readonly { readonly scenario: string; readonly scheduler: string }[];
  /** Schedulers whose first generation is larger than the budget. */
  readonly tooSmall: readonly string[];
}

/**
 * @param defaultsOf the options of a scheduler with every default
 * @param speedOf evaluations per ms of a scenario (id) with a scheduler, as earlier runs had it
 */
export function estimateSweep(
  document: SweepDocument,
  defaultsOf: (scheduler: string) => Readonly<Record<string, unknown>>,
  speedOf: (scenario: string, scheduler: string) => number | undefined,
): SweepEstimate {
  let evaluations: number | undefined = 0;
  let searchMs: number | undefined = 0;
  const unknown = new Map<string, SweepEstimate['unknown'][number]>();
  const tooSmall = new Set<string>();
  for (const {
    scenario,
    configuration: { scheduler, options },
  } of expandSweep(document)) {
    const complete = { ...defaultsOf(scheduler), ...options };
    const within = document.budget === undefined ? complete : optionsWithin(complete, document.budget.evaluations);
    if (within === undefined) tooSmall.add(scheduler);
    const own = within === undefined ? undefined : estimateEvaluations(within);
    evaluations = own === undefined || evaluations === undefined ? undefined : evaluations + own;
    const id = typeof scenario === 'string' ? scenario : String(scenario['id']);
    const speed = speedOf(id, scheduler);
    if (own !== undefined && speed === undefined) unknown.set(`${id} ${scheduler}`, { scenario: id, scheduler });
    searchMs = own === undefined || speed === undefined || searchMs === undefined ? undefined : searchMs + own / speed;
  }
  return { evaluations, searchMs, unknown: [...unknown.values()], tooSmall: [...tooSmall] };
}
