/** Draws genomes as rows of cells in the colours of their genes. */
import type { Problem } from '#shared/scheduling/problem.ts';
import type { DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { geneColor } from './gene-colors.ts';

export interface GeneRow {
  readonly genes: Uint8Array;
  /** Underlined. */
  readonly mutatedLoci?: ArrayLike<number> | undefined;
  /** A descendant: the genes it does not share are left blank. */
  readonly passedTo?: Uint8Array | undefined;
}

/** Draws a genome into a strip. */
export function drawGenes(
  context: DrawContext,
  problem: Problem,
  { genes, mutatedLoci = [], passedTo }: GeneRow,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  const cell = widthPx / Math.max(1, genes.length);
  const gap = cell >= 4 ? 1 : 0;
  const barPx = heightPx - 4;
  genes.forEach((value, locus) => {
    context.fillStyle =
      passedTo === undefined || passedTo[locus] === value ? geneColor(problem, locus, value, theme) : theme.row;
    context.fillRect(locus * cell, 0, Math.max(0.5, cell - gap), barPx);
  });
  context.fillStyle = theme.text;
  for (let i = 0; i < mutatedLoci.length; i++)
    context.fillRect(mutatedLoci[i] * cell, heightPx - 3, Math.max(1, cell - gap), 2);
}
