/** The colours of gene values: the one table from what the kinds of genes ask for to the theme. */
import { segmentKinds, type GeneColoring } from '#shared/scheduling/genome-segments.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { clusterOf, mixColors, processorColor } from '../theme/palette.ts';

interface Coloring {
  /** Where the strength of the colour says something else, such as how many have the value. */
  hue(problem: Problem, value: number, theme: CanvasTheme): string;
  /** Where it is shown alone. */
  color(problem: Problem, value: number, cardinality: number, theme: CanvasTheme): string;
}

function elementColor({ pes, processors }: Problem, element: number, theme: CanvasTheme): string {
  const { processor, indexInProcessor } = pes[element];
  return processorColor(processors[processor].kind, indexInProcessor, theme.name, clusterOf(processors, processor));
}

export const geneColorings: Readonly<Record<GeneColoring, Coloring>> = {
  element: {
    hue: elementColor,
    color: (problem, value, _, theme) => elementColor(problem, value, theme),
  },
  level: {
    hue: (_, __, theme) => theme.accent,
    color: (_, value, cardinality, theme) =>
      mixColors(theme.row, theme.accent, cardinality > 1 ? 0.15 + (0.85 * value) / (cardinality - 1) : 1),
  },
};

/** Colour of a gene value at a locus. */
export function geneColor(problem: Problem, locus: number, value: number, theme: CanvasTheme): string {
  const { segment, cardinality } = problem.layout.loci[locus];
  return geneColorings[segmentKinds[segment].coloring].color(problem, value, cardinality, theme);
}
