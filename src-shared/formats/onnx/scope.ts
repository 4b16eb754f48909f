/** Names of values, each in the graph that defines it: a graph sees the names of those around it. */

export class Scope {
  readonly #names = new Map<string, string>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  /** The value that `name` means here; undefined for a name that nothing defines. */
  find(name: string): string | undefined {
    return this.#names.get(name) ?? this.#around?.find(name);
  }

  /** Whether this graph itself defines `name`. */
  defines(name: string): boolean {
    return this.#names.has(name);
  }

  define(name: string, value: string): void {
    this.#names.set(name, value);
  }
}
