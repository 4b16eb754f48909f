/** The charts of a recorded run as SVG documents, its report and its film, drawn without a page; built apart for the formats that write them. */
import { loadProfile } from '#shared/analysis/load-profile.ts';
import type {
  ChartName,
  ChartPicture,
  FilmedRun,
  GifStudio,
  PicturedRun,
  PicturesModule,
  PictureTheme,
} from '#shared/contract/pictures.ts';
import type { Baseline } from '#shared/domain/run.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { problemOfSnapshot } from '#shared/scheduling/problem-of-snapshot.ts';
import { metricOf } from '#shared/domain/metrics.ts';
import { convergenceOption, type RunQuantity } from '../../../charts/convergence.ts';
import { chartSvg, type EChartsOption } from '../../../charts/echarts.ts';
import type { LegendEntry } from '../../../canvas/legend.ts';
import { loadLegend, loadOption, type LoadQuantity } from '../../../charts/load.ts';
import { pictureSvg, type VectorPicture } from '../../../canvas/picture.ts';
import { utilizationLegend, utilizationOption } from '../../../charts/utilization.ts';
import { formatDuration, formatExactMoment } from '../../../format.ts';
import type { PictureContext } from '../../../canvas/draw-context.ts';
import { canvasThemes, type CanvasTheme } from '../../../canvas/canvas-theme.ts';
import { drawLineage } from '../../../plots/draw-lineage.ts';
import { drawMutations, mutationLegend } from '../../../plots/draw-mutations.ts';
import { familyOf } from '../../../recorded/family.ts';
import { hotSpots, keptMutations } from '../../../recorded/mutation-hot-spots.ts';
import { drawGeneMap } from '../../../plots/draw-gene-map.ts';
import { drawScatter } from '../../../plots/draw-scatter.ts';
import { geneMapScene, pointsOf, scatterScene } from '../../../plots/replay-scenes.ts';
import { convergenceLegend } from '../../../charts/convergence-legend.ts';
import { GenerationColumns, type GenerationView } from '../../../recorded/generation-columns.ts';
import { baselineFitness } from '../../../recorded/baseline-fitness.ts';
import { scheduleOf, type Schedule } from '../../../recorded/schedule-of.ts';
import { FilmSource } from '../film/film-source.ts';
import { schedulePicture } from '../report/report-pictures.ts';
import { reportOf } from '../report/report-content.ts';
import { recordGif } from './gif.ts';
import { reportHtml } from './report.ts';
import { estimateTextWidth } from './text-widths.ts';

/** CSS pixels. */
const WIDTH_PX = 1100;
const HEIGHT_PX = 420;
const SCHEDULE_PX = 1280;
/** Mutations are counted from so many generations before. */
const MUTATIONS_BEFORE = 9;

interface Drawing {
  readonly run: PicturedRun;
  readonly schedule: Schedule;
  readonly generations: GenerationView;
  readonly theme: PictureTheme;
  readonly baseline: Baseline;
  readonly colors: CanvasTheme;
  /** The populations, opened by the first chart that shows one. */
  readonly populations: () => Promise<FilmSource>;
}

/** Each chart; undefined where the run has none. */
const charts: Readonly<Record<ChartName, (drawing: Drawing) => string | undefined | Promise<string | undefined>>> = {
  convergence: (drawing) => convergence(drawing, 'fitness'),
  makespan: (drawing) => convergence(drawing, 'makespanMs'),
  throughput: (drawing) => convergence(drawing, 'throughputPerS'),
  energy: (drawing) => (drawing.schedule.metrics.energyMJ > 0 ? convergence(drawing, 'energyMJ') : undefined),
  latency: (drawing) => convergence(drawing, 'latencyMs'),
  hypervolume: (drawing) =>
    drawing.generations.hypervolume.some((value) => !Number.isNaN(value))
      ? convergence(drawing, 'hypervolume')
      : undefined,
  schedule({ run, schedule, theme }) {
    const { svg, heightPx } = schedulePicture(schedule, estimateTextWidth, { widthPx: SCHEDULE_PX, theme });
    const isBest = run.chromosomeId === run.detail.bestChromosomeId;
    return svgOf({
      title: `${isBest ? 'Best schedule' : `Schedule of #${run.chromosomeId}`} of ${run.detail.run.name}: ${formatDuration(schedule.metrics.makespanMs)}`,
      legend: [],
      theme,
      widthPx: SCHEDULE_PX,
      heightPx,
      body: { svg: () => svg },
    });
  },
  utilisation({ baseline, schedule: { problem, assignment, metrics }, theme }) {
    return chart(
      'Utilisation',
      utilizationLegend(problem, baseline.name, theme),
      utilizationOption({ problem, assignment, metrics, baseline, theme }),
      theme,
      60 + problem.pes.length * 24,
    );
  },
  load: (drawing) => load(drawing, 'busyCores', 'Busy cores'),
  power: (drawing) => (drawing.schedule.metrics.energyMJ > 0 ? load(drawing, 'powerMW', 'Power') : undefined),
  async population(drawing) {
    const { generations, colors } = drawing;
    const source = await drawing.populations();
    const generation = generations.length - 1;
    const frame = await source.frame(generation);
    const x = 'makespanMs';
    const y = generations.energyMJ.some((energy) => energy > 0) ? 'energyMJ' : 'latencyMs';
    const points = pointsOf(frame, x, y);
    const best = points[frame.members.indexOf(generations.bestChromosomeId[generation])];
    const scene = scatterScene(
      { generation, points, firstPoints: source.first === undefined ? [] : pointsOf(source.first, x, y), best },
      x,
      y,
      source.ranges,
    );
    return scene === undefined
      ? undefined
      : drawn(
          drawing,
          `Population, generation ${generation}`,
          [
            { name: 'members', color: colors.mutedText, dash: 'square' },
            { name: 'front', color: colors.accent, dash: 'solid' },
            { name: 'first front', color: colors.mutedText, dash: 'dashed' },
            { name: 'best by fitness', color: colors.outline, dash: 'square' },
          ],
          (context) => drawScatter(context, scene, WIDTH_PX, HEIGHT_PX, colors),
        );
  },
  async genes(drawing) {
    const {
      generations,
      colors,
      schedule: { problem },
    } = drawing;
    const source = await drawing.populations();
    const generation = generations.length - 1;
    await source.frame(Math.max(0, generation - MUTATIONS_BEFORE)); // their window, too
    const scene = geneMapScene(
      problem,
      await source.frame(generation),
      source.bests,
      generations.bestChromosomeId[generation],
      source.mutationsAt(generation),
    );
    return drawn(
      drawing,
      `Genes, generation ${generation}`,
      [
        {
          name: 'the stronger, the more members have it; outlined: the best’s own',
          color: colors.accent,
          dash: 'square',
        },
        { name: 'mutations of the last generations', color: colors.mutedText, dash: 'square' },
      ],
      (context) => drawGeneMap(context, scene, WIDTH_PX, HEIGHT_PX, colors),
    );
  },
  async lineage(drawing) {
    const { run, colors } = drawing;
    const nodes = familyOf(await run.ancestry(), run.chromosomeId);
    return nodes.length < 2
      ? undefined
      : drawn(
          drawing,
          `Lineage of #${run.chromosomeId}`,
          [
            { name: 'line of the fitter parents', color: colors.accent, dash: 'solid' },
            { name: 'other parents', color: colors.mutedText, dash: 'square' },
          ],
          (context) => drawLineage(context, { nodes, chosen: undefined }, WIDTH_PX, HEIGHT_PX, colors),
        );
  },
  async mutations(drawing) {
    const {
      run,
      colors,
      schedule: { problem },
    } = drawing;
    const map = await run.mutations();
    if (map.counts.every((count) => count === 0)) return undefined;
    const family = await run.ancestry();
    const kept = family.isTruncated ? [] : keptMutations(family, run.chromosomeId);
    return drawn(drawing, 'Mutation hot spots', mutationLegend(map, colors), (context) =>
      drawMutations(
        context,
        { problem, map, spots: hotSpots(problem, map, kept), kept, chosen: undefined },
        WIDTH_PX,
        HEIGHT_PX,
        colors,
      ),
    );
  },
};

export const drawPictures: PicturesModule['drawPictures'] = async (run, only, theme) => {
  const { problem, generations } = await readRun(run);
  let opened: Promise<FilmSource> | undefined;
  const drawing: Drawing = {
    run,
    theme,
    generations,
    baseline: run.baseline,
    schedule: scheduleOf(problem, run.genes),
    colors: canvasThemes[theme],
    populations: () => (opened ??= openSource(run, problem, generations)),
  };
  const pictures: ChartPicture[] = [];
  for (const name of only === undefined ? (Object.keys(charts) as ChartName[]) : [only]) {
    const svg = await charts[name](drawing);
    if (svg !== undefined) pictures.push({ chart: name, svg });
  }
  return pictures;
};

export const writeReport: PicturesModule['writeReport'] = async (run, made) => {
  const { problem, generations } = await readRun(run);
  const { detail } = run;
  const content = reportOf(
    {
      run: detail.run,
      detail,
      generations,
      schedule: scheduleOf(problem, run.genes),
      schedulerName: detail.configuration.scheduler,
      optionsSchema: undefined,
      baseline: run.baseline,
    },
    estimateTextWidth,
  );
  return reportHtml(content, made.by, formatExactMoment(made.at));
};

export const filmGif: PicturesModule['filmGif'] = async (run, options, studio) => {
  const { problem, generations } = await readRun(run);
  await recordGif(run, await openSource(run, problem, generations, studio.signal), options, studio);
};

async function readRun(run: FilmedRun): Promise<{ readonly problem: Problem; readonly generations: GenerationView }> {
  const columns = new GenerationColumns();
  columns.append(await run.generations());
  return {
    problem: problemOfSnapshot(run.detail),
    generations: columns.view(),
  };
}

function openSource(
  run: FilmedRun,
  problem: Problem,
  generations: GenerationView,
  signal: NonNullable<GifStudio['signal']> = new AbortController().signal,
): Promise<FilmSource> {
  return FilmSource.open(run, problem, generations, signal);
}

function convergence({ run, generations, baseline, theme }: Drawing, quantity: RunQuantity): string {
  const { reference: fitnessReference, configuration } = run.detail;
  const value =
    quantity === 'hypervolume'
      ? undefined
      : quantity === 'fitness'
        ? baselineFitness(baseline.metrics, fitnessReference, configuration, undefined)
        : baseline.metrics[quantity];
  const reference = value === undefined ? undefined : { name: baseline.name, value };
  return chart(
    `${quantity === 'fitness' ? 'Convergence' : quantity === 'hypervolume' ? 'Hypervolume' : metricOf(quantity).title} of ${run.detail.run.name}`,
    convergenceLegend(generations, quantity, reference, theme),
    convergenceOption({
      columns: generations,
      axis: 'generation',
      quantity,
      reference,
      plannedGenerations: undefined,
      theme,
    }),
    theme,
  );
}

function load(
  { schedule: { problem, assignment, timeline }, theme }: Drawing,
  quantity: LoadQuantity,
  title: string,
): string {
  return chart(
    title,
    loadLegend(problem, theme),
    loadOption(problem, loadProfile(problem, assignment, timeline), quantity, theme),
    theme,
  );
}

function chart(
  title: string,
  legend: readonly LegendEntry[],
  option: EChartsOption,
  theme: PictureTheme,
  heightPx = HEIGHT_PX,
): string {
  return svgOf({
    title,
    legend,
    theme,
    widthPx: WIDTH_PX,
    heightPx,
    body: { svg: () => chartSvg(option, { widthPx: WIDTH_PX, heightPx }) },
  });
}

function drawn(
  { theme }: Drawing,
  title: string,
  legend: readonly LegendEntry[],
  draw: (context: PictureContext) => void,
): string {
  return svgOf({ title, legend, theme, widthPx: WIDTH_PX, heightPx: HEIGHT_PX, body: { draw } });
}

function svgOf(picture: VectorPicture): string {
  return pictureSvg(picture, estimateTextWidth);
}
