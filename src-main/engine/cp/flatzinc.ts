/** Writes models in FlatZinc, the language that MiniZinc hands to solvers, as far as the model of a schedule needs it. */

/** The name of an integer or Boolean variable. */
export type Name = string;

export class FlatZincBuilder {
  private readonly declarations: string[] = [];
  private readonly constraints: string[] = [];
  private names = 0;

  integer(name: Name, low: number, high: number, isOutput = false): Name {
    this.declarations.push(`var ${low}..${high}: ${name}${isOutput ? ' :: output_var' : ''};`);
    return name;
  }

  /** One of `values`, and for each of them a Boolean that says whether it is the one. */
  choice(name: Name, values: readonly number[]): Name[] {
    this.declarations.push(`var {${values.join(',')}}: ${name} :: output_var;`);
    return values.map((value) => {
      const is = this.boolean();
      this.constraints.push(`constraint int_eq_reif(${name},${value},${is});`);
      return is;
    });
  }

  boolean(): Name {
    const name = `b${this.names++}`;
    this.declarations.push(`var bool: ${name};`);
    return name;
  }

  /** The Boolean as 0 or 1. */
  count(boolean: Name): Name {
    const name = `c${this.names++}`;
    this.declarations.push(`var 0..1: ${name};`);
    this.constraints.push(`constraint bool2int(${boolean},${name});`);
    return name;
  }

  /** Σ coefficients · variables ≤ `most`, always or only where `condition` holds. */
  atMost(terms: readonly (readonly [coefficient: number, variable: Name])[], most: number, condition?: Name): void {
    const coefficients = terms.map(([coefficient]) => coefficient).join(',');
    const variables = terms.map(([, variable]) => variable).join(',');
    this.constraints.push(
      condition === undefined
        ? `constraint int_lin_le([${coefficients}],[${variables}],${most});`
        : `constraint int_lin_le_imp([${coefficients}],[${variables}],${most},${condition});`,
    );
  }

  /** At least one of `positive` holds, or one of `negative` does not. */
  clause(positive: readonly Name[], negative: readonly Name[]): void {
    this.constraints.push(`constraint bool_clause([${positive.join(',')}],[${negative.join(',')}]);`);
  }

  /** At each time the `uses` (0 or 1) of what is under way sum to at most `capacity`. */
  cumulative(starts: readonly Name[], durations: readonly number[], uses: readonly Name[], capacity: number): void {
    this.constraints.push(
      `constraint chuffed_cumulative_vars([${starts.join(',')}],[${durations.join(',')}],[${uses.join(',')}],${capacity});`,
    );
  }

  /** The model that minimises `objective`, deciding `choices` first and then `times`, from the earliest. */
  minimise(objective: Name, choices: readonly Name[], times: readonly Name[]): string {
    const searches = [
      ...(choices.length > 0 ? [`int_search([${choices.join(',')}],first_fail,indomain_min,complete)`] : []),
      `int_search([${times.join(',')}],smallest,indomain_min,complete)`,
    ];
    return [
      ...PREDICATES,
      ...this.declarations,
      ...this.constraints,
      `solve :: seq_search([${searches.join(',')}]) minimize ${objective};`,
      '',
    ].join('\n');
  }
}

/** Of Chuffed's, which the language itself does not have. */
const PREDICATES = [
  'predicate int_lin_le_imp(array [int] of int: as,array [int] of var int: bs,int: c,var bool: r);',
  'predicate chuffed_cumulative_vars(array [int] of var int: s,array [int] of var int: d,array [int] of var int: r,var int: b);',
];
