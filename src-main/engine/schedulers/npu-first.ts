/** The NPU-first baseline as a scheduler: one generation with one genome, the reference of every fitness. */
import { z } from 'zod';
import { encodeAssignment } from '#shared/scheduling/decode.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { weightsSchema } from '../options.ts';
import type { Scheduler, Search } from '../search.ts';

const optionsSchema = z.strictObject({ weights: weightsSchema });
type NpuFirstOptions = z.output<typeof optionsSchema>;

const stateSchema = z.strictObject({ done: z.boolean() });

export const npuFirst: Scheduler<NpuFirstOptions> = {
  id: 'npu_first',
  name: 'NPU first',
  description: 'Every layer on the NPU where it can run there, else on the DSP, the GPU or the least loaded CPU core',
  source: 'The usual vendor practice: offload whatever the NPU supports',
  optionsSchema,
  create: (problem) => constructed(encodeAssignment(problem, npuFirstAssignment(problem)), false),
  restore: (problem, _options, _random, state) => constructed(encodeAssignment(problem, npuFirstAssignment(problem)), stateSchema.parse(state).done),
};

function constructed(genes: Uint8Array, done: boolean): Search {
  return {
    plannedGenerations: 1,
    get stopReason() {
      return done ? 'generations' : undefined;
    },
    ask: () => [{ genes, parents: [], operator: 'heuristic', mutatedLoci: [] }],
    tell(scored) {
      done = true;
      return { members: scored };
    },
    saveState: () => ({ done }),
  };
}
