/**
 * The kinds of genes as one table: what a gene of each decides, which values it can have, what they are called and what they set. The
 * layout of the genome, decoding, encoding, the kernel's tables and everything that shows genes go through it; a new kind is an entry.
 */
import type { GeneSelection } from '../domain/scheduler.ts';
import type { ProcessingElement, ProcessorModel, TaskModel } from './problem-model.ts';

/** Values of a priority gene, a random key (Bean 1994): 0 is the lowest, the highest starts first. A byte's worth, so that ties are rare. */
export const PRIORITY_LEVELS = 256;

/** The parts of an assignment: for each gene the entry of its subject is set. */
export type AssignmentPart =
  | 'arrangement'
  | 'operatingPoint'
  | 'peOfTask'
  | 'taskPriority'
  | 'cut'
  | 'applicationPriority';

/** How pictures tell values apart: by the colour of the processing element that a value is, or the higher, the stronger. */
export type GeneColoring = 'element' | 'level';

/** What a genome is laid out for. */
export interface GenomeSubjects {
  readonly processors: readonly ProcessorModel[];
  readonly pes: readonly ProcessingElement[];
  readonly tasks: readonly TaskModel[];
  readonly applicationIds: readonly string[];
  /** [T × P] NaN where the task cannot run. */
  readonly baseTimeMs: Float64Array;
  /** [E] tasks at both ends of each dependency. */
  readonly edgeProducer: Int32Array;
  readonly edgeConsumer: Int32Array;
}

/** One decision and its values. */
export interface Decision {
  /** Index of the processor, task, dependency or application it is about. */
  readonly subject: number;
  /** The same for people: "cpu" or "camera/conv1". */
  readonly label: string;
  /** Genes are 0 … cardinality − 1, at most 256. */
  readonly cardinality: number;
  /** The values worth proposing, ascending, at least one. */
  readonly alleles: Uint8Array;
}

export interface SegmentKind {
  /** What its genes decide: "active cores". */
  readonly title: string;
  /** What the gene about `label` decides: "active cores of cpu". */
  titleOf(label: string): string;
  /**
   * Shown below its genes, and those of neighbours with the same one; undefined: the applications whose layers they are
   * about.
   */
  readonly heading: string | undefined;
  readonly coloring: GeneColoring;
  /** Whether a scheduler's choice of genes has it. */
  isAmong(genes: GeneSelection): boolean;
  /** Its genes, in order; none for what offers no choice. */
  decisions(subjects: GenomeSubjects): readonly Decision[];
  /** What a value means before it is repaired: "3 cores", "1400 MHz". */
  describe(subjects: Pick<GenomeSubjects, 'processors' | 'pes'>, subject: number, value: number): string;
  /** How a gene is decoded: the part of the assignment that it sets, where repairs follow (`decodeGenome`). */
  readonly sets: AssignmentPart;
}

const kinds = {
  activeCores: {
    title: 'active cores',
    titleOf: (label) => `active cores of ${label}`,
    heading: 'cores and clocks',
    coloring: 'level',
    isAmong: ({ cores }) => cores,
    decisions: ({ processors }) => processors.filter(countsCores).flatMap(arrangementDecisions),
    describe({ processors }, subject, value) {
      const { activeCores } = processors[subject].arrangements[value];
      return `${activeCores} ${activeCores === 1 ? 'core' : 'cores'}`;
    },
    sets: 'arrangement',
  },
  coreConfiguration: {
    title: 'core configuration',
    titleOf: (label) => `core configuration of ${label}`,
    heading: 'cores and clocks',
    coloring: 'level',
    isAmong: ({ cores }) => cores,
    decisions: ({ processors }) =>
      processors.filter((processor) => !countsCores(processor)).flatMap(arrangementDecisions),
    describe: ({ processors }, subject, value) => `(${processors[subject].arrangements[value].groups.join(', ')})`,
    sets: 'arrangement',
  },
  frequency: {
    title: 'frequency',
    titleOf: (label) => `frequency of ${label}`,
    heading: 'cores and clocks',
    coloring: 'level',
    isAmong: ({ frequencies }) => frequencies,
    decisions: ({ processors }) =>
      processors.flatMap(({ index, id, operatingPoints }) => choice(index, id, operatingPoints.length)),
    describe: ({ processors }, subject, value) => `${processors[subject].operatingPoints[value].frequencyMHz} MHz`,
    sets: 'operatingPoint',
  },
  mapping: {
    title: 'mapping',
    titleOf: (label) => label,
    heading: undefined,
    coloring: 'element',
    isAmong: () => true,
    decisions: ({ processors, pes, tasks, baseTimeMs }) =>
      tasks.map(({ index, id }) => ({
        subject: index,
        label: id,
        cardinality: pes.length,
        alleles: Uint8Array.from(
          pes.filter((pe) => !Number.isNaN(baseTimeMs[index * processors.length + pe.processor])).map((pe) => pe.index),
        ),
      })),
    describe: ({ pes }, _, value) => pes[value].id,
    sets: 'peOfTask',
  },
  partition: {
    title: 'cuts between subgraphs',
    titleOf: (label) => `cut of ${label}`,
    heading: 'subgraphs',
    coloring: 'level',
    isAmong: ({ subgraphs }) => subgraphs === 'searched',
    decisions: ({ tasks, edgeProducer, edgeConsumer }) =>
      Array.from(edgeProducer, (producer, edge) => ({
        subject: edge,
        label: `${tasks[producer].id} → ${tasks[edgeConsumer[edge]].id}`,
        cardinality: 2,
        alleles: everyValue(2),
      })),
    describe: (_, __, value) => (value === 0 ? 'joined' : 'cut'),
    sets: 'cut',
  },
  priority: {
    title: 'priority',
    titleOf: (label) => `priority of ${label}`,
    heading: 'priority',
    coloring: 'level',
    isAmong: ({ priorities }) => priorities === true,
    decisions({ tasks }) {
      const alleles = everyValue(PRIORITY_LEVELS);
      return tasks.map(({ index, id }) => ({ subject: index, label: id, cardinality: PRIORITY_LEVELS, alleles }));
    },
    describe: (_, __, value) => String(value),
    sets: 'taskPriority',
  },
  applicationPriority: {
    title: 'priority of an application',
    titleOf: (label) => `priority of all layers of ${label}`,
    heading: 'priority',
    coloring: 'level',
    isAmong: ({ priorities }) => priorities === 'application',
    decisions({ applicationIds }) {
      const alleles = everyValue(PRIORITY_LEVELS);
      return applicationIds.map((label, subject) => ({ subject, label, cardinality: PRIORITY_LEVELS, alleles }));
    },
    describe: (_, __, value) => String(value),
    sets: 'applicationPriority',
  },
} satisfies Readonly<Record<string, SegmentKind>>;

export type SegmentName = keyof typeof kinds;

/** By name, in their order in the genome: genes of processors first, then the mapping, which has one for each task. */
export const segmentKinds: Readonly<Record<SegmentName, SegmentKind>> = kinds;
export const segmentNames = Object.keys(kinds) as SegmentName[];

/** Whether a processor's arrangements are 1, 2, … single cores; groups, or another order, make them configurations. */
function countsCores({ arrangements }: ProcessorModel): boolean {
  return arrangements.every(
    ({ activeCores, groups }, index) => activeCores === index + 1 && groups.every((size) => size === 1),
  );
}

function arrangementDecisions({ index, id, arrangements }: ProcessorModel): Decision[] {
  return choice(index, id, arrangements.length);
}

/** A decision among `count` values, none where there is no other. */
function choice(subject: number, label: string, count: number): Decision[] {
  return count < 2 ? [] : [{ subject, label, cardinality: count, alleles: everyValue(count) }];
}

function everyValue(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, value) => value);
}
