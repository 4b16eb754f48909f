/** Mixed-integer linear programming: the exact makespan of small scenarios, a mapping and a bound that no schedule can beat of all. */
import { z } from 'zod';
import { attainsBound } from '#shared/analysis/makespan-bound.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { makespanOf } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { heuristicGenomes } from '../heuristics.ts';
import { heftSchedule } from '../list-scheduling/heft.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import { loadSolver, solveMilp } from '../milp/highs.ts';
import { makespanProgram, type MakespanProgram } from '../milp/makespan-program.ts';
import { unorderedProgram } from '../milp/unordered-program.ts';
import { BASIC, genesSchemaWith, makespanWeightsSchema, subgraphsSchema } from '../options.ts';
import type {
  Chromosome,
  Conclusion,
  Population,
  Proposal,
  Scheduler,
  Search,
  SearchState,
  StopReason,
} from '../search.ts';
import { genomeOfMapping } from './constructed.ts';
import { genomesOfPlan } from './planned.ts';

/** More jobs than these would need a program of millions of rows; it is not even built. */
const MAX_JOBS = 200;

const optionsSchema = z.strictObject({
  order: z
    .enum(['auto', 'exact', 'left_out'])
    .default('auto')
    .meta({
      ...BASIC,
      title: 'Order of layers',
      description:
        'exact: part of the program, so the makespan can be proven least; left_out: only the mapping is, and its ' +
        'layers are ordered by HEFT; auto: exact where the scenario is small enough',
    }),
  maxNodes: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .meta({
      ...BASIC,
      title: 'Nodes at most',
      description:
        'Stop after so many nodes of the search tree; the bound holds, but the schedule need not be the best (nodes)',
    }),
  maxOrderings: z.int().min(1).max(20_000).default(600).meta({
    title: 'Orderings at most',
    description:
      'A scenario with more choices of which of two layers comes first on a unit is too large for an exact order: they make it hard (binary variables)',
  }),
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: makespanWeightsSchema,
});
type MilpOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({
  done: z.boolean(),
  boundMs: z.number().nullable(),
  isAttained: z.boolean(),
});
type MilpState = z.output<typeof stateSchema>;

export const milp: Scheduler<MilpOptions> = {
  id: 'milp',
  name: 'Integer programming (MILP)',
  description:
    'Mapping of least makespan by mixed-integer linear programming, with a bound that no schedule can beat; proven optimal in small scenarios',
  source:
    'Disjunctive formulation, Manne, Oper. Res. 8 (1960); without order, Lenstra, Shmoys & Tardos, Math. Prog. 46 ' +
    '(1990); solver HiGHS, Huangfu & Hall, Math. Prog. Comp. 10 (2018)',
  optionsSchema,
  prepare: loadSolver,
  create: ({ problem }, options) => new MilpSearch(problem, options, { done: false, boundMs: null, isAttained: false }),
  restore: ({ problem }, options, _random, state) => new MilpSearch(problem, options, stateSchema.parse(state)),
};

class MilpSearch implements Search {
  readonly plannedGenerations = 1;
  private readonly problem: Problem;
  private readonly options: MilpOptions;
  private state: MilpState;

  constructor(problem: Problem, options: MilpOptions, state: MilpState) {
    if (problem.streams !== undefined)
      throw new WorkbenchError(
        'milp.unsupported',
        `scenario "${problem.scenario.id}" has applications that come after others or drop late instances, which the program does not model`,
        { hint: 'use the scheduler "auto", which takes every scenario', path: ['scheduler'] },
      );
    const obstacle = obstacleToOrder(problem);
    if (options.order === 'exact' && obstacle !== undefined) throw obstacle;
    this.problem = problem;
    this.options = options;
    this.state = state;
  }

  /** `exhausted` says that the best schedule attains the bound, so it is optimal. */
  get stopReason(): StopReason | undefined {
    if (!this.state.done) return undefined;
    return this.state.isAttained ? 'exhausted' : 'generations';
  }

  get conclusion(): Conclusion {
    return this.state.boundMs === null ? {} : { makespanBoundMs: this.state.boundMs };
  }

  /** What the solver's result gives, where it found one in time; then the best of the list schedules that it started from. */
  ask(): readonly Proposal[] {
    const start = bestListSchedule(this.problem);
    const genomes = [...this.solve(start.makespanMs), start.genes];
    return genomes.map((genes) => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] }));
  }

  /** @param horizonMs makespan of a schedule that is known to exist */
  private solve(horizonMs: number): readonly Uint8Array[] {
    const { problem, options } = this;
    const ordered = options.order === 'left_out' ? undefined : orderedProgram(problem, options.maxOrderings, horizonMs);
    if (ordered instanceof WorkbenchError && options.order === 'exact') throw ordered;
    const model =
      ordered === undefined || ordered instanceof WorkbenchError ? unorderedProgram(problem, horizonMs) : ordered;
    const { bound, values } = solveMilp(model.program, options.maxNodes);
    this.state = { ...this.state, boundMs: bound * model.timeUnitMs };
    if (values === undefined) return [];
    if ('orderings' in model) return genomesOfPlan(problem, model.peOfTask(values), model.startMs(values));
    const { peOfTask, startMs } = heftSchedule({ ...taskGraphOf(problem), unitsOf: model.unitsOfTask(values) });
    return genomesOfPlan(problem, peOfTask, startMs);
  }

  tell(scored: readonly Chromosome[]): Population {
    const bound = this.state.boundMs ?? 0;
    const isAttained = scored.some(({ metrics }) => attainsBound(metrics[metricIndex.makespanMs], bound));
    this.state = { done: true, boundMs: this.state.boundMs, isAttained };
    return { members: scored };
  }

  saveState(): SearchState {
    return this.state;
  }
}

/** Why the order of layers cannot be part of the program for `problem`; undefined where it can as far as is known before it is built. */
function obstacleToOrder(problem: Problem): WorkbenchError | undefined {
  const unsupported = (what: string, hint: string): WorkbenchError =>
    new WorkbenchError(
      'milp.unsupported',
      `the exact makespan of scenario "${problem.scenario.id}" cannot be had: ${what}`,
      { hint: `${hint}, or set order to "auto"`, path: ['options', 'order'] },
    );
  if (problem.dispatchTickMs > 0)
    return unsupported(
      `it dispatches only every ${problem.dispatchTickMs} ms, which the program does not model`,
      'set simulation.dispatchTickMs to 0',
    );
  if (problem.contendedLinks)
    return unsupported(
      'transfers wait for each other on contended links, which the program does not model',
      'set interconnect.model to "latency"',
    );
  if (problem.jobTask.length <= MAX_JOBS) return undefined;
  return new WorkbenchError(
    'milp.tooLarge',
    `scenario "${problem.scenario.id}" has ${problem.jobTask.length} layers over all instances, an exact makespan can be had for ${MAX_JOBS} at most`,
    {
      hint: 'use fewer layers or instances, or set order to "auto"',
      path: ['options', 'order'],
    },
  );
}

/** The program with the order of layers, or why there is none. */
function orderedProgram(problem: Problem, maxOrderings: number, horizonMs: number): MakespanProgram | WorkbenchError {
  const obstacle = obstacleToOrder(problem);
  if (obstacle !== undefined) return obstacle;
  const model = makespanProgram(problem, horizonMs);
  if (model.orderings <= maxOrderings) return model;
  return new WorkbenchError(
    'milp.tooLarge',
    `scenario "${problem.scenario.id}" needs ${model.orderings} choices of which of two layers comes first, the limit is ${maxOrderings}`,
    {
      hint: 'use fewer layers, instances or units, raise maxOrderings, or set order to "auto"',
      path: ['options', 'maxOrderings'],
    },
  );
}

interface ListSchedule {
  readonly genes: Uint8Array;
  readonly makespanMs: number;
}

/** The simulated schedule of least makespan among the greedy ones and HEFT's, all at default frequencies and active cores. */
function bestListSchedule(problem: Problem): ListSchedule {
  const genomes = [...heuristicGenomes(problem), genomeOfMapping(problem, heftSchedule(taskGraphOf(problem)).peOfTask)];
  const schedules = genomes.map((genes): ListSchedule => ({
    genes,
    makespanMs: makespanOf(simulate(problem, decodeGenome(problem, genes))),
  }));
  return schedules.reduce((best, schedule) => (schedule.makespanMs < best.makespanMs ? schedule : best));
}
