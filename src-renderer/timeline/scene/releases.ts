/** What instances have to do with each other where the end of one releases others: the tiles at both ends. */
import type { Scene } from './scene.ts';

/** The tile that ends last of the instance that released that of `tile`, where `tile` waits for nothing else; one or none. */
export function releasedBy({ problem, tileJob, tileOfJob, tileEndMs }: Scene, tile: number): number[] {
  const { streams } = problem;
  const job = tileJob[tile];
  if (streams === undefined || !isSource(problem, job)) return [];
  const trigger = streams.triggerOf[streams.instanceOfJob[job]];
  return trigger < 0 ? [] : lastTileOf({ problem, tileOfJob, tileEndMs }, trigger);
}

/** The first tiles of what the instance of `tile` releases, where `tile` is the last of it to end. */
export function releasesOf({ problem, tileJob, tileOfJob, tileEndMs }: Scene, tile: number): number[] {
  const { streams } = problem;
  if (streams === undefined) return [];
  const instance = streams.instanceOfJob[tileJob[tile]];
  if (lastTileOf({ problem, tileOfJob, tileEndMs }, instance)[0] !== tile) return [];
  return Array.from(
    streams.dependents.subarray(streams.firstDependent[instance], streams.firstDependent[instance + 1]),
  ).flatMap((dependent) =>
    jobsOf(problem, dependent).flatMap((job) =>
      isSource(problem, job) && tileOfJob[job] >= 0 ? [tileOfJob[job]] : [],
    ),
  );
}

function lastTileOf(
  { problem, tileOfJob, tileEndMs }: Pick<Scene, 'problem' | 'tileOfJob' | 'tileEndMs'>,
  instance: number,
): number[] {
  const tiles = jobsOf(problem, instance)
    .map((job) => tileOfJob[job])
    .filter((tile) => tile >= 0);
  if (tiles.length === 0) return [];
  return [tiles.reduce((last, tile) => (tileEndMs[tile] > tileEndMs[last] ? tile : last))];
}

function jobsOf({ streams, instanceFirstJob }: Scene['problem'], instance: number): number[] {
  return Array.from({ length: streams?.instanceJobs[instance] ?? 0 }, (_, index) => instanceFirstJob[instance] + index);
}

function isSource({ jobTask, consumerFirstEdge }: Scene['problem'], job: number): boolean {
  return consumerFirstEdge[jobTask[job]] === consumerFirstEdge[jobTask[job] + 1];
}
