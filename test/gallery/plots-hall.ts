/** Every plot that is drawn on a canvas, in all its states. */
import { h } from 'vue';
import type { LineageNode } from '#shared/analysis/lineage.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { shownMetrics } from '#shared/domain/metrics.ts';
import ExecutedOverlay from '#renderer/plots/ExecutedOverlay.vue';
import MovingSchedule from '#renderer/plots/MovingSchedule.vue';
import SharedTimeline from '#renderer/plots/SharedTimeline.vue';
import { drawFront } from '#renderer/plots/draw-front.ts';
import { drawGeneMap } from '#renderer/plots/draw-gene-map.ts';
import { drawGenes } from '#renderer/plots/draw-genes.ts';
import { drawLineage } from '#renderer/plots/draw-lineage.ts';
import { drawMap, mapSize, type MapScene } from '#renderer/plots/draw-map.ts';
import { drawMovingSchedule } from '#renderer/plots/draw-moving-schedule.ts';
import { drawMutations } from '#renderer/plots/draw-mutations.ts';
import { drawParallel } from '#renderer/plots/draw-parallel.ts';
import { drawProgress, rangeOf } from '#renderer/plots/draw-progress.ts';
import { drawReleases, timelineSizes } from '#renderer/plots/draw-releases.ts';
import { drawScatter } from '#renderer/plots/draw-scatter.ts';
import { drawSpread, spreadHeightPx } from '#renderer/plots/draw-spread.ts';
import { restingTiles } from '#renderer/plots/moving-schedule.ts';
import { drawGraph } from '#renderer/plots/network/draw-graph.ts';
import { blocksOf, partsOf } from '#renderer/plots/network/blocks.ts';
import { layoutGraph } from '#renderer/plots/network/graph-layout.ts';
import type { NetworkGraph } from '#renderer/plots/network/network-graph.ts';
import { drawTrack } from '#renderer/playback/draw-track.ts';
import type { Schedule } from '#renderer/recorded/schedule-of.ts';
import { applicationColor, mixColors } from '#renderer/theme/palette.ts';
import { buildScene } from '#renderer/timeline/scene/scene.ts';
import { anExecution, aLongExecution } from '../fixtures/execution.ts';
import { CanvasStage, type Drawing } from './CanvasStage.ts';
import type { Exhibit, ExhibitState, Hall } from './exhibit.ts';
import {
  ancestors,
  cloud,
  convergence,
  gpuGenes,
  largeProblem,
  largeSchedule,
  LONG_NAME,
  noise,
  paretoPoints,
  problem,
  schedule,
  sharesOf,
  someGenes,
} from './fixtures.ts';

const plot = (name: string, draw: Drawing, widthPx = 420, heightPx = 260): ExhibitState => ({
  name,
  widthPx,
  heightPx,
  render: (theme) => h(CanvasStage, { draw, theme }),
});

const front = (name: string, count: number, sides = 1): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const points = paretoPoints(count, sides);
    const colors = Array.from({ length: sides }, (_, index) => applicationColor(index, theme.name));
    const dominated =
      count < 2
        ? []
        : cloud(40).points.map(({ x, y }) => ({
            side: 0,
            values: { makespanMs: x, energyMJ: y, throughputPerS: 1, latencyMs: x, constraintViolation: 0 },
          }));
    drawFront(
      context,
      {
        points,
        colors,
        x: 'makespanMs',
        y: 'energyMJ',
        text: { x: 'Makespan (ms)', y: 'Energy (mJ)' },
        limits: new Map(),
        chosen: [points[0], points[2]],
        knees: points.slice(1, 2),
        isLine: true,
        marks:
          count === 0
            ? []
            : [
                {
                  name: 'NPU first',
                  values: { makespanMs: 90, energyMJ: 110, throughputPerS: 1, latencyMs: 60, constraintViolation: 0 },
                },
              ],
        dominated,
        brush: undefined,
      },
      widthPx,
      heightPx,
      theme,
    );
  });

const parallel = (name: string, count: number, sides = 1): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const points = paretoPoints(count, sides);
    const colors = Array.from({ length: sides }, (_, index) => applicationColor(index, theme.name));
    drawParallel(
      context,
      {
        points,
        colors,
        metrics: shownMetrics,
        limits: new Map(count > 20 ? [['makespanMs', { low: 30, high: 60 }]] : []),
        chosen: [points[0]],
      },
      widthPx,
      heightPx,
      theme,
    );
  });

const scatter = (name: string, count: number): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const { points, front: line } = cloud(count);
    drawScatter(
      context,
      {
        generation: 12,
        points,
        front: line,
        firstFront: count === 0 ? [] : cloud(60, 8).front,
        best: line[0],
        goals: { x: 'lower', y: 'lower' },
        xRange: { low: 10, high: 110 },
        yRange: { low: 30, high: 170 },
        text: { x: 'Makespan (ms)', y: 'Energy (mJ)' },
      },
      widthPx,
      heightPx,
      theme,
    );
  });

const geneMap = (name: string, given: Problem, best: Uint8Array): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const next = noise(2);
    const mutations = given.layout.loci.map(() => Math.floor(6 * next()));
    drawGeneMap(context, { problem: given, shares: sharesOf(given), best, mutations }, widthPx, heightPx, theme);
  });

const genes = (name: string, given: Problem, more: Partial<Parameters<typeof drawGenes>[2]> = {}): ExhibitState =>
  plot(
    name,
    (context, widthPx, heightPx, theme) =>
      drawGenes(context, given, { genes: someGenes(given, 3), ...more }, widthPx, heightPx, theme),
    420,
    24,
  );

const lineage = (name: string, nodes: readonly LineageNode[]): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) =>
    drawLineage(context, { nodes, chosen: nodes[2]?.id }, widthPx, heightPx, theme),
  );

const mutations = (name: string, given: Problem, spans: number): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const next = noise(6);
    const loci = given.layout.length;
    const counts = Uint32Array.from({ length: spans * loci }, () => Math.floor(9 * next() ** 3));
    const spots = given.layout.loci.map((_, locus) => ({
      locus,
      label: locus === 0 ? LONG_NAME : `layer ${locus}`,
      mutations: counts.reduce((sum, count, index) => sum + (index % loci === locus ? count : 0), 0),
      share: 1 / loci,
      kept: locus % 3,
    }));
    const kept =
      spans === 0
        ? []
        : [
            { locus: 1, generation: 2 },
            { locus: 0, generation: 6 },
          ];
    drawMutations(
      context,
      { problem: given, map: { generations: spans * 4, spanLength: 4, loci, counts }, spots, kept, chosen: 1 },
      widthPx,
      heightPx,
      theme,
    );
  });

const curve = (name: string, length: number): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const { bestFitness, meanFitness } = convergence(length);
    drawProgress(
      context,
      {
        curves: [
          { values: bestFitness, color: theme.accent },
          { values: meanFitness, color: theme.outline },
        ],
        generation: Math.floor(length / 2),
        range: rangeOf(bestFitness, 0.1),
        title: 'Fitness',
      },
      widthPx,
      heightPx,
      theme,
    );
  });

const spread = (name: string, labels: readonly string[], each: number): ExhibitState =>
  plot(
    name,
    (context, widthPx, heightPx, theme) => {
      const next = noise(3);
      const rows = labels.map((label) => {
        const values = Array.from({ length: each }, () => 40 + 30 * next()).sort((a, b) => a - b);
        const at = (share: number): number => values[Math.floor(share * (values.length - 1))] ?? Number.NaN;
        return { label, values, median: at(0.5), lowerQuartile: at(0.25), upperQuartile: at(0.75) };
      });
      drawSpread(context, { rows, range: { low: 35, high: 75 }, axis: 'Makespan (ms)' }, widthPx, heightPx, theme);
    },
    640,
    spreadHeightPx(labels.length),
  );

const map = (name: string, columns: readonly string[], heads: readonly string[]): ExhibitState => {
  const scene = (light: string, strong: string, text: string): MapScene => ({
    columnTitle: 'Population size',
    columns,
    rowTitles: ['Mutation'],
    rows: heads.map((head, at) => ({
      heads: [head],
      cells: columns.map((_, column) =>
        (at + column) % 5 === 4
          ? undefined
          : {
              text: `${40 + at * 7 + column} ms`,
              fill: mixColors(light, strong, (at + column) / 8),
              textColor: text,
              isBest: at === 0 && column === 0,
            },
      ),
    })),
    keys: [{ name: 'Simple scenario', weakest: '61 ms', best: '40 ms' }],
    keyColors: [0, 0.25, 0.5, 0.75, 1].map((share) => mixColors(light, strong, share)),
  });
  const { widthPx, heightPx } = mapSize(scene('#ffffff', '#000000', '#000000'));
  return plot(
    name,
    (context, _width, _height, theme) => drawMap(context, scene(theme.row, theme.accent, theme.text), theme),
    widthPx,
    heightPx,
  );
};

const releases = (
  name: string,
  names: readonly string[],
  more: { instances?: number; isLate?: boolean } = {},
): ExhibitState => {
  const { instances = 4, isLate = false } = more;
  const widthPx = 420;
  const heightPx = names.length * timelineSizes.row + timelineSizes.axis;
  return plot(
    name,
    (context, _width, _height, theme) =>
      drawReleases(
        context,
        {
          rows: names.map((application, index) => ({
            application: { index, name: application, startTimeMs: 0, periodMs: 25, instances, deadlineMs: 20 },
            releases: Array.from({ length: instances }, (_, instance) => instance * 25),
            isDense: instances > 10,
            length: 12,
            isLate,
            color: applicationColor(index, theme.name),
            y: timelineSizes.axis + index * timelineSizes.row,
          })),
          ticks: [0, 20, 40, 60, 80, 100],
          horizonMs: 90,
          pxPerMs: widthPx / 110,
          widthPx,
          heightPx,
        },
        theme.name,
      ),
    timelineSizes.names + widthPx,
    heightPx,
  );
};

const moving = (name: string, given: Schedule): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const scene = buildScene(given.problem, given.timeline, given.assignment);
    drawMovingSchedule(context, restingTiles(scene), widthPx, heightPx, scene.fittedEndMs, theme);
  });

const graph = (
  name: string,
  layers: readonly { id: string; dependencies: readonly string[] }[],
  scale: number,
): ExhibitState =>
  plot(name, (context, widthPx, heightPx, theme) => {
    const places = new Map(layers.map(({ id }, index) => [id, index]));
    const producers = layers.map(({ dependencies }) => dependencies.flatMap((id) => places.get(id) ?? []));
    const known: NetworkGraph = {
      layers: layers.map(({ id }, index) => ({ index, id, op: 'Conv', producers: producers[index] ?? [] })),
      consumers: layers.map((_, index) => producers.flatMap((read, reader) => (read.includes(index) ? [reader] : []))),
      order: layers.map((_, index) => index),
    };
    const parts = partsOf(known);
    const scene = layoutGraph({
      graph: known,
      parts,
      blocks: blocksOf(known, parts),
      isCollapsed: () => false,
      aspect: widthPx / heightPx,
    });
    drawGraph(
      context,
      scene,
      { scale, x: 20, y: 20, widthPx, heightPx },
      {
        theme: theme.name,
        names: layers.map(({ id }) => id),
        ops: layers.map(() => 'Conv'),
        colors: layers.map((_, index) => applicationColor(index % 4, theme.name)),
        times: layers.map((_, index) => (index === 1 ? undefined : 2)),
        selected: 1,
        hovered: undefined,
        found: undefined,
        critical: new Set([0, 1]),
        wrong: new Set([2]),
      },
    );
  });

const track = (name: string, frameCount: number, loop?: { from: number; to: number }): ExhibitState =>
  plot(
    name,
    (context, widthPx, heightPx, theme) =>
      drawTrack(
        context,
        {
          frameCount,
          frame: Math.floor(frameCount / 3),
          loop,
          curves: [{ values: convergence(frameCount).bestFitness, color: theme.accent }],
          marks: [1, 12, 40],
        },
        widthPx,
        heightPx,
        theme,
      ),
    420,
    40,
  );

const population: readonly Exhibit[] = [
  {
    file: 'plots/draw-front.ts',
    states: [
      front('empty', 0),
      front('one point', 1),
      front('usual', 12),
      front('two runs', 12, 2),
      front('many, four runs', 60, 4),
    ],
  },
  {
    file: 'plots/draw-parallel.ts',
    states: [parallel('empty', 0), parallel('one point', 1), parallel('usual', 12), parallel('many, limited', 60, 4)],
  },
  {
    file: 'plots/draw-scatter.ts',
    states: [scatter('empty', 0), scatter('one member', 1), scatter('usual', 100), scatter('many', 5000)],
  },
  {
    file: 'plots/draw-progress.ts',
    states: [curve('empty', 0), curve('one generation', 1), curve('usual', 200), curve('many', 10_000)],
  },
  {
    file: 'plots/draw-spread.ts',
    states: [
      spread('one run', ['GA'], 1),
      spread('usual', ['GA', 'NSGA-II', 'Annealing'], 20),
      spread(
        'many, long names',
        Array.from({ length: 8 }, (_, index) => `${LONG_NAME} ${index}`),
        200,
      ),
    ],
  },
];
const heredity: readonly Exhibit[] = [
  {
    file: 'plots/draw-gene-map.ts',
    states: [
      geneMap('usual', problem, gpuGenes),
      geneMap('best not known yet', problem, new Uint8Array()),
      geneMap('many', largeProblem, someGenes(largeProblem, 3)),
    ],
  },
  {
    file: 'plots/draw-genes.ts',
    states: [
      genes('usual', problem),
      genes('with mutations', problem, { mutatedLoci: [0, 2] }),
      genes('passed on', problem, { passedTo: gpuGenes }),
      genes('many', largeProblem, { mutatedLoci: [4, 90] }),
    ],
  },
  {
    file: 'plots/draw-lineage.ts',
    states: [
      lineage('empty', []),
      lineage('one', ancestors(1)),
      lineage('usual', ancestors(20)),
      lineage('many', ancestors(2000)),
    ],
  },
  {
    file: 'plots/draw-mutations.ts',
    states: [mutations('empty', problem, 0), mutations('usual', problem, 24), mutations('many', largeProblem, 300)],
  },
];
const others: readonly Exhibit[] = [
  {
    file: 'plots/draw-map.ts',
    states: [
      map('one', ['100'], ['swap']),
      map('usual', ['20', '50', '100'], ['bit_flip', 'swap', 'gaussian']),
      map('long names', [LONG_NAME, '50'], [LONG_NAME, 'swap']),
    ],
  },
  {
    file: 'plots/draw-releases.ts',
    states: [
      releases('one', ['camera']),
      releases('late, long names', [LONG_NAME, 'voice'], { isLate: true }),
      releases('dense', ['camera'], { instances: 200 }),
    ],
  },
  {
    file: 'plots/network/draw-graph.ts',
    states: [
      graph('one layer', [{ id: 'conv', dependencies: [] }], 1),
      graph(
        'usual, long names',
        [
          { id: 'stem', dependencies: [] },
          { id: LONG_NAME, dependencies: ['stem'] },
          { id: 'side', dependencies: ['stem'] },
          { id: 'join', dependencies: [LONG_NAME, 'side'] },
        ],
        1,
      ),
      graph(
        'many',
        Array.from({ length: 60 }, (_, index) => ({
          id: `layer ${index}`,
          dependencies: index === 0 ? [] : [`layer ${Math.floor((index - 1) / 2)}`],
        })),
        0.2,
      ),
    ],
  },
  {
    file: 'plots/draw-moving-schedule.ts',
    states: [moving('usual', schedule), moving('many, long names', largeSchedule)],
  },
  {
    file: 'playback/draw-track.ts',
    states: [
      track('one frame', 1),
      track('usual', 200),
      track('a loop', 200, { from: 60, to: 120 }),
      track('many', 10_000),
    ],
  },
  {
    file: 'plots/MovingSchedule.vue',
    states: [
      {
        name: 'before the bests have come',
        widthPx: 420,
        heightPx: 200,
        render: (theme) => h(MovingSchedule, { problem, bests: undefined, bestId: undefined, spanMs: 30, theme }),
      },
    ],
  },
  {
    file: 'plots/ExecutedOverlay.vue',
    states: [
      { name: 'empty', execution: { ...anExecution, tasks: [] } },
      { name: 'one task', execution: anExecution },
      { name: 'many, long names', execution: aLongExecution },
    ].map(({ name, execution }) => ({
      name,
      widthPx: 560,
      heightPx: 220,
      render: (theme) => h(ExecutedOverlay, { execution, applications: ['app', 'camera', LONG_NAME], theme }),
    })),
  },
  {
    file: 'plots/SharedTimeline.vue',
    states: [schedule, largeSchedule].map((given, index) => ({
      name: index === 0 ? 'usual' : 'many, long names',
      widthPx: 560,
      heightPx: 220,
      render: (theme) =>
        h(SharedTimeline, {
          schedule: given,
          endMs: 60,
          theme,
          label: 'A schedule',
          span: { startMs: 0, endMs: index === 0 ? 30 : 200 },
          pointed: '',
          gutterPx: 80,
        }),
    })),
  },
];

export const plotHalls: readonly Hall[] = [
  { title: 'Plots of populations', exhibits: population },
  { title: 'Plots of heredity', exhibits: heredity },
  { title: 'Other plots', exhibits: others },
];
