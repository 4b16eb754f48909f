/** PEFT as a scheduler: its static mapping of one instance per application, dispatched by the simulator's own rules. */
import { z } from 'zod';
import { peftSchedule } from '../list-scheduling/peft.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import { weightsSchema } from '../options.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

export const peft = constructedScheduler(
  {
    id: 'peft',
    name: 'PEFT',
    description: 'Like HEFT, but looks ahead with an optimistic cost table; predict earliest finish time',
    source: 'Arabnejad & Barbosa, "List scheduling algorithm for heterogeneous systems by an optimistic cost table", IEEE TPDS 25(3) (2014)',
    optionsSchema: z.strictObject({ weights: weightsSchema }),
  },
  (problem) => [genomeOfMapping(problem, peftSchedule(taskGraphOf(problem)).peOfTask)],
);
