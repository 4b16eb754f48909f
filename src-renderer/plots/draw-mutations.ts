/**
 * Draws where mutation struck over a run: a row per locus, a column per span of generations, the stronger the more new genomes were
 * mutated there; the mutations that led to the best are marked. Next to each row is a bar with its sum.
 */
import type { MutationMap } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { LegendEntry } from '../canvas/legend.ts';
import { formatCount, formatTick } from '../format.ts';
import { applicationColor, mixColors } from '../theme/palette.ts';
import { fitText, textWidth, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { locusGroups } from './draw-gene-map.ts';
import { roundTicks, shareIn, type Box } from './plot-frame.ts';
import type { HotSpot, KeptMutation } from '../recorded/mutation-hot-spots.ts';

export interface MutationScene {
  readonly problem: Problem;
  readonly map: MutationMap;
  readonly spots: readonly HotSpot[];
  readonly kept: readonly KeptMutation[];
  /** Locus whose row is marked. */
  readonly chosen: number | undefined;
}

const LEFT_PX = 112;
const BARS_PX = 64;
const BARS_GAP_PX = 12;
const RIGHT_PX = 8;
const TOP_PX = 18;
const BOTTOM_PX = 36;
const GROUP_GAP_PX = 6;
/** Strengths of the colour that can be told apart. */
const SHADES = 24;
/** Least size of the mark of a kept mutation. */
const MARK_PX = 3;
/** Share of the colour in the weakest of them. */
const WEAKEST = 0.12;

/** What the marks mean. */
export function mutationLegend(
  { spanLength }: MutationMap,
  { accent, outline, mutedText }: CanvasTheme,
): LegendEntry[] {
  return [
    {
      name: `new genomes mutated there${spanLength > 1 ? ` in ${formatCount(spanLength)} generations` : ''}, the stronger the more`,
      color: accent,
      dash: 'square',
    },
    { name: 'mutations that led to the best', color: outline, dash: 'square' },
    { name: 'sum', color: mutedText, dash: 'square' },
  ];
}

interface MutationLayout {
  readonly box: Box;
  readonly rowPx: number;
  readonly spanPx: number;
  readonly groups: ReturnType<typeof locusGroups>;
  /** Upper edge of a locus. */
  top(locus: number): number;
}

function layOut({ problem, map }: MutationScene, widthPx: number, heightPx: number): MutationLayout {
  const groups = locusGroups(problem);
  const box: Box = {
    left: LEFT_PX,
    top: TOP_PX,
    width: Math.max(1, widthPx - LEFT_PX - BARS_GAP_PX - BARS_PX - RIGHT_PX),
    height: Math.max(1, heightPx - TOP_PX - BOTTOM_PX),
  };
  const rowPx = (box.height - GROUP_GAP_PX * (groups.length - 1)) / Math.max(1, map.loci);
  const groupOf = groups.flatMap(({ length }, index) => Array.from({ length }, () => index));
  return {
    box,
    rowPx,
    spanPx: (box.width * map.spanLength) / Math.max(1, map.generations),
    groups,
    top: (locus) => box.top + locus * rowPx + groupOf[locus] * GROUP_GAP_PX,
  };
}

/** What a point of the drawing represents. */
export interface MutationCell {
  readonly locus: number;
  /** First and last generation of the span; undefined next to the map, on the sums. */
  readonly span: { readonly from: number; readonly to: number; readonly mutations: number } | undefined;
}

/** The cell under a point. */
export function mutationCellAt(
  scene: MutationScene,
  widthPx: number,
  heightPx: number,
  xPx: number,
  yPx: number,
): MutationCell | undefined {
  const { map } = scene;
  const layout = layOut(scene, widthPx, heightPx);
  const locus = Array.from({ length: map.loci }, (_, index) => index).find(
    (index) => yPx >= layout.top(index) && yPx < layout.top(index) + layout.rowPx,
  );
  if (locus === undefined || xPx < layout.box.left) return undefined;
  if (xPx >= layout.box.left + layout.box.width) return { locus, span: undefined };
  const span = Math.floor((xPx - layout.box.left) / layout.spanPx);
  const from = span * map.spanLength;
  return {
    locus,
    span: {
      from,
      to: Math.min(map.generations, from + map.spanLength) - 1,
      mutations: map.counts[span * map.loci + locus],
    },
  };
}

export function drawMutations(
  context: DrawContext,
  scene: MutationScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const { map, spots, chosen } = scene;
  const layout = layOut(scene, widthPx, heightPx);
  const { box, rowPx, spanPx, top } = layout;
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  const rowGap = rowPx >= 5 ? 1 : 0;
  const spanGap = spanPx >= 5 ? 1 : 0;
  const most = map.counts.reduce((highest, count) => Math.max(highest, count), 1);
  const shades = Array.from({ length: SHADES }, (_, level) =>
    mixColors(theme.row, theme.accent, WEAKEST + ((1 - WEAKEST) * (level + 1)) / SHADES),
  );
  const spans = map.counts.length / Math.max(1, map.loci);
  for (let locus = 0; locus < map.loci; locus++) {
    context.fillStyle = theme.row;
    context.fillRect(box.left, top(locus), box.width, Math.max(0.5, rowPx - rowGap));
    for (let span = 0; span < spans; span++) {
      const count = map.counts[span * map.loci + locus];
      if (count === 0) continue;
      const left = box.left + span * spanPx;
      context.fillStyle = shades[Math.ceil((count / most) * SHADES) - 1];
      context.fillRect(
        left,
        top(locus),
        Math.max(0.5, Math.min(spanPx, box.left + box.width - left) - spanGap),
        Math.max(0.5, rowPx - rowGap),
      );
    }
  }
  drawKept(context, layout, scene, theme);
  drawSums(context, layout, spots, theme);
  if (chosen !== undefined) {
    context.strokeStyle = theme.outline;
    context.lineWidth = 1;
    context.strokeRect(
      box.left - 1.5,
      Math.round(top(chosen)) - 1.5,
      box.width + BARS_GAP_PX + BARS_PX + 3,
      Math.max(3, Math.round(rowPx)) + 2,
    );
  }
  drawGroups(context, layout, theme);
  drawGenerations(context, layout, map.generations, theme);
}

function drawKept(
  context: DrawContext,
  { box, rowPx, spanPx, top }: MutationLayout,
  { kept, map }: MutationScene,
  theme: CanvasTheme,
): void {
  const width = Math.max(MARK_PX, Math.min(spanPx, rowPx));
  const height = Math.max(MARK_PX, Math.min(rowPx - 1, 6));
  context.fillStyle = theme.outline;
  for (const { locus, generation } of kept) {
    const middle = box.left + (Math.floor(generation / map.spanLength) + 0.5) * spanPx;
    context.fillRect(
      Math.min(middle, box.left + box.width - width / 2) - width / 2,
      top(locus) + (rowPx - height) / 2,
      width,
      height,
    );
  }
}

function drawSums(
  context: DrawContext,
  { box, rowPx, top }: MutationLayout,
  spots: readonly HotSpot[],
  theme: CanvasTheme,
): void {
  const left = box.left + box.width + BARS_GAP_PX;
  const most = spots.reduce((highest, { mutations }) => Math.max(highest, mutations), 1);
  context.fillStyle = theme.mutedText;
  for (const { locus, mutations } of spots)
    context.fillRect(left, top(locus), (mutations / most) * BARS_PX, Math.max(0.5, rowPx - (rowPx >= 5 ? 1 : 0)));
  context.font = theme.smallFont;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.fillText('0', left, box.top - 6);
  context.textAlign = 'right';
  context.fillText(formatCount(most), left + BARS_PX, box.top - 6);
}

function drawGroups(context: DrawContext, { box, rowPx, groups, top }: MutationLayout, theme: CanvasTheme): void {
  context.font = theme.smallFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  let lastBottom = Number.NEGATIVE_INFINITY;
  for (const { title, application, firstLocus, length } of groups) {
    const height = length * rowPx;
    const middle = Math.max(lastBottom + 7, top(firstLocus) + Math.min(height / 2, 8));
    if (application !== undefined) {
      context.fillStyle = applicationColor(application, theme.name);
      context.fillRect(box.left - 8, top(firstLocus), 3, Math.max(1, height - 1));
    }
    context.fillStyle = theme.text;
    context.fillText(fitText(context, title, LEFT_PX - 20), 4, middle);
    lastBottom = middle + 7;
  }
}

function drawGenerations(context: DrawContext, { box }: MutationLayout, generations: number, theme: CanvasTheme): void {
  const range = { low: 0, high: generations };
  const bottom = box.top + box.height;
  context.font = theme.smallFont;
  context.fillStyle = theme.mutedText;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const tick of roundTicks(range, Math.max(2, Math.floor(box.width / 64))).filter(Number.isInteger)) {
    const label = formatTick(tick);
    const half = textWidth(context, label) / 2;
    context.fillText(
      label,
      Math.min(box.left + box.width - half, Math.max(box.left + half, box.left + shareIn(range, tick) * box.width)),
      bottom + 10,
    );
  }
  context.fillText('Generation', box.left + box.width / 2, bottom + 26);
}
