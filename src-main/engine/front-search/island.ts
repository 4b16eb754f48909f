/** One archive of trade-offs that grows by itself, and what it goes on from while nothing is feasible. */
import { FrontArchive } from '#shared/analysis/front-archive.ts';
import type { JudgedPoint } from '#shared/analysis/pareto.ts';
import type { Judged } from '../search-space.ts';
import type { Chromosome } from '../search.ts';
import { spread } from './spread.ts';

/** Parents along the front, besides the last one. */
const PARENTS = 65;
/** Schedules of the least violation kept while none is feasible. */
const MOST_INFEASIBLE = 16;

/** A child that was scored and is not yet a chromosome: its place in the batch. */
export interface Pending extends JudgedPoint {
  readonly row: number;
}
export type Candidate = Judged | Pending;

export class Island {
  private archive = new FrontArchive<Candidate>();
  /** By rising violation, each violation once; empty as soon as something is feasible. */
  private infeasible: Candidate[] = [];

  /** Takes what no other dominates; while nothing is feasible, what violates least. */
  offer(candidate: Candidate): void {
    if (!(candidate.violation > 0)) {
      if (this.archive.add(candidate)) this.infeasible = [];
    } else if (this.archive.points.length === 0) this.offerInfeasible(candidate);
  }

  /** Its trade-offs, or what violates least. */
  get candidates(): readonly Candidate[] {
    return this.archive.points.length > 0 ? this.archive.points : this.infeasible;
  }

  /** Without the children of the batch under way. */
  get members(): readonly Judged[] {
    return this.candidates.filter(isJudged);
  }

  /** The feasible ones, by ascending objectives. */
  get front(): readonly Judged[] {
    return this.archive.points.filter(isJudged);
  }

  /** Members evenly along the front. */
  get parents(): readonly Judged[] {
    return spread(this.members, PARENTS);
  }

  get pending(): readonly Pending[] {
    return this.candidates.filter((candidate) => 'row' in candidate);
  }

  /** In place of the pending children those that became chromosomes. */
  settle(judged: readonly Judged[]): void {
    const members = this.members;
    this.archive = new FrontArchive();
    this.infeasible = [];
    for (const member of [...members, ...judged]) this.offer(member);
  }

  private offerInfeasible(candidate: Candidate): void {
    const at = this.infeasible.findIndex(({ violation }) => violation >= candidate.violation);
    if (at >= 0 && this.infeasible[at].violation === candidate.violation) return;
    this.infeasible.splice(at < 0 ? this.infeasible.length : at, 0, candidate);
    if (this.infeasible.length > MOST_INFEASIBLE) this.infeasible.pop();
  }
}

function isJudged(candidate: Candidate): candidate is Judged {
  return 'chromosome' in candidate;
}

export function chromosomesOf(judged: readonly Judged[]): Chromosome[] {
  return judged.map(({ chromosome }) => chromosome);
}
