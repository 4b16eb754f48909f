/** Finds layers of a timeline, and subgraphs by their layers, by name, operation or application. */
import { partsOfTile } from './members.ts';
import { layerOfTile, type Scene } from './scene.ts';

export interface LayerMatch {
  /** Task of the problem. */
  readonly task: number;
  /** Its tile of the earliest start. */
  readonly tile: number;
  readonly layer: string;
  readonly op: string;
  readonly applicationIndex: number;
  readonly application: string;
  /** Tiles (instances) of this task, by start. */
  readonly tiles: readonly number[];
}

/**
 * Layers that contain every word of `query` in their name, operation or application (case aside): names that begin with the query
 * first, then by first start. An empty query matches every layer. At most `limit` matches.
 */
export function searchLayers(
  scene: Scene,
  query: string,
  limit = 200,
): { readonly matches: readonly LayerMatch[]; readonly total: number } {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const tilesOfTask = new Map<number, number[]>();
  const { problem } = scene;
  scene.tileJob.forEach((job, tile) => {
    const task = problem.jobTask[job];
    const tiles = tilesOfTask.get(task);
    if (tiles !== undefined) tiles.push(tile);
    else if (matches(scene, tile, words)) tilesOfTask.set(task, [tile]);
  });
  const start = (tile: number): number => scene.tileStartMs[tile];
  const found = [...tilesOfTask].map(([task, tiles]): LayerMatch => {
    const ordered = tiles.toSorted((a, b) => start(a) - start(b));
    const { name, op } = layerOfTile(scene, ordered[0]);
    const applicationIndex = problem.tasks[task].application;
    return {
      task,
      tile: ordered[0],
      tiles: ordered,
      layer: name,
      op,
      applicationIndex,
      application: problem.scenario.applications[applicationIndex].name,
    };
  });
  const isPrefix = (match: LayerMatch): number => (match.layer.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  found.sort((a, b) => isPrefix(a) - isPrefix(b) || start(a.tile) - start(b.tile) || a.task - b.task);
  return { matches: found.slice(0, limit), total: found.length };
}

function matches(scene: Scene, tile: number, words: readonly string[]): boolean {
  const { name, op } = layerOfTile(scene, tile);
  const parts = partsOfTile(scene, tile).map((part) => `${part.name} ${part.op}`);
  const text =
    `${name} ${op} ${parts.join(' ')} ${scene.problem.scenario.applications[scene.tileApplication[tile]].name}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
