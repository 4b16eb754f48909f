/** By what a run's fitness is measured, in words; and the figures of groups. */
import type { GroupFigure, RunGroup } from '#shared/contract/run-list-shapes.ts';
import { quantityOf } from '#shared/domain/metrics.ts';
import { fitnessTerms } from '#shared/scheduling/objectives.ts';
import { formatNumber, formatQuantity } from '../../format.ts';

/** "throughput − 0.5 · energy − 0.5 · latency − 2 · violation"; undefined where the definition does not say. */
export function definitionText(definition: string | undefined): string | undefined {
  const weights = weightsOf(definition);
  if (weights === undefined) return undefined;
  const terms = fitnessTerms.flatMap(({ weight: name, goal }) => {
    const weight = weights[name];
    const sign = goal === 'higher' ? 1 : -1;
    if (typeof weight !== 'number' || weight === 0) return [];
    return [
      { sign, text: `${weight === 1 ? '' : `${formatNumber(weight)} · `}${name === 'penalty' ? 'violation' : name}` },
    ];
  });
  const sum = terms
    .map(({ sign, text }, index) => `${index === 0 ? (sign < 0 ? '−' : '') : sign < 0 ? ' − ' : ' + '}${text}`)
    .join('');
  return `${sum === '' ? '0' : sum}${weights['normalise'] === false ? ', raw' : ', relative to NPU first'}`;
}

function weightsOf(definition: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (definition === undefined || definition === '') return undefined;
  const parts: unknown = JSON.parse(definition);
  const weights: unknown = Array.isArray(parts) ? parts[1] : undefined;
  return typeof weights === 'object' && weights !== null ? { ...weights } : undefined;
}

const written: readonly GroupFigure[] = ['makespanMs', 'energyMJ', 'latencyMs', 'fitness'];

/** "makespan 18.2 ms, best 17.1 · energy 61 mJ, best 58": medians; undefined where nothing is comparable. */
export function groupNote({ figures, count }: RunGroup): string | undefined {
  if (figures === undefined || count < 2) return undefined;
  const parts = written.flatMap((figure) => {
    const found = figures[figure];
    const { title, unit } = quantityOf(figure);
    return found === undefined
      ? []
      : [
          `${title.toLowerCase()} ${unit === '' ? formatNumber(found.median) : formatQuantity(found.median, unit)} (best ${formatNumber(found.best)})`,
        ];
  });
  return parts.length === 0 ? undefined : `median: ${parts.join(' · ')}`;
}
