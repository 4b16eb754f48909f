/**
 * Ridge regression over the choices of a search space, each as indicators, and over all pairs of them: how networks that nobody trained
 * would score, from some that were. Its error is that on networks it was not fitted to.
 */
import type { NetworkSpace } from './space.ts';
import { parseOption } from './block-option.ts';

/** What choices are made of: an MBConv of its kernel and its expansion, anything else of itself. [loci][value] indicators. */
type Indicators = readonly (readonly (readonly number[])[])[];

export interface Example {
  readonly genes: Uint8Array;
  readonly value: number;
}

export interface HeldOutError {
  /** Networks it was fitted to, and those it was tried on. */
  readonly fitted: number;
  readonly heldOut: number;
  /** Mean absolute error. */
  readonly mean: number;
  /** Spearman's rank correlation. */
  readonly rankCorrelation: number;
}

export class RidgeModel {
  readonly #indicators: Indicators;
  readonly #singles: number;
  readonly #weights: Float64Array;
  readonly #mean: number;

  /** @param penalty of the squared weights; the constant is free */
  constructor(space: NetworkSpace, examples: readonly Example[], penalty: number) {
    const { indicators, count } = indicatorsOf(space);
    this.#indicators = indicators;
    this.#singles = count;
    this.#mean = examples.reduce((sum, { value }) => sum + value, 0) / examples.length;
    const size = 1 + count + (count * (count - 1)) / 2;
    const gram = new Float64Array(size * size);
    const target = new Float64Array(size);
    for (const { genes, value } of examples) {
      const active = this.#active(genes);
      for (const row of active) {
        target[row] = (target[row] ?? 0) + value - this.#mean;
        for (const column of active)
          if (column <= row) gram[row * size + column] = (gram[row * size + column] ?? 0) + 1;
      }
    }
    for (let row = 1; row < size; row++) gram[row * size + row] = (gram[row * size + row] ?? 0) + penalty;
    this.#weights = solve(gram, target, size);
  }

  predict(genes: ArrayLike<number>): number {
    return this.#active(genes).reduce((sum, feature) => sum + (this.#weights[feature] ?? 0), this.#mean);
  }

  /** Features of `genes`: the constant, its indicators, their pairs. */
  #active(genes: ArrayLike<number>): number[] {
    const singles = this.#indicators.flatMap((byValue, locus) => byValue[genes[locus] ?? 0] ?? []);
    const active = [0, ...singles.map((single) => 1 + single)];
    for (let a = 1; a < singles.length; a++)
      for (let b = 0; b < a; b++) {
        const [high = 0, low = 0] = [singles[a], singles[b]];
        active.push(1 + this.#singles + (high * (high - 1)) / 2 + low);
      }
    return active;
  }
}

/** How far a model of `fitted` is from what `others` were found to be. */
export function heldOutError(model: RidgeModel, fitted: number, others: readonly Example[]): HeldOutError {
  const predicted = others.map(({ genes }) => model.predict(genes));
  const actual = others.map(({ value }) => value);
  const sum = predicted.reduce((total, value, index) => total + Math.abs(value - (actual[index] ?? 0)), 0);
  return {
    fitted,
    heldOut: others.length,
    mean: sum / others.length,
    rankCorrelation: rankCorrelation(predicted, actual),
  };
}

/** Spearman's rank correlation; equal values share the mean of their ranks. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [ranks(a), ranks(b)];
  const mean = (first.length - 1) / 2;
  let [product, squaresOfFirst, squaresOfSecond] = [0, 0, 0];
  first.forEach((rank, index) => {
    const [x, y] = [rank - mean, (second[index] ?? 0) - mean];
    product += x * y;
    squaresOfFirst += x * x;
    squaresOfSecond += y * y;
  });
  return product / Math.sqrt(squaresOfFirst * squaresOfSecond);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let place = from; place < to; place++) result[order[place] ?? 0] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

/** The first value of each part of a choice has no indicator: the mean stands for it. */
function indicatorsOf({ layout }: NetworkSpace): { indicators: Indicators; count: number } {
  let count = 0;
  const indicators = layout.loci.map(({ values }) => {
    const parts = values.map(partsOf);
    const numbers = new Map<string, number>();
    for (let part = 0; part < (parts[0]?.length ?? 0); part++) {
      const different = [...new Set(parts.map((each) => `${part}=${each[part] ?? ''}`))];
      for (const each of different.slice(1)) numbers.set(each, count++);
    }
    return parts.map((each) => each.flatMap((value, part) => numbers.get(`${part}=${value}`) ?? []));
  });
  return { indicators, count };

  function partsOf(text: string, _: number, all: readonly string[]): string[] {
    const options = all.map(parseOption);
    const isPlain = options.every((option) => typeof option !== 'string' && option.kind === 'mbconv');
    const option = parseOption(text);
    if (!isPlain || typeof option === 'string') return [text];
    return option.branches.flatMap(({ kernel, expansion }) => [String(kernel), String(expansion)]);
  }
}

/** Solves a symmetric positive definite system, of which the lower half is given and overwritten (Cholesky). */
function solve(matrix: Float64Array, target: Float64Array, size: number): Float64Array {
  const at = (index: number): number => matrix[index] ?? 0;
  for (let row = 0; row < size; row++) {
    const rowStart = row * size;
    for (let column = 0; column <= row; column++) {
      const columnStart = column * size;
      let sum = at(rowStart + column);
      for (let k = 0; k < column; k++) sum -= at(rowStart + k) * at(columnStart + k);
      matrix[rowStart + column] = row === column ? Math.sqrt(sum) : sum / at(columnStart + column);
    }
  }
  const result = Float64Array.from(target);
  for (let row = 0; row < size; row++) {
    let sum = result[row] ?? 0;
    for (let k = 0; k < row; k++) sum -= at(row * size + k) * (result[k] ?? 0);
    result[row] = sum / at(row * size + row);
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = result[row] ?? 0;
    for (let k = row + 1; k < size; k++) sum -= at(k * size + row) * (result[k] ?? 0);
    result[row] = sum / at(row * size + row);
  }
  return result;
}
