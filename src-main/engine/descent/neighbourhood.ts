/**
 * Changes of a plan: a run of tasks along dependencies goes to another element or place in the order together, because a lone layer on
 * another processor pays two transfers and a run pays them once; or one task does; or one configuration gene changes.
 */
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { lociWithChoice } from '../operators/loci-with-choice.ts';
import type { Random } from '../random.ts';
import type { Plan } from './plan.ts';
import type { ScheduleTrace } from './schedule-trace.ts';

/** How often each kind of change is tried. */
export interface MoveShares {
  /** Changes that begin at a critical task. */
  readonly critical: number;
  /** Changes of a run, of the rest one of a connected region. */
  readonly runs: number;
  readonly regions: number;
  /** Of the changes of runs, those of the mapping; the others are of the order. */
  readonly mapping: number;
}

/** One instance's path says little about a mean of responses. */
const RESPONSE_MOVES: MoveShares = { critical: 0.1, runs: 0.1, regions: 0, mapping: 0.5 };
const MAKESPAN_MOVES: MoveShares = { critical: 0.7, runs: 0.5, regions: 0.05, mapping: 0.5 };
const ORDER_MOVES: MoveShares = { critical: 0.7, runs: 0.8, regions: 0, mapping: 0.1 };
/** From so many instances of a task on, order matters more than mapping. */
const MANY_INSTANCES = 8;

/** Whether order matters more than mapping. */
export function isAboutOrder({ tasks, jobTask }: Problem, { latency }: FitnessWeights): boolean {
  return latency === 0 && jobTask.length >= MANY_INSTANCES * tasks.length;
}

/** What descents by these weights should try how often. */
export function movesFor(problem: Problem, weights: FitnessWeights): MoveShares {
  if (weights.latency > 0) return RESPONSE_MOVES;
  return isAboutOrder(problem, weights) ? ORDER_MOVES : MAKESPAN_MOVES;
}

/** A connected region has at most so many tasks. */
const LARGEST_REGION = 12;
const SHORT_RUN = 8;
const LONG_RUN = 30;
const CONFIGURATION_SHARE = 0.1;
const STEP_SHARE = 0.6;

export class Neighbourhood {
  /** The plan under change, and what stands for the order in it: swapped in by `propose`, swapped back by `undo`. */
  readonly plan: { configuration: Uint8Array; mapping: Uint8Array; order: Int32Array };
  private readonly problem: Problem;
  private readonly random: Random;
  private readonly alleles: readonly Uint8Array[];
  private readonly configurationLoci: readonly number[];
  private readonly hasPriorities: boolean;
  /** Tasks that have a choice of element. */
  private readonly mappable: Int32Array;
  private spareOrder: Int32Array;
  private readonly position: Int32Array;
  private readonly isChosen: Uint8Array;
  /** The tasks of the last change, and what they and the changed locus were before. */
  private readonly chosen: Int32Array;
  private chosenCount = 0;
  private readonly mappingBefore: Uint8Array;
  private isOrderChanged = false;
  private isMappingChanged = false;
  private changedLocus = -1;
  private geneBefore = 0;

  constructor(problem: Problem, random: Random) {
    const tasks = problem.tasks.length;
    const { layout } = problem;
    this.problem = problem;
    this.random = random;
    this.alleles = problem.tasks.map(({ index }) => layout.loci[layout.offsetOf.mapping + index].alleles);
    this.configurationLoci = lociWithChoice(layout).filter((locus) => locus < layout.offsetOf.mapping);
    this.mappable = Int32Array.from(problem.tasks.keys()).filter((task) => this.alleles[task].length > 1);
    this.hasPriorities = layout.offsetOf.priority !== undefined && tasks > 1;
    this.plan = {
      configuration: new Uint8Array(layout.offsetOf.mapping),
      mapping: new Uint8Array(tasks),
      order: new Int32Array(tasks),
    };
    this.spareOrder = new Int32Array(tasks);
    this.position = new Int32Array(tasks);
    this.isChosen = new Uint8Array(tasks);
    this.chosen = new Int32Array(tasks);
    this.mappingBefore = new Uint8Array(tasks);
  }

  /** Whether there is anything to change. */
  get isEmpty(): boolean {
    return this.mappable.length === 0 && !this.hasPriorities && this.configurationLoci.length === 0;
  }

  load({ configuration, mapping, order }: Plan): void {
    this.plan.configuration.set(configuration);
    this.plan.mapping.set(mapping);
    this.plan.order.set(order);
    for (let at = 0; at < order.length; at++) this.position[order[at]] = at;
  }

  /** Changes the plan; `keep` or `undo` must follow. */
  propose(trace: ScheduleTrace, shares: MoveShares): void {
    const { random } = this;
    this.isOrderChanged = false;
    this.isMappingChanged = false;
    this.changedLocus = -1;
    this.chosenCount = 0;
    const canMove = this.mappable.length > 0;
    if (
      this.configurationLoci.length > 0 &&
      ((!canMove && !this.hasPriorities) || random.chance(CONFIGURATION_SHARE))
    ) {
      this.changeConfiguration();
      return;
    }
    const task = this.drawTask(trace, shares.critical);
    const kind = random.nextShare();
    if (canMove && kind < shares.regions) {
      this.growRegion(task);
      this.mapChosen(this.elementFor(task));
    } else if (kind < shares.regions + (1 - shares.regions) * shares.runs) {
      this.growRun(task);
      if (canMove && (!this.hasPriorities || random.chance(shares.mapping))) this.mapChosen(this.elementFor(task));
      else this.placeChosen(random.nextInt(this.plan.order.length));
    } else {
      this.choose(task);
      if (canMove && (!this.hasPriorities || random.chance(0.7))) {
        const element = this.elementFor(task);
        this.mapChosen(element);
        if (this.hasPriorities && random.chance(0.5)) {
          const beside = this.runningBeside(task, element, trace);
          if (beside >= 0) this.placeChosen(this.position[beside] + (random.chance(0.5) ? 1 : 0));
        }
      } else {
        const blocker = trace.blocker[task];
        const isBefore = blocker >= 0 && random.chance(0.5);
        this.placeChosen(isBefore ? this.position[blocker] : random.nextInt(this.plan.order.length));
      }
    }
    for (let i = 0; i < this.chosenCount; i++) this.isChosen[this.chosen[i]] = 0;
  }

  /** Keeps the last change. */
  keep(): void {
    if (!this.isOrderChanged) return;
    const { order } = this.plan;
    for (let at = 0; at < order.length; at++) this.position[order[at]] = at;
  }

  /** Takes the last change back. */
  undo(): void {
    const { plan } = this;
    if (this.isMappingChanged)
      for (let i = 0; i < this.chosenCount; i++) plan.mapping[this.chosen[i]] = this.mappingBefore[i];
    if (this.isOrderChanged) [plan.order, this.spareOrder] = [this.spareOrder, plan.order];
    if (this.changedLocus >= 0) plan.configuration[this.changedLocus] = this.geneBefore;
  }

  private changeConfiguration(): void {
    const { random, problem, plan } = this;
    const locus = this.configurationLoci[random.nextInt(this.configurationLoci.length)];
    const { cardinality } = problem.layout.loci[locus];
    const gene = plan.configuration[locus];
    this.changedLocus = locus;
    this.geneBefore = gene;
    if (cardinality > 2 && random.chance(STEP_SHARE)) {
      const up = gene === 0 || (gene < cardinality - 1 && random.chance(0.5));
      plan.configuration[locus] = up ? gene + 1 : gene - 1;
    } else {
      const draw = random.nextInt(cardinality - 1);
      plan.configuration[locus] = draw < gene ? draw : draw + 1;
    }
  }

  private drawTask(trace: ScheduleTrace, criticalShare: number): number {
    const { random } = this;
    const onPath = trace.criticalCount > 0 && random.chance(criticalShare);
    return onPath ? trace.critical[random.nextInt(trace.criticalCount)] : random.nextInt(this.plan.order.length);
  }

  private choose(task: number): void {
    this.isChosen[task] = 1;
    this.chosen[this.chosenCount++] = task;
  }

  /** `task` and some of what follows it, along random outgoing edges. */
  private growRun(task: number): void {
    const { problem, random, isChosen } = this;
    const length = 1 + random.nextInt(random.chance(0.8) ? SHORT_RUN : LONG_RUN);
    this.choose(task);
    for (let last = task; this.chosenCount <= length;) {
      const first = problem.producerFirstEdge[last];
      const count = problem.producerFirstEdge[last + 1] - first;
      if (count === 0) return;
      last = problem.edgeConsumer[problem.outgoingEdge[first + random.nextInt(count)]];
      if (isChosen[last] === 1) return;
      this.choose(last);
    }
  }

  /** `task` and what is near it, along edges in both directions. */
  private growRegion(task: number): void {
    const { problem, random, isChosen, chosen } = this;
    const size = 2 + random.nextInt(LARGEST_REGION - 1);
    this.choose(task);
    for (let tries = 0; this.chosenCount < size && tries < 4 * size; tries++) {
      const from = chosen[random.nextInt(this.chosenCount)];
      const firstIn = problem.consumerFirstEdge[from];
      const inputs = problem.consumerFirstEdge[from + 1] - firstIn;
      const firstOut = problem.producerFirstEdge[from];
      const outputs = problem.producerFirstEdge[from + 1] - firstOut;
      if (inputs + outputs === 0) return;
      const draw = random.nextInt(inputs + outputs);
      const other =
        draw < inputs
          ? problem.edgeProducer[firstIn + draw]
          : problem.edgeConsumer[problem.outgoingEdge[firstOut + draw - inputs]];
      if (isChosen[other] === 0) this.choose(other);
    }
  }

  /** Another element that can run `task`, or one that can run a task of the change. */
  private elementFor(task: number): number {
    const { random, alleles, plan } = this;
    let own = alleles[task];
    let current = plan.mapping[task];
    for (let i = 1; own.length < 2 && i < this.chosenCount; i++) {
      own = alleles[this.chosen[i]];
      current = plan.mapping[this.chosen[i]];
    }
    if (own.length < 2) return current;
    const at = own.indexOf(current);
    const draw = random.nextInt(at < 0 ? own.length : own.length - 1);
    return own[at >= 0 && draw >= at ? draw + 1 : draw];
  }

  private mapChosen(element: number): void {
    const { plan, alleles, chosen, mappingBefore } = this;
    this.isMappingChanged = true;
    for (let i = 0; i < this.chosenCount; i++) {
      const task = chosen[i];
      mappingBefore[i] = plan.mapping[task];
      if (alleles[task].includes(element)) plan.mapping[task] = element;
    }
  }

  /** Puts the chosen tasks together at a place of the order, 0 … T, in the order in which they were chosen. */
  private placeChosen(place: number): void {
    const { plan, isChosen, chosen, chosenCount } = this;
    const { order } = plan;
    const target = this.spareOrder;
    let written = 0;
    for (let at = 0; at < order.length; at++) {
      if (at === place) for (let i = 0; i < chosenCount; i++) target[written++] = chosen[i];
      if (isChosen[order[at]] === 0) target[written++] = order[at];
    }
    if (place >= order.length) for (let i = 0; i < chosenCount; i++) target[written++] = chosen[i];
    this.spareOrder = order;
    plan.order = target;
    this.isOrderChanged = true;
  }

  /** The task on `element` whose start is nearest to that of `task`; −1: there is none. */
  private runningBeside(task: number, element: number, { startMs }: ScheduleTrace): number {
    const { mapping } = this.plan;
    let nearest = -1;
    let distance = Number.POSITIVE_INFINITY;
    for (let other = 0; other < mapping.length; other++) {
      if (mapping[other] !== element || other === task) continue;
      const own = Math.abs(startMs[other] - startMs[task]);
      if (own >= distance) continue;
      distance = own;
      nearest = other;
    }
    return nearest;
  }
}
