/** What `puzzle` trades off: mean and 90th percentile of the span of each group of applications, or how often they can be asked for. */
import { FrequencyProbe, hasFrequency } from '#shared/analysis/request-frequency.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Chromosome } from '#shared/domain/generation.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { createKernel, type Kernel } from '../kernel/kernel.ts';
import type { Judge, Judged } from '../search-space.ts';

export const goals = ['spans', 'saturation'] as const;
export type Goal = (typeof goals)[number];

/** Objectives of chromosomes that were judged lately: those of members and archives are asked for again. */
const MOST_KEPT = 20_000;
/** α of a schedule that misses deadlines at any frequency: beyond the grid. */
const NEVER = 1000;

export class SpanJudge implements Judge {
  readonly #problem: Problem;
  readonly #goal: Goal;
  readonly #isConstrained: boolean;
  readonly #kernel: Kernel;
  /** [groups and single applications][releases] the instances that are released together. */
  readonly #releases: readonly (readonly (readonly number[])[])[];
  readonly #known = new Map<number, readonly number[]>();

  /** @throws WorkbenchError `scheduler.invalid` for the goal saturation where nothing is released again and again */
  constructor(problem: Problem, goal: Goal, isConstrained: boolean) {
    if (goal === 'saturation' && !hasFrequency(problem.layerwise))
      throw new WorkbenchError(
        'scheduler.invalid',
        'no application has a period, so there is no frequency to search for',
        {
          hint: 'set goal to "spans", or give applications or groups a period',
          path: ['options', 'goal'],
        },
      );
    this.#problem = problem;
    this.#goal = goal;
    this.#isConstrained = isConstrained;
    this.#kernel = createKernel(problem);
    this.#releases = releasesOf(problem);
  }

  /** Number of objectives. */
  get count(): number {
    if (this.#goal === 'saturation') return 2;
    return this.#releases.reduce((sum, releases) => sum + (releases.length > 1 ? 2 : 1), 0);
  }

  judge(chromosome: Chromosome): Judged {
    let objectives = this.#known.get(chromosome.id);
    if (objectives === undefined) {
      objectives = this.#goal === 'spans' ? this.#spans(chromosome) : this.#saturation(chromosome);
      const [oldest] = this.#known.keys();
      if (oldest !== undefined && this.#known.size >= MOST_KEPT) this.#known.delete(oldest);
      this.#known.set(chromosome.id, objectives);
    }
    const violation = this.#isConstrained ? chromosome.metrics[metricIndex.constraintViolation] : 0;
    return { chromosome, objectives, violation };
  }

  /** Not measured: groups have many objectives. */
  hypervolume(): undefined {
    return undefined;
  }

  /** Mean and 90th percentile of each group's spans, ms; of what is released once its span. What is dropped takes as long as the schedule. */
  #spans({ genes, metrics }: Chromosome): number[] {
    const makespanMs = metrics[metricIndex.makespanMs];
    const responseMs = this.#kernel.responses(genes).map((own) => (Number.isNaN(own) ? makespanMs : own));
    return this.#releases.flatMap((releases) => {
      const spans = Float64Array.from(releases, (instances) =>
        instances.reduce((longest, instance) => Math.max(longest, responseMs[instance]), 0),
      );
      const mean = spans.reduce((sum, span) => sum + span, 0) / spans.length;
      return spans.length > 1 ? [mean, quantile(spans.sort(), 0.9)] : [mean];
    });
  }

  /** α*, and the mean response, by which schedules of one α* differ. */
  #saturation({ genes, metrics }: Chromosome): number[] {
    const { problem, assignment } = executedSchedule(this.#problem, genes);
    const search = new FrequencyProbe(problem, assignment).leastAlpha();
    let step = search.next();
    while (step.done !== true) step = search.next();
    return [step.value ?? NEVER, metrics[metricIndex.latencyMs]];
  }
}

/** Groups of the scenario, then each application outside of them: its releases, and the instances of each. */
function releasesOf({ layerwise, instanceApplication, instanceReleaseMs }: Problem): number[][][] {
  const { applications, groups = [] } = layerwise;
  const grouped = new Set(groups.flatMap((group) => group.applications));
  const units = [
    ...groups.map((group) => group.applications),
    ...applications.filter(({ id }) => !grouped.has(id)).map(({ id }) => [id]),
  ];
  return units.map((ids) => {
    const members = new Set(ids.map((id) => applications.findIndex((application) => application.id === id)));
    const instances = [...instanceApplication.keys()].filter((instance) => members.has(instanceApplication[instance]));
    return [...Map.groupBy(instances, (instance) => instanceReleaseMs[instance]).values()];
  });
}
