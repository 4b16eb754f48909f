/** Where each decision stands in the genome: named segments of loci, each with the values it may take (DESIGN §6, "Genome"). */
import type { GeneSelection } from '../domain/scheduler.ts';
import type { ProcessingElement, ProcessorModel, TaskModel } from './problem-model.ts';

export type SegmentName = 'activeCores' | 'coreConfiguration' | 'frequency' | 'mapping' | 'priority';

/** Values of a priority gene, a random key (Bean 1994): 0 is the lowest, the highest starts first. A byte's worth, so that ties are rare. */
export const PRIORITY_LEVELS = 256;

/** A run of consecutive loci that decide the same kind of thing. */
export interface GenomeSegment {
  readonly name: SegmentName;
  readonly offset: number;
  readonly length: number;
}

export interface Locus {
  readonly segment: SegmentName;
  /** Index of the processor (activeCores, coreConfiguration, frequency) or task (mapping, priority) it decides about. */
  readonly subject: number;
  /** What it decides about, for people: "cpu" or "camera/conv1". */
  readonly label: string;
  /** Genes are 0 … cardinality − 1. */
  readonly cardinality: number;
  /** The values worth proposing (for mapping: the processing elements that can run the task), ascending. */
  readonly alleles: Uint8Array;
}

export interface GenomeLayout {
  readonly length: number;
  readonly segments: readonly GenomeSegment[];
  readonly loci: readonly Locus[];
  /** First locus of the mapping segment: the gene of task t is at `mappingOffset + t`. */
  readonly mappingOffset: number;
  /** First locus of the priority segment, where there is one: that of task t is at `priorityOffset + t`. */
  readonly priorityOffset?: number;
}

/**
 * Lays out the genome: core arrangement per pinned cluster, frequency per processor, mapping per task, priority per task. Segments
 * that are not among `genes`, and loci without a choice, are left out.
 */
export function layOutGenome(processors: readonly ProcessorModel[], pes: readonly ProcessingElement[], tasks: readonly TaskModel[], baseTimeMs: Float64Array, genes: GeneSelection): GenomeLayout {
  const loci: Locus[] = [];
  const everyValue = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, value) => value);
  for (const name of ['activeCores', 'coreConfiguration'] as const) {
    for (const processor of processors) {
      if (!genes.cores || processor.arrangements.length < 2 || arrangementSegment(processor) !== name) continue;
      loci.push({ segment: name, subject: processor.index, label: processor.id, cardinality: processor.arrangements.length, alleles: everyValue(processor.arrangements.length) });
    }
  }
  for (const processor of processors) {
    if (!genes.frequencies || processor.operatingPoints.length < 2) continue;
    loci.push({ segment: 'frequency', subject: processor.index, label: processor.id, cardinality: processor.operatingPoints.length, alleles: everyValue(processor.operatingPoints.length) });
  }
  const mappingOffset = loci.length;
  for (const task of tasks) {
    const alleles = pes.filter((pe) => !Number.isNaN(baseTimeMs[task.index * processors.length + pe.processor])).map((pe) => pe.index);
    loci.push({ segment: 'mapping', subject: task.index, label: task.id, cardinality: pes.length, alleles: Uint8Array.from(alleles) });
  }
  const priorityOffset = loci.length;
  if (genes.priorities) {
    const alleles = everyValue(PRIORITY_LEVELS);
    for (const task of tasks) loci.push({ segment: 'priority', subject: task.index, label: task.id, cardinality: PRIORITY_LEVELS, alleles });
  }
  const segments: GenomeSegment[] = [];
  loci.forEach((locus, offset) => {
    const last = segments[segments.length - 1];
    if (last?.name === locus.segment) segments[segments.length - 1] = { ...last, length: last.length + 1 };
    else segments.push({ name: locus.segment, offset, length: 1 });
  });
  return { length: loci.length, segments, loci, mappingOffset, ...(genes.priorities ? { priorityOffset } : {}) };
}

/** Which segment chooses a processor's core arrangement: groups that are not all single cores make it a configuration. */
function arrangementSegment(processor: ProcessorModel): 'activeCores' | 'coreConfiguration' {
  const consecutive = processor.arrangements.every((arrangement, index) => arrangement.activeCores === index + 1 && arrangement.groups.every((size) => size === 1));
  return consecutive ? 'activeCores' : 'coreConfiguration';
}
