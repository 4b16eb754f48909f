/** Objectives of the searches with several of them: what is traded off, all turned so that less is better. */
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import { headlineMetricNames, type HeadlineMetricName, type Metrics } from '#shared/domain/run.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { computeMetrics, headlineVector } from '#shared/scheduling/metrics.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Simulator } from '#shared/scheduling/simulate.ts';
import type { Chromosome } from './search.ts';

/** Objectives that the headline metrics do not tell: a schedule is simulated again for them. */
const detailNames = ['maxResponseMs', 'deadlineMisses', 'applicationResponseMs'] as const;
type DetailName = (typeof detailNames)[number];

/** What can be an objective. `applicationResponseMs` stands for as many objectives as there are applications. */
export const objectiveNames = [...headlineMetricNames, ...detailNames] as const;
export type ObjectiveName = (typeof objectiveNames)[number];

const VIOLATION = headlineMetricNames.indexOf('constraintViolation');

/** A chromosome with how it is judged. */
export interface Judged extends JudgedPoint {
  readonly chromosome: Chromosome;
}

const details: Readonly<Record<DetailName, (metrics: Metrics, applications: readonly string[]) => readonly number[]>> = {
  maxResponseMs: (metrics, applications) => [applications.reduce((longest, id) => Math.max(longest, metrics.applications[id].maxResponseMs), 0)],
  deadlineMisses: (metrics) => [metrics.deadlineMisses],
  applicationResponseMs: (metrics, applications) => applications.map((id) => metrics.applications[id].meanResponseMs),
};

/** How many times the value of the NPU-first schedule the hypervolume's reference point lies at, in each minimised objective. */
const REFERENCE_POINT = 4;
/** [number of objectives] the largest front whose hypervolume is measured: about 100 ms; none for more objectives. */
const MEASURABLE_FRONT: readonly number[] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1000, 300, 100, 100];

/** Judges the chromosomes of one problem by chosen objectives. */
export class Objectives {
  private readonly problem: Problem;
  private readonly names: readonly ObjectiveName[];
  private readonly isConstrained: boolean;
  private readonly applications: readonly string[];
  private readonly simulator: Simulator | undefined;
  /** What each objective is divided by for the hypervolume: the NPU-first schedule's value, 1 where that is 0. */
  private readonly scales: readonly number[];
  private readonly referencePoint: readonly number[];

  /** @param isConstrained whether constraint violations count before the objectives */
  constructor(problem: Problem, names: readonly ObjectiveName[], isConstrained: boolean) {
    this.problem = problem;
    this.names = names;
    this.isConstrained = isConstrained;
    this.applications = problem.scenario.applications.map(({ id }) => id);
    this.simulator = names.some(isDetail) ? new Simulator(problem) : undefined;
    const reference = referenceMetrics(problem);
    const values = this.valuesOf(headlineVector(reference), reference);
    this.scales = values.map((value) => Math.abs(value) || 1);
    this.referencePoint = values.map((value) => (value < 0 ? 0 : REFERENCE_POINT));
  }

  judge(chromosome: Chromosome): Judged {
    const { metrics } = chromosome;
    return { chromosome, objectives: this.valuesOf(metrics, this.fullMetrics(chromosome)), violation: this.isConstrained ? metrics[VIOLATION] : 0 };
  }

  /**
   * Hypervolume of the feasible ones of `front`, in units of the NPU-first schedule: each objective is divided by its value there
   * (by 1 where that is 0), and the reference point lies at 4 in each, at 0 for throughput, which counts negative. Undefined where
   * it would take too long: for more than six objectives, or for fronts too large for their number.
   */
  hypervolume(front: readonly Judged[]): number | undefined {
    if (front.length > (MEASURABLE_FRONT[this.scales.length] ?? 0)) return undefined;
    const points = front.filter(({ violation }) => violation === 0).map(({ objectives }) => this.scales.map((scale, m) => objectives[m] / scale));
    return hypervolume(points, this.referencePoint);
  }

  private valuesOf(headline: Float64Array, full: Metrics | undefined): number[] {
    return this.names.flatMap((name) => (isDetail(name) ? (full === undefined ? [] : details[name](full, this.applications)) : [headlineValue(headline, name)]));
  }

  /** Undefined where the headline metrics tell everything. */
  private fullMetrics({ genes }: Chromosome): Metrics | undefined {
    if (this.simulator === undefined) return undefined;
    const assignment = decodeGenome(this.problem, genes);
    return computeMetrics(this.problem, assignment, this.simulator.run(assignment));
  }
}

function isDetail(name: ObjectiveName): name is DetailName {
  return detailNames.some((detail) => detail === name);
}

/** Throughput counts negative, because more of it is better. */
function headlineValue(headline: Float64Array, name: HeadlineMetricName): number {
  const value = headline[headlineMetricNames.indexOf(name)];
  return name === 'throughputPerS' ? -value : value;
}
