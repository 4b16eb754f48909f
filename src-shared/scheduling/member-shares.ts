/** How the layers of a subgraph share its time: in proportion to what each takes by itself. That is drawn and summed; nothing is computed with it. */
import type { TaskModel } from './problem-model.ts';

/** [members] shares of the time of `task` on processor `processor`, 1 in all; equal ones where a layer has no time there, or none takes any. */
export function memberShares({ members = [] }: Pick<TaskModel, 'members'>, processor: number): readonly number[] {
  const times = members.map(({ timeMs }) => timeMs[processor]);
  const sum = times.reduce((total, time) => total + time, 0);
  return sum > 0 ? times.map((time) => time / sum) : times.map(() => 1 / times.length);
}

/** Layers that `tasks` execute. */
export function layerCountOf(tasks: readonly Pick<TaskModel, 'members'>[]): number {
  return tasks.reduce((sum, { members }) => sum + (members?.length ?? 1), 0);
}
