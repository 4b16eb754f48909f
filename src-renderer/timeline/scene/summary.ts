/** A schedule in words, for those who do not see the timeline. */
import { formatCount, formatDuration, formatPercent } from '../../format.ts';
import { rowUtilization, type Scene } from './scene.ts';

/** Rows named one by one; more would make the summary too long to listen to. */
const MOST_ROWS = 16;

/** Makespan, number of tasks and applications, and how busy each row is. */
export function describeScene(scene: Scene): string {
  const { applications } = scene.problem.scenario;
  const names = applications.map((application) => application.name).join(', ');
  const missed = scene.instances.filter((mark) => mark.isMissed).length;
  const dropped = scene.instances.filter((mark) => !Number.isNaN(mark.droppedMs)).length;
  const rows = scene.rows
    .slice(0, MOST_ROWS)
    .map(
      (row) =>
        `${row.label} ` +
        `${row.isActive ? `${formatCount(row.endTile - row.firstTile)} tasks, busy ${formatPercent(rowUtilization(scene, row), 2)}` : row.idleWord}`,
    );
  const others = scene.rows.length - rows.length;
  return [
    `${formatCount(scene.tileJob.length)} tasks of ${formatCount(applications.length)} ` +
      `${applications.length === 1 ? 'application' : 'applications'} (${names}); makespan ` +
      `${formatDuration(scene.makespanMs)}.`,
    ...(missed > 0 ? [`${formatCount(missed)} missed ${missed === 1 ? 'deadline' : 'deadlines'}.`] : []),
    ...(dropped > 0 ? [`${formatCount(dropped)} late ${dropped === 1 ? 'instance' : 'instances'} dropped.`] : []),
    `${rows.join('; ')}${others > 0 ? `; and ${formatCount(others)} more` : ''}.`,
  ].join(' ');
}

/** How many tasks the critical path has, and how much of its time they take; the rest is transfers and waiting for the dispatch. */
export function describeCriticalPath(scene: Scene, tiles: readonly number[]): string {
  const [first] = tiles;
  const last = tiles.at(-1);
  if (first === undefined || last === undefined) return 'There is no critical path.';
  const busyMs = tiles.reduce((sum, tile) => sum + scene.tileEndMs[tile] - scene.tileStartMs[tile], 0);
  const lengthMs = scene.tileEndMs[last] - scene.tileStartMs[first];
  return `Critical path: ${formatCount(tiles.length)} tasks take ${formatDuration(busyMs)} of ${formatDuration(lengthMs)}, the rest is transfers and waiting.`;
}
