/** The legend of a run's convergence: each line with its latest value. */
import { convergenceLines, referenceColor, type NamedValue, type RunQuantity } from './convergence.ts';
import type { LegendEntry } from '../canvas/legend.ts';
import { formatNumber } from '../format.ts';
import type { ThemeName } from '../theme/palette.ts';
import type { GenerationView } from '../recorded/generation-columns.ts';

/** @param reference the quantity of the baseline. @param hidden names of the lines that are switched off */
export function convergenceLegend(
  generations: GenerationView,
  quantity: RunQuantity,
  reference: NamedValue | undefined,
  theme: ThemeName,
  hidden: ReadonlySet<string> = new Set(),
): LegendEntry[] {
  const last = generations.length - 1;
  const lines: LegendEntry[] = convergenceLines(generations, quantity, theme).map(({ name, color, dash, values }) => ({
    name,
    color,
    dash,
    value: last < 0 ? undefined : formatNumber(values[last]),
    isHidden: hidden.has(name),
  }));
  return reference === undefined
    ? lines
    : [
        ...lines,
        {
          name: reference.name,
          color: referenceColor(theme),
          dash: 'dashed',
          value: formatNumber(reference.value),
          isHidden: hidden.has(reference.name),
        },
      ];
}
