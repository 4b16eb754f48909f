/** What a timeline is worth: every metric of DESIGN §6, computed from the timeline and the assignment alone. */
import { groupDeadlineMs } from '../domain/application-groups.ts';
import type { ApplicationMetrics, GroupMetrics, Metrics } from '../domain/run.ts';
import { metricIndex } from '../domain/metrics.ts';
import { arrangementOf, groupSizeOf, type Assignment } from './decode.ts';
import type { Problem } from './problem.ts';
import { isLate, remainder, TOLERANCE } from './rounding.ts';
import type { Timeline } from './simulate.ts';

/**
 * All metrics of `timeline`. Dropped instances have no response: an application of which none ran is given the makespan for it, so that
 * dropping everything never looks fast.
 */
export function computeMetrics(problem: Problem, assignment: Assignment, timeline: Timeline): Metrics {
  const makespanMs = makespanOf(timeline);
  const busyMs = busyTimes(problem, timeline);
  const responseMs = responseTimes(problem, timeline);
  const applications: Record<string, ApplicationMetrics> = {};
  let deadlineMisses = 0;
  problem.scenario.applications.forEach((application, index) => {
    const own = responseMs.filter((_, instance) => problem.instanceApplication[instance] === index);
    const ran = own.filter(hasRun);
    const misses = ran.filter((response) => isLate(response, problem.deadlineMs[index])).length;
    const sorted = ran.length > 0 ? ran.slice().sort() : Float64Array.of(makespanMs);
    deadlineMisses += misses;
    applications[application.id] = {
      instances: own.length,
      meanResponseMs: ran.length > 0 ? sum(ran) / ran.length : makespanMs,
      p50ResponseMs: quantile(sorted, 0.5),
      p95ResponseMs: quantile(sorted, 0.95),
      maxResponseMs: sorted[sorted.length - 1],
      deadlineMisses: misses,
      ...(problem.streams?.isDroppable[index] === 1 ? { dropped: own.length - ran.length } : {}),
    };
  });
  const ran = responseMs.filter(hasRun);
  return {
    makespanMs,
    throughputPerS: throughput(ran.length, makespanMs),
    energyMJ: energyMJ(problem, assignment, makespanMs, busyMs, timeline),
    latencyMs: sum(ran) / ran.length,
    peakPowerMW: timeline.peakPowerMW,
    constraintViolation: constraintViolation(problem, makespanMs, busyMs, responseMs),
    deadlineMisses,
    utilization: Object.fromEntries(
      problem.pes.map((pe) => [pe.id, utilization(problem, pe.index, makespanMs, busyMs)]),
    ),
    applications,
    ...groupMetrics(problem, responseMs, makespanMs),
  };
}

/**
 * The spans of each group: from a release to the end of its last member, the longest response among the instances released then. Nothing
 * where the scenario has no groups. A release with a dropped member has no span and is missed; without any span, the makespan is in
 * its place.
 * @param responseMs [I]
 */
function groupMetrics(
  problem: Problem,
  responseMs: Float64Array,
  makespanMs: number,
): { readonly groups?: Record<string, GroupMetrics> } {
  const { applications, groups = [] } = problem.scenario;
  if (groups.length === 0) return {};
  const indexOf = new Map(applications.map(({ id }, index) => [id, index]));
  const measured = groups.map((group): [string, GroupMetrics] => {
    const members = new Set(group.applications.map((id) => indexOf.get(id)));
    const spanOfRelease = new Map<number, number>();
    responseMs.forEach((response, instance) => {
      if (!members.has(problem.instanceApplication[instance])) return;
      const release = problem.instanceReleaseMs[instance];
      spanOfRelease.set(release, Math.max(spanOfRelease.get(release) ?? 0, response));
    });
    const all = Float64Array.from(spanOfRelease.values());
    const complete = all.filter(hasRun);
    const spans = complete.length > 0 ? complete : Float64Array.of(makespanMs);
    const deadline = groupDeadlineMs(group);
    const sorted = spans.slice().sort();
    const metrics = {
      releases: all.length,
      meanSpanMs: sum(spans) / spans.length,
      p90SpanMs: quantile(sorted, 0.9),
      worstSpanMs: sorted[sorted.length - 1],
      deadlineMisses: all.filter((span) => !hasRun(span) || isLate(span, deadline)).length,
    };
    return [group.id, metrics];
  });
  return { groups: Object.fromEntries(measured) };
}

/** Only the metrics kept with each chromosome, each at its `metricIndex`, written to `out`; the same bits as `computeMetrics`. */
export function computeHeadlineMetrics(
  problem: Problem,
  assignment: Assignment,
  timeline: Timeline,
  out: Float64Array,
): void {
  const makespanMs = makespanOf(timeline);
  const busyMs = busyTimes(problem, timeline);
  const responseMs = responseTimes(problem, timeline);
  const ran = problem.streams === undefined ? responseMs : responseMs.filter(hasRun);
  out[metricIndex.makespanMs] = makespanMs;
  out[metricIndex.throughputPerS] = throughput(ran.length, makespanMs);
  out[metricIndex.energyMJ] = energyMJ(problem, assignment, makespanMs, busyMs, timeline);
  out[metricIndex.latencyMs] = sum(ran) / ran.length;
  out[metricIndex.constraintViolation] = constraintViolation(problem, makespanMs, busyMs, responseMs);
}

/** Whether a response time is that of an instance that was not dropped. */
function hasRun(responseMs: number): boolean {
  return responseMs === responseMs;
}

/** Quantile `q` of ascending `sorted`, linear between the two closest ranks (Hyndman & Fan 1996, type 7). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Response time of each application instance: last finish − release, ms; NaN: it was dropped. [I] */
export function responseTimes(problem: Problem, timeline: Timeline): Float64Array {
  const responses = new Float64Array(problem.instanceApplication.length);
  for (let instance = 0; instance < responses.length; instance++) {
    const first = problem.instanceFirstJob[instance];
    const end = instance + 1 < responses.length ? problem.instanceFirstJob[instance + 1] : timeline.endMs.length;
    if (isDropped(timeline, instance)) {
      responses[instance] = Number.NaN;
      continue;
    }
    let finish = 0;
    for (let job = first; job < end; job++) if (timeline.endMs[job] > finish) finish = timeline.endMs[job];
    // A job without duration may end at a tick that lies a rounding error before its release.
    responses[instance] = Math.max(0, finish - timeline.releaseMs[instance]);
  }
  return responses;
}

/** Busy time of each processing element, all units together, ms. */
function busyTimes(problem: Problem, timeline: Timeline): Float64Array {
  const busy = new Float64Array(problem.pes.length);
  for (let job = 0; job < timeline.endMs.length; job++) {
    const durationMs = timeline.endMs[job] - timeline.startMs[job];
    if (durationMs === durationMs) busy[timeline.pe[job]] += durationMs;
  }
  return busy;
}

/** Whether an instance was dropped, so that its jobs have no times. */
export function isDropped({ droppedMs }: Pick<Timeline, 'droppedMs'>, instance: number): boolean {
  return !Number.isNaN(droppedMs[instance]);
}

/** The last end of `timeline`, ms, whatever was dropped. */
export function makespanOf(timeline: Pick<Timeline, 'endMs'>): number {
  let makespan = 0;
  for (let job = 0; job < timeline.endMs.length; job++)
    if (timeline.endMs[job] > makespan) makespan = timeline.endMs[job];
  return makespan;
}

/** Finished instances per second; 0 when nothing took any time. */
function throughput(instances: number, makespanMs: number): number {
  return makespanMs > 0 ? instances / (makespanMs / 1000) : 0;
}

/** Busy share of an element's units over the makespan, 0…1. */
function utilization(problem: Problem, pe: number, makespanMs: number, busyMs: Float64Array): number {
  return makespanMs > 0 ? Math.min(1, busyMs[pe] / (makespanMs * problem.pes[pe].units)) : 0;
}

/**
 * mJ = mW·ms / 1000. Every active core draws active power while it (or the group it belongs to) is busy and idle power for the
 * rest of the makespan; cores switched off draw off power; each cluster draws its cluster power for the makespan (at least one
 * core is always powered); transfers draw pJ per byte.
 */
function energyMJ(
  problem: Problem,
  assignment: Assignment,
  makespanMs: number,
  busyMs: Float64Array,
  timeline: Timeline,
): number {
  let microjoules = 0;
  for (const processor of problem.processors) {
    const point = processor.operatingPoints[assignment.operatingPoint[processor.index]];
    const { activeCores } = arrangementOf(problem, assignment, processor.index);
    let busyCoreMs = 0;
    for (let pe = processor.firstPe; pe < processor.firstPe + processor.peCount; pe++)
      busyCoreMs += busyMs[pe] * groupSizeOf(problem, assignment, pe);
    microjoules += point.activePowerMW * busyCoreMs;
    microjoules += processor.idlePowerMW * remainder(activeCores * makespanMs, busyCoreMs);
    microjoules += processor.offPowerMW * ((processor.coreCount - activeCores) * makespanMs);
    microjoules += point.clusterPowerMW * makespanMs;
  }
  return microjoules / 1000 + transferEnergyPJ(problem, assignment, timeline) * 1e-9;
}

/** Energy of all transfers between processors, every instance of every edge that was not dropped, pJ. */
function transferEnergyPJ(problem: Problem, assignment: Assignment, timeline: Timeline): number {
  const ran = problem.applicationInstances.slice();
  if (problem.streams !== undefined)
    problem.instanceApplication.forEach((application, instance) => {
      if (isDropped(timeline, instance)) ran[application]--;
    });
  let total = 0;
  for (let edge = 0; edge < problem.edgeProducer.length; edge++) {
    const from = problem.pes[assignment.peOfTask[problem.edgeProducer[edge]]].processor;
    const to = problem.pes[assignment.peOfTask[problem.edgeConsumer[edge]]].processor;
    if (from === to) continue;
    const instances = ran[problem.tasks[problem.edgeConsumer[edge]].application];
    total += problem.edgeBytes[edge] * problem.linkEnergyPJPerByte[from * problem.processors.length + to] * instances;
  }
  return total;
}

/**
 * Σ max(0, utilisation − maxUtilization) over elements + Σ max(0, response − deadline) / deadline over instances + 1 for each dropped one;
 * 0 is feasible.
 */
function constraintViolation(
  problem: Problem,
  makespanMs: number,
  busyMs: Float64Array,
  responseMs: Float64Array,
): number {
  let violation = 0;
  for (const pe of problem.pes) {
    const excess = utilization(problem, pe.index, makespanMs, busyMs) - problem.processors[pe.processor].maxUtilization;
    if (excess > TOLERANCE) violation += excess;
  }
  for (let instance = 0; instance < responseMs.length; instance++) {
    const deadline = problem.deadlineMs[problem.instanceApplication[instance]];
    if (!hasRun(responseMs[instance])) violation += 1;
    else if (isLate(responseMs[instance], deadline)) violation += (responseMs[instance] - deadline) / deadline;
  }
  return violation;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
