/** A small population of plans, and a hierarchy of such populations: the best thirds of three grown ones make the next. */
import { z } from 'zod';
import type { Chromosome, ChromosomeLookup, Population } from './search.ts';

/** A plan in a population: what it costs, and the chromosome that its schedule was recorded as. */
export interface Member<Plan> {
  readonly chromosome: Chromosome;
  /** Lower is better. */
  readonly cost: number;
  readonly plan: Plan;
}

/** What a hierarchy must know of its plans. */
export interface PlanKind<Plan, Saved> {
  /** Tasks that two plans map differently, interchangeable elements counted as the same. */
  distance(a: Plan, b: Plan): number;
  /** Plain JSON, and back. */
  save(plan: Plan): Saved;
  restore(saved: Saved): Plan;
  readonly starts?: number;
}

const MEMBERS = 8;
/** Starts of which a fresh population keeps the best, where its kind of plan does not say otherwise. */
const STARTS = 16;
/** A population is grown when so many children have brought no better best. */
const PATIENCE = 80;
/** Populations of a level that make one of the next. */
const FAMILY = 3;
/** Members less than so many tasks apart are the same. */
const SAME = 2;

/** State of a hierarchy whose plans are saved as `plan` says. */
export const hierarchySchemaOf = <Saved>(plan: z.ZodType<Saved>) => {
  const member = z.strictObject({ id: z.int().min(0), cost: z.number(), plan });
  return z.strictObject({
    members: z.array(member),
    level: z.int().min(0),
    starts: z.int().min(0),
    startsInAll: z.int().min(0),
    stale: z.int().min(0),
    populations: z.int().min(0),
    grown: z.array(z.array(z.array(member))),
  });
};
export type HierarchyState<Saved> = z.output<ReturnType<typeof hierarchySchemaOf<Saved>>>;

export class PopulationHierarchy<Plan, Saved> {
  private readonly kind: PlanKind<Plan, Saved>;
  /** By falling quality. */
  members: Member<Plan>[] = [];
  /** 0 for a population made of starts, one more than those it was merged from for the others. */
  level = 0;
  /** Starts of the fresh population so far, and of all. */
  private starts = 0;
  private startsInAll = 0;
  private stale = 0;
  /** Populations that are grown: what was begun for one of them is not for the next. */
  populations = 0;
  /** [level] grown populations that wait for others of their level. */
  private grown: Member<Plan>[][][] = [];

  constructor(kind: PlanKind<Plan, Saved>) {
    this.kind = kind;
  }

  /** The start that is wanted next, counted over all populations; undefined where a child is. */
  get nextStart(): number | undefined {
    return this.startsLeft > 0 ? this.startsInAll : undefined;
  }

  /** Starts that the fresh population still wants; 0 where it wants children. */
  get startsLeft(): number {
    return this.level === 0 ? Math.max(0, (this.kind.starts ?? STARTS) - this.starts) : 0;
  }

  /** Takes a start or a child of the present population, and goes on to the next when this one is grown. */
  add(member: Member<Plan>, isStart: boolean): void {
    const best = this.members[0]?.cost ?? Number.POSITIVE_INFINITY;
    this.insert(member);
    if (isStart) {
      this.starts++;
      this.startsInAll++;
      return;
    }
    this.stale = (this.members[0]?.cost ?? best) < best ? 0 : this.stale + 1;
    if (this.stale >= PATIENCE) this.goOn();
  }

  /**
   * A generation: `fresh` and the population as it is, each chromosome once, the fittest first.
   * @param simulations made to find them, besides scoring them
   */
  generation(fresh: readonly Chromosome[], simulations: number): Population {
    const all = [...fresh, ...this.members.map(({ chromosome }) => chromosome)];
    const each = new Map(all.map((chromosome) => [chromosome.id, chromosome]));
    const members = [...each.values()].sort((a, b) => b.fitness - a.fitness || a.id - b.id);
    return { members, evaluations: simulations + fresh.length };
  }

  saveState(): HierarchyState<Saved> {
    const plain = ({ chromosome, cost, plan }: Member<Plan>) => ({
      id: chromosome.id,
      cost,
      plan: this.kind.save(plan),
    });
    return {
      members: this.members.map(plain),
      level: this.level,
      starts: this.starts,
      startsInAll: this.startsInAll,
      stale: this.stale,
      populations: this.populations,
      grown: this.grown.map((level) => level.map((members) => members.map(plain))),
    };
  }

  restore(
    { members, level, starts, startsInAll, stale, populations, grown }: HierarchyState<Saved>,
    chromosomes: ChromosomeLookup,
  ): void {
    const packed = ({ id, cost, plan }: { id: number; cost: number; plan: Saved }): Member<Plan> => ({
      chromosome: chromosomes(id),
      cost,
      plan: this.kind.restore(plan),
    });
    this.members = members.map(packed);
    this.level = level;
    this.starts = starts;
    this.startsInAll = startsInAll;
    this.stale = stale;
    this.populations = populations;
    this.grown = grown.map((populations) => populations.map((population) => population.map(packed)));
  }

  /** Keeps `member` unless there is one as good or nearly the same that is no worse; drops the worst of too many. */
  private insert(member: Member<Plan>): void {
    const alike = this.members.find(
      (other) => other.cost === member.cost || this.kind.distance(other.plan, member.plan) < SAME,
    );
    if (alike !== undefined && alike.cost <= member.cost) return;
    const others = this.members.filter((other) => other !== alike);
    const at = others.findIndex((other) => other.cost > member.cost);
    others.splice(at < 0 ? others.length : at, 0, member);
    this.members = others.slice(0, MEMBERS);
  }

  private goOn(): void {
    const { level, members } = this;
    const waiting = (this.grown[level] ??= []);
    waiting.push(members);
    this.members = [];
    this.populations++;
    this.stale = 0;
    this.starts = 0;
    this.level = 0;
    if (waiting.length < FAMILY) return;
    this.grown[level] = [];
    this.level = level + 1;
    for (const population of waiting)
      for (const member of population.slice(0, Math.ceil(MEMBERS / FAMILY))) this.insert(member);
  }
}
