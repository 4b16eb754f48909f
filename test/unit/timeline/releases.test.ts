/** What the timeline shows of streams: dropped frames, and what instances release. */
import { expect, test } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import { criticalTiles } from '#renderer/timeline/scene/critical-path.ts';
import { releasedBy, releasesOf } from '#renderer/timeline/scene/releases.ts';
import { buildScene, layerOfTile } from '#renderer/timeline/scene/scene.ts';
import { describeScene } from '#renderer/timeline/scene/summary.ts';

const problem = aScenario()
  .on(aPlatform().withCores(1).withNpu())
  .running(aNetwork('first').withChain(1, { npu: 10, cpu: 10 }), { periodMs: 4, instances: 3, late: 'drop' })
  .running(aNetwork('second').withLayer('x', { npu: 1, cpu: 1 }), { after: { application: 'a' } })
  .problem();
const { timeline, assignment } = simulateMapping(problem, { ...everythingOn(problem, 'npu'), 'b/x': 'cpu' });
const scene = buildScene(problem, timeline, assignment);
const tileOf = (key: string, instance: number): number =>
  Array.from(scene.tileJob.keys()).find(
    (tile) => layerOfTile(scene, tile).id === key && problem.jobInstance[scene.tileJob[tile]!] === instance,
  )!;

test('dropped frames have a mark at the release that made them late, and no tile', () => {
  expect(scene.tileJob).toHaveLength(4);
  expect(scene.instances.filter(({ droppedMs }) => !Number.isNaN(droppedMs))).toMatchObject([
    { application: 0, instance: 1, releaseMs: 4, droppedMs: 8 },
    { application: 1, instance: 1, releaseMs: 8, droppedMs: 8 },
  ]);
  expect(describeScene(scene)).toContain('2 late instances dropped.');
});

test('the last layer of an instance leads to the first ones of what it releases, and the critical path goes through both', () => {
  expect(releasesOf(scene, tileOf('l0', 0))).toEqual([tileOf('x', 0)]);
  expect(releasedBy(scene, tileOf('x', 2))).toEqual([tileOf('l0', 2)]);
  expect(releasedBy(scene, tileOf('l0', 2))).toEqual([]);
  expect(criticalTiles(scene)).toEqual([tileOf('l0', 0), tileOf('l0', 2), tileOf('x', 2)]);
});
