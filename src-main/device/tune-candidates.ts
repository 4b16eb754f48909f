/** The schedules among which tuning chooses: each with its prediction by the times of a round, and which of its parts were never measured. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { GeneSelection } from '#shared/domain/scheduler.ts';
import { exactTimesOf } from '#shared/scheduling/exact-times.ts';
import { planOf, type Plan } from './execution.ts';
import type { LayerSets } from './tune-times.ts';

/** A schedule of a recorded run. */
export interface Candidate {
  readonly runId: number;
  readonly chromosomeId: number;
  readonly mapping: unknown;
  readonly genes: GeneSelection;
}

export interface Predicted extends Candidate {
  readonly plan: Plan;
  /** Share of the time of its tasks that rests on measurements of exactly these layers, 0…1. */
  readonly measuredShare: number;
  /** By network: sets of two layers or more that it executes as one and that were not measured as one. */
  readonly unmeasured: LayerSets;
}

/** The plans of `candidates`, those with the shortest predicted makespan first; of equal plans the earliest. */
export function ranked(scenario: ResolvedScenario, candidates: readonly Candidate[]): Predicted[] {
  const known = new Set<string>();
  const predicted: Predicted[] = [];
  for (const candidate of candidates)
    for (const plan of plansOf(scenario, candidate)) {
      const key = orderOf(plan);
      if (known.has(key)) continue;
      known.add(key);
      predicted.push({ ...candidate, plan, ...knowledgeOf(plan) });
    }
  return predicted.toSorted((a, b) => a.plan.predictedMs - b.plan.predictedMs);
}

/** With its own subgraphs, and with those that follow from its order: neighbours on one element need no border between them. */
function plansOf(scenario: ResolvedScenario, { mapping, genes }: Candidate): Plan[] {
  const plans = [planOf(scenario, mapping, genes)];
  if (isObject(mapping) && mapping['subgraphs'] !== undefined) {
    const { subgraphs: _, ...rest } = mapping;
    const { subgraphs: __, ...layerwise } = genes;
    try {
      plans.push(planOf(scenario, rest, layerwise));
    } catch (error) {
      // Its order as single layers may be one that cannot be joined; then only its own subgraphs count.
      if (!(error instanceof WorkbenchError)) throw error;
    }
  }
  return plans;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Two plans with the same tasks in the same order on the same elements are one. */
export function orderOf({ problem, timeline }: Plan): string {
  const jobs = Array.from(problem.jobTask.keys()).toSorted(
    (a, b) => timeline.pe[a] - timeline.pe[b] || timeline.startMs[a] - timeline.startMs[b] || a - b,
  );
  return jobs
    .map((job) => {
      const task = problem.tasks[problem.jobTask[job]];
      const layers = task.members?.map(({ id }) => id) ?? [task.layer];
      return `${timeline.pe[job]} ${task.application} ${problem.jobInstance[job]} ${layers.join()}`;
    })
    .join('\n');
}

function knowledgeOf({ problem, timeline }: Plan): Pick<Predicted, 'measuredShare' | 'unmeasured'> {
  const exact = exactTimesOf(problem.layerwise);
  const unmeasured = new Map<string, Map<string, readonly string[]>>();
  let allMs = 0;
  let measuredMs = 0;
  for (const job of problem.jobTask.keys()) {
    const task = problem.tasks[problem.jobTask[job]];
    const { network } = problem.layerwise.applications[task.application];
    const lengthMs = timeline.endMs[job] - timeline.startMs[job];
    allMs += lengthMs;
    const layers = task.members?.map(({ id }) => id) ?? [network.layers[task.layer].id];
    const processor = problem.layerwise.platform.processors[problem.pes[timeline.pe[job]].processor];
    const isWhole = layers.length === network.layers.length;
    const isMeasured =
      exact.of(network, layers, processor) !== undefined || (isWhole && exact.whole(network, processor) !== undefined);
    if (isMeasured) measuredMs += lengthMs;
    else if (layers.length > 1) {
      const sets = unmeasured.get(network.id) ?? new Map<string, readonly string[]>();
      sets.set(JSON.stringify(layers.toSorted()), layers);
      unmeasured.set(network.id, sets);
    }
  }
  return {
    measuredShare: allMs > 0 ? measuredMs / allMs : 1,
    unmeasured: new Map([...unmeasured].map(([network, sets]) => [network, [...sets.values()]])),
  };
}

/** The sets of several schedules together, those of the first schedule first; at most `most`. */
export function joinedSets(schedules: readonly Predicted[], most: number): LayerSets {
  const joined = new Map<string, Map<string, readonly string[]>>();
  let count = 0;
  for (const { unmeasured } of schedules)
    for (const [network, sets] of unmeasured)
      for (const layers of sets) {
        const own = joined.get(network) ?? new Map<string, readonly string[]>();
        const key = JSON.stringify(layers.toSorted());
        if (count >= most || own.has(key)) continue;
        own.set(key, layers);
        joined.set(network, own);
        count++;
      }
  return new Map([...joined].map(([network, sets]) => [network, [...sets.values()]]));
}
