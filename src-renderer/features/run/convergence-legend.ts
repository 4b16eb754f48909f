/** The legend of a run's convergence: each line with its value. */
import { convergenceLines, referenceColor, type RunQuantity } from '../../charts/convergence.ts';
import type { LegendEntry } from '../../charts/legend.ts';
import { REFERENCE_NAME } from '../../components/headline-metrics.ts';
import { formatNumber } from '../../format.ts';
import type { ThemeName } from '../../theme/palette.ts';
import { fittestGeneration, type GenerationView } from './generation-columns.ts';

/** With the values of the run's best, and of the last generation's mean and worst. @param reference the quantity of the NPU-first schedule */
export function convergenceLegend(generations: GenerationView, quantity: RunQuantity, reference: number | undefined, theme: ThemeName): LegendEntry[] {
  const last = generations.length - 1;
  const lines: LegendEntry[] = convergenceLines(quantity, theme).map(({ name, color, dash, column }) => ({ name, color, dash, value: last < 0 ? undefined : formatNumber(generations[column][name === 'best' ? fittestGeneration(generations) : last]) }));
  return reference === undefined ? lines : [...lines, { name: REFERENCE_NAME, color: referenceColor(theme), dash: 'dashed', value: formatNumber(reference) }];
}
