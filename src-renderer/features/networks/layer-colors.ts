/** The colours of layers: by operation, or by the processor that is fastest for each. */
import type { ProcessorKind } from '#shared/domain/platform.ts';
import { applicationColor, mixColors, processorColor, type ThemeName } from '../../theme/palette.ts';
import { colorTokens } from '../../theme/tokens.ts';

export interface ColorEntry {
  readonly name: string;
  readonly color: string;
  readonly layers: number;
}

/** More operations than this share a grey: more hues cannot be told apart. */
const MOST_HUES = 7;

/** The hues of common operations, so that they are the same in every network; of two that share one, the more frequent has it. */
const usualHues: Readonly<Record<string, number>> = {
  Conv: 0,
  DepthwiseConv: 5,
  Gemm: 4,
  MatMul: 4,
  MaxPool: 3,
  AveragePool: 6,
  GlobalAveragePool: 2,
  Concat: 2,
  Add: 1,
  BatchNormalization: 1,
  Softmax: 5,
};

/** A hue for each of at most `MOST_HUES` operations, the most frequent ones first. */
function huesOf(ops: readonly string[]): Map<string, number> {
  const hues = new Map<string, number>();
  const free = new Set(Array.from({ length: MOST_HUES }, (_, hue) => hue));
  const give = (op: string, hue: number): void => {
    if (free.delete(hue)) hues.set(op, hue);
  };
  for (const op of ops) give(op, usualHues[op] ?? -1);
  for (const op of ops) if (!hues.has(op)) give(op, Math.min(...free));
  return hues;
}

/** Colours by operation, the most frequent ones first; the rest together. */
export function operationColors(
  ops: readonly string[],
  theme: ThemeName,
): { readonly colors: readonly string[]; readonly legend: readonly ColorEntry[] } {
  const counts = new Map<string, number>();
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  const other = mixColors(colorTokens[theme].textFaint, colorTokens[theme].surface, 0.25);
  const hues = new Map(
    [...huesOf(ranked.slice(0, MOST_HUES).map(([op]) => op))].map(([op, hue]) => [op, applicationColor(hue, theme)]),
  );
  const rest = ranked.slice(MOST_HUES);
  return {
    colors: ops.map((op) => hues.get(op) ?? other),
    legend: [
      ...ranked
        .slice(0, MOST_HUES)
        .map(([op, layers]) => ({ name: op === '' ? 'no operation' : op, color: hues.get(op) ?? other, layers })),
      ...(rest.length === 0
        ? []
        : [
            {
              name: rest.length === 1 ? rest[0][0] : `${rest.length} others`,
              color: other,
              layers: rest.reduce((sum, [, layers]) => sum + layers, 0),
            },
          ]),
    ],
  };
}

export interface TimedProcessor {
  readonly key: string;
  readonly name: string;
  readonly kind: ProcessorKind;
  /** Its number among processors of its kind. */
  readonly cluster: number;
}

/** Colours by the processor that is fastest for each layer; grey where none has a time. */
export function fastestColors(
  fastest: readonly (number | undefined)[],
  processors: readonly TimedProcessor[],
  theme: ThemeName,
): { readonly colors: readonly string[]; readonly legend: readonly ColorEntry[] } {
  const none = mixColors(colorTokens[theme].textFaint, colorTokens[theme].surface, 0.5);
  const color = (index: number): string => processorColor(processors[index].kind, 0, theme, processors[index].cluster);
  const counts = processors.map((_, index) => fastest.filter((each) => each === index).length);
  const without = fastest.filter((each) => each === undefined).length;
  return {
    colors: fastest.map((each) => (each === undefined ? none : color(each))),
    legend: [
      ...processors
        .map(({ name }, index) => ({ name, color: color(index), layers: counts[index] }))
        .filter(({ layers }) => layers > 0),
      ...(without === 0 ? [] : [{ name: 'no time yet', color: none, layers: without }]),
    ],
  };
}
