/**
 * Keys by which the NEST compiler knows operators: "Convolution-1-56-56-64-float-128-3-2" is kind, dimensions of the first input (batch,
 * height, width, channels), type, and of a convolution filters, window and stride. Groups are keys joined by "+".
 */
import type { Layer, Network } from '#shared/domain/network.ts';
import { isAbsorbable, operationGroup } from './row-operations.ts';
import type { MatchedRows, RowMatch } from './match-rows.ts';
import type { ProfileRow } from './profile-row.ts';

interface OperatorKey {
  readonly kind: string;
  /** Without the batch; channels first. */
  readonly input: readonly number[];
  readonly filters: number | undefined;
  readonly kernel: number | undefined;
  readonly stride: number | undefined;
}

const form = /^([A-Za-z]\w*?)((?:-\d+)*)-(float|float16|int8q|int16q|int32q|int32|int64|bool)((?:-\d+)*)$/;

/** The operator of one key; undefined where it is none. */
export function operatorOf(key: string): OperatorKey | undefined {
  const match = form.exec(key);
  if (match === null)
    return /^[A-Za-z]\w*$/.test(key)
      ? { kind: key, input: [], filters: undefined, kernel: undefined, stride: undefined }
      : undefined;
  const numbers = (text: string): number[] => text.split('-').slice(1).map(Number);
  const [, ...sizes] = numbers(match[2]);
  const channels = sizes.pop();
  const [filters, kernel, stride] = numbers(match[4]);
  return { kind: match[1], input: channels === undefined ? [] : [channels, ...sizes], filters, kernel, stride };
}

/**
 * The layers of `network` that each row's key means: all with that operation, input and window; of a group every chain of such layers.
 * A layer that two rows mean is of the first.
 */
export function matchOperatorKeys(rows: readonly ProfileRow[], network: Network): RowMatch {
  const layers = network.layers;
  const indexOf = new Map(layers.map(({ id }, index) => [id, index]));
  const matched: MatchedRows[] = [];
  const leftovers: number[] = [];
  const claimed = new Set<number>();
  const transfers = rows.flatMap((row, index) => (row.isTransfer === true ? [index] : []));
  rows.forEach((row, index) => {
    if (row.isTransfer === true) return;
    const keys = row.name.split('+').map(operatorOf);
    const [first, ...rest] = keys;
    const found = layers.flatMap((layer, place): number[][] => {
      if (first === undefined || !means(first, layer, layers, indexOf)) return [];
      const chain = [place];
      for (const key of rest) {
        const next = layers.findIndex(
          (each) =>
            each.dependencies.some(({ layer: id }) => indexOf.get(id) === chain.at(-1)) &&
            key !== undefined &&
            means(key, each, layers, indexOf),
        );
        if (next < 0) return [];
        chain.push(next);
      }
      return [chain];
    });
    if (found.length === 0) leftovers.push(index);
    for (const chain of found) {
      if (chain.length === 1) claimed.add(chain[0] ?? 0);
      matched.push({ layers: chain.toSorted((a, b) => a - b), rows: [index], by: 'name', absorbed: [] });
    }
  });
  return {
    matched,
    transfers,
    leftovers,
    unmatched: layers.flatMap((_, index) => (claimed.has(index) ? [] : [index])),
  };
}

function means(
  { kind, input, filters, kernel, stride }: OperatorKey,
  layer: Layer,
  layers: readonly Layer[],
  indexOf: ReadonlyMap<string, number>,
): boolean {
  if (operationGroup(kind) !== operationGroup(layer.op)) return false;
  const [producer] = layer.dependencies;
  const from = producer === undefined ? undefined : layers[indexOf.get(producer.layer) ?? -1]?.outputShape;
  if (from !== undefined && input.length > 0 && !sameElements(from, input)) return false;
  const window = layer.kernelShape;
  if (kernel !== undefined && window !== undefined && window.some((size) => size !== kernel)) return false;
  const output = layer.outputShape;
  if (output === undefined) return from !== undefined;
  if (filters !== undefined && output[0] !== filters) return false;
  // What gives as many elements as it reads tells by these where its input is not known.
  if (from === undefined && input.length > 0 && isAbsorbable(kind) && !sameElements(output, input)) return false;
  // Where the input is not known, the size of the output has to be that of the stride.
  const [, height] = input;
  return (
    stride === undefined || height === undefined || output[1] === undefined || output[1] === Math.ceil(height / stride)
  );
}

function sameElements(a: readonly number[], b: readonly number[]): boolean {
  const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
  return a.length === b.length ? a.every((size, index) => size === b[index]) : elements(a) === elements(b);
}
