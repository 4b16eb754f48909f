/** New plans from old ones: crossover of configurations, mappings and orders, and how far two plans are apart. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { namesByOverlap } from '../interchangeable-elements.ts';
import type { Random } from '../random.ts';
import { regionAround } from '../task-region.ts';
import type { Plan } from './plan.ts';

/** Smallest and largest part of the tasks that a child takes from its second parent as a connected region. */
const SMALLEST_REGION = 0.15;
const REGION_SPREAD = 0.5;

/**
 * `a` with part of `b`'s mapping: a random half, a window of its order, a connected region, or whole applications. The order is by
 * w · place in a + (1 − w) · place in b; with whole applications each task keeps the place it has in the parent that it comes from.
 */
export function crossPlans(problem: Problem, a: Plan, b: Plan, random: Random): Plan {
  const tasks = problem.tasks.length;
  const applications = problem.applicationInstances.length;
  const renamed = renamedLike(problem, a.mapping, b.mapping);
  const mapping = a.mapping.slice();
  const key = new Float64Array(tasks);
  const kind = random.nextInt(applications > 1 ? 4 : 3);
  const isFromB = new Uint8Array(tasks);
  if (kind === 0) {
    for (let task = 0; task < tasks; task++) isFromB[task] = random.nextInt(2);
  } else if (kind === 1) {
    const length = 1 + random.nextInt(tasks);
    const from = random.nextInt(tasks - length + 1);
    for (let at = from; at < from + length; at++) isFromB[b.order[at]] = 1;
  } else if (kind === 2) {
    const size = Math.max(1, Math.round(tasks * (SMALLEST_REGION + REGION_SPREAD * random.nextShare())));
    for (const task of regionAround(problem, random.nextInt(tasks), size, random)) isFromB[task] = 1;
  } else {
    const isTaken = Uint8Array.from({ length: applications }, () => random.nextInt(2));
    for (let task = 0; task < tasks; task++) isFromB[task] = isTaken[problem.tasks[task].application];
  }
  for (let task = 0; task < tasks; task++) if (isFromB[task] === 1) mapping[task] = renamed[task];
  const weight = random.nextShare();
  for (let at = 0; at < tasks; at++) {
    const [own, other] = [a.order[at], b.order[at]];
    if (kind === 3) {
      if (isFromB[own] === 0) key[own] = at;
      if (isFromB[other] === 1) key[other] = at;
    } else {
      key[own] += weight * at;
      key[other] += (1 - weight) * at;
    }
  }
  const configuration = a.configuration.map((gene, locus) => (random.chance(0.5) ? gene : b.configuration[locus]));
  return { configuration, mapping, order: a.order.slice().sort((x, y) => key[x] - key[y]) };
}

/** Tasks that two plans map to different elements after interchangeable ones were renamed, and configuration genes that differ. */
export function distanceBetween(problem: Problem, a: Plan, b: Plan): number {
  const renamed = renamedLike(problem, a.mapping, b.mapping);
  let different = 0;
  for (let task = 0; task < renamed.length; task++) if (a.mapping[task] !== renamed[task]) different++;
  for (let locus = 0; locus < a.configuration.length; locus++)
    if (a.configuration[locus] !== b.configuration[locus]) different++;
  return different;
}

/** Mapping `b` with the elements of each processor renamed for the largest overlap with `a`, where all its core groups are of one size. */
function renamedLike({ processors, tasks }: Problem, a: Uint8Array, b: Uint8Array): Uint8Array {
  const renamed = b.slice();
  for (const processor of processors) {
    const count = processor.peCount;
    if (count < 2 || !processor.arrangements.every(({ groups }) => new Set(groups).size === 1)) continue;
    const { firstPe } = processor;
    const overlap = new Int32Array(count * count);
    for (let task = 0; task < tasks.length; task++) {
      const [own, other] = [a[task] - firstPe, b[task] - firstPe];
      if (own >= 0 && own < count && other >= 0 && other < count) overlap[other * count + own]++;
    }
    const name = namesByOverlap(overlap, count);
    for (let task = 0; task < tasks.length; task++) {
      const other = b[task] - firstPe;
      if (other >= 0 && other < count) renamed[task] = firstPe + name[other];
    }
  }
  return renamed;
}
