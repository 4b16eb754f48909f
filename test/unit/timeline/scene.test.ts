/** What the timeline shows: rows, sorted tiles, releases and deadlines, hits, totals, facts, search, keyboard navigation. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { hitTest, tileNear } from '#renderer/timeline/scene/hit.ts';
import { commandOfKey } from '#renderer/timeline/keyboard.ts';
import {
  heightForRows,
  heightOf,
  layOutTimeline,
  maximumScroll,
  nearestRow,
  plotExtent,
  rowAt,
  rowTop,
  stripAt,
  stripLabel,
} from '#renderer/timeline/scene/layout.ts';
import { firstTileInView, tileAcross, tileBeside } from '#renderer/timeline/scene/navigation.ts';
import { buildScene, layerOfTile, rowUtilization } from '#renderer/timeline/scene/scene.ts';
import { searchLayers } from '#renderer/timeline/scene/search.ts';
import { areaBetween, areaTotals } from '#renderer/timeline/scene/selection.ts';
import { describeScene } from '#renderer/timeline/scene/summary.ts';
import { describeTile, tileFacts } from '#renderer/timeline/scene/tile-facts.ts';
import { timeToPixel, type Viewport } from '#renderer/timeline/scene/viewport.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { ExecutionPlanner } from '#shared/scheduling/execution-plan.ts';
import { simulate, Simulator } from '#shared/scheduling/simulate.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import { exampleScene, exampleSchedule, tileNamed } from './example-scene.ts';

const scene = exampleScene();
const plain = (text: string): string => text.replace(/[\u202F\u00A0]/g, ' ');
const layout = layOutTimeline(scene, 800, 300, 100);
const viewport: Viewport = { startMs: 0, endMs: scene.endMs, scrollPx: 0, ...plotExtent(layout) };

describe('scene', () => {
  it('has a row per processing element, grouped by processor, with its tiles in order of start', () => {
    expect(scene.rows.map((row) => row.label)).toEqual(['cpu:0', 'cpu:1', 'gpu']);
    const names = scene.rows.map((row) =>
      Array.from({ length: row.endTile - row.firstTile }, (_, i) => layerOfTile(scene, row.firstTile + i).id),
    );
    expect(names).toEqual([
      ['stem', 'join', 'stem', 'join'],
      ['l0', 'l1'],
      ['branch', 'branch'],
    ]);
    expect(scene.makespanMs).toBe(31);
  });

  it('knows release, deadline and finish of every application instance, and which deadlines are missed', () => {
    expect(
      scene.instances.map((mark) => [
        mark.application,
        mark.instance,
        mark.releaseMs,
        mark.deadlineMs,
        mark.finishMs,
        mark.isMissed,
      ]),
    ).toEqual([
      [0, 0, 0, 13, 11, false],
      [1, 0, 0, Number.NaN, 10, false],
      [0, 1, 20, 33, 31, false],
    ]);
    const { problem, outcome } = exampleSchedule();
    const strict = { ...problem, deadlineMs: Float64Array.of(10, Number.NaN) };
    expect(buildScene(strict, outcome.timeline).instances.filter((mark) => mark.isMissed)).toHaveLength(2);
  });

  it('shows a deadline that lies beyond the makespan', () => {
    expect(scene.endMs).toBeGreaterThan(33);
    expect(scene.fittedEndMs).toBe(scene.endMs);
  });

  it('shows cores that the assignment switched off, and units of pooled processors, as rows', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(3).withProcessor({ id: 'dsp', kind: 'dsp', coreCount: 2, dispatch: 'pooled' }))
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    const { timeline, assignment } = simulateMapping(problem, {
      mapping: everythingOn(problem, 'cpu:0'),
      activeCores: { cpu: 2 },
    });
    const rows = buildScene(problem, timeline, assignment).rows;
    expect(rows.map((row) => [row.label, row.isActive])).toEqual([
      ['cpu:0', true],
      ['cpu:1', true],
      ['cpu:2', false],
      ['dsp #0', true],
      ['dsp #1', true],
    ]);
    expect(rows[2]!.idleWord).toBe('off');
  });

  it('names the size of core groups', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(4, { coreConfigurations: [[2, 1, 1], [4]], groupSpeedup: { 1: 1, 2: 1.8, 4: 3 } }))
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    const { timeline, assignment } = simulateMapping(problem, everythingOn(problem, 'cpu:0'));
    expect(buildScene(problem, timeline, assignment).rows.map((row) => row.label)).toEqual([
      'cpu:0 ×2',
      'cpu:1',
      'cpu:2',
    ]);
  });

  it('tells cores that work in the group of another one from those that are off', () => {
    const problem = aScenario()
      .on(
        aPlatform().withCores(4, {
          coreConfigurations: [[1, 1, 1, 1], [4], [2]],
          groupSpeedup: { 1: 1, 2: 1.8, 4: 3 },
        }),
      )
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    const wordsOf = (sizes: number[]) => {
      const { timeline, assignment } = simulateMapping(problem, {
        mapping: everythingOn(problem, 'cpu:0'),
        coreConfigurations: { cpu: sizes },
      });
      return buildScene(problem, timeline, assignment).rows.map((row) => (row.isActive ? row.label : row.idleWord));
    };
    expect(wordsOf([4])).toEqual(['cpu:0 ×4', 'grouped', 'grouped', 'grouped']);
    expect(wordsOf([2])).toEqual(['cpu:0 ×2', 'grouped', 'off', 'off']);
  });

  it('keeps its own copy of the timeline', () => {
    const { problem, outcome } = exampleSchedule();
    const planner = new ExecutionPlanner(problem);
    const simulator = new Simulator(problem);
    const built = buildScene(problem, simulator.run(planner.plan(outcome.assignment)));
    const before = [...built.tileStartMs];
    simulator.run(planner.plan({ ...outcome.assignment, peOfTask: outcome.assignment.peOfTask.map(() => 2) }));
    expect([...built.tileStartMs]).toEqual(before);
  });

  it('holds every job once, sorted and without overlap in its row, for any scenario', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), ({ problem, genes }) => {
        const assignment = decodeGenome(problem, genes);
        const timeline = simulate(problem, assignment);
        const any = buildScene(problem, timeline, assignment);
        expect([...any.tileJob].sort((a, b) => a - b)).toEqual(Array.from(problem.jobTask, (_, job) => job));
        any.tileJob.forEach((job, tile) => {
          expect(any.tileOfJob[job]).toBe(tile);
          const row = any.rows[any.tileRow[tile]];
          expect([row.pe, row.unit]).toEqual([timeline.pe[job], timeline.unit[job]]);
          expect(row.isActive).toBe(true);
          // With a tick, a start may fall short of the end before it by the rounding of one addition.
          const endBefore = tile > row.firstTile ? any.tileEndMs[tile - 1] * (1 - 1e-9) : 0;
          expect(any.tileStartMs[tile]).toBeGreaterThanOrEqual(endBefore);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('layout', () => {
  it('shares the height among the rows, and scrolls when they would become too small', () => {
    expect(maximumScroll(layout)).toBe(0);
    const low = layOutTimeline(scene, 800, 90, 100);
    expect(low.rowHeightPx).toBe(18);
    expect(maximumScroll(low)).toBeGreaterThan(0);
    expect(layOutTimeline(scene, 800, 5000, 100).rowHeightPx).toBe(60);
  });

  it('finds the row at a height, gaps belonging to the row above', () => {
    scene.rows.forEach((_, row) => {
      expect(rowAt(layout, viewport, rowTop(layout, viewport, row))).toBe(row);
      expect(rowAt(layout, viewport, rowTop(layout, viewport, row) + layout.rowHeightPx - 1)).toBe(row);
    });
    expect(rowAt(layout, viewport, 5)).toBeUndefined();
    expect(rowAt(layout, viewport, 299)).toBeUndefined();
    expect([nearestRow(layout, viewport, -50), nearestRow(layout, viewport, 5000)]).toEqual([0, 2]);
  });
});

describe('rows that are not in use', () => {
  const problem = aScenario()
    .on(
      aPlatform().withCores(6, {
        coreConfigurations: [[1, 1, 1, 1, 1, 1], [4], [2, 2]],
        groupSpeedup: { 1: 1, 2: 1.8, 4: 3 },
      }),
    )
    .running(aNetwork().withLayer('x', { cpu: 1 }))
    .problem();
  const sceneWith = (sizes: number[]) => {
    const { timeline, assignment } = simulateMapping(problem, {
      mapping: everythingOn(problem, 'cpu:0'),
      coreConfigurations: { cpu: sizes },
    });
    return buildScene(problem, timeline, assignment);
  };
  const stripsOf = (of: ReturnType<typeof sceneWith>): (readonly [string, string])[] =>
    of.rows.flatMap((row, index) => {
      const strip = stripAt(of, index);
      return strip === undefined ? [] : [[stripLabel(of, strip), row.idleWord] as const];
    });

  it('share a strip as far as they stand for the same', () => {
    expect(stripsOf(sceneWith([4]))).toEqual([
      ['cpu:1–3', 'grouped'],
      ['cpu:4–5', 'off'],
    ]);
    expect(stripsOf(sceneWith([2, 2]))).toEqual([
      ['cpu:2–3', 'grouped'],
      ['cpu:4–5', 'off'],
    ]);
    expect(stripsOf(sceneWith([1, 1, 1, 1, 1, 1]))).toEqual([]);
  });

  it('leave the height to the rows that are', () => {
    const grouped = layOutTimeline(sceneWith([4]), 800, 260, 100);
    const single = layOutTimeline(sceneWith([1, 1, 1, 1, 1, 1]), 800, 260, 100);
    expect(grouped.rowHeightPx).toBeGreaterThan(single.rowHeightPx);
    expect([...grouped.rowHeightsPx]).toEqual([grouped.rowHeightPx, 14, 0, 0, 14, 0]);
    expect(heightForRows(sceneWith([4]), 20)).toBe(
      heightOf(layOutTimeline(sceneWith([4]), 800, heightForRows(sceneWith([4]), 20), 100)),
    );
  });

  it('open and close on the way between two arrangements, without a jump', () => {
    const shown = sceneWith([4]);
    const heights = Array.from({ length: 101 }, (_, step) =>
      layOutTimeline(shown, 800, 260, 100, [1, ...Array.from({ length: 5 }, () => step / 100)]),
    );
    const ends = [layOutTimeline(shown, 800, 260, 100), layOutTimeline(sceneWith([1, 1, 1, 1, 1, 1]), 800, 260, 100)];
    expect(heights[0].rowTopPx).toEqual(ends[0].rowTopPx);
    expect(heights[100].rowTopPx).toEqual(ends[1].rowTopPx);
    const steps = heights
      .slice(1)
      .flatMap((one, index) => Array.from(one.rowTopPx, (top, row) => Math.abs(top - heights[index].rowTopPx[row])));
    expect(Math.max(...steps)).toBeLessThan(8);
  });
});

describe('hit test', () => {
  const at = (tile: number, share: number): [number, number] => [
    timeToPixel(viewport, scene.tileStartMs[tile] + share * (scene.tileEndMs[tile] - scene.tileStartMs[tile])),
    rowTop(layout, viewport, scene.tileRow[tile]) + 5,
  ];

  it('finds each tile in its middle', () => {
    scene.tileJob.forEach((_, tile) => {
      const [x, y] = at(tile, 0.5);
      expect(hitTest(scene, layout, viewport, x, y)).toMatchObject({ on: 'row', row: scene.tileRow[tile], tile });
    });
  });

  it('finds the same tile as a search through all tiles, for any scenario and time', () => {
    fc.assert(
      fc.property(
        arbitraryProblemAndGenes(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ problem, genes }, share) => {
          const any = buildScene(problem, simulate(problem, decodeGenome(problem, genes)));
          const timeMs = share * any.endMs;
          any.rows.forEach((_, index) => {
            const found = tileNear(any, index, timeMs, 0);
            const containing = [...any.tileJob.keys()].filter(
              (tile) => any.tileRow[tile] === index && any.tileStartMs[tile] <= timeMs && timeMs <= any.tileEndMs[tile],
            );
            expect(containing.length === 0 ? found === undefined : containing.includes(found ?? -1)).toBe(true);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is patient with short tiles: the nearest within three pixels counts', () => {
    const [x, y] = at(tileNamed(scene, 'l1'), 1);
    expect(hitTest(scene, layout, viewport, x + 2, y)).toMatchObject({ tile: tileNamed(scene, 'l1') });
    expect(hitTest(scene, layout, viewport, x + 10, y)).toMatchObject({ on: 'row', tile: undefined });
  });

  it('tells axis, labels and empty space apart', () => {
    expect(hitTest(scene, layout, viewport, 300, 10).on).toBe('axis');
    expect(hitTest(scene, layout, viewport, 30, rowTop(layout, viewport, 1) + 3)).toEqual({ on: 'label', row: 1 });
    expect(hitTest(scene, layout, viewport, 300, 299).on).toBe('nothing');
  });
});

describe('area totals', () => {
  it('clips tasks to the area and gives busy time, tasks and utilisation per processor', () => {
    const totals = areaTotals(scene, { startMs: 2, endMs: 10, firstRow: 0, lastRow: 2 });
    // cpu:0 stem 2–4, join 9–10; cpu:1 l0 2–5, l1 5–10; gpu branch 5–8.
    expect(totals.processors).toEqual([
      { processor: 0, name: 'cpu', rows: 2, busyMs: 11, taskCount: 4, utilization: 11 / 16 },
      { processor: 1, name: 'gpu', rows: 1, busyMs: 3, taskCount: 1, utilization: 3 / 8 },
    ]);
    expect(totals).toMatchObject({ durationMs: 8, busyMs: 14, taskCount: 5, utilization: 14 / 24 });
  });

  it('takes corners in any order, within the schedule', () => {
    expect(areaBetween({ timeMs: 50, row: 2 }, { timeMs: -4, row: 0 }, 30)).toEqual({
      startMs: 0,
      endMs: 30,
      firstRow: 0,
      lastRow: 2,
    });
  });

  it('agrees with the utilisation of the rows when everything is selected', () => {
    const all = areaTotals(scene, { startMs: 0, endMs: scene.makespanMs, firstRow: 2, lastRow: 2 });
    expect(all.utilization).toBeCloseTo(rowUtilization(scene, scene.rows[2]), 12);
  });
});

describe('facts about a task', () => {
  it('gives times, waiting and incoming transfers', () => {
    const facts = tileFacts(scene, tileNamed(scene, 'join#1'));
    expect(facts).toMatchObject({
      layer: 'join',
      op: 'Add',
      application: 'camera',
      instance: 1,
      instanceCount: 2,
      pe: 'cpu:0',
      startMs: 29,
      endMs: 31,
      durationMs: 2,
      readyMs: 29,
      waitingMs: 0,
      releaseMs: 20,
      consumers: [],
    });
    expect(
      facts.transfersIn.map((transfer) => [
        transfer.layer,
        transfer.pe,
        transfer.producedMs,
        transfer.transferMs,
        transfer.bytes,
      ]),
    ).toEqual([
      ['stem', 'cpu:0', 24, 0, 1000],
      ['branch', 'gpu', 28, 1, 0],
    ]);
  });

  it('says it in one sentence', () => {
    expect(plain(describeTile(tileFacts(scene, tileNamed(scene, 'join#1'))))).toBe(
      'join (Add) of camera, instance 1 on cpu:0: 29 ms to 31 ms, 2 ms long, waited 0 ms',
    );
    expect(plain(describeScene(scene))).toBe(
      '8 tasks of 2 applications (camera, voice); makespan 31 ms. cpu:0 4 tasks, busy 39 %; cpu:1 2 tasks, busy 32 %; gpu 2 tasks, busy 19 %.',
    );
  });
});

describe('search', () => {
  it('finds layers by every word in name, operation or application, names that begin with it first', () => {
    expect(searchLayers(scene, 'conv').matches.map((match) => match.layer)).toEqual(['stem', 'l0', 'branch', 'l1']);
    expect(searchLayers(scene, 'CAMERA add').matches.map((match) => [match.layer, match.tiles.length])).toEqual([
      ['join', 2],
    ]);
    expect(searchLayers(scene, 'br').matches[0]).toMatchObject({ layer: 'branch', tile: tileNamed(scene, 'branch') });
    expect(searchLayers(scene, 'nothing').total).toBe(0);
  });

  it('tells how many there are beyond those listed', () => {
    expect(searchLayers(scene, '', 2)).toMatchObject({ total: 5, matches: [{}, {}] });
  });
});

describe('keyboard', () => {
  const press = (key: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
    commandOfKey({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

  it.each([
    ['a', 'panLeft'],
    ['D', 'panRight'],
    ['w', 'zoomIn'],
    ['ArrowDown', 'zoomOut'],
    ['f', 'fit'],
    ['0', 'fit'],
    ['/', 'search'],
    [']', 'nextTile'],
    ['[', 'previousTile'],
    ['Escape', 'clear'],
    ['x', undefined],
    ['Tab', undefined],
  ])('%s → %s', (key, command) => {
    expect(press(key)).toBe(command);
  });

  it('moves between rows with shift, and leaves the combinations of the browser alone', () => {
    expect(press('ArrowUp', { shiftKey: true })).toBe('tileAbove');
    expect(press('f', { ctrlKey: true })).toBeUndefined();
  });

  it('goes along a row and stops at its ends', () => {
    const first = tileNamed(scene, 'stem');
    expect(tileBeside(scene, first, -1)).toBe(first);
    expect(tileBeside(scene, first, 1)).toBe(tileNamed(scene, 'join'));
  });

  it('goes to the tile closest in time of the next row that has any', () => {
    expect(tileAcross(scene, tileNamed(scene, 'l1'), 1)).toBe(tileNamed(scene, 'branch'));
    expect(tileAcross(scene, tileNamed(scene, 'branch#1'), -1)).toBe(tileNamed(scene, 'l1'));
    expect(tileAcross(scene, tileNamed(scene, 'stem'), -1)).toBe(tileNamed(scene, 'stem'));
  });

  it('begins at the earliest tile in view', () => {
    expect(firstTileInView(scene, { ...viewport, startMs: 12, endMs: 30 })).toBe(tileNamed(scene, 'stem#1'));
  });
});
