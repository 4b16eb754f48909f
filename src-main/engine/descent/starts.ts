/** Plans to begin descents with: list schedules and even loads, exact first, then with noise. */
import { defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import type { ProcessingElement, Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import { defaultDurationMs, defaultElements } from '../load.ts';
import type { Random } from '../random.ts';
import { planOf, type Plan } from './plan.ts';

/** Fixed starts come first, then every fourth again. */
const FIXED_EVERY = 4;

/** What the starts of one problem have in common. */
export class StartMaker {
  private readonly problem: Problem;
  private readonly elements: readonly ProcessingElement[];
  private readonly order: readonly number[];
  /** [T] the default elements that can run a task, and its time on each, ms. */
  private readonly able: readonly (readonly { readonly pe: ProcessingElement; readonly timeMs: number }[])[];
  private readonly meanTransferMs: Float64Array;
  private readonly fixed: readonly (() => Plan)[];

  constructor(problem: Problem) {
    this.problem = problem;
    this.elements = defaultElements(problem);
    this.order = topologicalOrder(problem);
    this.able = problem.tasks.map(({ index }) =>
      this.elements
        .map((pe) => ({ pe, timeMs: defaultDurationMs(problem, index, pe) }))
        .filter(({ timeMs }) => !Number.isNaN(timeMs)),
    );
    this.meanTransferMs = Float64Array.from(problem.edgeProducer, (_, edge) => this.transferOf(edge));
    const processors = [...new Set(this.elements.map(({ processor }) => processor))];
    this.fixed = [
      () => this.listPlan(this.ranks(1)),
      () => this.balancedPlan(this.order.toReversed()),
      () => reversed(this.listPlan(this.ranks(1))),
      () => this.balancedPlan(this.order),
      () => planOf(problem, encodeAssignment(problem, npuFirstAssignment(problem))),
      ...processors.map((processor) => () => this.listPlan(this.ranks(1), processor)),
    ];
  }

  /** The `index`-th start; they take turns. */
  make(index: number, random: Random): Plan {
    if (index < this.fixed.length) return this.fixed[index]();
    if (index % FIXED_EVERY === 0) return this.fixed[(index / FIXED_EVERY) % this.fixed.length]();
    if (index % 2 === 1) {
      const noise = 0.3 + 0.7 * random.nextShare();
      return this.listPlan(this.ranks(2 * random.nextShare(), () => 1 + noise * (2 * random.nextShare() - 1)));
    }
    const loads = this.order.map((task) => ({ task, key: random.nextShare() }));
    loads.sort((a, b) => a.key - b.key);
    return this.balancedPlan(
      loads.map(({ task }) => task),
      () => 1 + 0.3 * random.nextShare(),
    );
  }

  /** Mean transfer time of `edge` over the pairs of elements that can run its ends, ms. */
  private transferOf(edge: number): number {
    const { problem, able } = this;
    const count = problem.processors.length;
    const [from, to] = [able[problem.edgeProducer[edge]], able[problem.edgeConsumer[edge]]];
    let sum = 0;
    for (const a of from)
      for (const b of to) sum += problem.transferMs[(edge * count + a.pe.processor) * count + b.pe.processor];
    return sum / (from.length * to.length);
  }

  /** [T] upward ranks (Topcuoglu et al. 2002), ms, with each mean time times `noise()`. */
  private ranks(transferWeight: number, noise: () => number = () => 1): Float64Array {
    const { problem, able, meanTransferMs } = this;
    const ranks = new Float64Array(problem.tasks.length);
    for (const task of this.order.toReversed()) {
      let longest = 0;
      for (let at = problem.producerFirstEdge[task]; at < problem.producerFirstEdge[task + 1]; at++) {
        const edge = problem.outgoingEdge[at];
        longest = Math.max(longest, transferWeight * meanTransferMs[edge] + ranks[problem.edgeConsumer[edge]]);
      }
      const sum = able[task].reduce((total, { timeMs }) => total + timeMs, 0);
      ranks[task] = (sum / able[task].length) * noise() + longest;
    }
    return ranks;
  }

  /**
   * Tasks by falling rank, one instance of each, where they would end first, on `onlyProcessor` where that can run them. A task that runs
   * often in the scenario fills its element for as long as all its instances take.
   */
  private listPlan(ranks: Float64Array, onlyProcessor?: number): Plan {
    const { problem, able } = this;
    const count = problem.processors.length;
    const most = Math.max(...problem.applicationInstances);
    const freeMs = problem.pes.map(({ units }) => new Float64Array(units));
    const endMs = new Float64Array(problem.tasks.length);
    const chosen = new Int32Array(problem.tasks.length);
    const order = [...this.order].sort((a, b) => ranks[b] - ranks[a]);
    for (const task of order) {
      const { application } = problem.tasks[task];
      const own = able[task].filter(({ pe }) => onlyProcessor === undefined || pe.processor === onlyProcessor);
      let best = { end: Number.POSITIVE_INFINITY, unit: 0, pe: own[0]?.pe ?? able[task][0].pe, timeMs: 0 };
      for (const { pe, timeMs } of own.length > 0 ? own : able[task]) {
        let ready = problem.scenario.applications[application].startTimeMs;
        for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
          const producer = problem.edgeProducer[edge];
          const from = problem.pes[chosen[producer]].processor;
          ready = Math.max(ready, endMs[producer] + problem.transferMs[(edge * count + from) * count + pe.processor]);
        }
        const units = freeMs[pe.index];
        const unit = units.indexOf(Math.min(...units));
        const end = Math.max(ready, units[unit]) + timeMs;
        if (end < best.end) best = { end, unit, pe, timeMs };
      }
      chosen[task] = best.pe.index;
      endMs[task] = best.end;
      freeMs[best.pe.index][best.unit] =
        best.end + (best.timeMs * (problem.applicationInstances[application] - 1)) / most;
    }
    return this.planFor(chosen, order);
  }

  /** In the given order, each task on the element that then has the least work per unit, times `noise()`; priorities along dependencies. */
  private balancedPlan(tasks: readonly number[], noise: () => number = () => 1): Plan {
    const { problem, able } = this;
    const loadMs = new Float64Array(problem.pes.length);
    const chosen = new Int32Array(problem.tasks.length);
    for (const task of tasks) {
      const instances = problem.applicationInstances[problem.tasks[task].application];
      let least = Number.POSITIVE_INFINITY;
      for (const { pe, timeMs } of able[task]) {
        const load = (loadMs[pe.index] + (timeMs * instances) / pe.units) * noise();
        if (load >= least) continue;
        least = load;
        chosen[task] = pe.index;
      }
      const { units } = problem.pes[chosen[task]];
      const own = able[task].find(({ pe }) => pe.index === chosen[task]);
      loadMs[chosen[task]] += ((own?.timeMs ?? 0) * instances) / units;
    }
    const ranks = this.ranks(1);
    return this.planFor(
      chosen,
      [...this.order].sort((a, b) => ranks[b] - ranks[a]),
    );
  }

  private planFor(peOfTask: Int32Array, order: readonly number[]): Plan {
    const { problem } = this;
    const genes = encodeAssignment(problem, defaultAssignment(problem, Array.from(peOfTask)));
    return { ...planOf(problem, genes), order: Int32Array.from(order) };
  }
}

function reversed(plan: Plan): Plan {
  return { ...plan, order: plan.order.toReversed() };
}
