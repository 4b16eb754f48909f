/** Objectives of the searches with several of them: what is traded off, all turned so that less is better. */
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import type { Metrics } from '#shared/domain/run.ts';
import {
  headlineMetricNames,
  headlineVector,
  metricIndex,
  headlineMetrics,
  minimised,
  type HeadlineMetric,
  type HeadlineMetricName,
} from '#shared/domain/metrics.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { ExecutionPlanner } from '#shared/scheduling/execution-plan.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate, Simulator } from '#shared/scheduling/simulate.ts';
import type { Judge, Judged } from './search-space.ts';

/** Objectives that the headline metrics do not contain: a schedule is simulated again for them. */
const detailNames = ['maxResponseMs', 'deadlineMisses', 'applicationResponseMs'] as const;
type DetailName = (typeof detailNames)[number];

/** What can be an objective. `applicationResponseMs` stands for as many objectives as there are applications. */
export const objectiveNames = [...headlineMetricNames, ...detailNames] as const;
export type ObjectiveName = (typeof objectiveNames)[number];

const VIOLATION = metricIndex.constraintViolation;

const details: Readonly<Record<DetailName, (metrics: Metrics, applications: readonly string[]) => readonly number[]>> =
  {
    maxResponseMs: (metrics, applications) => [
      applications.reduce((longest, id) => Math.max(longest, metrics.applications[id].maxResponseMs), 0),
    ],
    deadlineMisses: (metrics) => [metrics.deadlineMisses],
    applicationResponseMs: (metrics, applications) => applications.map((id) => metrics.applications[id].meanResponseMs),
  };

/** How many times the value of the NPU-first schedule the hypervolume's reference point lies at, in each minimised objective. */
const REFERENCE_POINT = 4;
/** [number of objectives] the largest front whose hypervolume is measured: about 100 ms; none for more objectives. */
const MEASURABLE_FRONT: readonly number[] = [
  0,
  Number.POSITIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  1000,
  300,
  100,
  100,
];

/** Judges the chromosomes of one problem by chosen objectives. */
export class Objectives implements Judge {
  private readonly problem: Problem;
  private readonly names: readonly ObjectiveName[];
  private readonly isConstrained: boolean;
  private readonly applications: readonly string[];
  /** Undefined where one of the objectives is not among the headline metrics. */
  private readonly headlineNames: readonly HeadlineMetricName[] | undefined;
  private readonly simulation: { readonly planner: ExecutionPlanner; readonly simulator: Simulator } | undefined;
  /** What each objective is divided by for the hypervolume: the NPU-first schedule's value, 1 where that is 0. */
  private readonly scales: readonly number[];
  private readonly referencePoint: readonly number[];

  /** @param isConstrained whether constraint violations count before the objectives */
  constructor(problem: Problem, names: readonly ObjectiveName[], isConstrained: boolean) {
    this.problem = problem;
    this.names = names;
    this.isConstrained = isConstrained;
    this.applications = problem.scenario.applications.map(({ id }) => id);
    this.simulation = names.some(isDetail)
      ? { planner: new ExecutionPlanner(problem), simulator: new Simulator(problem) }
      : undefined;
    this.headlineNames = names.some(isDetail) ? undefined : names.filter((name) => !isDetail(name));
    const reference = referenceMetrics(problem);
    const values = this.valuesOf(headlineVector(reference), reference);
    this.scales = values.map((value) => Math.abs(value) || 1);
    this.referencePoint = values.map((value) => (value < 0 ? 0 : REFERENCE_POINT));
  }

  /** Number of objectives. */
  get count(): number {
    return this.scales.length;
  }

  judge(chromosome: Chromosome): Judged {
    const { objectives, violation } = this.judgeValues(chromosome.genes, chromosome.metrics);
    return { chromosome, objectives, violation };
  }

  /** The same of a genome with its headline metrics that is not a chromosome yet. */
  judgeValues(genes: Uint8Array, metrics: Float64Array): JudgedPoint {
    return {
      objectives: this.valuesOf(metrics, this.fullMetrics(genes)),
      violation: this.isConstrained ? metrics[VIOLATION] : 0,
    };
  }

  /**
   * Hypervolume of the feasible ones of `front`, in units of the NPU-first schedule: each objective is divided by its value there
   * (by 1 where that is 0), and the reference point lies at 4 in each, at 0 for throughput, which counts negative. Undefined where
   * it would take too long: for more than six objectives, or for fronts too large for their number.
   */
  hypervolume(front: readonly Judged[]): number | undefined {
    if (front.length > (MEASURABLE_FRONT[this.scales.length] ?? 0)) return undefined;
    const points = front
      .filter(({ violation }) => violation === 0)
      .map(({ objectives }) => this.scales.map((scale, m) => objectives[m] / scale));
    return hypervolume(points, this.referencePoint);
  }

  private valuesOf(headline: Float64Array, full: Metrics | undefined): number[] {
    if (this.headlineNames !== undefined) return this.headlineNames.map((name) => headlineValue(headline, name));
    return this.names.flatMap((name) =>
      isDetail(name)
        ? full === undefined
          ? []
          : details[name](full, this.applications)
        : [headlineValue(headline, name)],
    );
  }

  /** Undefined where the headline metrics say everything. */
  private fullMetrics(genes: Uint8Array): Metrics | undefined {
    if (this.simulation === undefined) return undefined;
    const { planner, simulator } = this.simulation;
    if (this.problem.layout.offsetOf.partition !== undefined) {
      const { problem, assignment } = executedSchedule(this.problem, genes);
      return computeMetrics(problem, assignment, simulate(problem, assignment));
    }
    const assignment = decodeGenome(this.problem, genes);
    return computeMetrics(this.problem, assignment, simulator.run(planner.plan(assignment)));
  }
}

function isDetail(name: ObjectiveName): name is DetailName {
  return detailNames.some((detail) => detail === name);
}

/** Turned so that less is better: throughput counts negative. */
const headlineGoals = Object.fromEntries(headlineMetrics.map(({ name, goal }) => [name, goal])) as Readonly<
  Record<HeadlineMetricName, HeadlineMetric['goal']>
>;

function headlineValue(headline: Float64Array, name: HeadlineMetricName): number {
  return minimised(headlineGoals[name], headline[metricIndex[name]]);
}
