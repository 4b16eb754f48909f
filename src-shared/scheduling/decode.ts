/** From genome to the decisions it encodes, repairing deterministically and leaving the genome as it is (DESIGN §6). */
import { WorkbenchError } from '../domain/errors.ts';
import { PRIORITY_LEVELS, segmentKinds, type AssignmentPart } from './genome-segments.ts';
import { canRun, type CoreArrangement, type Problem } from './problem.ts';

/** What a genome decides, part by part. T tasks, P processors. */
export interface Assignment extends Partial<Readonly<Record<AssignmentPart, ArrayLike<number>>>> {
  /** [T] processing element of each task. */
  readonly peOfTask: Int32Array;
  /** [P] chosen core arrangement, an index into the processor's `arrangements`. */
  readonly arrangement: Int32Array;
  /** [P] chosen operating point, an index into the processor's `operatingPoints`. */
  readonly operatingPoint: Int32Array;
  /** [T] 0 … 255, the highest first: takes the place of the layers' priorities, which hold where it is left out. */
  readonly taskPriority?: Uint8Array;
  /** [E] 1 where a dependency is between two subgraphs, where the genome decides that: what is executed then follows by `executedSchedule`. */
  readonly cut?: Uint8Array;
  /** [A] 0 … 255, where the genome decides one for all layers of an application; `taskPriority` follows. */
  readonly applicationPriority?: Uint8Array;
}

/** The decisions without a genome: default arrangement, operating point closest to nominal within the caps, `peOfTask` repaired. */
export function defaultAssignment(problem: Problem, peOfTask: ArrayLike<number>): Assignment {
  const arrangement = Int32Array.from(problem.processors, (processor) => processor.defaultArrangement);
  const operatingPoint = Int32Array.from(problem.processors, (processor) =>
    Math.min(processor.nominalPoint, processor.highestPoint[processor.defaultArrangement]),
  );
  return {
    peOfTask: Int32Array.from({ length: problem.tasks.length }, (_, task) =>
      placeOf(problem, task, peOfTask[task], arrangement),
    ),
    arrangement,
    operatingPoint,
  };
}

/**
 * Decodes `genes`. Repairs: a processing element that cannot run the layer → the next one that can, cyclically; one whose core
 * is not active → core mod active cores (or groups) of that cluster; a frequency above the cap for the active cores → the
 * highest allowed.
 * @throws WorkbenchError `genome.invalid` when its length or a gene does not fit the layout.
 */
export function decodeGenome(problem: Problem, genes: Uint8Array): Assignment {
  const { layout, processors, tasks } = problem;
  if (genes.length !== layout.length) {
    throw new WorkbenchError(
      'genome.invalid',
      `genome has ${genes.length} genes, this problem has ${layout.length} loci`,
      { hint: 'the genome belongs to another scenario' },
    );
  }
  const arrangement = Int32Array.from(processors, (processor) => processor.defaultArrangement);
  const operatingPoint = Int32Array.from(processors, (processor) => processor.nominalPoint);
  const peOfTask = new Int32Array(tasks.length);
  const hasApplicationPriority = layout.offsetOf.applicationPriority !== undefined;
  const hasPriority = layout.offsetOf.priority !== undefined || hasApplicationPriority;
  const taskPriority = new Uint8Array(hasPriority ? tasks.length : 0);
  const applicationPriority = new Uint8Array(hasApplicationPriority ? problem.applicationPriority.length : 0);
  const cut = new Uint8Array(layout.offsetOf.partition === undefined ? 0 : problem.edgeProducer.length);
  const parts = { arrangement, operatingPoint, peOfTask, taskPriority, cut, applicationPriority };
  for (const { name, offset, length } of layout.segments) {
    const part = parts[segmentKinds[name].sets];
    for (let locus = offset; locus < offset + length; locus++) {
      const { subject, cardinality } = layout.loci[locus];
      if (genes[locus] >= cardinality) {
        throw new WorkbenchError(
          'genome.invalid',
          `gene ${locus} is ${genes[locus]}, its locus takes 0 … ${cardinality - 1}`,
          { path: ['genome', locus], hint: 'the genome belongs to another scenario' },
        );
      }
      part[subject] = genes[locus];
    }
  }
  for (let p = 0; p < processors.length; p++)
    operatingPoint[p] = Math.min(operatingPoint[p], processors[p].highestPoint[arrangement[p]]);
  for (let task = 0; task < tasks.length; task++) peOfTask[task] = placeOf(problem, task, peOfTask[task], arrangement);
  if (hasApplicationPriority)
    for (const { index, application } of tasks) taskPriority[index] = applicationPriority[application];
  return {
    peOfTask,
    arrangement,
    operatingPoint,
    ...(hasPriority ? { taskPriority } : {}),
    ...(hasApplicationPriority ? { applicationPriority } : {}),
    ...(layout.offsetOf.partition === undefined ? {} : { cut }),
  };
}

/**
 * The genome that encodes `assignment`: it decodes to the same schedule, except for decisions that the layout has no
 * gene for. Where it has priority genes and the assignment none, they keep the order of the layers' priorities; a gene for all
 * layers of an application has the priority of the first.
 */
export function encodeAssignment(problem: Problem, assignment: Assignment): Uint8Array {
  const { layout } = problem;
  const hasApplicationPriority = layout.offsetOf.applicationPriority !== undefined;
  const taskPriority =
    layout.offsetOf.priority === undefined && !hasApplicationPriority
      ? []
      : (assignment.taskPriority ?? layerPriorityGenes(problem));
  const parts: Readonly<Record<AssignmentPart, ArrayLike<number>>> = {
    ...assignment,
    taskPriority,
    applicationPriority: hasApplicationPriority
      ? problem.applicationFirstTask.slice(0, -1).map((task) => taskPriority[task])
      : [],
    cut:
      layout.offsetOf.partition === undefined
        ? []
        : (assignment.cut ?? new Uint8Array(problem.edgeProducer.length).fill(1)),
  };
  return Uint8Array.from(layout.loci, ({ segment, subject }) => parts[segmentKinds[segment].sets][subject]);
}

/** [T] genes in the order of the layers' priorities, spread evenly over the levels; beyond 256 different ones, neighbours share a level. */
function layerPriorityGenes({ layerPriority }: Problem): Uint8Array {
  const values = [...new Set(layerPriority)].sort((a, b) => a - b);
  const level = new Map(
    values.map((value, index) => [value, Math.floor(((index + 0.5) * PRIORITY_LEVELS) / values.length)]),
  );
  return Uint8Array.from(layerPriority, (priority) => level.get(priority) ?? 0);
}

/** The core arrangement `assignment` chose for processor `processor`. */
export function arrangementOf(
  problem: Problem,
  assignment: Pick<Assignment, 'arrangement'>,
  processor: number,
): CoreArrangement {
  return problem.processors[processor].arrangements[assignment.arrangement[processor]];
}

/** Cores that work together in processing element `pe`: its group's size, 1 outside core groups. */
export function groupSizeOf(problem: Problem, assignment: Pick<Assignment, 'arrangement'>, pe: number): number {
  const { processor, indexInProcessor } = problem.pes[pe];
  if (problem.processors[processor].dispatch === 'pooled') return 1;
  return arrangementOf(problem, assignment, processor).groups[indexInProcessor] ?? 1;
}

/** The processing element on which `task` runs with mapping gene `gene`, once it is repaired. @param arrangement [P] chosen core arrangements */
export function placeOf(problem: Problem, task: number, gene: number, arrangement: ArrayLike<number>): number {
  const { pes } = problem;
  let pe = gene;
  while (!canRun(problem, task, pes[pe].processor)) pe = pe + 1 === pes.length ? 0 : pe + 1;
  return presentElement(problem, pe, arrangement);
}

/** The element that `pe` stands for where not all cores are active: core mod active cores, or group mod groups. */
export function presentElement({ pes, processors }: Problem, pe: number, arrangement: ArrayLike<number>): number {
  const processor = processors[pes[pe].processor];
  if (processor.dispatch === 'pooled') return pe;
  return (
    processor.firstPe + (pes[pe].indexInProcessor % processor.arrangements[arrangement[processor.index]].groups.length)
  );
}
