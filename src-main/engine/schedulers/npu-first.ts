/** The NPU-first baseline as a scheduler: one generation with one genome, the reference of every fitness. */
import { z } from 'zod';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { subgraphsSchema, weightsSchema } from '../options.ts';
import { constructedScheduler } from './constructed.ts';

export const npuFirst = constructedScheduler(
  {
    id: 'npu_first',
    name: 'NPU first',
    description: 'Every layer on the NPU where it can run there, else on the DSP, the GPU or the least loaded CPU core',
    source: 'The usual vendor practice: offload whatever the NPU supports',
    optionsSchema: z.strictObject({ subgraphs: subgraphsSchema, weights: weightsSchema }),
  },
  (problem) => ({ genomes: [encodeAssignment(problem, npuFirstAssignment(problem))] }),
);
