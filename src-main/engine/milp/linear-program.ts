/** A mixed-integer linear program under construction: columns with bounds and costs, rows of sparse coefficients. */

/** A column's index. */
export type Variable = number;

/** Coefficient and variable of a term. */
export type Term = readonly [coefficient: number, variable: Variable];

/** minimise Σ cost·x subject to row bounds on Ax; the matrix by rows (CSR). */
export interface LinearProgram {
  readonly cost: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly isInteger: readonly boolean[];
  readonly rowLower: readonly number[];
  readonly rowUpper: readonly number[];
  /** [rows + 1] */
  readonly rowStart: readonly number[];
  readonly columns: readonly number[];
  readonly coefficients: readonly number[];
}

export class LinearProgramBuilder {
  private readonly cost: number[] = [];
  private readonly lower: number[] = [];
  private readonly upper: number[] = [];
  private readonly isInteger: boolean[] = [];
  private readonly rowLower: number[] = [];
  private readonly rowUpper: number[] = [];
  private readonly rowStart: number[] = [0];
  private readonly columns: number[] = [];
  private readonly coefficients: number[] = [];

  continuous(lower: number, upper: number, cost = 0): Variable {
    return this.column(lower, upper, cost, false);
  }

  binary(lower = 0, upper = 1): Variable {
    return this.column(lower, upper, 0, true);
  }

  /** lower ≤ Σ terms ≤ upper; terms of one variable add up. */
  constrain(terms: readonly Term[], lower: number, upper: number): void {
    const sums = new Map<Variable, number>();
    for (const [coefficient, variable] of terms) sums.set(variable, (sums.get(variable) ?? 0) + coefficient);
    for (const [variable, coefficient] of sums) {
      if (coefficient === 0) continue;
      this.columns.push(variable);
      this.coefficients.push(coefficient);
    }
    this.rowStart.push(this.columns.length);
    this.rowLower.push(lower);
    this.rowUpper.push(upper);
  }

  atLeast(terms: readonly Term[], lower: number): void {
    this.constrain(terms, lower, Number.POSITIVE_INFINITY);
  }

  /** The program so far; the builder is not used any more. */
  build(): LinearProgram {
    const { cost, lower, upper, isInteger, rowLower, rowUpper, rowStart, columns, coefficients } = this;
    return { cost, lower, upper, isInteger, rowLower, rowUpper, rowStart, columns, coefficients };
  }

  private column(lower: number, upper: number, cost: number, isInteger: boolean): Variable {
    this.lower.push(lower);
    this.upper.push(upper);
    this.cost.push(cost);
    this.isInteger.push(isInteger);
    return this.cost.length - 1;
  }
}
