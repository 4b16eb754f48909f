/** The NPU-only baseline: no processor but the NPU, and the CPU for what the NPU cannot run. */
import { z } from 'zod';
import type { ProcessorKind } from '#shared/domain/platform.ts';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { defaultElements, workMs } from '../load.ts';
import { subgraphsAtLaunches, weightsSchema } from '../options.ts';
import { decidesSubgraphs, genomeOfCalls, wholeNetworks } from '../puzzle/whole-networks.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

export const npuOnly = constructedScheduler(
  {
    id: 'npu_only',
    name: 'NPU only',
    description: 'Every layer on the NPU, those it cannot run on the least loaded CPU core; GPU and DSP stay idle',
    source: 'Puzzle, arXiv 2508.17764 (baseline "NPU Only")',
    optionsSchema: z.strictObject({ subgraphs: subgraphsAtLaunches, weights: weightsSchema }),
  },
  (problem) => ({ genomes: [npuOnlyGenome(problem)] }),
);

/**
 * The genome of the rule; where genes decide what is executed as one, networks are cut only between layers that the NPU can run and others,
 * as runtimes do that give an accelerator what it takes.
 */
export function npuOnlyGenome(problem: Problem): Uint8Array {
  if (!decidesSubgraphs(problem)) return genomeOfMapping(problem, npuOnlyMapping(problem));
  const { edgeProducer, edgeConsumer, processors } = problem;
  const npus = processors.filter(({ kind }) => kind === 'npu');
  const isForNpu = (task: number): boolean => npus.some(({ index }) => canRun(problem, task, index));
  const calls = wholeNetworks(
    problem,
    Uint8Array.from(edgeProducer, (producer, edge) => Number(isForNpu(producer) !== isForNpu(edgeConsumer[edge]))),
  );
  return genomeOfCalls(problem, calls, npuOnlyMapping(calls));
}

const preference: readonly ProcessorKind[] = ['npu', 'cpu', 'gpu', 'dsp'];

/** NPU, else CPU (else, for a layer neither can run, GPU or DSP); of several elements of that kind the one with the least work so far. */
function npuOnlyMapping(problem: Problem): number[] {
  const loadMs = new Float64Array(problem.pes.length);
  const elements = defaultElements(problem);
  return problem.tasks.map(({ index: task }) => {
    const able = elements.filter((pe) => canRun(problem, task, pe.processor));
    const kind = preference.find((candidate) => able.some((pe) => problem.processors[pe.processor].kind === candidate));
    const [first, ...others] = able.filter((pe) => problem.processors[pe.processor].kind === kind);
    const chosen = others.reduce((least, pe) => (loadMs[pe.index] < loadMs[least.index] ? pe : least), first);
    loadMs[chosen.index] += workMs(problem, task, chosen);
    return chosen.index;
  });
}
