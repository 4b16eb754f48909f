/** The exact makespan of small scenarios: a mixed-integer linear program gives a mapping and a bound that no schedule can beat. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { decodeGenome, defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-layout.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Simulator } from '#shared/scheduling/simulate.ts';
import { heuristicGenomes } from '../heuristics.ts';
import { heftSchedule } from '../list-scheduling/heft.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import { loadSolver, solveMilp } from '../milp/highs.ts';
import { makespanProgram } from '../milp/makespan-program.ts';
import { genesSchemaWith, makespanWeightsSchema } from '../options.ts';
import type { Chromosome, Population, Proposal, Scheduler, Search, SearchState, StopReason } from '../search.ts';
import { genomeOfMapping } from './constructed.ts';

/** More jobs than these would need a program of millions of rows; it is not even built. */
const MAX_JOBS = 200;

const optionsSchema = z.strictObject({
  maxNodes: z.int().min(1).max(1_000_000).default(2000).meta({ title: 'Nodes at most', description: 'Stop after so many nodes of the search tree; the bound holds, but the schedule need not be the best (nodes)' }),
  maxOrderings: z.int().min(1).max(20_000).default(600).meta({ title: 'Orderings at most', description: 'Refuse a scenario with more choices of which of two layers comes first on a unit: they make it hard (binary variables)' }),
  genes: genesSchemaWith({ priorities: true }),
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
  name: 'Exact makespan (MILP)',
  description: 'Mapping and order of least makespan by mixed-integer linear programming, with a bound that no schedule can beat; small scenarios only',
  source: 'Disjunctive formulation, Manne, Oper. Res. 8 (1960), unrelated machines; solver HiGHS, Huangfu & Hall, Math. Prog. Comp. 10 (2018)',
  optionsSchema,
  prepare: loadSolver,
  create: (problem, options) => new MilpSearch(problem, options, { done: false, boundMs: null, isAttained: false }),
  restore: (problem, options, _random, state) => new MilpSearch(problem, options, stateSchema.parse(state)),
};

/** Relative difference at which a simulated makespan counts as the bound: the solver's tolerances are of this size. */
const ATTAINED = 1e-6;

class MilpSearch implements Search {
  readonly plannedGenerations = 1;
  private readonly problem: Problem;
  private readonly options: MilpOptions;
  private state: MilpState;

  constructor(problem: Problem, options: MilpOptions, state: MilpState) {
    refuseWhatItDoesNotModel(problem);
    this.problem = problem;
    this.options = options;
    this.state = state;
  }

  /** `exhausted` says that the best schedule attains the bound, so it is optimal. */
  get stopReason(): StopReason | undefined {
    if (!this.state.done) return undefined;
    return this.state.isAttained ? 'exhausted' : 'generations';
  }

  get makespanBoundMs(): number | undefined {
    return this.state.boundMs ?? undefined;
  }

  /**
   * The solver's mapping, where it found one in time: with priorities in the order of its starts, where the genome has them, and
   * with the layers' own; then the best of the list schedules that the solver started from.
   */
  ask(): readonly Proposal[] {
    const { problem, options } = this;
    const start = bestListSchedule(problem);
    const { program, timeUnitMs, orderings, peOfTask, startMs } = makespanProgram(problem, start.makespanMs);
    if (orderings > options.maxOrderings) {
      throw new WorkbenchError('milp.tooLarge', `scenario "${problem.scenario.id}" needs ${orderings} choices of which of two layers comes first, the limit is ${options.maxOrderings}`, {
        hint: 'use fewer layers, instances or units, raise maxOrderings, or take the bound from a smaller scenario',
        path: ['options', 'maxOrderings'],
      });
    }
    const solution = solveMilp(program, options.maxNodes);
    this.state = { ...this.state, boundMs: solution.bound * timeUnitMs };
    const { values } = solution;
    const genomes = values === undefined ? [start.genes] : [...genomesOf(problem, peOfTask(values), startMs(values)), start.genes];
    return genomes.map((genes) => ({ genes, parents: [], operator: 'heuristic', mutatedLoci: [] }));
  }

  tell(scored: readonly Chromosome[]): Population {
    const bound = this.state.boundMs ?? 0;
    const isAttained = scored.some(({ metrics }) => metrics[0] <= bound * (1 + ATTAINED));
    this.state = { done: true, boundMs: this.state.boundMs, isAttained };
    return { members: scored };
  }

  saveState(): SearchState {
    return this.state;
  }
}

/** @throws WorkbenchError `milp.unsupported`, `milp.tooLarge` */
function refuseWhatItDoesNotModel(problem: Problem): void {
  const refuse = (what: string, hint: string): never => {
    throw new WorkbenchError('milp.unsupported', `the exact makespan of scenario "${problem.scenario.id}" cannot be had: ${what}`, { hint });
  };
  if (problem.dispatchTickMs > 0) refuse(`it dispatches only every ${problem.dispatchTickMs} ms, which the program does not model`, 'set simulation.dispatchTickMs to 0');
  if (problem.contendedLinks) refuse('transfers wait for each other on contended links, which the program does not model', 'set interconnect.model to "latency"');
  if (problem.jobTask.length > MAX_JOBS) {
    throw new WorkbenchError('milp.tooLarge', `scenario "${problem.scenario.id}" has ${problem.jobTask.length} layers over all instances, an exact makespan can be had for ${MAX_JOBS} at most`, { hint: 'use fewer layers or instances' });
  }
}

/** The mapping with priorities that fall in the order in which the layers' first instances start, where these are searched, and without. */
function genomesOf(problem: Problem, peOfTask: readonly number[], startMs: readonly number[]): Uint8Array[] {
  const assignment = defaultAssignment(problem, peOfTask);
  const plain = encodeAssignment(problem, assignment);
  if (problem.layout.priorityOffset === undefined) return [plain];
  const firstStart = problem.tasks.map(({ index }) => startMs[problem.jobTask.indexOf(index)]);
  const order = problem.tasks.map(({ index }) => index).sort((a, b) => firstStart[a] - firstStart[b] || a - b);
  const taskPriority = new Uint8Array(order.length);
  order.forEach((task, position) => {
    taskPriority[task] = PRIORITY_LEVELS - 1 - Math.floor((position * PRIORITY_LEVELS) / order.length);
  });
  return [encodeAssignment(problem, { ...assignment, taskPriority }), plain];
}

interface ListSchedule {
  readonly genes: Uint8Array;
  readonly makespanMs: number;
}

/** The simulated schedule of least makespan among the greedy ones and HEFT's, all at default frequencies and active cores. */
function bestListSchedule(problem: Problem): ListSchedule {
  const simulator = new Simulator(problem);
  const genomes = [...heuristicGenomes(problem), genomeOfMapping(problem, heftSchedule(taskGraphOf(problem)).peOfTask)];
  const schedules = genomes.map((genes): ListSchedule => ({ genes, makespanMs: Math.max(...simulator.run(decodeGenome(problem, genes)).endMs) }));
  return schedules.reduce((best, schedule) => (schedule.makespanMs < best.makespanMs ? schedule : best));
}
