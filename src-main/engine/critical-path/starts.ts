/** Schedules to begin with: list schedules with insertion (HEFT), exact or noisy, on all elements, on one processor, or as clusters of tasks that talk much. */
import { decodeGenome, defaultAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import type { Random } from '../random.ts';
import type { Plan } from './tabu-search.ts';
import { transferMs, type Shop } from './shop.ts';

/** The `index`-th start; they take turns. */
export function startPlan(shop: Shop, index: number, random: Random): Plan {
  if (index === 0) return listPlan(shop, ranksOf(shop, 0, 1, random), shop.able);
  if (index === 1) return listPlan(shop, ranksOf(shop, 0, 1, random), onOneProcessor(shop));
  if (index % 2 === 0) return listPlan(shop, ranksOf(shop, 0.3, 1, random), clusters(shop, random));
  return listPlan(shop, ranksOf(shop, 0.3 + 0.7 * random.nextShare(), 2 * random.nextShare(), random), shop.able);
}

/** The plan of a given schedule: its mapping, and on each element the order in which dispatch starts its tasks. At default frequencies. */
export function planOfGenome(shop: Shop, genes: Uint8Array): Plan {
  const { problem, peOfElement, order, able } = shop;
  const { peOfTask } = decodeGenome(problem, genes);
  const element = Int32Array.from(peOfTask, (pe, task) => {
    const own = peOfElement.indexOf(pe);
    return able[task].includes(own) ? own : able[task][0];
  });
  const assignment = { ...decodeGenome(problem, genes), ...defaultSettings(problem, element, peOfElement) };
  const { startMs } = simulate(problem, assignment);
  const position = new Int32Array(order.length);
  order.forEach((task, at) => (position[task] = at));
  const byStart = Int32Array.from(order).sort((a, b) => startMs[a] - startMs[b] || position[a] - position[b]);
  return { element, order: byStart, makespanMs: Number.POSITIVE_INFINITY };
}

function defaultSettings(
  problem: Problem,
  element: Int32Array,
  peOfElement: Int32Array,
): Pick<Assignment, 'peOfTask' | 'arrangement' | 'operatingPoint'> {
  return defaultAssignment(
    problem,
    element.map((own) => peOfElement[own]),
  );
}

/** [T] upward ranks (Topcuoglu et al. 2002): mean duration and the longest way to the end, with mean transfers between processors, ms. */
function ranksOf(shop: Shop, noise: number, transferWeight: number, random: Random): Float64Array {
  const { problem, tasks, elements, durationMs, able, order } = shop;
  const ranks = new Float64Array(tasks);
  for (let at = tasks - 1; at >= 0; at--) {
    const task = order[at];
    let longest = 0;
    for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
      const edge = problem.outgoingEdge[i];
      longest = Math.max(longest, transferWeight * meanTransferMs(shop, edge) + ranks[problem.edgeConsumer[edge]]);
    }
    const mean =
      able[task].reduce((sum, element) => sum + durationMs[task * elements + element], 0) / able[task].length;
    ranks[task] = mean * (1 + noise * (2 * random.nextShare() - 1)) + longest;
  }
  return ranks;
}

/** Mean transfer time of `edge` over the pairs of elements that can run its ends, ms. */
function meanTransferMs(shop: Shop, edge: number): number {
  const { problem, able } = shop;
  let sum = 0;
  const [from, to] = [able[problem.edgeProducer[edge]], able[problem.edgeConsumer[edge]]];
  for (const a of from) for (const b of to) sum += transferMs(shop, edge, a, b);
  return sum / (from.length * to.length);
}

/** [T] the elements of the processor on which all work together takes least per element, where it can run the task; else all that can. */
function onOneProcessor(shop: Shop): readonly Int32Array[] {
  const { tasks, elements, durationMs, able, processorOfElement } = shop;
  const processors = [...new Set(processorOfElement)];
  const workMs = processors.map((processor) => {
    const own = [...processorOfElement.keys()].filter((element) => processorOfElement[element] === processor);
    let work = 0;
    for (let task = 0; task < tasks; task++) {
      const times = own.map((element) => durationMs[task * elements + element]).filter((time) => !Number.isNaN(time));
      work +=
        times.length > 0
          ? Math.min(...times) / own.length
          : Math.min(...Array.from(able[task], (element) => durationMs[task * elements + element]));
    }
    return work;
  });
  const best = processors[workMs.indexOf(Math.min(...workMs))];
  return able.map((elementsOfTask) => {
    const own = elementsOfTask.filter((element) => processorOfElement[element] === best);
    return own.length > 0 ? own : elementsOfTask;
  });
}

/**
 * [T] one element each: tasks are put together along dependencies, those with the longest transfers (times a random factor) first,
 * up to a random share of an element's part of all work; then cluster after cluster, the largest first, goes where there is least to do.
 */
function clusters(shop: Shop, random: Random): readonly Int32Array[] {
  const { problem, tasks, elements, durationMs, able } = shop;
  const meanMs = Float64Array.from(
    able,
    (own, task) => own.reduce((sum, element) => sum + durationMs[task * elements + element], 0) / own.length,
  );
  const capMs = (meanMs.reduce((sum, time) => sum + time, 0) / elements) * (0.5 + 1.5 * random.nextShare());
  const parent = Int32Array.from({ length: tasks }, (_, task) => task);
  const size = meanMs.slice();
  const rootOf = (task: number): number => {
    let root = task;
    while (parent[root] !== root) root = parent[root];
    return root;
  };
  const weight = Float64Array.from(
    problem.edgeProducer,
    (_, edge) => meanTransferMs(shop, edge) * (0.5 + random.nextShare()),
  );
  for (const edge of [...weight.keys()].sort((a, b) => weight[b] - weight[a] || a - b)) {
    const [a, b] = [rootOf(problem.edgeProducer[edge]), rootOf(problem.edgeConsumer[edge])];
    if (a === b || size[a] + size[b] > capMs) continue;
    parent[b] = a;
    size[a] += size[b];
  }
  const members = Map.groupBy(
    Array.from({ length: tasks }, (_, task) => task),
    rootOf,
  );
  const loadMs = new Float64Array(elements);
  const chosen: Int32Array[] = Array.from(able);
  for (const cluster of [...members.values()].sort((a, b) => size[rootOf(b[0])] - size[rootOf(a[0])] || a[0] - b[0])) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let element = 0; element < elements; element++) {
      const work = cluster.reduce(
        (sum, task) =>
          sum +
          (Number.isNaN(durationMs[task * elements + element])
            ? 4 * meanMs[task]
            : durationMs[task * elements + element]),
        loadMs[element],
      );
      if (work >= least) continue;
      least = work;
      best = element;
    }
    loadMs[best] = least;
    for (const task of cluster) if (able[task].includes(best)) chosen[task] = Int32Array.of(best);
  }
  return chosen;
}

/** List schedule with insertion: ready tasks by falling rank, each on the allowed element where it ends first. */
function listPlan(shop: Shop, ranks: Float64Array, allowed: readonly Int32Array[]): Plan {
  const { problem, tasks, elements, durationMs, releaseMs, order } = shop;
  const element = new Int32Array(tasks);
  const start = new Float64Array(tasks);
  const end = new Float64Array(tasks);
  const chains: number[][] = Array.from({ length: elements }, () => []);
  const place = new Int32Array(tasks);
  order.forEach((task, at) => {
    place[task] = at;
  });
  const waiting = Int32Array.from(
    { length: tasks },
    (_, task) => problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task],
  );
  const ready = Array.from(order).filter((task) => waiting[task] === 0);
  while (ready.length > 0) {
    let at = 0;
    for (let i = 1; i < ready.length; i++)
      if (
        ranks[ready[i]] > ranks[ready[at]] ||
        (ranks[ready[i]] === ranks[ready[at]] && place[ready[i]] < place[ready[at]])
      )
        at = i;
    const [task] = ready.splice(at, 1);
    let bestEnd = Number.POSITIVE_INFINITY;
    let bestGap = 0;
    for (const own of allowed[task]) {
      let earliest = releaseMs[task];
      for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++) {
        const producer = problem.edgeProducer[edge];
        earliest = Math.max(earliest, end[producer] + transferMs(shop, edge, element[producer], own));
      }
      const time = durationMs[task * elements + own];
      const chain = chains[own];
      let gap = 0;
      let from = earliest;
      while (gap < chain.length && !(from + time <= start[chain[gap]])) from = Math.max(from, end[chain[gap++]]);
      if (from + time >= bestEnd) continue;
      bestEnd = from + time;
      bestGap = gap;
      element[task] = own;
      start[task] = from;
    }
    end[task] = bestEnd;
    chains[element[task]].splice(bestGap, 0, task);
    for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++) {
      const consumer = problem.edgeConsumer[problem.outgoingEdge[i]];
      if (--waiting[consumer] === 0) ready.push(consumer);
    }
  }
  const byStart = Int32Array.from(order).sort((a, b) => start[a] - start[b] || place[a] - place[b]);
  return { element, order: byStart, makespanMs: end.reduce((latest, time) => Math.max(latest, time), 0) };
}
