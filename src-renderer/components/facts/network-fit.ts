/** Whether a network can run on a platform, in a few words and in full. */
import type { NetworkCoverage } from '#shared/contract/time-shapes.ts';
import { formatCount, formatCounted } from '../../format.ts';

export interface Fit {
  readonly verdict: 'good' | 'warning' | 'problem';
  /** A few words. */
  readonly text: string;
  /** Sentences. */
  readonly reason: string;
}

/** Undefined while it is not known. */
export function fitOf(coverage: NetworkCoverage | undefined): Fit | undefined {
  if (coverage === undefined) return undefined;
  const { layers, timed, modelled, nowhere, remarks, problem, processors } = coverage;
  if (problem !== undefined)
    return {
      verdict: 'problem',
      text: nowhere === layers ? 'cannot run: no times' : `cannot run: ${formatCounted(nowhere, 'layer')} nowhere`,
      reason: problem.message,
    };
  const reason = remarks.map(({ message }) => message).join('. ');
  const owners = [...new Set(processors.flatMap((processor) => processor.owners))];
  if (remarks.some(({ kind }) => kind === 'foreign'))
    return { verdict: 'warning', text: `times of ${owners[0] ?? 'another platform'}`, reason };
  if (remarks.some(({ kind }) => kind === 'unclear'))
    return { verdict: 'warning', text: 'does not say whose times', reason };
  const text =
    modelled === 0
      ? `all ${formatCount(layers)} layers timed`
      : timed === 0
        ? `all ${formatCount(layers)} layers modelled`
        : `${formatCount(timed)} timed, ${formatCount(modelled)} modelled`;
  return remarks.length > 0
    ? { verdict: 'warning', text: `${text}, not everywhere`, reason }
    : { verdict: 'good', text, reason: '' };
}
