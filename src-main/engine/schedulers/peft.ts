/** PEFT as a scheduler: the schedule that its paper plans for one instance of each application. */
import { peftSchedule } from '../list-scheduling/peft.ts';
import { plannedScheduler } from './planned.ts';

export const peft = plannedScheduler(
  {
    id: 'peft',
    name: 'PEFT',
    description: 'Like HEFT, but looks ahead with an optimistic cost table; predict earliest finish time',
    source:
      'Arabnejad & Barbosa, "List scheduling algorithm for heterogeneous systems by an optimistic cost table", IEEE TPDS 25(3) (2014)',
  },
  peftSchedule,
);
