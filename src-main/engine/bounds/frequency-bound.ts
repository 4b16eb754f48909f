/**
 * How often no schedule of a scenario can be asked for: a lower bound of α* (src-shared/analysis/request-frequency.ts) over every mapping,
 * order and partition into subgraphs. At an α that some schedule keeps,
 *
 * - every application has time for its longest path, each layer where it is fastest, and
 * - the work of all instances that are released and due within an interval fits into it, each layer divided among processors at will:
 *   a fluid relaxation, as in the linear program for unrelated machines of Lawler & Labetoulle (J. ACM 25, 1978), here over
 *   layers at the least times that they have in any subgraph (leastLayerTimes), without launches and transfers.
 *
 * Both are checked on the grid of α; the choice of intervals, and that lengths never fall with α, are ours.
 */
import { frequencyGrid } from '#shared/analysis/frequency-grid.ts';
import { mostUnits, shortestFactor } from '#shared/analysis/fastest-choices.ts';
import { leastLayerTimes } from '#shared/analysis/least-layer-times.ts';
import { atFrequency } from '#shared/analysis/request-frequency.ts';
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { exactTimesOf } from '#shared/scheduling/exact-times.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { isLate } from '#shared/scheduling/rounding.ts';
import { layersAlone } from '#shared/scheduling/subgraphs.ts';
import { LinearProgramBuilder, type LinearProgram, type Term, type Variable } from '../milp/linear-program.ts';
import { solveMilp } from '../milp/highs.ts';

/** Share by which the solver's tolerances, and sums of times, may raise what is needed. */
const MARGIN = 1e-6;

/** Instances of one application, numbered by their release. */
interface Instances {
  readonly releaseMs: readonly number[];
  readonly deadlineMs: number;
}

/** Instances that are released and due within an interval at α = 1: of each application from … to, both included; none where to < from. */
type Included = readonly { readonly from: number; readonly to: number }[];

/**
 * Undefined where nothing is proven: no layer takes time, nothing has a deadline, or applications come after others, whose deadlines count from
 * times that depend on the schedule. `loadSolver` comes first; blocks its thread for seconds.
 */
export function frequencyBound(scenario: ResolvedScenario): FrequencyBound | undefined {
  const problem = compileProblem(scenario, defaultGenes, layersAlone(scenario));
  if (problem.streams?.triggerOf.some((trigger) => trigger >= 0) === true) return undefined;
  const { applications, platform } = problem.layerwise;
  const exact = exactTimesOf(problem.layerwise);
  const factors = problem.processors.map(({ index }) => shortestFactor(problem, index));
  /** [A][P][L] */
  const leastMs = applications.map(({ network }) =>
    platform.processors.map((processor, index) =>
      leastLayerTimes(network, processor, exact).map((time) => time * factors[index]),
    ),
  );
  const paths = applications.map(({ network }, application) => longestPathMs(network, leastMs[application]));
  const hasPaths = (alpha: number): boolean => {
    const { deadlineMs } = atFrequency(problem, alpha);
    return paths.every((path, application) => !isLate(path * (1 - MARGIN), deadlineMs[application]));
  };
  const firstByPath = lowestIndex(hasPaths);
  if (firstByPath === undefined) return undefined;
  const includedSets = intervalsOf(instancesAt(problem, 1));
  const fits = (alpha: number): boolean => {
    const lengths = includedSets.map((included) =>
      Math.max(...[frequencyGrid[0], alpha].map((each) => lengthMs(instancesAt(problem, each), included))),
    );
    return leastLoad(problem, leastMs, includedSets, lengths) <= 1 + MARGIN;
  };
  const firstByLoad = includedSets.length === 0 ? 0 : lowestIndex(fits);
  if (firstByLoad === undefined) return undefined;
  const index = Math.max(firstByPath, firstByLoad);
  if (index === 0) return undefined;
  const alpha = frequencyGrid[index];
  return { alpha, frequency: 1 / alpha, method: firstByLoad >= firstByPath ? 'fluid_load' : 'longest_path' };
}

/** The first point of the grid at which `holds`, which holds at all later ones, too. */
function lowestIndex(holds: (alpha: number) => boolean): number | undefined {
  let [below, at] = [-1, frequencyGrid.length];
  while (at - below > 1) {
    const middle = (below + at) >> 1;
    if (holds(frequencyGrid[middle])) at = middle;
    else below = middle;
  }
  return at < frequencyGrid.length ? at : undefined;
}

/** Longest path with every layer where it takes least, no transfers, ms. @param leastMs [P][L] */
function longestPathMs(
  { layers }: ResolvedScenario['applications'][number]['network'],
  leastMs: readonly Float64Array[],
): number {
  const indexOf = new Map(layers.map(({ id }, index) => [id, index]));
  const finishMs = new Map<string, number>();
  const visit = (id: string): number => {
    const stack = [id];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const index = indexOf.get(top) ?? 0;
      const waiting = layers[index].dependencies.find(({ layer }) => !finishMs.has(layer));
      if (waiting !== undefined) {
        stack.push(waiting.layer);
        continue;
      }
      const start = Math.max(0, ...layers[index].dependencies.map(({ layer }) => finishMs.get(layer) ?? 0));
      finishMs.set(top, start + Math.min(...leastMs.map((times) => times[index])));
      stack.pop();
    }
    return finishMs.get(id) ?? 0;
  };
  return layers.reduce((longest, { id }) => Math.max(longest, visit(id)), 0);
}

function instancesAt(problem: Problem, alpha: number): readonly Instances[] {
  const { instanceApplication, instanceReleaseMs, deadlineMs } = atFrequency(problem, alpha);
  const releases = Array.from(deadlineMs, (): number[] => []);
  instanceApplication.forEach((application, instance) => releases[application].push(instanceReleaseMs[instance]));
  return releases.map((releaseMs, application) => ({ releaseMs, deadlineMs: deadlineMs[application] }));
}

/** From each application's first release to each one's first and last deadline: the instances inside, each choice of them once. */
function intervalsOf(instances: readonly Instances[]): readonly Included[] {
  const due = instances.filter(({ deadlineMs }) => !Number.isNaN(deadlineMs));
  const begins = new Set(due.map(({ releaseMs }) => releaseMs[0]));
  const ends = new Set(
    due.flatMap(({ releaseMs, deadlineMs }) =>
      [releaseMs[0], releaseMs[releaseMs.length - 1]].map((r) => r + deadlineMs),
    ),
  );
  const seen = new Map<string, Included>();
  for (const begin of begins)
    for (const end of ends) {
      const included = instances.map(({ releaseMs, deadlineMs }) => ({
        from: releaseMs.findIndex((release) => release >= begin * (1 - MARGIN)),
        to: releaseMs.findLastIndex((release) => release + deadlineMs <= end * (1 + MARGIN)),
      }));
      if (included.some(({ from, to }) => from >= 0 && to >= from)) seen.set(JSON.stringify(included), included);
    }
  return [...seen.values()];
}

/** From the first release to the last deadline of some instances, ms. */
function lengthMs(instances: readonly Instances[], included: Included): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  instances.forEach(({ releaseMs, deadlineMs }, application) => {
    const { from, to } = included[application];
    if (to < from || from < 0) return;
    first = Math.min(first, releaseMs[from]);
    last = Math.max(last, releaseMs[to] + deadlineMs);
  });
  return last - first;
}

/** The highest load of a processor in an interval, as a share, where layers are divided so that it is least. */
function leastLoad(
  problem: Problem,
  leastMs: readonly (readonly Float64Array[])[],
  includedSets: readonly Included[],
  lengths: readonly number[],
): number {
  const { program, load } = loadProgram(problem, leastMs, includedSets, lengths);
  const { values, isOptimal } = solveMilp(program, 1, 'bound');
  // Nothing is refuted by a program that was not solved.
  return isOptimal && values !== undefined ? values[load] : 0;
}

function loadProgram(
  problem: Problem,
  leastMs: readonly (readonly Float64Array[])[],
  includedSets: readonly Included[],
  lengths: readonly number[],
): { readonly program: LinearProgram; readonly load: Variable } {
  const lp = new LinearProgramBuilder();
  const load = lp.continuous(0, Number.POSITIVE_INFINITY, 1);
  /** [A][P] work of one instance, ms. */
  const work = leastMs.map((byProcessor) => {
    const columns = byProcessor.map(() => lp.continuous(0, Number.POSITIVE_INFINITY));
    const terms = columns.map((column): Term[] => [[-1, column]]);
    for (let layer = 0; layer < byProcessor[0].length; layer++) {
      const shares = byProcessor.flatMap((times, processor): Term[] => {
        if (!Number.isFinite(times[layer])) return [];
        const share = lp.continuous(0, 1);
        terms[processor].push([times[layer], share]);
        return [[1, share]];
      });
      lp.constrain(shares, 1, 1);
    }
    for (const own of terms) lp.constrain(own, 0, 0);
    return columns;
  });
  includedSets.forEach((included, set) =>
    problem.processors.forEach(({ index }) => {
      const needed = included.flatMap(({ from, to }, application): Term[] =>
        to < from || from < 0 ? [] : [[-(to - from + 1), work[application][index]]],
      );
      lp.atLeast([[lengths[set] * mostUnits(problem, index), load], ...needed], 0);
    }),
  );
  return { program: lp.build(), load };
}
