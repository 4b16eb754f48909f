/** What makes the example schedule as long as it is, and where its units idle; hand-computed (see example-scene.ts). */
import { describe, expect, it } from 'vitest';
import { criticalTiles, idleGaps } from '#renderer/timeline/scene/critical-path.ts';
import { describeCriticalPath } from '#renderer/timeline/scene/summary.ts';
import { denseScene, exampleScene, tileNamed } from './example-scene.ts';

describe('the critical path', () => {
  it('goes back from the last task over what each waited for to the one that started at its release', () => {
    const scene = exampleScene();
    expect(criticalTiles(scene)).toEqual(['stem#1', 'branch#1', 'join#1'].map((name) => tileNamed(scene, name)));
    expect(describeCriticalPath(scene, criticalTiles(scene))).toMatch(/^Critical path: 3 tasks take 9\sms of 11\sms/);
  });

  it('goes over the tasks before on the same unit where these were waited for', () => {
    expect(criticalTiles(denseScene(50))).toEqual(Array.from({ length: 50 }, (_, tile) => tile));
  });
});

describe('idle gaps', () => {
  it('come longest first, before, between and after the tasks of a unit', () => {
    const scene = exampleScene();
    const label = (row: number): string | undefined => scene.rows[row]?.label;
    expect(
      idleGaps(scene)
        .slice(0, 3)
        .map(({ startMs, endMs, firstRow, lastRow }) => [label(firstRow), label(lastRow), startMs, endMs]),
    ).toEqual([
      ['cpu:1', 'cpu:1', 10, 31],
      ['gpu', 'gpu', 8, 25],
      ['cpu:0', 'cpu:0', 11, 20],
    ]);
  });

  it('are none where a unit works without a pause', () => {
    expect(idleGaps(denseScene(5))).toEqual([]);
  });
});
