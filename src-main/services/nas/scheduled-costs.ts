/**
 * What a candidate costs beside everything else that runs on the device: in a scenario, in place of the network of one application, by the
 * better of two fixed schedules, NPU first and HEFT. The latency is the longest response of that application; deadlines of all count.
 */
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import type { Metrics } from '#shared/domain/run.ts';
import type { Network } from '#shared/domain/network.ts';
import { emptyLibrary, resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import { simpleBaseline } from '#shared/scheduling/baselines.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { describeSolution } from '#shared/scheduling/solution.ts';
import { baselineOf } from '../../engine/baselines.ts';
import { createKernel } from '../../engine/kernel/kernel.ts';
import { createRun } from '../../engine/run-search.ts';
import type { CandidateCost, CandidateCosts } from './network-search.ts';

/** A scenario with a place for candidates. */
export interface CandidateScenario {
  readonly scenario: ResolvedScenario;
  /** Id of the application whose network they are. */
  readonly application: string;
}

/** The application `id`; where there is one only, that. @throws WorkbenchError `nas.application` */
export function applicationFor({ applications, id: scenario }: ResolvedScenario, id: string | undefined): string {
  const ids = applications.map((each) => each.id);
  const found = id ?? (ids.length === 1 ? ids[0] : undefined);
  if (found !== undefined && ids.includes(found)) return found;
  throw new WorkbenchError(
    'nas.application',
    found === undefined
      ? `scenario "${scenario}" has ${ids.length} applications: whose network is searched for?`
      : `scenario "${scenario}" has no application "${found}"`,
    { hint: found === undefined ? `say --application ${ids.join(' or ')}` : suggest(found, ids) },
  );
}

/** The scenario with a candidate in it: a scenario document with everything inline. @throws WorkbenchError `scenario.invalid` where a layer can run nowhere */
export function scenarioWith({ scenario, application }: CandidateScenario, network: Network): ResolvedScenario {
  const applications = scenario.applications.map((each) => (each.id === application ? { ...each, network } : each));
  return resolveScenario({ ...scenario, applications }, emptyLibrary);
}

/** Costs by the better of NPU first and HEFT. */
export function scheduledCosts(space: NetworkSpace, place: CandidateScenario): CandidateCosts {
  const known = new Map<string, CandidateCost>();
  return {
    of(genes) {
      const key = genes.join();
      const cost =
        known.get(key) ??
        costOf(scheduleFixed(scenarioWith(place, space.network(genes)), place.application), place.application);
      known.set(key, cost);
      return cost;
    },
  };
}

/** A schedule of the scenario with a candidate, searched for, beside the fixed one. */
export interface Rescheduled {
  readonly scheduler: string;
  readonly evaluations: number;
  readonly fixed: CandidateCost;
  readonly searched: CandidateCost;
}

/** Schedules found by annealing of so many evaluations: a second or two. */
const RESCHEDULE_EVALUATIONS = 5000;

/** How much better the winner is scheduled when a search may take its time. */
export function reschedule(
  space: NetworkSpace,
  genes: Uint8Array,
  place: CandidateScenario,
  seed: number,
): Rescheduled {
  const scenario = scenarioWith(place, space.network(genes));
  const scheduler = 'annealing';
  const run = createRun(
    scenario,
    { scheduler, seed, options: {}, stop: { evaluations: RESCHEDULE_EVALUATIONS } },
    { createEvaluator: createKernel },
  );
  while (run.step() !== undefined);
  const fixed = costOf(scheduleFixed(scenario, place.application), place.application);
  const searched =
    run.best === undefined
      ? fixed
      : costOf(describeSolution(run.problem, run.best.genes, run.best.fitness).metrics, place.application);
  return { scheduler, evaluations: run.evaluations, fixed, searched };
}

function scheduleFixed(scenario: ResolvedScenario, application: string): Metrics {
  const npuFirst = simpleBaseline(compileProblem(scenario), 'npu_first')?.metrics;
  const heft = baselineOf(scenario, 'heft').metrics;
  if (npuFirst === undefined) return heft;
  const key = (metrics: Metrics): number[] => {
    const { latencyMs, makespanMs = 0, deadlineMisses = 0 } = costOf(metrics, application);
    return [deadlineMisses, latencyMs, makespanMs];
  };
  const [a, b] = [key(npuFirst), key(heft)];
  const first = a.findIndex((value, index) => value !== b[index]);
  return first >= 0 && b[first] < a[first] ? heft : npuFirst;
}

function costOf({ makespanMs, energyMJ, applications }: Metrics, application: string): CandidateCost {
  return {
    latencyMs: applications[application].maxResponseMs,
    makespanMs,
    energyMJ,
    deadlineMisses: Object.values(applications).reduce((sum, each) => sum + each.deadlineMisses, 0),
  };
}
