/** A schedule as the descents see it: configuration genes, a mapping, and one order of all tasks that stands for their priorities. */
import { z } from 'zod';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';

/** T tasks. */
export interface Plan {
  /** [layout.offsetOf.mapping] the genes before the mapping: core arrangements and operating points. */
  readonly configuration: Uint8Array;
  /** [T] mapping genes. */
  readonly mapping: Uint8Array;
  /** [T] tasks, the one to be preferred first. Without priority genes it means nothing. */
  readonly order: Int32Array;
}

export const savedPlanSchema = z.strictObject({
  configuration: z.array(z.int()),
  mapping: z.array(z.int()),
  order: z.array(z.int()),
});
export type SavedPlan = z.output<typeof savedPlanSchema>;

export function savePlan({ configuration, mapping, order }: Plan): SavedPlan {
  return { configuration: [...configuration], mapping: [...mapping], order: [...order] };
}

export function restorePlan({ configuration, mapping, order }: SavedPlan): Plan {
  return {
    configuration: Uint8Array.from(configuration),
    mapping: Uint8Array.from(mapping),
    order: Int32Array.from(order),
  };
}

/** The plan of a genome: among equal priorities, producers come before consumers. */
export function planOf(problem: Problem, genes: Uint8Array): Plan {
  const { mapping: mappingOffset, priority: priorityOffset } = problem.layout.offsetOf;
  const order = topologicalOrder(problem);
  if (priorityOffset !== undefined) order.sort((a, b) => genes[priorityOffset + b] - genes[priorityOffset + a]);
  return {
    configuration: genes.slice(0, mappingOffset),
    mapping: genes.slice(mappingOffset, mappingOffset + problem.tasks.length),
    order: Int32Array.from(order),
  };
}

/** Writes genomes of plans: priorities are ranks within a processor, so that 256 of them go a long way. */
export class PlanWriter {
  private readonly problem: Problem;
  private readonly processorOfPe: Int32Array;
  private readonly counts: Int32Array;
  private readonly taken: Int32Array;

  constructor(problem: Problem) {
    this.problem = problem;
    this.processorOfPe = Int32Array.from(problem.pes, ({ processor }) => processor);
    this.counts = new Int32Array(problem.processors.length);
    this.taken = new Int32Array(problem.processors.length);
  }

  /**
   * Writes `plan` to `genes`. Tasks of one processor get falling priorities in their order; a processor with more than 256 tasks shares
   * levels out evenly.
   * @returns whether a gene differs from what was there
   */
  write({ configuration, mapping, order }: Plan, genes: Uint8Array): boolean {
    const { processorOfPe, counts, taken } = this;
    const { mapping: mappingOffset, priority: priorityOffset } = this.problem.layout.offsetOf;
    let isChanged = false;
    for (let locus = 0; locus < mappingOffset; locus++) {
      if (genes[locus] === configuration[locus]) continue;
      genes[locus] = configuration[locus];
      isChanged = true;
    }
    counts.fill(0);
    for (let task = 0; task < mapping.length; task++) {
      const gene = mapping[task];
      counts[processorOfPe[gene]]++;
      if (genes[mappingOffset + task] === gene) continue;
      genes[mappingOffset + task] = gene;
      isChanged = true;
    }
    if (priorityOffset === undefined) return isChanged;
    taken.fill(0);
    for (let at = 0; at < order.length; at++) {
      const task = order[at];
      const processor = processorOfPe[mapping[task]];
      const rank = taken[processor]++;
      const count = counts[processor];
      const gene =
        PRIORITY_LEVELS - 1 - (count <= PRIORITY_LEVELS ? rank : Math.floor((rank * PRIORITY_LEVELS) / count));
      if (genes[priorityOffset + task] === gene) continue;
      genes[priorityOffset + task] = gene;
      isChanged = true;
    }
    return isChanged;
  }
}
