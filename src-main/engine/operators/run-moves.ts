/**
 * Moves along the task graph: a run of tasks that follow each other goes to another processing element together, because a task that
 * leaves alone pays two transfers and a run pays them once. There are also steps of one configuration gene, and new
 * priorities.
 */
import { lociOf, lociThatSet } from '#shared/scheduling/genome-layout.ts';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import type { Random } from '../random.ts';
import { lociWithChoice } from './loci-with-choice.ts';

/** How often a move is of which kind, where all three are possible; the figures, like those below, are those that did best on eleven cases. */
const CONFIGURATION = 10;
const MAPPING = 60;
const PRIORITY = 30;
/** Share of the steps of a configuration gene that go to a neighbouring value. */
const NEARBY_STEP = 0.6;
/** Share of the moves to another element, and of those of priorities, that take a whole run. */
const WHOLE_RUN = 0.7;
/** Tasks that follow the first of a run, at most. */
const MOST_FOLLOWERS = 7;
/** Share of new priorities that are next to that of another task. */
const BESIDE_ANOTHER = 0.7;
/** Probability of one more move each. */
const ANOTHER_MOVE = 0.3;
/** Draws of an element before a task without another that is switched on is left where it is. */
const ATTEMPTS = 6;

export class RunMoves {
  private readonly problem: Problem;
  /** Loci with a choice: of the configuration (cores, frequencies), and of the mapping by task. */
  private readonly configuration: readonly number[];
  private readonly movable: readonly number[];
  /** [P] locus of the core arrangement, −1 where there is none. */
  private readonly arrangementLocus: Int32Array;
  private readonly weights: readonly [number, number, number];
  private readonly run: Int32Array;
  /** [A] tasks of each application, in a topological order. */
  private readonly tasksOf: readonly Int32Array[];
  private readonly groupShare: number;

  /** @param groupShare of the moves to another element, those that take what an application has on one, or a stretch of it */
  constructor(problem: Problem, groupShare = 0) {
    const { layout, tasks, processors } = problem;
    this.problem = problem;
    this.groupShare = groupShare;
    this.run = new Int32Array(Math.max(MOST_FOLLOWERS + 1, tasks.length));
    const order = topologicalOrder(problem);
    this.tasksOf = Array.from(problem.applicationInstances, (_, application) =>
      Int32Array.from(order.filter((task) => tasks[task].application === application)),
    );
    this.configuration = lociWithChoice(layout).filter((locus) => locus < layout.offsetOf.mapping);
    this.movable = lociOf(layout, 'mapping')
      .filter((locus) => layout.loci[locus].alleles.length > 1)
      .map((locus) => locus - layout.offsetOf.mapping);
    this.arrangementLocus = lociThatSet(layout, 'arrangement', processors.length);
    this.weights = [
      this.configuration.length > 0 ? CONFIGURATION : 0,
      this.movable.length > 0 ? MAPPING : 0,
      layout.offsetOf.priority !== undefined && tasks.length > 1 ? PRIORITY : 0,
    ];
  }

  /** One move, often followed by more, in place; the genes stay alleles of their loci. */
  apply(genes: Uint8Array, random: Random): void {
    do this.move(genes, random);
    while (random.chance(ANOTHER_MOVE));
  }

  private move(genes: Uint8Array, random: Random): void {
    const [configuration, mapping, priority] = this.weights;
    const total = configuration + mapping + priority;
    if (total === 0) return;
    const draw = random.nextInt(total);
    if (draw < configuration) this.stepConfiguration(genes, random);
    else if (draw < configuration + mapping) this.moveRun(genes, random);
    else this.changePriorities(genes, random);
  }

  private stepConfiguration(genes: Uint8Array, random: Random): void {
    const locus = this.configuration[random.nextInt(this.configuration.length)];
    const { cardinality } = this.problem.layout.loci[locus];
    const old = genes[locus];
    if (random.chance(NEARBY_STEP)) {
      const isUp = old === 0 || (old + 1 < cardinality && random.chance(0.5));
      genes[locus] = isUp ? old + 1 : old - 1;
    } else {
      const other = random.nextInt(cardinality - 1);
      genes[locus] = other < old ? other : other + 1;
    }
  }

  /** A run, or a task alone, to another element that is switched on. */
  private moveRun(genes: Uint8Array, random: Random): void {
    const { problem, run } = this;
    const { loci, offsetOf } = problem.layout;
    const mappingOffset = offsetOf.mapping;
    const first = this.movable[random.nextInt(this.movable.length)];
    const length =
      this.groupShare > 0 && random.chance(this.groupShare)
        ? this.drawGroup(first, genes, random)
        : random.chance(WHOLE_RUN)
          ? this.drawRun(first, random)
          : this.alone(first);
    const { alleles } = loci[mappingOffset + first];
    const present = this.placeOf(genes[mappingOffset + first], genes);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const element = alleles[random.nextInt(alleles.length)];
      if (element === present || this.placeOf(element, genes) !== element) continue;
      const { processor } = problem.pes[element];
      for (let i = 0; i < length; i++) if (canRun(problem, run[i], processor)) genes[mappingOffset + run[i]] = element;
      return;
    }
  }

  private changePriorities(genes: Uint8Array, random: Random): void {
    const { layout, tasks } = this.problem;
    const offset = layout.offsetOf.priority ?? 0;
    const { cardinality } = layout.loci[offset];
    const first = random.nextInt(tasks.length);
    const length = random.chance(WHOLE_RUN) ? this.drawRun(first, random) : this.alone(first);
    let level = random.nextInt(cardinality);
    if (random.chance(BESIDE_ANOTHER)) {
      const other = genes[offset + random.nextInt(tasks.length)] + (random.chance(0.5) ? 1 : -1);
      level = Math.min(cardinality - 1, Math.max(0, other));
    }
    for (let i = 0; i < length; i++) genes[offset + this.run[i]] = level;
  }

  private alone(task: number): number {
    this.run[0] = task;
    return 1;
  }

  /** `first` and up to `MOST_FOLLOWERS` tasks along random outgoing edges, into `run`. @returns how many */
  private drawRun(first: number, random: Random): number {
    const { producerFirstEdge, outgoingEdge, edgeConsumer } = this.problem;
    const { run } = this;
    const wanted = 2 + random.nextInt(MOST_FOLLOWERS);
    run[0] = first;
    let length = 1;
    for (let task = first; length < wanted; run[length++] = task) {
      const from = producerFirstEdge[task];
      const count = producerFirstEdge[task + 1] - from;
      if (count === 0) break;
      task = edgeConsumer[outgoingEdge[from + random.nextInt(count)]];
    }
    return length;
  }

  /** `first` and what its application has on the same element, half of the time only from `first` on, into `run`. @returns how many */
  private drawGroup(first: number, genes: Uint8Array, random: Random): number {
    const { problem, run } = this;
    const { mapping } = problem.layout.offsetOf;
    const place = this.placeOf(genes[mapping + first], genes);
    let isPast = random.chance(0.5);
    let length = 0;
    for (const task of this.tasksOf[problem.tasks[first].application]) {
      if (task === first) isPast = true;
      if (isPast && this.placeOf(genes[mapping + task], genes) === place) run[length++] = task;
    }
    return length;
  }

  /** The element that mapping gene `element` stands for under the core arrangement of `genes`. */
  private placeOf(element: number, genes: Uint8Array): number {
    const { pes, processors } = this.problem;
    const { processor, indexInProcessor } = pes[element];
    const model = processors[processor];
    if (model.dispatch === 'pooled') return element;
    const locus = this.arrangementLocus[processor];
    const arrangement = locus < 0 ? model.defaultArrangement : genes[locus];
    return model.firstPe + (indexInProcessor % model.arrangements[arrangement].groups.length);
  }
}
