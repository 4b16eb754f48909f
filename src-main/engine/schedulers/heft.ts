/** HEFT as a scheduler: its static mapping of one instance per application, dispatched by the simulator's own rules. */
import { z } from 'zod';
import { heftSchedule } from '../list-scheduling/heft.ts';
import { taskGraphOf } from '../list-scheduling/task-graph.ts';
import { weightsSchema } from '../options.ts';
import { constructedScheduler, genomeOfMapping } from './constructed.ts';

export const heft = constructedScheduler(
  {
    id: 'heft',
    name: 'HEFT',
    description: 'Layers by upward rank, each where it would finish first, gaps filled; heterogeneous earliest finish time',
    source: 'Topcuoglu, Hariri & Wu, "Performance-effective and low-complexity task scheduling for heterogeneous computing", IEEE TPDS 13(3) (2002)',
    optionsSchema: z.strictObject({ weights: weightsSchema }),
  },
  (problem) => [genomeOfMapping(problem, heftSchedule(taskGraphOf(problem)).peOfTask)],
);
