/**
 * The stages of `partition_tuner`: simple mappings, each layer where it is best, groups of layers, and branches moved to other elements. Each
 * stage is a few genomes; what is kept of the last one is what the simulation says is fitter.
 */
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { cutsOf } from '#shared/scheduling/executed-schedule.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { cycleOf, layersAlone, type Partition } from '#shared/scheduling/subgraphs.ts';
import { defaultElements } from '../load.ts';
import { branchesOf, type Branch } from './branches.ts';
import { placeByBranches } from './branch-programme.ts';
import { fastestEach, joinGroups, parallelBranches, type Placement } from './greedy.ts';
import { operatorGraph, type GroupRule, type OperatorGraph } from './operator-graph.ts';
import { transferCosts, type TransferSource } from './transfer-costs.ts';

export const methods = ['branch_dp', 'greedy'] as const;
export const parallelModes = ['none', 'as_found', 'cheapest_to_cpu', 'balance'] as const;

export interface StageOptions {
  readonly method: (typeof methods)[number];
  readonly rule: GroupRule;
  readonly switchPenaltyMs: number;
  readonly transfers: TransferSource;
  readonly isMissingFree: boolean;
  readonly isFaithful: boolean;
}

/** A schedule before it is a genome: the element of each layer, and what is executed as one. T layers of all applications. */
export interface Plan {
  readonly peOfTask: readonly number[];
  readonly partition: Partition;
}

/** Scores a genome: higher is better. */
export type Score = (genes: Uint8Array) => number;

export class Stages {
  readonly #problem: Problem;
  readonly #options: StageOptions;
  readonly #graphs: readonly OperatorGraph[];
  readonly #branches: readonly (readonly Branch[])[];

  constructor(problem: Problem, options: StageOptions) {
    this.#problem = problem;
    this.#options = options;
    this.#graphs = problem.layerwise.applications.map((_, application) =>
      operatorGraph(problem, application, options.isMissingFree),
    );
    this.#branches = this.#graphs.map(branchesOf);
  }

  genomeOf({ peOfTask, partition }: Plan): Uint8Array {
    const assignment = defaultAssignment(this.#problem, peOfTask);
    return encodeAssignment(this.#problem, { ...assignment, cut: cutsOf(this.#problem, partition) });
  }

  /** Each layer by itself where the method puts it. */
  layersAlone(): Plan {
    return this.#planOf(this.#graphs.map((graph, application) => this.#place(graph, application, undefined)));
  }

  /** The same with groups. */
  grouped(): Plan {
    const { rule } = this.#options;
    return this.#planOf(this.#graphs.map((graph, application) => this.#place(graph, application, rule)));
  }

  /**
   * `plan` with the cheapest of its parallel branches on the CPU, where that is fitter. faithful: as NEST-C 20.11 moves them, application by
   * application; else of each set of branches with one reader and on one processor the cheapest, where it takes less there than all of them do.
   */
  cheapestToCpu(plan: Plan, score: Score): Plan {
    const cpu = this.#problem.processors.findIndex(({ kind }) => kind === 'cpu');
    const element = defaultElements(this.#problem).find(({ processor }) => processor === cpu)?.index;
    if (element === undefined) return plan;
    let best = plan;
    let bestScore = score(this.genomeOf(best));
    const keepIfFitter = (tasks: readonly number[]): void => {
      if (tasks.length === 0) return;
      const peOfTask = [...best.peOfTask];
      for (const task of tasks) peOfTask[task] = element;
      const moved = { peOfTask, partition: best.partition };
      const movedScore = score(this.genomeOf(moved));
      if (movedScore > bestScore) [best, bestScore] = [moved, movedScore];
    };
    this.#graphs.forEach((graph, application) => {
      const first = this.#problem.applicationFirstTask[application];
      if (this.#options.isFaithful) {
        const before = this.#placementOf(best, application);
        const { placement } = parallelBranches(graph, before, cpu, true);
        keepIfFitter(
          placement.processorOf.flatMap((processor, layer) =>
            processor === before.processorOf[layer] ? [] : [first + layer],
          ),
        );
        return;
      }
      for (const { feeders } of this.#branches[application]) {
        const { processorOf } = this.#placementOf(best, application);
        const siblings = feeders.map((feeder) => this.#branches[application][feeder].layers);
        const processor = processorOf[siblings[0]?.[0] ?? 0];
        const isTogether = siblings.every((layers) => layers.every((layer) => processorOf[layer] === processor));
        if (siblings.length < 2 || !isTogether || processor === cpu) continue;
        const timeOn = (on: number, layers: readonly number[]): number =>
          layers.reduce((sum, layer) => sum + graph.callMs(on, [layer]), 0);
        const cheapest = siblings.reduce((least, other) =>
          timeOn(processor, other) < timeOn(processor, least) ? other : least,
        );
        const togetherMs = siblings.reduce((sum, layers) => sum + timeOn(processor, layers), 0);
        if (timeOn(cpu, cheapest) < togetherMs) keepIfFitter(cheapest.map((layer) => first + layer));
      }
    });
    return best;
  }

  /**
   * `plan` with each branch that others can run beside, the longest first, on whichever element makes the schedule fittest; again from the
   * first until none moves.
   */
  balanced(plan: Plan, score: Score): Plan {
    const elements = defaultElements(this.#problem);
    const movable = this.#movableBranches(plan);
    let best = plan;
    let bestScore = score(this.genomeOf(best));
    for (let hasMoved = true; hasMoved;) {
      hasMoved = false;
      for (const { tasks, application } of movable) {
        for (const { index, processor } of elements) {
          if (tasks.every((task) => best.peOfTask[task] === index)) continue;
          if (!this.#canRunAll(application, tasks, processor)) continue;
          const peOfTask = [...best.peOfTask];
          for (const task of tasks) peOfTask[task] = index;
          const moved = { peOfTask, partition: best.partition };
          const movedScore = score(this.genomeOf(moved));
          if (!(movedScore > bestScore)) continue;
          [best, bestScore] = [moved, movedScore];
          hasMoved = true;
        }
      }
    }
    return best;
  }

  /** Branches that share their reader with another one, or, where several applications run, all; the longest first. */
  #movableBranches(plan: Plan): readonly { readonly application: number; readonly tasks: readonly number[] }[] {
    const isAlone = this.#graphs.length === 1 && this.#problem.applicationInstances[0] === 1;
    return this.#branches
      .flatMap((branches, application) => {
        const graph = this.#graphs[application];
        const first = this.#problem.applicationFirstTask[application];
        const siblings = new Set(
          branches.filter(({ feeders }) => feeders.length > 1).flatMap(({ feeders }) => feeders),
        );
        const { processorOf } = this.#placementOf(plan, application);
        return branches
          .map(({ layers }, index) => ({
            application,
            tasks: layers.map((layer) => first + layer),
            isMovable: !isAlone || siblings.has(index),
            timeMs: layers.reduce((sum, layer) => sum + graph.callMs(processorOf[layer], [layer]), 0),
          }))
          .filter(({ isMovable }) => isMovable);
      })
      .sort((a, b) => b.timeMs - a.timeMs || a.tasks[0] - b.tasks[0]);
  }

  #canRunAll(application: number, tasks: readonly number[], processor: number): boolean {
    const first = this.#problem.applicationFirstTask[application];
    return tasks.every(
      (task) => this.#graphs[application].callMs(processor, [task - first]) < Number.POSITIVE_INFINITY,
    );
  }

  #place(graph: OperatorGraph, application: number, rule: GroupRule | undefined): Placement {
    const { method, switchPenaltyMs, transfers } = this.#options;
    if (method === 'branch_dp')
      return placeByBranches({
        graph,
        transfers: transferCosts(this.#problem, application, transfers),
        switchPenaltyMs,
        rule,
      });
    const alone = fastestEach(graph);
    return rule === undefined ? alone : joinGroups(graph, alone, rule);
  }

  /** Elements for the processors of `placements`: a branch stays on one of a processor, the one with the least work so far. */
  #planOf(placements: readonly Placement[]): Plan {
    const elements = defaultElements(this.#problem);
    const workMs = new Float64Array(this.#problem.pes.length);
    const peOfTask = this.#problem.tasks.map(() => 0);
    const partition = layersAlone(this.#problem.layerwise);
    placements.forEach(({ processorOf, groups }, application) => {
      const first = this.#problem.applicationFirstTask[application];
      const graph = this.#graphs[application];
      for (const { layers } of this.#branches[application]) {
        const chosen = new Map<number, number>();
        for (const layer of layers) {
          const processor = processorOf[layer];
          const own = elements.filter((pe) => pe.processor === processor);
          const pe =
            chosen.get(processor) ??
            own.reduce((least, other) => (workMs[other.index] < workMs[least.index] ? other : least)).index;
          chosen.set(processor, pe);
          peOfTask[first + layer] = pe;
          workMs[pe] += graph.callMs(processor, [layer]) * this.#problem.applicationInstances[application];
        }
      }
      this.#join(application, groups, partition[application]);
      // A call of layers of two branches is where its first layer is.
      for (const group of groups) for (const layer of group) peOfTask[first + layer] = peOfTask[first + group[0]];
    });
    return { peOfTask, partition };
  }

  /** Joins `groups` in `leaderOf`, but for those that would make subgraphs wait for each other. */
  #join(application: number, groups: readonly (readonly number[])[], leaderOf: Int32Array): void {
    const { network } = this.#problem.layerwise.applications[application];
    for (const group of groups) {
      const tried = leaderOf.slice();
      const lowest = Math.min(...group);
      for (const layer of group) tried[layer] = lowest;
      if (cycleOf(network, tried) === undefined) leaderOf.set(tried);
    }
  }

  #placementOf({ peOfTask, partition }: Plan, application: number): Placement {
    const first = this.#problem.applicationFirstTask[application];
    const leaderOf = partition[application];
    const processorOf = Array.from(leaderOf, (_, layer) => this.#problem.pes[peOfTask[first + layer]].processor);
    const groups = [...Map.groupBy(leaderOf.keys(), (layer) => leaderOf[layer]).values()].filter(
      (group) => group.length > 1,
    );
    return { processorOf, groups, costMs: Number.NaN };
  }
}
