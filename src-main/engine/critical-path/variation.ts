/** New plans from old ones: crossover of mappings and orders, and kicks that move a region of tasks elsewhere. */
import { namesByOverlap } from '../interchangeable-elements.ts';
import type { Random } from '../random.ts';
import { regionAround } from '../task-region.ts';
import { NONE } from './shop-schedule.ts';
import { transferMs, type Shop } from './shop.ts';
import type { Plan, TabuSearch } from './tabu-search.ts';

/** Smallest and largest part of the tasks that a child takes from its second parent as a connected region. */
const SMALLEST_REGION = 0.15;
const REGION_SPREAD = 0.5;
/** Tasks that a kick moves at most. */
const MOST_KICKED = 14;

/** The child's mapping and order. */
export type Seedling = Pick<Plan, 'element' | 'order'>;

/**
 * `a` with part of `b`'s mapping: a random half, a window of its order, or a connected region. The order is by w · place in a + (1 − w) ·
 * place in b: any such mean of two topological orders is one.
 */
export function crossPlans(shop: Shop, a: Plan, b: Plan, random: Random): Seedling {
  const { tasks } = shop;
  const renamed = renamedLike(shop, a.element, b.element);
  const element = a.element.slice();
  const kind = random.nextInt(3);
  if (kind === 0) {
    for (let task = 0; task < tasks; task++) if (random.chance(0.5)) element[task] = renamed[task];
  } else if (kind === 1) {
    const length = 1 + random.nextInt(tasks);
    const from = random.nextInt(tasks - length + 1);
    for (let at = from; at < from + length; at++) element[b.order[at]] = renamed[b.order[at]];
  } else {
    const size = Math.max(1, Math.round(tasks * (SMALLEST_REGION + REGION_SPREAD * random.nextShare())));
    for (const task of regionAround(shop.problem, random.nextInt(tasks), size, random)) element[task] = renamed[task];
  }
  const weight = random.nextShare();
  const key = new Float64Array(tasks);
  for (let at = 0; at < tasks; at++) {
    key[a.order[at]] += weight * at;
    key[b.order[at]] += (1 - weight) * at;
  }
  return { element, order: a.order.slice().sort((x, y) => key[x] - key[y]) };
}

/** Tasks that two mappings put on different elements, after renaming interchangeable ones. */
export function distanceBetween(shop: Shop, a: Int32Array, b: Int32Array): number {
  const renamed = renamedLike(shop, a, b);
  let different = 0;
  for (let task = 0; task < shop.tasks; task++) if (a[task] !== renamed[task]) different++;
  return different;
}

/** Mapping `b` with interchangeable elements renamed for the largest overlap with `a`, pair by pair, the largest first. */
function renamedLike({ tasks, elements, classOfElement }: Shop, a: Int32Array, b: Int32Array): Int32Array {
  const overlap = new Int32Array(elements * elements);
  for (let task = 0; task < tasks; task++) overlap[b[task] * elements + a[task]]++;
  const name = namesByOverlap(overlap, elements, (x, y) => classOfElement[x] === classOfElement[y]);
  return b.map((own) => name[own]);
}

/**
 * Changes the schedule under `search`: a task and its neighbours go to another processor, or are placed again, one after the other at the
 * best place by estimate.
 */
export function kick({ schedule, finder }: TabuSearch, shop: Shop, random: Random): void {
  const critical = Array.from(schedule.order).filter((task) => schedule.isCritical(task));
  const seed = random.chance(0.7) ? critical[random.nextInt(critical.length)] : random.nextInt(shop.tasks);
  const size = 2 + random.nextInt(MOST_KICKED - 1);
  const elsewhere = elementsElsewhere(shop, seed, schedule.element[seed], random);
  const toOtherProcessor = elsewhere !== undefined && random.chance(0.5);
  const region = toOtherProcessor
    ? heavyNeighbours(shop, schedule.element, seed, size)
    : random.chance(0.5)
      ? regionAround(shop.problem, seed, size, random)
      : sameTime(schedule.order, schedule.position[seed], size);
  for (const task of region.sort((a, b) => schedule.position[a] - schedule.position[b])) {
    const able = shop.able[task];
    const allowed = toOtherProcessor ? able.filter((element) => elsewhere.includes(element)) : able;
    finder.reset();
    finder.look(task, allowed.length > 0 ? allowed : able, random);
    const { best } = finder;
    if (best.task !== NONE) schedule.move(task, best.element, best.after);
  }
}

/** Elements of one other processor that can run the task, drawn; undefined where there is none. */
function elementsElsewhere(
  { able, processorOfElement }: Shop,
  task: number,
  own: number,
  random: Random,
): Int32Array | undefined {
  const others = [...new Set(Array.from(able[task], (element) => processorOfElement[element]))].filter(
    (processor) => processor !== processorOfElement[own],
  );
  if (others.length === 0) return undefined;
  const chosen = others[random.nextInt(others.length)];
  return Int32Array.from(processorOfElement.keys()).filter((element) => processorOfElement[element] === chosen);
}

/** The seed and those of its processor that the longest transfers tie to what is chosen already. */
function heavyNeighbours(shop: Shop, element: Int32Array, seed: number, size: number): number[] {
  const { problem, processorOfElement, elements, tasks } = shop;
  const processor = processorOfElement[element[seed]];
  const other = processorOfElement.findIndex((own) => own !== processor);
  const region = [seed];
  const isIn = new Uint8Array(tasks);
  isIn[seed] = 1;
  while (region.length < size) {
    let heaviest = NONE;
    let most = 0;
    const offer = (task: number, edge: number): void => {
      if (isIn[task] === 1 || processorOfElement[element[task]] !== processor) return;
      const time = other < 0 || other >= elements ? 0 : transferMs(shop, edge, element[seed], other);
      if (time < most && heaviest !== NONE) return;
      most = time;
      heaviest = task;
    };
    for (const task of region) {
      for (let edge = problem.consumerFirstEdge[task]; edge < problem.consumerFirstEdge[task + 1]; edge++)
        offer(problem.edgeProducer[edge], edge);
      for (let i = problem.producerFirstEdge[task]; i < problem.producerFirstEdge[task + 1]; i++)
        offer(problem.edgeConsumer[problem.outgoingEdge[i]], problem.outgoingEdge[i]);
    }
    if (heaviest === NONE) break;
    isIn[heaviest] = 1;
    region.push(heaviest);
  }
  return region;
}

/** The `size` tasks around a place of the order. */
function sameTime(order: Int32Array, place: number, size: number): number[] {
  const from = Math.max(0, Math.min(order.length - size, place - (size >> 1)));
  return Array.from(order.subarray(from, from + size));
}
