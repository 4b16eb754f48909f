/**
 * Runs: of a scenario, or of another space. One generation per `step()`.
 *
 *   const run = createRun(scenario, configuration);
 *   for (let generation = run.step(); generation !== undefined; generation = run.step()) record(generation);
 *
 * Between two steps `saveState()` gives a small JSON object. Together with the chromosomes recorded so far it continues the run in
 * another process as if it had never stopped: `restoreRun(scenario, configuration, parseRunState(json), chromosomes)`.
 * A scheduler that loads something first needs `await prepareScheduler(id)` before either (schedulers/index.ts).
 * The same scenario, configuration and seed give the same generations to the last bit. The loop itself is space-run.ts.
 */
import { distanceFrom, quickBound } from '#shared/analysis/makespan-bound.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { metricIndex, type HeadlineMetrics } from '#shared/domain/metrics.ts';
import type { Metrics } from '#shared/domain/run.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type SchedulerConfiguration, type StopConditions } from '#shared/domain/scheduler.ts';
import { createEvaluator, type Evaluator } from '#shared/scheduling/evaluate.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import type { ChromosomeArchive } from './chromosome-registry.ts';
import type { Correspondent } from './external/correspondent.ts';
import { startGenome } from './given-start.ts';
import type { ImprovementPool } from './improvement/improvement.ts';
import type { RunState } from './run-state.ts';
import { findScheduler, findSpaceScheduler, parseOptions, takesNoStart } from './schedulers/index.ts';
import { schedulingSpace, type SchedulingSpace } from './scheduling-space.ts';
import type { SearchSpace } from './search-space.ts';
import type { Chromosome, StopReason } from './search.ts';
import { SpaceRun, type Interruption } from './space-run.ts';

export { parseRunState, type RunState } from './run-state.ts';
export type { Turn } from './space-run.ts';

export interface RunOptions {
  /** How genomes are scored; default: the reference simulator. Any evaluator with the same bits gives the same run. */
  readonly createEvaluator?: (problem: Problem) => Evaluator;
  /** Improves starts and children side by side; default: the run's own thread, one after the other. Any pool gives the same run. */
  readonly createPool?:
    | ((problem: Problem, weights: FitnessWeights, reference: HeadlineMetrics) => ImprovementPool)
    | undefined;
  /** Where chromosomes can be read again once `confirmRecorded` has said so: the run then keeps only the latest in memory. */
  readonly archive?: ChromosomeArchive;
  /** Genes and scores kept in memory in addition to the archive, bytes. */
  readonly keptBytes?: number;
  /** How it talks with a program outside. */
  readonly correspondent?: Correspondent | undefined;
  /** Time already spent searching, ms. */
  readonly elapsedMs?: number;
}

/** The run of a scenario. */
export class SearchRun extends SpaceRun<SchedulingSpace> {
  get problem(): Problem {
    return this.space.problem;
  }

  /** Metrics of the NPU-first schedule, the reference of the fitness. */
  get reference(): Metrics {
    return this.space.reference;
  }
}

/**
 * A run before its first generation.
 * @throws WorkbenchError `scheduler.unknown`, `scheduler.invalid`, `problem.tooLarge`
 */
export function createRun(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  options: RunOptions = {},
): SearchRun {
  return runOf(scenario, configuration, options);
}

/**
 * The run that saved `state`, ready for its next generation. `chromosomes` are the recorded ones in order of id (at least the
 * first `state.chromosomes`; later ones, recorded after the checkpoint, are ignored and will be found again).
 * @throws WorkbenchError `run.foreignState`, `run.incompleteRecord`, and as `createRun`
 */
export function restoreRun(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  state: RunState,
  chromosomes: Iterable<Chromosome>,
  options: RunOptions = {},
): SearchRun {
  return runOf(scenario, configuration, options, { state, chromosomes });
}

/**
 * A run over any space with genes, by one of the schedulers that need no more than that, from its beginning or from where it was
 * interrupted.
 * @param evaluator scores genomes with `space.metricCount` numbers
 * @throws WorkbenchError `scheduler.unknown`, `scheduler.invalid`, `scheduler.otherSpace`
 */
export function searchSpace<Space extends SearchSpace>(
  space: Space,
  configuration: SchedulerConfiguration,
  evaluator: Evaluator,
  interruption?: Interruption,
): SpaceRun<Space> {
  const scheduler = findSpaceScheduler(configuration.scheduler);
  const options = parseOptions(scheduler, configuration.options);
  refuseSubgraphs(options);
  return new SpaceRun<Space>({ space, scheduler, options, seed: configuration.seed, evaluator }, interruption);
}

function runOf(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  {
    createEvaluator: evaluatorOf = createEvaluator,
    createPool,
    archive,
    keptBytes,
    correspondent,
    elapsedMs = 0,
  }: RunOptions,
  interruption?: Interruption,
): SearchRun {
  const scheduler = findScheduler(configuration.scheduler);
  const options = parseOptions(scheduler, configuration.options);
  const problem = compileProblem(scenario, genesOf({ ...configuration, options: { ...options } }));
  const start = startGenome(problem, configuration);
  if (start !== undefined && scheduler.takesStart !== true) throw takesNoStart(scheduler.id);
  const timeMs = configuration.stop?.timeMs;
  const space = schedulingSpace(problem);
  const parts = {
    scheduler,
    options,
    seed: configuration.seed,
    evaluator: evaluatorOf(problem),
    archive,
    keptBytes,
    stopOf: stopOf(problem, configuration.stop),
    means: {
      start,
      correspondent,
      pool: createPool?.(problem, options.weights, space.reference),
      seed: configuration.seed,
      timeLeftMs: timeMs === undefined ? undefined : Math.max(1, timeMs - elapsedMs),
    },
  };
  return new SearchRun({ ...parts, space }, interruption);
}

/** A space that has no layers has nothing to execute as one. @throws WorkbenchError `scheduler.otherSpace` */
function refuseSubgraphs(options: object): void {
  if (genesOf({ options: { ...options } }).subgraphs === undefined) return;
  throw new WorkbenchError('scheduler.otherSpace', 'there are no layers here that could be executed as one', {
    hint: 'set subgraphs to "off"',
    path: ['options', 'subgraphs'],
  });
}

/** The limits of `stop` that do not depend on a clock; a gap says nothing where no makespan bound is known. */
function stopOf(
  problem: Problem,
  { gap, evaluations = Number.POSITIVE_INFINITY }: StopConditions = {},
): (best: Chromosome, evaluations: number) => StopReason | undefined {
  const bound = gap === undefined ? undefined : quickBound(problem);
  return ({ metrics }, done) => {
    if (done >= evaluations) return 'evaluations';
    const isNear =
      gap !== undefined && bound !== undefined && distanceFrom(bound, metrics[metricIndex.makespanMs]).gap <= gap;
    return isNear ? 'gap' : undefined;
  };
}
