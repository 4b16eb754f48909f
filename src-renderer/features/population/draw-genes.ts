/** Draws genomes as rows of coloured cells: mapping genes in the colour of their processing element, others by the share of their range. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { clusterOf, mixColors, processorColor } from '../../theme/palette.ts';
import type { DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';

/** Colour of a gene value at a locus. */
export function geneColor(problem: Problem, locus: number, value: number, theme: TimelineTheme): string {
  const { segment, cardinality } = problem.layout.loci[locus];
  if (segment !== 'mapping') return mixColors(theme.row, theme.accent, cardinality > 1 ? 0.15 + (0.85 * value) / (cardinality - 1) : 1);
  const pe = problem.pes[value];
  return processorColor(problem.processors[pe.processor].kind, pe.indexInProcessor, theme.name, clusterOf(problem.processors, pe.processor));
}

export interface GeneRow {
  readonly genes: Uint8Array;
  /** Underlined. */
  readonly mutatedLoci?: ArrayLike<number> | undefined;
  /** A descendant: the genes it does not share are left blank. */
  readonly passedTo?: Uint8Array | undefined;
}

/** Draws a genome into a strip. */
export function drawGenes(context: DrawContext, problem: Problem, { genes, mutatedLoci = [], passedTo }: GeneRow, widthPx: number, heightPx: number, theme: TimelineTheme): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  const cell = widthPx / Math.max(1, genes.length);
  const gap = cell >= 4 ? 1 : 0;
  const barPx = heightPx - 4;
  genes.forEach((value, locus) => {
    context.fillStyle = passedTo === undefined || passedTo[locus] === value ? geneColor(problem, locus, value, theme) : theme.row;
    context.fillRect(locus * cell, 0, Math.max(0.5, cell - gap), barPx);
  });
  context.fillStyle = theme.text;
  for (let i = 0; i < mutatedLoci.length; i++) context.fillRect(mutatedLoci[i] * cell, heightPx - 3, Math.max(1, cell - gap), 2);
}
