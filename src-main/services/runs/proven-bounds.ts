/** The lower bounds of a scenario without a search, for `tessera bound`. */
import { leastMeanResponse, leastResponses } from '#shared/analysis/energetic-bound.ts';
import type { MakespanBound } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { thoroughBound } from '../../engine/bounds/best-bound.ts';
import { loadSolver } from '../../engine/milp/highs.ts';

/** What no schedule of a scenario can beat. */
export interface ProvenBounds {
  /** Null where nothing is proven, because no layer takes any time. */
  readonly bound: MakespanBound | null;
  /** Mean response over all application instances, ms. */
  readonly meanResponseMs: number;
  readonly applications: readonly { readonly application: string; readonly responseMs: number }[];
}

/**
 * By every method, in this thread: for seconds.
 * @param genes what is searched besides the mapping, so what the bounds have to hold for
 */
export async function proveBounds(scenario: ResolvedScenario, genes: GeneSelection): Promise<ProvenBounds> {
  await loadSolver();
  const problem = compileProblem(scenario, genes);
  const leastMs = leastResponses(problem);
  return {
    bound: thoroughBound(problem) ?? null,
    meanResponseMs: leastMeanResponse(problem, leastMs),
    applications: scenario.applications.map(({ id }, index) => ({ application: id, responseMs: leastMs[index] })),
  };
}
