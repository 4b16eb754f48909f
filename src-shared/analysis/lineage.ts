/** The ancestors of a chromosome as a family tree laid out by generation. */

/** Chromosomes in any order; parents that are not among them are left out. */
export interface Ancestor {
  readonly id: number;
  readonly born: number;
  readonly parents: readonly number[];
  readonly fitness: number;
}

export interface LineageNode {
  readonly id: number;
  readonly born: number;
  readonly fitness: number;
  readonly parents: readonly number[];
  /** Whether it lies on the main line: from the last one back, always by the fitter parent (the first among equals). */
  readonly isMainLine: boolean;
  /** 0 for the main line; other ancestors of a generation are numbered 1, 2, … from the fittest on. */
  readonly lane: number;
}

/** The tree of `last` and its ancestors, oldest first, then by lane. Empty where `last` is not among `ancestors`. */
export function lineageOf(ancestors: readonly Ancestor[], last: number): LineageNode[] {
  const byId = new Map(ancestors.map((ancestor) => [ancestor.id, ancestor]));
  const mainLine = new Set<number>();
  for (let current = byId.get(last); current !== undefined; ) {
    mainLine.add(current.id);
    let next: Ancestor | undefined;
    for (const id of current.parents) {
      const parent = byId.get(id);
      if (parent !== undefined && !mainLine.has(id) && (next === undefined || parent.fitness > next.fitness)) next = parent;
    }
    current = next;
  }
  if (mainLine.size === 0) return [];
  const byGeneration = new Map<number, Ancestor[]>();
  for (const ancestor of ancestors) byGeneration.set(ancestor.born, [...(byGeneration.get(ancestor.born) ?? []), ancestor]);
  const nodes: LineageNode[] = [];
  for (const born of [...byGeneration.keys()].sort((a, b) => a - b)) {
    let lane = 1;
    for (const ancestor of (byGeneration.get(born) ?? []).sort((a, b) => b.fitness - a.fitness || a.id - b.id)) {
      const isMainLine = mainLine.has(ancestor.id);
      nodes.push({ id: ancestor.id, born, fitness: ancestor.fitness, parents: ancestor.parents.filter((id) => byId.has(id)), isMainLine, lane: isMainLine ? 0 : lane++ });
    }
  }
  return nodes;
}
