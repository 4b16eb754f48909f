/** The generations of a run as growing columns: loaded once, then extended by progress events without copying what is there. */
import { generationColumnNames, type GenerationColumnName } from '#shared/domain/generation.ts';
import type { GenerationSeries } from '#shared/contract/shapes.ts';

/** `hypervolume`: NaN where the generation has none. */
export type ColumnName = GenerationColumnName | 'hypervolume';

const allColumns: readonly ColumnName[] = [...generationColumnNames, 'hypervolume'];

/** Generations 0 … length − 1; the columns are views that stay valid. */
export type GenerationView = Readonly<Record<ColumnName, Float64Array>> & { readonly length: number };

/**
 * The generation whose best is the fittest of all: a later one may have lost it, as searches that restart do. 0 where
 * there is none.
 */
export function fittestGeneration({ bestFitness, length }: Pick<GenerationView, 'bestFitness' | 'length'>): number {
  let fittest = 0;
  for (let index = 1; index < length; index++) if (bestFitness[index] > bestFitness[fittest]) fittest = index;
  return fittest;
}

export class GenerationColumns {
  private columns: Record<ColumnName, Float64Array> = emptyColumns(0);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /**
   * Adds the new part of `series`. @returns false where generations between are missing, and nothing was added: they
   * must be loaded from `length` on.
   */
  append(series: GenerationSeries): boolean {
    if (series.from > this.count) return false;
    const skip = this.count - series.from;
    if (series.length <= skip) return true;
    const next = series.from + series.length;
    this.reserve(next);
    for (const name of generationColumnNames)
      this.columns[name].set(series[name].subarray(skip, series.length), this.count);
    if (series.hypervolume === null) this.columns.hypervolume.fill(Number.NaN, this.count, next);
    else this.columns.hypervolume.set(series.hypervolume.subarray(skip, series.length), this.count);
    this.count = next;
    return true;
  }

  view(): GenerationView {
    const { columns, count } = this;
    return { ...mapColumns((name) => columns[name].subarray(0, count)), length: count };
  }

  private reserve(length: number): void {
    const capacity = this.columns.elapsedMs.length;
    if (length <= capacity) return;
    const grown = emptyColumns(Math.max(length, capacity * 2, 256));
    for (const name of allColumns) grown[name].set(this.columns[name].subarray(0, this.count));
    this.columns = grown;
  }
}

function emptyColumns(capacity: number): Record<ColumnName, Float64Array> {
  return mapColumns(() => new Float64Array(capacity));
}

function mapColumns(columnOf: (name: ColumnName) => Float64Array): Record<ColumnName, Float64Array> {
  return Object.fromEntries(allColumns.map((name) => [name, columnOf(name)])) as Record<ColumnName, Float64Array>;
}
