/** HEFT as a scheduler: the schedule that its paper plans for one instance of each application. */
import { heftSchedule } from '../list-scheduling/heft.ts';
import { plannedScheduler } from './planned.ts';

export const heft = plannedScheduler(
  {
    id: 'heft',
    name: 'HEFT',
    description:
      'Layers by upward rank, each where it would finish first, gaps filled; heterogeneous earliest finish time',
    source:
      'Topcuoglu, Hariri & Wu, "Performance-effective and low-complexity task scheduling for heterogeneous computing", IEEE TPDS 13(3) (2002)',
  },
  heftSchedule,
);
