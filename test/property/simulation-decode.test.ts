/** What holds of decoding any genome of any scenario. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import { choiceOf } from '#test/fixtures/schedule-oracle.ts';
import { decodeGenome, encodeAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import type { Locus } from '#shared/scheduling/genome-layout.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { describeAssignment, parseMapping } from '#shared/scheduling/solution.ts';

function forEveryGenome(check: (problem: Problem, genes: Uint8Array) => void): void {
  const property = fc.property(arbitraryProblemAndGenes(), ({ problem, genes }) => {
    check(problem, genes);
  });
  fc.assert(property, { numRuns: 250 });
}

/** What is wrong with an assignment: tasks on elements that cannot run them or are not active, frequencies above a cap. */
function infeasibilities(problem: Problem, assignment: Assignment): string[] {
  const { platform, applications } = problem.scenario;
  const found: string[] = [];
  for (const task of problem.tasks) {
    const { processor, indexInProcessor } = problem.pes[assignment.peOfTask[task.index]!]!;
    const { document, groups } = choiceOf(problem, assignment, processor);
    const layer = applications[task.application]!.network.layers[task.layer]!;
    const supported =
      (document.supportedOps === 'all' || document.supportedOps.includes(layer.op)) &&
      layer.executionTimeMs[document.executionTimeKey ?? document.id] !== undefined;
    if (!supported) found.push(`${task.id} cannot run on ${document.id}`);
    if (indexInProcessor >= (document.dispatch === 'pooled' ? 1 : groups.length))
      found.push(`${task.id} is on a core of ${document.id} that is not active`);
  }
  platform.processors.forEach((document, processor) => {
    const { point, activeCores } = choiceOf(problem, assignment, processor);
    const caps = platform.frequencyCaps.filter(
      (cap) => cap.processor === document.id && cap.activeCores <= activeCores,
    );
    if (document.operatingPoints.length > 0 && caps.some((cap) => point.frequencyMHz > cap.maxFrequencyMHz))
      found.push(`${document.id} runs above its cap`);
    if (activeCores > document.coreCount) found.push(`${document.id} has too many active cores`);
  });
  return found;
}

describe('decoding', () => {
  it('gives a feasible assignment for every genome', () => {
    forEveryGenome((problem, genes) => expect(infeasibilities(problem, decodeGenome(problem, genes))).toEqual([]));
  });

  it('leaves the genome untouched', () => {
    forEveryGenome((problem, genes) => {
      const before = genes.slice();
      decodeGenome(problem, genes);
      expect(genes).toEqual(before);
    });
  });

  it('is idempotent: what it repaired needs no further repair', () => {
    forEveryGenome((problem, genes) => {
      const once = decodeGenome(problem, genes);
      const repaired = encodeAssignment(problem, once);
      expect(decodeGenome(problem, repaired)).toEqual(once);
      expect(encodeAssignment(problem, decodeGenome(problem, repaired))).toEqual(repaired);
    });
  });

  it('changes no gene that is feasible as it is', () => {
    forEveryGenome((problem, genes) => {
      const assignment = decodeGenome(problem, genes);
      const repaired = encodeAssignment(problem, assignment);
      const needsRepair = ({ segment, alleles, subject }: Locus, locus: number): boolean => {
        if (segment === 'frequency')
          return genes[locus]! > problem.processors[subject]!.highestPoint[assignment.arrangement[subject]!]!;
        if (segment !== 'mapping') return false;
        const { processor, indexInProcessor } = problem.pes[genes[locus]!]!;
        const { document, groups } = choiceOf(problem, assignment, processor);
        return (
          !alleles.includes(genes[locus]!) || indexInProcessor >= (document.dispatch === 'pooled' ? 1 : groups.length)
        );
      };
      const changed = problem.layout.loci.filter((_, locus) => repaired[locus] !== genes[locus]);
      expect(changed).toEqual(problem.layout.loci.filter(needsRepair));
    });
  });

  it('survives being written as a mapping file and read again', () => {
    forEveryGenome((problem, genes) => {
      const assignment = decodeGenome(problem, genes);
      expect(
        describeAssignment(
          problem,
          parseMapping(problem, JSON.parse(JSON.stringify(describeAssignment(problem, assignment)))),
        ),
      ).toEqual(describeAssignment(problem, assignment));
    });
  });
});

describe('the NPU-first schedule', () => {
  it('is feasible in every scenario', () => {
    forEveryGenome((problem) => expect(infeasibilities(problem, npuFirstAssignment(problem))).toEqual([]));
  });
});
