/**
 * What a schedule is compared with: a simple schedule of the same scenario that a person would try first. It only names
 * the base of deltas; the fitness has a reference of its own, always the NPU-first schedule.
 */
import { WorkbenchError } from '../domain/errors.ts';
import { baselineIds, type Baseline, type BaselineId, type Metrics } from '../domain/run.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '../domain/scenario.ts';
import { listed } from '../domain/words.ts';
import { defaultAssignment, type Assignment } from './decode.ts';
import { computeMetrics } from './metrics.ts';
import { referenceMetrics } from './npu-first.ts';
import { canRun, compileProblem, taskDurationMs, type Problem } from './problem.ts';
import { problemDifference } from './problem-difference.ts';
import { isLayerwise } from './subgraphs.ts';
import { simulate } from './simulate.ts';

export const baselineNames: Readonly<Record<BaselineId, string>> = {
  npu_first: 'NPU first',
  heft: 'HEFT',
  peft: 'PEFT',
  best_single: 'Best single processor',
};

/** The baselines that need no recorded run, as an error names them. */
const SIMPLE_ONES = listed(baselineIds, baselineIds.length, 'or');

/** What a baseline takes of a recorded run. */
interface RecordedRun {
  readonly run: { readonly id: number; readonly scenarioId: string };
  /** The scenario document it computed, with everything inline. */
  readonly scenario: unknown;
  /** Undefined where no schedule was found. */
  readonly best?: { readonly metrics: Metrics } | undefined;
}

/** NPU first where the platform has an NPU, else the best single processor, else (no processor can run everything) HEFT. */
export function defaultBaselineId(problem: Problem): BaselineId {
  if (problem.processors.some(({ kind }) => kind === 'npu')) return 'npu_first';
  return problem.processors.some((_, processor) => runsEverything(problem, processor)) ? 'best_single' : 'heft';
}

/** The simple schedules that a front of trade-offs is compared with: what the platform suggests, and HEFT. */
export function frontBaselineIds(problem: Problem): BaselineId[] {
  return [...new Set<BaselineId>([defaultBaselineId(problem), 'heft'])];
}

/** The baselines that need no more than the simulator; undefined for the others, and where no processor can run everything. */
export function simpleBaseline(problem: Problem, id: BaselineId): Baseline | undefined {
  if (id === 'npu_first') return { name: baselineNames.npu_first, metrics: referenceMetrics(problem) };
  return id === 'best_single' ? bestSingleProcessor(problem) : undefined;
}

/**
 * A recorded run as a baseline of schedules of `problem`: a run of the same problem, whatever it executed as one, for a scenario may have been changed since.
 * @throws WorkbenchError `baseline.otherScenario`, `baseline.changedScenario` or `baseline.noSchedule`
 */
export function baselineOfRun({ run, scenario, best }: RecordedRun, problem: Problem): Baseline {
  const own = compileProblem(resolveScenario(parseScenario(scenario), emptyLibrary));
  const layerwise = isLayerwise(problem.partition) ? problem : compileProblem(problem.layerwise);
  const difference = problemDifference(own, layerwise);
  const { id } = problem.scenario;
  if (difference !== undefined && run.scenarioId !== id)
    throw new WorkbenchError(
      'baseline.otherScenario',
      `run ${run.id} is of scenario "${run.scenarioId}", not of "${id}"`,
      {
        hint: `choose a run of the same scenario, or ${SIMPLE_ONES}`,
      },
    );
  if (difference !== undefined) {
    const { what, values } = difference;
    throw new WorkbenchError(
      'baseline.changedScenario',
      `run ${run.id} computed another version of scenario "${id}" (${what}: ` +
        `${values === undefined ? 'not the same' : `${values[0]} there, ${values[1]} here`})`,
      { hint: `choose a run of the same version, or ${SIMPLE_ONES}` },
    );
  }
  if (best === undefined)
    throw new WorkbenchError('baseline.noSchedule', `run ${run.id} found no schedule`, {
      hint: `choose another run, or ${SIMPLE_ONES}`,
    });
  return { name: `run ${run.id}`, metrics: best.metrics };
}

/** Of the processors that can run every layer, the one that ends first with all of them; of equals the one with the least latency. */
function bestSingleProcessor(problem: Problem): Baseline | undefined {
  let best: Baseline | undefined;
  for (const processor of problem.processors) {
    if (!runsEverything(problem, processor.index)) continue;
    const assignment = singleProcessorAssignment(problem, processor.index);
    const metrics = computeMetrics(problem, assignment, simulate(problem, assignment));
    if (best === undefined || isSooner(metrics, best.metrics)) best = { name: `${processor.name} alone`, metrics };
  }
  return best;
}

function isSooner(a: Metrics, b: Metrics): boolean {
  return a.makespanMs < b.makespanMs || (a.makespanMs === b.makespanMs && a.latencyMs < b.latencyMs);
}

function runsEverything(problem: Problem, processor: number): boolean {
  return problem.tasks.every((task) => canRun(problem, task.index, processor));
}

/** Every layer on `processor`, each on the element with the least work so far, in its default core arrangement and frequency. */
function singleProcessorAssignment(problem: Problem, processor: number): Assignment {
  const { firstPe, peCount, dispatch, arrangements } = problem.processors[processor];
  const defaults = defaultAssignment(
    problem,
    problem.tasks.map(() => firstPe),
  );
  const { groups } = arrangements[defaults.arrangement[processor]];
  const elements = dispatch === 'pooled' ? peCount : Math.min(peCount, groups.length);
  const loadMs = new Float64Array(elements);
  const peOfTask = problem.tasks.map((task) => {
    let chosen = 0;
    for (let element = 1; element < elements; element++) if (loadMs[element] < loadMs[chosen]) chosen = element;
    loadMs[chosen] += taskDurationMs(
      problem,
      task.index,
      processor,
      defaults.operatingPoint[processor],
      dispatch === 'pooled' ? 1 : groups[chosen],
    );
    return firstPe + chosen;
  });
  return defaultAssignment(problem, peOfTask);
}
