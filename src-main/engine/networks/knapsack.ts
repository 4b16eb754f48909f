/**
 * Multiple-choice knapsack: one item of each group, most worth within a capacity, exactly. Dynamic programming over lists of undominated
 * partial choices, cut by the bound of the linear relaxation (Sinha & Zoltners 1979; Pisinger 1995).
 */
import { WorkbenchError } from '#shared/domain/errors.ts';

export interface KnapsackItem {
  readonly cost: number;
  readonly worth: number;
}

export interface KnapsackSolution {
  /** [groups] index of the item taken */
  readonly items: readonly number[];
  readonly cost: number;
  readonly worth: number;
}

/** Undominated partial choices at a time. */
const MOST_STATES = 3_000_000;
/** Sums of floats in another order differ by less, relatively. */
const ROUNDING = 1e-12;

interface State {
  readonly cost: number;
  readonly worth: number;
  readonly item: number;
  readonly before: State | undefined;
}

/** @returns undefined where even the cheapest items cost more than `capacity`. @throws WorkbenchError `nas.knapsackTooLarge` */
export function solveKnapsack(
  groups: readonly (readonly KnapsackItem[])[],
  capacity: number,
): KnapsackSolution | undefined {
  const listed = groups.map(undominated);
  // Groups with most to decide last: until then the bound is sharp.
  const order = listed.map((_, group) => group).toSorted((a, b) => listed[a].length - listed[b].length);
  const relaxed = order.map((_, place) => new Relaxation(order.slice(place).map((group) => listed[group])));
  const incumbent = relaxed[0]?.rounded(capacity);
  if (incumbent === undefined)
    return groups.length === 0 && capacity >= 0 ? { items: [], cost: 0, worth: 0 } : undefined;
  let best = incumbent;
  let states: State[] = [{ cost: 0, worth: 0, item: -1, before: undefined }];
  order.forEach((group, place) => {
    const rest = relaxed[place + 1];
    const next: State[] = [];
    for (const before of states)
      for (const { cost, worth, index } of listed[group]) {
        const state = { cost: before.cost + cost, worth: before.worth + worth, item: index, before };
        const left = capacity - state.cost;
        const bound =
          rest === undefined ? (left >= 0 ? state.worth : Number.NEGATIVE_INFINITY) : state.worth + rest.bound(left);
        if (bound < best - Math.abs(best) * ROUNDING) continue;
        const found = rest === undefined ? bound : state.worth + (rest.rounded(left) ?? Number.NEGATIVE_INFINITY);
        if (found > best) best = found;
        next.push(state);
      }
    states = undominatedStates(next);
    if (states.length > MOST_STATES)
      throw new WorkbenchError(
        'nas.knapsackTooLarge',
        `there are more than ${MOST_STATES} partial choices none of which is better than another`,
        {
          hint: 'use --method evolution',
        },
      );
  });
  const winner = states.reduce<State | undefined>(
    (best, state) => (state.cost <= capacity && (best === undefined || state.worth > best.worth) ? state : best),
    undefined,
  );
  if (winner === undefined) return undefined;
  const items = Array.from({ length: groups.length }, () => 0);
  let state: State | undefined = winner;
  for (let place = order.length - 1; place >= 0 && state !== undefined; place--) {
    items[order[place]] = state.item;
    state = state.before;
  }
  return { items, cost: winner.cost, worth: winner.worth };
}

interface Listed extends KnapsackItem {
  readonly index: number;
}

/** By rising cost, each worth more than those before. */
function undominated(items: readonly KnapsackItem[]): Listed[] {
  const sorted = items
    .map(({ cost, worth }, index) => ({ cost, worth, index }))
    .toSorted((a, b) => a.cost - b.cost || b.worth - a.worth || a.index - b.index);
  const kept: Listed[] = [];
  for (const item of sorted) if (kept.length === 0 || item.worth > kept[kept.length - 1].worth) kept.push(item);
  return kept;
}

function undominatedStates(states: State[]): State[] {
  states.sort((a, b) => a.cost - b.cost || b.worth - a.worth);
  let most = Number.NEGATIVE_INFINITY;
  return states.filter(({ worth }) => {
    if (worth <= most) return false;
    most = worth;
    return true;
  });
}

/** The linear relaxation of some groups: steps along the upper hull of each, the most worthwhile first. */
class Relaxation {
  readonly #baseCost: number;
  readonly #baseWorth: number;
  /** [steps + 1] cost and worth of the first steps. */
  readonly #costs: Float64Array;
  readonly #worths: Float64Array;

  constructor(groups: readonly (readonly Listed[])[]) {
    let baseCost = 0;
    let baseWorth = 0;
    const steps: { cost: number; worth: number }[] = [];
    for (const group of groups) {
      const hull = upperHull(group);
      baseCost += hull[0].cost;
      baseWorth += hull[0].worth;
      for (let index = 1; index < hull.length; index++)
        steps.push({ cost: hull[index].cost - hull[index - 1].cost, worth: hull[index].worth - hull[index - 1].worth });
    }
    steps.sort((a, b) => b.worth * a.cost - a.worth * b.cost);
    this.#baseCost = baseCost;
    this.#baseWorth = baseWorth;
    this.#costs = new Float64Array(steps.length + 1);
    this.#worths = new Float64Array(steps.length + 1);
    steps.forEach(({ cost, worth }, index) => {
      this.#costs[index + 1] = this.#costs[index] + cost;
      this.#worths[index + 1] = this.#worths[index] + worth;
    });
  }

  /** What the groups are worth at most within `capacity`. */
  bound(capacity: number): number {
    const left = capacity - this.#baseCost;
    if (left < 0) return Number.NEGATIVE_INFINITY;
    const whole = this.#wholeSteps(left);
    const base = this.#baseWorth + this.#worths[whole];
    if (whole + 1 >= this.#costs.length) return base;
    const share = (left - this.#costs[whole]) / (this.#costs[whole + 1] - this.#costs[whole]);
    return base + share * (this.#worths[whole + 1] - this.#worths[whole]);
  }

  /** What whole steps alone are worth, which can be had; undefined: nothing fits. */
  rounded(capacity: number): number | undefined {
    const left = capacity - this.#baseCost;
    return left < 0 ? undefined : this.#baseWorth + this.#worths[this.#wholeSteps(left)];
  }

  /** The most steps from the first that cost `left` or less together. */
  #wholeSteps(left: number): number {
    let low = 0;
    let high = this.#costs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#costs[middle] <= left) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function upperHull(items: readonly Listed[]): Listed[] {
  const hull: Listed[] = [];
  for (const item of items) {
    while (hull.length > 1) {
      const [a, b] = [hull[hull.length - 2], hull[hull.length - 1]];
      if ((b.worth - a.worth) * (item.cost - b.cost) > (item.worth - b.worth) * (b.cost - a.cost)) break;
      hull.pop();
    }
    hull.push(item);
  }
  return hull;
}
