/** What a scenario asks of its platform before anything is scheduled: least work per processor, and what no schedule can get around. */
import { isImpossible } from '#shared/analysis/deadlines.ts';
import { responseBounds } from '#shared/analysis/response-bounds.ts';
import { baseTimeMs, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { Platform, Processor } from '#shared/domain/platform.ts';
import { instanceCounts } from '#shared/scheduling/compile-jobs.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

export interface ProcessorLoad {
  readonly id: string;
  readonly name: string;
  readonly kind: Processor['kind'];
  /** Cores that work at the same time. */
  readonly units: number;
  readonly maxUtilization: number;
  /** By application: work of one instance if every layer runs on its fastest processor, ms. */
  readonly workMs: readonly number[];
  /** By application: that work per time between releases and core, as a share; 0 for what is released only once. */
  readonly share: readonly number[];
  /** Share of the work that no other processor can do. */
  readonly exclusiveShare: number;
}

export interface ApplicationBound {
  readonly id: string;
  readonly name: string;
  /** Longest path with every layer on its fastest processor and no transfers, ms. */
  readonly criticalPathMs: number;
  /** Least work of one instance, ms. */
  readonly workMs: number;
  readonly deadlineMs: number | null;
  readonly periodMs: number | null;
}

export interface ScenarioLoad {
  readonly processors: readonly ProcessorLoad[];
  readonly applications: readonly ApplicationBound[];
  /** Least work of all periodic applications per time and core of the platform, as a share: above 1 nothing can keep up. */
  readonly leastShare: number;
}

export interface FeasibilityHint {
  readonly severity: 'impossible' | 'tight' | 'note';
  readonly text: string;
}

/** The shortest time that a processor can take for a layer of base time 1: at its highest frequency, with its largest group of cores. */
export function shortestFactor(processor: Processor): number {
  const frequencies = processor.operatingPoints.map((point) => point.frequencyMHz);
  const highest = Math.max(...frequencies, frequencies.length === 0 ? (processor.nominalFrequencyMHz ?? 1) : 0);
  const nominal = processor.nominalFrequencyMHz ?? highest;
  const frequencyFactor = 1 - processor.frequencyScaling + (processor.frequencyScaling * nominal) / highest;
  const groups = processor.dispatch === 'pinned' ? (processor.coreConfigurations ?? []).flat() : [];
  const speedup = Math.max(1, ...groups.map((size) => processor.groupSpeedup?.[String(size)] ?? 1));
  return frequencyFactor / processor.basePerformance / speedup;
}

export function scenarioLoad(scenario: ResolvedScenario): ScenarioLoad {
  const { processors } = scenario.platform;
  const factors = processors.map(shortestFactor);
  const work = processors.map(() => scenario.applications.map(() => 0));
  const exclusive = processors.map(() => 0);
  const rates = ratesOf(scenario);
  const applications = scenario.applications.map((application, index): ApplicationBound => {
    const finish = new Map<string, number>();
    let [criticalPathMs, workMs] = [0, 0];
    const times = new Map(
      application.network.layers.map((layer) => [
        layer.id,
        processors.map((processor, place) => {
          const base = baseTimeMs(processor, layer);
          return base === undefined ? Infinity : base * factors[place];
        }),
      ]),
    );
    for (const layer of inOrder(application.network.layers)) {
      const own = times.get(layer.id) ?? [];
      const best = Math.min(...own);
      const fastest = own.indexOf(best);
      if (!Number.isFinite(best)) continue;
      work[fastest][index] += best;
      workMs += best;
      if (own.filter(Number.isFinite).length === 1) exclusive[fastest] += best * rates[index];
      const start = layer.dependencies.reduce(
        (latest, dependency) => Math.max(latest, finish.get(dependency.layer) ?? 0),
        0,
      );
      finish.set(layer.id, start + best);
      criticalPathMs = Math.max(criticalPathMs, start + best);
    }
    return {
      id: application.id,
      name: application.name,
      criticalPathMs,
      workMs,
      deadlineMs: application.deadlineMs,
      periodMs: application.periodMs,
    };
  });
  const units = processors.map((processor) => processor.coreCount);
  const loads = processors.map((processor, place): ProcessorLoad => ({
    id: processor.id,
    name: processor.name,
    kind: processor.kind,
    units: units[place],
    maxUtilization: processor.maxUtilization,
    workMs: work[place],
    share: work[place].map((ms, index) => (ms * rates[index]) / units[place]),
    exclusiveShare: exclusive[place] / units[place],
  }));
  const total = applications.reduce((sum, application, index) => sum + application.workMs * rates[index], 0);
  return { processors: loads, applications, leastShare: total / units.reduce((sum, count) => sum + count, 0) };
}

/** [A] instances per ms of each application that goes on; 0 for one that is released once. None is taken to be dropped. */
function ratesOf(scenario: ResolvedScenario): number[] {
  const { applications } = scenario;
  const counts = instanceCounts(scenario);
  const placeOf = new Map(applications.map(({ id }, index) => [id, index]));
  const rateOf = (index: number): number => {
    const { periodMs, after, instancesPerRelease = 1 } = applications[index];
    if (after !== undefined) return (rateOf(placeOf.get(after.application) ?? 0) / after.every) * instancesPerRelease;
    return periodMs === null || counts[index] <= instancesPerRelease ? 0 : instancesPerRelease / periodMs;
  };
  return applications.map((_, index) => rateOf(index));
}

/** Each layer after those it reads. */
function inOrder<Layer extends { readonly id: string; readonly dependencies: readonly { readonly layer: string }[] }>(
  layers: readonly Layer[],
): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const done = new Set<string>();
  const ordered: Layer[] = [];
  for (const root of layers) {
    const stack = [root];
    for (let layer = stack.at(-1); layer !== undefined; layer = stack.at(-1)) {
      const next = layer.dependencies
        .map((dependency) => byId.get(dependency.layer))
        .find((producer) => producer !== undefined && !done.has(producer.id));
      if (next !== undefined) stack.push(next);
      else {
        stack.pop();
        if (!done.has(layer.id)) ordered.push(layer);
        done.add(layer.id);
      }
    }
  }
  return ordered;
}

/**
 * [A] the least response of each application, transfers included, ms: that of one instance alone, released at a tick,
 * so the same for any number of instances.
 */
export function leastResponses(scenario: ResolvedScenario): Float64Array {
  return responseBounds(
    compileProblem({
      ...scenario,
      applications: scenario.applications.map((application) => ({
        ...application,
        startTimeMs: 0,
        periodMs: null,
        instances: 1,
      })),
    }),
  );
}

/**
 * What speaks against the scenario, the worst first.
 * @param leastMs as of `leastResponses`;
 * @param writeMs how durations are written;
 * @param writeShare how shares are
 */
export function feasibilityHints(
  { processors, applications, leastShare }: ScenarioLoad,
  leastMs: ArrayLike<number>,
  writeMs: (ms: number) => string,
  writeShare: (share: number) => string,
): FeasibilityHint[] {
  const hints: FeasibilityHint[] = [];
  for (const [index, { name, deadlineMs, periodMs }] of applications.entries()) {
    const least = leastMs[index];
    if (deadlineMs !== null && isImpossible(deadlineMs, least))
      hints.push({
        severity: 'impossible',
        text: `${name} cannot meet its deadline of ${writeMs(deadlineMs)}: no schedule of it takes less than ${writeMs(least)}, transfers included.`,
      });
    else if (deadlineMs !== null && least > 0.8 * deadlineMs)
      hints.push({
        severity: 'tight',
        text: `${name} has little room: every schedule of it takes at least ${writeMs(least)} of the ${writeMs(deadlineMs)} until its deadline.`,
      });
    if (deadlineMs !== null && periodMs !== null && deadlineMs > periodMs)
      hints.push({
        severity: 'note',
        text: `${name} is released again before its deadline, so instances may overlap.`,
      });
  }
  if (leastShare > 1)
    hints.push({
      severity: 'impossible',
      text: `The periodic applications need ${writeShare(leastShare)} of all cores together, each layer on its fastest: the platform cannot keep up.`,
    });
  for (const { name, exclusiveShare, maxUtilization, share } of processors) {
    const total = share.reduce((sum, each) => sum + each, 0);
    if (exclusiveShare > maxUtilization)
      hints.push({
        severity: 'impossible',
        text: `What only ${name} can run needs ${writeShare(exclusiveShare)} of it${maxUtilization < 1 ? `, ${writeShare(maxUtilization)} are accepted` : ''}.`,
      });
    else if (total > maxUtilization)
      hints.push({
        severity: 'tight',
        text:
          `If every layer went to its fastest processor, ${name} would be busy ${writeShare(total)} of the ` +
          `time${maxUtilization < 1 ? `, ${writeShare(maxUtilization)} are accepted` : ''}: some have to go elsewhere.`,
      });
  }
  const rank = { impossible: 0, tight: 1, note: 2 };
  return hints.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Cores of a platform that can work at the same time. */
export function coresOf(platform: Platform): number {
  return platform.processors.reduce((sum, processor) => sum + processor.coreCount, 0);
}
