/** The best trade-offs of a search with several objectives, on their way from its thread to the one that records them: flat arrays. */
import type { Chromosome } from '#shared/domain/generation.ts';

/** F chromosomes, L loci. */
export interface PackedFront {
  /** [F] */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** [F × L] */
  readonly genes: Uint8Array<ArrayBuffer>;
  /** [F] */
  readonly fitness: Float64Array<ArrayBuffer>;
}

export type FrontMember = Pick<Chromosome, 'id' | 'genes' | 'fitness'>;

export function packFront(front: readonly FrontMember[]): PackedFront {
  const loci = front[0]?.genes.length ?? 0;
  const genes = new Uint8Array(front.length * loci);
  front.forEach((member, row) => genes.set(member.genes, row * loci));
  return {
    ids: Uint32Array.from(front, ({ id }) => id),
    genes,
    fitness: Float64Array.from(front, ({ fitness }) => fitness),
  };
}

/** The inverse of `packFront`; the genes are views. */
export function unpackFront({ ids, genes, fitness }: PackedFront): FrontMember[] {
  const loci = genes.length / ids.length;
  return Array.from(ids, (id, row) => ({
    id,
    genes: genes.subarray(row * loci, (row + 1) * loci),
    fitness: fitness[row],
  }));
}
