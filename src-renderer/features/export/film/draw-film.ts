/** Draws one frame of a film: a head, the pictures of its kind, what happened, and where in the run it is. */
import type { Problem } from '#shared/scheduling/problem.ts';
import { formatCount, formatNumber, formatPercent } from '../../../format.ts';
import { drawTrack } from '../../../playback/draw-track.ts';
import { applicationColor } from '../../../theme/palette.ts';
import { fitText, textWidth, type PictureContext } from '../../../canvas/draw-context.ts';
import type { CanvasTheme } from '../../../canvas/canvas-theme.ts';
import type { Caption } from '../../../recorded/caption.ts';
import { drawGeneMap, type GeneMapScene } from '../../../plots/draw-gene-map.ts';
import { drawMovingSchedule } from '../../../plots/draw-moving-schedule.ts';
import { drawScatter, type ScatterScene } from '../../../plots/draw-scatter.ts';
import type { Box } from '../../../plots/plot-frame.ts';
import type { ScheduleStage } from '../../../plots/schedule-stage.ts';
import type { GenerationView } from '../../../recorded/generation-columns.ts';
import { drawProgress, rangeOf } from '../../../plots/draw-progress.ts';

interface ShownFrame {
  /** Name of the run. */
  readonly title: string;
  readonly generation: number;
  readonly generations: GenerationView;
}
export interface CombinedFrame extends ShownFrame {
  readonly kind: 'combined';
  readonly problem: Problem;
  readonly stage: ScheduleStage;
  readonly scatter: ScatterScene | undefined;
  readonly caption: Caption | undefined;
}
export interface DiversityFrame extends ShownFrame {
  readonly kind: 'diversity';
  readonly genes: GeneMapScene;
}
export type FilmFrame = CombinedFrame | DiversityFrame;

const EDGE_PX = 20;
const HEAD_PX = 46;
const GAP_PX = 20;
const TITLE_PX = 24;
const TRACK_PX = 34;
const STORY_PX = 46;
const LEGEND_PX = 22;
/** Share of the width that the schedule gets. */
const SCHEDULE_SHARE = 0.6;
/** More moves are counted, not named. */
const MOST_MOVES = 3;
const SWATCH_PX = 9;

/** Draws `frame` into `widthPx` × `heightPx`. */
export function drawFilmFrame(
  context: PictureContext,
  frame: FilmFrame,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  drawHead(context, frame, widthPx, theme);
  const track: Box = {
    left: EDGE_PX,
    top: heightPx - EDGE_PX / 2 - TRACK_PX,
    width: widthPx - 2 * EDGE_PX,
    height: TRACK_PX,
  };
  const body: Box = { left: EDGE_PX, top: HEAD_PX, width: track.width, height: track.top - HEAD_PX - 8 };
  if (frame.kind === 'combined') drawCombined(context, frame, body, theme);
  else drawGenes(context, frame, body, theme);
  const { generations } = frame;
  within(context, track, () =>
    drawTrack(
      context,
      {
        frameCount: generations.length,
        frame: frame.generation,
        loop: undefined,
        curves: [
          { values: generations.meanEntropy, color: theme.mutedText },
          { values: generations.bestFitness, color: theme.accent },
        ],
      },
      track.width,
      track.height,
      theme,
    ),
  );
}

function drawHead(
  context: PictureContext,
  { title, generation, generations }: ShownFrame,
  widthPx: number,
  theme: CanvasTheme,
): void {
  const position = `Generation ${formatCount(generation)} of ${formatCount(Math.max(0, generations.length - 1))}`;
  write(context, position, widthPx - EDGE_PX, HEAD_PX / 2, theme.labelFont, theme.text, 'right');
  context.font = bold(theme, 15);
  write(
    context,
    fitText(context, title, widthPx - 3 * EDGE_PX - textWidth(context, position)),
    EDGE_PX,
    HEAD_PX / 2,
    context.font,
    theme.text,
  );
}

function drawCombined(
  context: PictureContext,
  { problem, stage, scatter, caption, generations, generation }: CombinedFrame,
  body: Box,
  theme: CanvasTheme,
): void {
  const plots: Box = { ...body, height: body.height - STORY_PX };
  const scheduleWidth = Math.round((plots.width - GAP_PX) * SCHEDULE_SHARE);
  const schedule: Box = {
    ...plots,
    width: scheduleWidth,
    top: plots.top + TITLE_PX,
    height: plots.height - TITLE_PX - LEGEND_PX,
  };
  const population: Box = {
    ...plots,
    left: plots.left + scheduleWidth + GAP_PX,
    width: plots.width - scheduleWidth - GAP_PX,
    top: plots.top + TITLE_PX,
    height: plots.height - TITLE_PX - LEGEND_PX,
  };
  drawTitle(
    context,
    'Best schedule',
    `makespan ${formatNumber(generations.makespanMs[generation])} ms · fitness ${formatNumber(generations.bestFitness[generation], 4)}`,
    schedule,
    theme,
  );
  drawTitle(context, 'Population', '', population, theme);
  const { tiles } = stage;
  if (tiles !== undefined)
    within(context, schedule, () =>
      drawMovingSchedule(context, tiles, schedule.width, schedule.height, stage.axisEndMs, theme),
    );
  if (scatter !== undefined)
    within(context, population, () => drawScatter(context, scatter, population.width, population.height, theme));
  const legendAt = plots.top + plots.height - LEGEND_PX / 2;
  drawKey(
    context,
    problem.scenario.applications.map(({ name }, index) => ({ name, color: applicationColor(index, theme.name) })),
    schedule.left,
    legendAt,
    schedule.width,
    theme,
  );
  drawKey(
    context,
    [
      { name: 'front', color: theme.accent },
      { name: 'first generation’s front', color: theme.mutedText },
      { name: 'best by fitness', color: theme.outline },
    ],
    population.left,
    legendAt,
    population.width,
    theme,
  );
  drawStory(context, problem, caption, { ...body, top: plots.top + plots.height + 4, height: STORY_PX - 4 }, theme);
}

function drawStory(
  context: PictureContext,
  problem: Problem,
  caption: Caption | undefined,
  box: Box,
  theme: CanvasTheme,
): void {
  if (caption === undefined) return;
  context.font = bold(theme, 13);
  write(context, fitText(context, caption.headline, box.width), box.left, box.top + 10, context.font, theme.text);
  const moves = caption.moves.map(
    ({ application, layers, fromPe, toPe }) =>
      `${problem.scenario.applications[application].name}: ${layers.length === 1 ? layers[0] : `${layers.length} layers`} ${fromPe} → ${toPe}`,
  );
  const told = [
    ...moves.slice(0, MOST_MOVES),
    ...(moves.length > MOST_MOVES ? [`and ${moves.length - MOST_MOVES} more`] : []),
    ...caption.settings,
  ].join(' · ');
  context.font = theme.smallFont;
  write(
    context,
    fitText(context, told === '' ? caption.origin : told, box.width),
    box.left,
    box.top + 30,
    theme.smallFont,
    theme.mutedText,
  );
}

function drawGenes(
  context: PictureContext,
  { genes, generations, generation }: DiversityFrame,
  body: Box,
  theme: CanvasTheme,
): void {
  const mapHeight = Math.round(body.height * 0.6);
  const map: Box = { ...body, top: body.top + TITLE_PX, height: mapHeight - TITLE_PX };
  const chart: Box = { ...body, top: body.top + mapHeight + TITLE_PX, height: body.height - mapHeight - TITLE_PX };
  drawTitle(
    context,
    'Genes',
    'where each layer runs in the population: the stronger, the more members agree',
    map,
    theme,
  );
  within(context, map, () => drawGeneMap(context, genes, map.width, map.height, theme));
  drawTitle(
    context,
    'Diversity',
    `entropy ${formatPercent(generations.meanEntropy[generation])} · ${formatCount(generations.distinctGenomes[generation])} distinct genomes`,
    chart,
    theme,
  );
  const entropy = generations.meanEntropy.map((share) => share * 100);
  within(context, chart, () =>
    drawProgress(
      context,
      {
        curves: [{ values: entropy, color: theme.accent }],
        generation,
        range: { low: 0, high: Math.max(0.1, rangeOf(entropy).high) },
        title: 'Mean entropy of the genes (%)',
      },
      chart.width,
      chart.height,
      theme,
    ),
  );
}

/** A heading above `box`, and next to it the current value. */
function drawTitle(context: PictureContext, title: string, remark: string, box: Box, theme: CanvasTheme): void {
  const middle = box.top - TITLE_PX / 2;
  write(context, title, box.left, middle, bold(theme, 13), theme.text);
  const left = box.left + textWidth(context, title) + 10;
  context.font = theme.smallFont;
  write(context, fitText(context, remark, box.left + box.width - left), left, middle, theme.smallFont, theme.mutedText);
}

/** Names with their colours in one line; what does not fit is left out. */
function drawKey(
  context: PictureContext,
  entries: readonly { readonly name: string; readonly color: string }[],
  left: number,
  middle: number,
  widthPx: number,
  theme: CanvasTheme,
): void {
  let x = left;
  for (const { name, color } of entries) {
    context.font = theme.smallFont;
    const width = SWATCH_PX + 6 + textWidth(context, name) + 16;
    if (x + width - 16 > left + widthPx) return;
    context.fillStyle = color;
    context.fillRect(x, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX);
    write(context, name, x + SWATCH_PX + 6, middle + 0.5, theme.smallFont, theme.mutedText);
    x += width;
  }
}

function write(
  context: PictureContext,
  text: string,
  x: number,
  y: number,
  font: string,
  color: string,
  align: 'left' | 'right' = 'left',
): void {
  context.font = font;
  context.fillStyle = color;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillText(text, x, y);
}

/** Draws with the upper left corner of `box` as origin, and nothing beyond its edges. */
function within(context: PictureContext, box: Box, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.translate(box.left, box.top);
  draw();
  context.restore();
}

/** The theme's face, bold, `sizePx` high. */
function bold(theme: CanvasTheme, sizePx: number): string {
  return theme.smallFont.replace(/^[\d.]+px/, `600 ${sizePx}px`);
}
