/**
 * Where each decision is in the genome: named segments of loci, each with the values it may take (DESIGN §6, "Genome").
 */
import type { GeneSelection } from '../domain/scheduler.ts';
import {
  segmentKinds,
  segmentNames,
  type AssignmentPart,
  type Decision,
  type GenomeSubjects,
  type SegmentName,
} from './genome-segments.ts';

/** The part of a layout that a search needs, whatever the genes decide. */
export interface GeneLayout {
  readonly length: number;
  /** Runs of consecutive loci that decide the same kind of thing: genes are exchanged within one only. */
  readonly segments: readonly { readonly name: string; readonly offset: number; readonly length: number }[];
  readonly loci: readonly GeneLocus[];
}

export interface GeneLocus extends Pick<Decision, 'cardinality' | 'alleles'> {
  /** Name of its segment. */
  readonly segment: string;
}

/** A run of consecutive loci that decide the same kind of thing. */
export interface GenomeSegment {
  readonly name: SegmentName;
  readonly offset: number;
  readonly length: number;
}

export interface Locus extends Decision {
  readonly segment: SegmentName;
}

export interface GenomeLayout extends GeneLayout {
  /** Those that have loci, in the order of the table of kinds. */
  readonly segments: readonly GenomeSegment[];
  readonly loci: readonly Locus[];
  /** First locus of each segment that there is: the mapping gene of task t is at `offsetOf.mapping + t`. */
  readonly offsetOf: { readonly mapping: number } & { readonly [Name in SegmentName]?: number };
}

/** Lays out the genome, segment after segment. Those that are not among `genes`, and decisions without a choice, are left out. */
export function layOutGenome(subjects: GenomeSubjects, genes: GeneSelection): GenomeLayout {
  const loci = segmentNames
    .filter((name) => segmentKinds[name].isAmong(genes))
    .flatMap((name) =>
      segmentKinds[name].decisions(subjects).map((decision): Locus => ({ segment: name, ...decision })),
    );
  const segments: GenomeSegment[] = [];
  loci.forEach((locus, offset) => {
    const last = segments[segments.length - 1];
    if (last?.name === locus.segment) segments[segments.length - 1] = { ...last, length: last.length + 1 };
    else segments.push({ name: locus.segment, offset, length: 1 });
  });
  const offsets = Object.fromEntries(segments.map(({ name, offset }) => [name, offset]));
  return { length: loci.length, segments, loci, offsetOf: { mapping: loci.length, ...offsets } };
}

/** Loci of the segment called `name`, ascending; none where the layout has no such segment. */
export function lociOf({ segments }: GeneLayout, name: string): number[] {
  return segments
    .filter((segment) => segment.name === name)
    .flatMap(({ offset, length }) => Array.from({ length }, (_, index) => offset + index));
}

/** Whether any gene sets `part` of the assignment; else all of it stays as it is without a genome. */
export function isSearched({ segments }: GenomeLayout, part: AssignmentPart): boolean {
  return segments.some(({ name }) => segmentKinds[name].sets === part);
}

/** [count] the locus that sets each entry of `part`, −1 where no gene does. @param count processors or tasks */
export function lociThatSet({ segments, loci }: GenomeLayout, part: AssignmentPart, count: number): Int32Array {
  const found = new Int32Array(count).fill(-1);
  for (const { name, offset, length } of segments) {
    if (segmentKinds[name].sets !== part) continue;
    for (let locus = offset; locus < offset + length; locus++) found[loci[locus].subject] = locus;
  }
  return found;
}

/** What a gene decides, for people: the layer it places, else "frequency of npu". */
export function titleOfLocus({ segment, label }: Locus): string {
  return segmentKinds[segment].titleOf(label);
}

/** What value `value` of the gene at `locus` means, for people, before it is repaired: "cpu:1", "1400 MHz". */
export function describeGene(
  subjects: Pick<GenomeSubjects, 'processors' | 'pes'>,
  { segment, subject }: Locus,
  value: number,
): string {
  return segmentKinds[segment].describe(subjects, subject, value);
}
