/** What is drawn: tiles where their time is, in their application's colour; density instead of thousands of slivers; nothing left over. */
import { describe, expect, it } from 'vitest';
import { applicationColor } from '#renderer/theme/palette.ts';
import { fitName, fitText } from '#renderer/canvas/draw-context.ts';
import { drawLegend } from '#renderer/timeline/draw/draw-legend.ts';
import { drawTimeline, measureGutter, restingState, type TimelineState } from '#renderer/timeline/draw/draw.ts';
import { timelineSvg } from '#renderer/timeline/draw/picture.ts';
import { layOutTimeline, plotExtent, rowTop } from '#renderer/timeline/scene/layout.ts';
import { drawMinimap, dragMinimap, minimapGrip, minimapWindow } from '#renderer/timeline/draw/minimap.ts';
import { partsOfTile } from '#renderer/timeline/scene/members.ts';
import { searchLayers } from '#renderer/timeline/scene/search.ts';
import { describeTile, tileFacts } from '#renderer/timeline/scene/tile-facts.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { readMapping } from '#shared/scheduling/solution.ts';
import { buildScene, type Scene } from '#renderer/timeline/scene/scene.ts';
import { canvasThemes } from '#renderer/canvas/canvas-theme.ts';
import { tileColor } from '#renderer/timeline/draw/tile-colors.ts';
import { limitsOf, timeToPixel, zoomAt, type Viewport } from '#renderer/timeline/scene/viewport.ts';
import { aNetwork, aPlatform, aScenario, type PlatformBuilder } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';
import { denseScene, exampleScene, RecordingContext, tileNamed } from './example-scene.ts';

const theme = canvasThemes.light;
const scene = exampleScene();

function viewOf(shown: Scene, changes: Partial<Viewport> = {}, gutterPx = 100) {
  const layout = layOutTimeline(shown, 1000, 300, gutterPx);
  return { layout, viewport: { startMs: 0, endMs: shown.endMs, scrollPx: 0, ...plotExtent(layout), ...changes } };
}

function draw(shown: Scene, state: Partial<TimelineState> = {}, view = viewOf(shown)): RecordingContext {
  const context = new RecordingContext();
  drawTimeline(context, shown, view, theme, { ...restingState, ...state });
  expect(context.depth).toBe(0);
  return context;
}

function buildSceneOf(platform: PlatformBuilder, element: string): Scene {
  const problem = aScenario()
    .on(platform)
    .running(aNetwork().withLayer('x', { cpu: 1 }).withLayer('y', { cpu: 0.01 }))
    .problem();
  const { timeline } = simulateMapping(problem, everythingOn(problem, element));
  return buildScene(problem, timeline);
}

describe('drawTimeline', () => {
  it('draws every tile at its time in its row, in its application’s colour', () => {
    const { layout, viewport } = viewOf(scene);
    const context = draw(scene);
    const expected = [...scene.tileJob.keys()].map((tile) => ({
      color: applicationColor(scene.tileApplication[tile], 'light'),
      x: Math.round(timeToPixel(viewport, scene.tileStartMs[tile])),
      y: rowTop(layout, viewport, scene.tileRow[tile]),
    }));
    const drawn = [0, 1].flatMap((application) =>
      context
        .rectangles(applicationColor(application, 'light'))
        .map(({ x, y }) => ({ color: applicationColor(application, 'light'), x, y })),
    );
    for (const tile of expected) expect(drawn).toContainEqual(tile);
  });

  it('labels rows, utilisation, axis and tiles', () => {
    expect(draw(scene).texts()).toEqual(
      expect.arrayContaining(['cpu:0', 'cpu:1', 'gpu', 'stem', 'branch', 'l0', 'Time (ms)', '0', '10', '39\u00A0%']),
    );
  });

  it('shortens labels with an ellipsis, and leaves out those of which too little would be left', () => {
    const context = new RecordingContext();
    expect(fitText(context, 'depthwise', 54)).toBe('depthwise');
    expect(fitText(context, 'depthwise', 53)).toBe('depthwi…');
    expect(fitText(context, 'depthwise', 20)).toBe('');
  });

  it('shortens names in the middle, because those of layers differ at their end', () => {
    const context = new RecordingContext();
    expect(fitName(context, 'stage4_conv12', 78)).toBe('stage4_conv12');
    expect(fitName(context, 'stage4_conv12', 60)).toBe('stag…onv12');
    expect(fitName(context, 'stage4_conv13', 60)).toBe('stag…onv13');
    expect(fitName(context, 'stage4_conv12', 26)).toBe('');
    expect(fitName(context, 'conv 12', 36)).toBe('con…12');
  });

  it('draws no more rectangles than there are pixels, however many tasks there are', () => {
    const context = draw(denseScene(10_000));
    const tiles = context.calls.filter((call) => call.kind === 'fillRect' && call.y >= 44 && call.x >= 100);
    expect(tiles.length).toBeLessThan(1000);
    // 10,000 tasks without a pause look like one full bar.
    const full = context.rectangles(applicationColor(0, 'light'));
    expect(full.reduce((sum, { width }) => sum + width, 0)).toBeGreaterThan(860);
  });

  it('shows half-empty columns paler than full ones', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(aNetwork().withLayer('x', { cpu: 0.3 }), { instances: 5000, periodMs: 1 })
      .problem();
    const sparse = buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu')).timeline);
    const context = draw(sparse);
    expect(context.rectangles(tileColor(theme, 0, 1, false)).length).toBeGreaterThan(0);
    expect(context.rectangles(applicationColor(0, 'light')).filter(({ y }) => y >= 44)).toEqual([]);
  });

  it('draws tasks without duration as marks', () => {
    const problem = aScenario()
      .on(aPlatform())
      .running(
        aNetwork()
          .withLayer('zero', { cpu: 0 })
          .withLayer('one', { cpu: 1 }, { dependencies: ['zero'] }),
      )
      .problem();
    const context = draw(buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu')).timeline));
    expect(context.rectangles(tileColor(theme, 0, 0, false))).toContainEqual(
      expect.objectContaining({ x: 100, width: 1 }),
    );
  });

  it('dims the other applications when one is emphasised, and the other instances when a tile is selected', () => {
    const emphasised = draw(scene, { highlightedApplication: 1 });
    expect(emphasised.rectangles(applicationColor(0, 'light'))).toEqual([]);
    expect(emphasised.rectangles(tileColor(theme, 0, 3, true))).toHaveLength(6);
    const selected = draw(scene, { selectedTile: tileNamed(scene, 'stem#1') });
    expect(selected.rectangles(tileColor(theme, 0, 3, true))).toHaveLength(3);
    expect(selected.rectangles(tileColor(theme, 1, 3, true))).toHaveLength(2);
  });

  it('outlines hovered and selected tiles', () => {
    const outlines = (state: Partial<TimelineState>): number =>
      draw(scene, state).calls.filter((call) => call.kind === 'strokeRect' && call.color === theme.outline).length;
    expect(outlines({})).toBe(0);
    expect(outlines({ hoveredTile: 0 })).toBe(1);
    expect(outlines({ hoveredTile: 0, selectedTile: 1 })).toBe(2);
    expect(outlines({ hoveredTile: 1, selectedTile: 1 })).toBe(1);
  });

  it('draws an arrow for each dependency of the selected tile, in and out', () => {
    const arrows = (tile: number): number =>
      draw(scene, { selectedTile: tile }).calls.filter((call) => call.kind === 'stroke' && call.color === theme.outline)
        .length;
    expect(arrows(tileNamed(scene, 'stem'))).toBe(2);
    expect(arrows(tileNamed(scene, 'branch'))).toBe(2);
    expect(arrows(tileNamed(scene, 'l1'))).toBe(1);
  });

  it('frames the selected area and writes its duration', () => {
    const context = draw(scene, { area: { startMs: 5, endMs: 25, firstRow: 0, lastRow: 1 } });
    expect(context.texts()).toContain('20\u00A0ms');
    expect(context.calls.some((call) => call.kind === 'strokeRect' && call.color === theme.accent)).toBe(true);
  });

  it('draws only the rows in view', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(60))
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    const tall = buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu:0')).timeline);
    const top = draw(tall, {}, viewOf(tall, {}, 120)).texts();
    expect(top).toContain('cpu:0');
    expect(top).not.toContain('cpu:59');
    const bottom = draw(tall, {}, viewOf(tall, { scrollPx: 1000 }, 120)).texts();
    expect(bottom).not.toContain('cpu:0');
    expect(bottom).toContain('cpu:59');
  });

  it('says "off" on rows that are switched off', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(2))
      .running(aNetwork().withLayer('x', { cpu: 1 }))
      .problem();
    const { timeline, assignment } = simulateMapping(problem, {
      mapping: everythingOn(problem, 'cpu:0'),
      activeCores: { cpu: 1 },
    });
    expect(draw(buildScene(problem, timeline, assignment)).texts()).toContain('off');
  });

  it('makes the label column as wide as its labels and their figures need, within reason', () => {
    const context = new RecordingContext();
    const named = (id: string) =>
      buildSceneOf(
        aPlatform().withCores(4, { id, executionTimeKey: 'cpu', coreConfigurations: [[4]], groupSpeedup: { '4': 3 } }),
        `${id}:0`,
      );
    for (const id of ['cpu', 'cortex-a76-cluster']) {
      const shown = named(id);
      const gutterPx = measureGutter(context, shown, theme);
      const { calls } = draw(shown, {}, viewOf(shown, {}, gutterPx));
      const texts = calls.flatMap((call) => (call.kind === 'fillText' ? [call] : []));
      const label = texts.find(({ text }) => text.startsWith(id))!;
      const value = texts.find(({ text }) => text.endsWith('%'))!;
      // the label from its left edge, the value to its right edge
      expect(value.x - 6 * value.text.length - (label.x + 6 * label.text.length)).toBeGreaterThanOrEqual(8);
    }
    expect(measureGutter(context, named('a-processor-with-a-very-long-name-that-nobody-can-pronounce'), theme)).toBe(
      220,
    );
  });

  it('writes a share that is hardly anything as that', () => {
    const problem = aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork().withLayer('x', { cpu: 0.00123 }).withLayer('y', { npu: 9 }))
      .problem();
    const shown = buildScene(problem, simulateMapping(problem, { 'a/x': 'cpu', 'a/y': 'npu' }).timeline);
    expect(draw(shown).texts().join()).toMatch(/,< 0\.1.%,/);
  });
});

describe('minimap', () => {
  const limits = limitsOf(1000, 0);
  const whole: Viewport = { startMs: 0, endMs: 1000, leftPx: 0, widthPx: 500, scrollPx: 0 };
  const zoomed = zoomAt(whole, limits, 250, 4);

  it('draws every application in its colour', () => {
    const context = new RecordingContext();
    drawMinimap(context, scene, { widthPx: 500, heightPx: 40 }, theme);
    for (const application of [0, 1])
      expect(context.rectangles(applicationColor(application, 'light')).length).toBeGreaterThan(0);
  });

  it('shows the window where the viewport is, never too narrow to grasp', () => {
    expect(minimapWindow(zoomed, limits, 500)).toEqual({ leftPx: 187.5, widthPx: 125 });
    expect(minimapWindow(zoomAt(whole, limits, 0, 1e6), limits, 500)).toEqual({ leftPx: 0, widthPx: 8 });
  });

  it('is taken at its window, its edges, or beside it', () => {
    expect([190, 250, 310, 400].map((px) => minimapGrip(zoomed, limits, 500, px))).toEqual([
      'left',
      'window',
      'right',
      'outside',
    ]);
  });

  it('pans by the window, zooms by its edges, jumps beside it', () => {
    const ends = (viewport: Viewport): number[] => [viewport.startMs, viewport.endMs].map(Math.round);
    expect(ends(dragMinimap(zoomed, limits, 'window', 500, 600))).toEqual([475, 725]);
    expect(ends(dragMinimap(zoomed, limits, 'window', 500, 5000))).toEqual([750, 1000]);
    expect(ends(dragMinimap(zoomed, limits, 'left', 375, 100))).toEqual([100, 625]);
    expect(ends(dragMinimap(zoomed, limits, 'right', 625, 300))).toEqual([300, 375]);
    expect(ends(dragMinimap(zoomed, limits, 'outside', 800, 800))).toEqual([675, 925]);
  });
});

describe('export', () => {
  const measure = (text: string): number => text.length * 6;

  it('writes an SVG with all rows, the legend and escaped names', () => {
    const problem = aScenario('x')
      .with({ name: 'A & B <1>' })
      .on(aPlatform().withCores(40))
      .running(aNetwork().withLayer('a<b', { cpu: 5 }))
      .problem();
    const tall = buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu:0')).timeline);
    const svg = timelineSvg(
      { scene: tall, view: viewOf(tall, { scrollPx: 100 }, 120), theme, state: restingState },
      measure,
    );
    expect(svg).toContain('<title>A &#38; B &#60;1&#62;</title>');
    expect(svg).toContain('>a&#60;b</text>');
    expect(svg).toContain('>cpu:0</text>');
    expect(svg).toContain('>cpu:39</text>');
    expect(svg.match(/<g /g)?.length).toBe(svg.match(/<\/g>/g)?.length);
    expect(svg).not.toMatch(/NaN|undefined|rgba/);
  });

  it('counts the applications that have no room in the legend', () => {
    let scenario = aScenario().on(aPlatform());
    for (let i = 0; i < 20; i++)
      scenario = scenario.running(aNetwork(`n${i}`).withLayer('x', { cpu: 1 }), { id: `application-${i}` });
    const problem = scenario.problem();
    const crowded = buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu')).timeline);
    const context = new RecordingContext();
    drawLegend(context, crowded, theme, viewOf(crowded).layout, 300);
    expect(context.texts().at(-1)).toMatch(/^\+ \d+ more$/);
  });
});

describe('the tile of a subgraph', () => {
  /** stem (4 ms) and branch (6 ms) as one call of 10 ms on a core, join (2 ms) after it. */
  const joined = (widthPx: number) => {
    const scenario = aScenario()
      .on(aPlatform())
      .running(
        aNetwork()
          .withLayer('stem', { cpu: 4 })
          .withLayer('branch', { cpu: 6 }, { dependencies: ['stem'] })
          .withLayer('join', { cpu: 2 }, { dependencies: ['branch'] }),
      )
      .build();
    const { problem, assignment } = readMapping(scenario, {
      mapping: { 'a/stem': 'cpu', 'a/branch': 'cpu', 'a/join': 'cpu' },
      subgraphs: [['a/stem', 'a/branch']],
    });
    const shown = buildScene(problem, simulate(problem, assignment), assignment);
    const layout = layOutTimeline(shown, widthPx, 120, 40);
    const view = { layout, viewport: { startMs: 0, endMs: shown.endMs, scrollPx: 0, ...plotExtent(layout) } };
    return { shown, view, context: draw(shown, {}, view) };
  };

  it('is one band, divided and labelled within in proportion to its layers', () => {
    const { shown, view, context } = joined(1000);
    const bands = context.rectangles(applicationColor(0, 'light'));
    const start = Math.round(timeToPixel(view.viewport, 0));
    const divider = Math.round(timeToPixel(view.viewport, 4));
    const end = Math.round(timeToPixel(view.viewport, 10));
    expect(bands.map(({ x, width }) => [x, width])).toContainEqual([start, end - start - 1]);
    const inside = context.rectangles(theme.surface).filter(({ x }) => x === divider);
    expect(inside.map(({ width, height }) => [width, height < view.layout.rowHeightPx])).toEqual([[1, true]]);
    expect(context.texts()).toEqual(expect.arrayContaining(['stem', 'branch', 'join']));
    expect(shown.tileJob).toHaveLength(2);
  });

  it('has the name of the whole where none of its layers has room for its own', () => {
    expect(
      joined(110)
        .context.texts()
        .filter((text) => text === 'stem' || text === 'branch'),
    ).toEqual([]);
  });

  it('says which layers are in it, and is found by them', () => {
    const { shown } = joined(1000);
    expect(partsOfTile(shown, 0).map(({ name, startMs, endMs }) => [name, startMs, endMs])).toEqual([
      ['stem', 0, 4],
      ['branch', 4, 10],
    ]);
    expect(partsOfTile(shown, 1)).toEqual([]);
    expect(describeTile(tileFacts(shown, 0))).toContain('2 layers in one call');
    expect(searchLayers(shown, 'branch').matches.map(({ layer }) => layer)).toEqual(['stem+branch']);
  });
});

it('a task has its time on every processor, and a subgraph what its layers take apart', () => {
  const scenario = aScenario()
    .on(aPlatform().withNpu({ launchMs: 0.5, basePerformance: 2 }))
    .running(
      aNetwork()
        .withLayer('x', { cpu: 4, npu: 1 })
        .withLayer('y', { cpu: 4, npu: 1 }, { dependencies: ['x'] })
        .withLayer('z', { cpu: 1 }, { dependencies: ['y'] }),
    )
    .build();
  const mapping = { 'a/x': 'npu', 'a/y': 'npu', 'a/z': 'cpu' };
  const { problem, assignment } = readMapping(scenario, { mapping, subgraphs: [['a/x', 'a/y']] });
  const shown = buildScene(problem, simulate(problem, assignment), assignment);
  expect(tileFacts(shown, tileNamed(shown, 'x+y')).costs).toEqual([
    { processor: 'cpu', isHere: false, timeMs: 8, aloneMs: 8 },
    { processor: 'npu', isHere: true, timeMs: 1.25, aloneMs: 1 },
  ]);
  expect(tileFacts(shown, tileNamed(shown, 'z')).costs).toEqual([
    { processor: 'cpu', isHere: true, timeMs: 1, aloneMs: undefined },
    { processor: 'npu', isHere: false, timeMs: undefined, aloneMs: undefined },
  ]);
});
