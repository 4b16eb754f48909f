/** The layers within the tile of a subgraph: which they are, and their parts of its time. */
import type { MemberLayer } from '#shared/scheduling/coarsen.ts';
import { memberShares } from '#shared/scheduling/member-shares.ts';
import type { Scene } from './scene.ts';

/** A layer's part of a tile; the parts follow one another without gaps. It was not measured: it is in proportion to the layer by itself. */
export interface TilePart extends Pick<MemberLayer, 'id' | 'name' | 'op'> {
  readonly startMs: number;
  readonly endMs: number;
}

/** The layers of `tile`'s subgraph in their order; none for a layer that runs alone. */
export function partsOfTile(scene: Scene, tile: number): readonly TilePart[] {
  const { problem } = scene;
  const task = problem.tasks[problem.jobTask[scene.tileJob[tile]]];
  if (task.members === undefined) return [];
  const shares = memberShares(task, scene.rows[scene.tileRow[tile]].processor);
  const from = scene.tileStartMs[tile];
  const durationMs = scene.tileEndMs[tile] - from;
  let share = 0;
  return task.members.map(({ id, name, op }, member) => {
    const startMs = from + share * durationMs;
    share += shares[member];
    return { id, name, op, startMs, endMs: from + share * durationMs };
  });
}
