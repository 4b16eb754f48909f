/** Where a chromosome comes from: its line back to the first generation, and the family around that line. */

/** What a step of the line needs to know of a chromosome. */
interface Member {
  readonly fitness: number;
  readonly parents: readonly number[];
}

/** Chromosomes in any order; parents that are not among them are left out. */
export interface Ancestor extends Member {
  readonly id: number;
  readonly born: number;
}

export interface LineageNode extends Ancestor {
  /** Whether it lies on the line. */
  readonly isMainLine: boolean;
  /** Its fitness beyond that of its fitter parent; undefined without parents. */
  readonly gain: number | undefined;
}

/** `from` and on, always to the fitter parent (the first among equals) that was not met yet. `memberOf` gives undefined for what is not known. */
export function* lineOf<T extends Member>(from: number, memberOf: (id: number) => T | undefined): Generator<T> {
  const met = new Set<number>();
  for (let id: number | undefined = from; id !== undefined;) {
    met.add(id);
    const member = memberOf(id);
    if (member === undefined) return;
    yield member;
    id = fitterOf(
      member.parents.filter((parent) => !met.has(parent)),
      memberOf,
    );
  }
}

function fitterOf(ids: readonly number[], memberOf: (id: number) => Member | undefined): number | undefined {
  let fitter: number | undefined;
  let best = Number.NEGATIVE_INFINITY;
  for (const id of ids) {
    const fitness = memberOf(id)?.fitness;
    if (fitness === undefined || (fitter !== undefined && fitness <= best)) continue;
    fitter = id;
    best = fitness;
  }
  return fitter;
}

/** The family of `last`, oldest first, then by id. Empty where `last` is not among `ancestors`. */
export function lineageOf(ancestors: readonly Ancestor[], last: number): LineageNode[] {
  const byId = new Map(ancestors.map((ancestor) => [ancestor.id, ancestor]));
  if (!byId.has(last)) return [];
  const memberOf = (id: number): Ancestor | undefined => byId.get(id);
  const line = new Set(Array.from(lineOf(last, memberOf), ({ id }) => id));
  return ancestors
    .map((ancestor) => {
      const parents = ancestor.parents.filter((id) => byId.has(id));
      const fitter = byId.get(fitterOf(parents, memberOf) ?? -1);
      return {
        ...ancestor,
        parents,
        isMainLine: line.has(ancestor.id),
        gain: fitter === undefined ? undefined : ancestor.fitness - fitter.fitness,
      };
    })
    .sort((a, b) => a.born - b.born || a.id - b.id);
}
