/**
 * Draws where a population's layers run: a column per locus, a cell per place (of a setting, per value), the stronger the more members
 * have it; the best's own is outlined. Cores that no member has on, or as the first of a group, are not places. Above
 * each column, how often mutation has struck there lately.
 */
import { groupSizesInUse, type AlleleShares } from '#shared/analysis/population.ts';
import { segmentKinds, type GeneColoring } from '#shared/scheduling/genome-segments.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { applicationColor, mixColors } from '../theme/palette.ts';
import { fitText, type DrawContext } from '../canvas/draw-context.ts';
import type { CanvasTheme } from '../canvas/canvas-theme.ts';
import { geneColorings } from './gene-colors.ts';
import type { Box } from './plot-frame.ts';

export interface GeneMapScene {
  readonly problem: Problem;
  readonly shares: AlleleShares;
  /** The best's places and settings; empty: not known yet. */
  readonly best: Uint8Array;
  /** [loci] mutations over the last generations. */
  readonly mutations: ArrayLike<number>;
}

const LEFT_PX = 64;
const RIGHT_PX = 12;
const BARS_PX = 26;
const LABELS_PX = 18;
const TOP_PX = 4;
const GROUP_GAP_PX = 6;
/** More values than these have no cells of their own. */
const MOST_CELLS = 24;

/** Strengths of a colour that can be told apart. */
const SHADES = 32;

/** The shades of a value's colour, from the weakest to the strongest. */
type Shades = Readonly<Record<GeneColoring, (value: number) => readonly string[]>>;
let known: { readonly problem: Problem; readonly theme: CanvasTheme; readonly shades: Shades } | undefined;

/** Made once per problem and theme: thousands of cells change with every frame. */
function shadesOf(problem: Problem, theme: CanvasTheme): Shades {
  if (known === undefined || known.problem !== problem || known.theme !== theme) {
    const shades = (color: string): string[] =>
      Array.from({ length: SHADES }, (_, level) => mixColors(theme.row, color, 0.15 + (0.85 * (level + 1)) / SHADES));
    const ofElement = problem.pes.map(({ index }) => shades(geneColorings.element.hue(problem, index, theme)));
    const ofLevel = shades(geneColorings.level.hue(problem, 0, theme));
    known = { problem, theme, shades: { element: (value) => ofElement[value], level: () => ofLevel } };
  }
  return known.shades;
}

/** Columns that belong together: the settings, then each application's layers. */
export interface LocusGroup {
  readonly title: string;
  /** Index of the application, or undefined for settings. */
  readonly application: number | undefined;
  readonly firstLocus: number;
  readonly length: number;
}

interface Columns {
  readonly groups: readonly LocusGroup[];
  readonly widthPx: number;
  /** Left edge of a locus. */
  left(locus: number): number;
}

/** Rows of places, from top to bottom. */
interface PlaceRows {
  /** [processing elements] top of each within the box; NaN: it is not a place. */
  readonly top: Float64Array;
  readonly heightPx: number;
  readonly labels: readonly { readonly pe: number; readonly text: string }[];
}

function placeRows(problem: Problem, shares: AlleleShares, heightPx: number): PlaceRows {
  const sizes = groupSizesInUse(problem, shares);
  const shown = problem.pes.filter((pe) => sizes[pe.index].length > 0);
  const rowPx = heightPx / Math.max(1, shown.length);
  const top = new Float64Array(problem.pes.length).fill(Number.NaN);
  shown.forEach((pe, row) => {
    top[pe.index] = row * rowPx;
  });
  return {
    top,
    heightPx: rowPx,
    labels: shown.map(({ index, id }) => ({
      pe: index,
      text: sizes[index].length === 1 && sizes[index][0] > 1 ? `${id} ×${sizes[index][0]}` : id,
    })),
  };
}

/** Where everything lies in a canvas of `widthPx` × `heightPx`. */
function layOut(problem: Problem, widthPx: number, heightPx: number): { box: Box; columns: Columns } {
  const groups = locusGroups(problem);
  const box: Box = {
    left: LEFT_PX,
    top: TOP_PX + BARS_PX + 4,
    width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX),
    height: Math.max(1, heightPx - TOP_PX - BARS_PX - LABELS_PX - 4),
  };
  const columnPx = Math.max(0.5, (box.width - GROUP_GAP_PX * (groups.length - 1)) / Math.max(1, problem.layout.length));
  const groupOf = new Int32Array(problem.layout.length);
  groups.forEach((group, index) => groupOf.fill(index, group.firstLocus, group.firstLocus + group.length));
  return {
    box,
    columns: {
      groups,
      widthPx: columnPx,
      left: (locus) => box.left + locus * columnPx + groupOf[locus] * GROUP_GAP_PX,
    },
  };
}

/** The locus under a point, for a tooltip. */
export function locusAt(problem: Problem, widthPx: number, heightPx: number, xPx: number): number | undefined {
  const { columns } = layOut(problem, widthPx, heightPx);
  for (let locus = 0; locus < problem.layout.length; locus++) {
    const left = columns.left(locus);
    if (xPx >= left && xPx < left + columns.widthPx) return locus;
  }
  return undefined;
}

/** Cells of one row that touch and have one colour; none yet where it has no width. */
interface CellRun {
  color: string;
  left: number;
  right: number;
  top: number;
  height: number;
}

/** Adds `cell` to `run` where it continues it, else draws the run and begins another with it. */
function extendRun(context: DrawContext, run: CellRun, color: string, cell: Box): void {
  const isNext =
    run.color === color && run.top === cell.top && run.height === cell.height && Math.abs(run.right - cell.left) < 0.01;
  if (!isNext) {
    drawRun(context, run);
    run.color = color;
    run.left = cell.left;
    run.top = cell.top;
    run.height = cell.height;
  }
  run.right = cell.left + cell.width;
}

function drawRun(context: DrawContext, { color, left, right, top, height }: CellRun): void {
  if (right <= left) return;
  context.fillStyle = color;
  context.fillRect(left, top, right - left, height);
}

export function drawGeneMap(
  context: DrawContext,
  scene: GeneMapScene,
  widthPx: number,
  heightPx: number,
  theme: CanvasTheme,
): void {
  const { problem, shares, best, mutations } = scene;
  const { box, columns } = layOut(problem, widthPx, heightPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  let most = 1;
  for (let locus = 0; locus < mutations.length; locus++) most = Math.max(most, mutations[locus]);
  const gap = columns.widthPx >= 4 ? 1 : 0;
  const places = placeRows(problem, shares, box.height);
  const shadesBy = shadesOf(problem, theme);

  // Columns that touch draw their equal neighbours as one, which takes fewer rectangles and leaves no seams.
  const runs = Array.from({ length: gap === 0 ? MOST_CELLS : 0 }, (): CellRun => ({
    color: '',
    left: 0,
    right: 0,
    top: 0,
    height: 0,
  }));
  problem.layout.loci.forEach((locus, index) => {
    const left = columns.left(index);
    const width = Math.max(0.5, columns.widthPx - gap);
    const bar = (mutations[index] / most) * BARS_PX;
    if (bar > 0) {
      context.fillStyle = theme.mutedText;
      context.fillRect(left, TOP_PX + BARS_PX - bar, width, bar);
    }
    const { coloring } = segmentKinds[locus.segment];
    const isPlace = coloring === 'element';
    if (locus.cardinality > MOST_CELLS) {
      drawMeanValue(context, scene, index, { left, top: box.top, width, height: box.height }, shadesBy.level(0), theme);
      return;
    }
    const cellPx = isPlace ? places.heightPx : box.height / locus.cardinality;
    const topOf = (value: number): number => box.top + (isPlace ? places.top[value] : value * cellPx);
    const height = Math.max(1, cellPx - (cellPx >= 3 ? 1 : 0));
    for (let value = 0; value < locus.cardinality; value++) {
      const top = topOf(value);
      if (Number.isNaN(top)) continue;
      const share = shares.shares[index * shares.width + value];
      const color = share === 0 ? theme.row : shadesBy[coloring](value)[Math.ceil(share * SHADES) - 1];
      if (gap === 0) extendRun(context, runs[value], color, { left, top, width, height });
      else {
        context.fillStyle = color;
        context.fillRect(left, top, width, height);
      }
    }
    if (best.length > index && columns.widthPx >= 5 && !Number.isNaN(topOf(best[index]))) {
      context.strokeStyle = theme.outline;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, topOf(best[index]) + 0.5, width - 1, Math.max(2, cellPx - 2));
    }
  });
  for (const run of runs) drawRun(context, run);
  drawLabels(context, box, columns, places, heightPx, theme);
}

/** A locus with many values, such as a priority, as one cell: the stronger the higher the mean value; the best's own value is a line. */
function drawMeanValue(
  context: DrawContext,
  { shares, best, problem }: GeneMapScene,
  locus: number,
  cell: Box,
  shades: readonly string[],
  theme: CanvasTheme,
): void {
  const { cardinality } = problem.layout.loci[locus];
  let mean = 0;
  for (let value = 0; value < cardinality; value++) mean += value * shares.shares[locus * shares.width + value];
  context.fillStyle = shades[Math.min(SHADES - 1, Math.floor((mean / (cardinality - 1)) * SHADES))];
  context.fillRect(cell.left, cell.top, cell.width, cell.height);
  if (best.length <= locus) return;
  context.fillStyle = theme.outline;
  context.fillRect(cell.left, cell.top + (1 - best[locus] / (cardinality - 1)) * (cell.height - 2), cell.width, 2);
}

function drawLabels(
  context: DrawContext,
  box: Box,
  columns: Columns,
  places: PlaceRows,
  heightPx: number,
  theme: CanvasTheme,
): void {
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillStyle = theme.mutedText;
  context.fillText('mutations', LEFT_PX - 6, TOP_PX + BARS_PX / 2);
  const every = Math.max(1, Math.ceil(12 / places.heightPx));
  places.labels.forEach(({ pe, text }, index) => {
    if (index % every === 0)
      context.fillText(
        fitText(context, text, LEFT_PX - 10),
        LEFT_PX - 6,
        box.top + places.top[pe] + places.heightPx / 2,
      );
  });
  context.textAlign = 'left';
  for (const group of columns.groups) {
    const left = columns.left(group.firstLocus);
    const width = group.length * columns.widthPx;
    context.fillStyle =
      group.application === undefined ? theme.mutedText : applicationColor(group.application, theme.name);
    context.fillRect(left, box.top + box.height + 2, width, 2);
    context.fillStyle = theme.mutedText;
    // An application's name may be cut; half a word about settings says nothing.
    const title = fitText(context, group.title, width);
    if (group.application !== undefined || title === group.title) context.fillText(title, left, heightPx - 6);
  }
}

/** Loci that belong together, in the order of the genome. */
export function locusGroups(problem: Problem): LocusGroup[] {
  const groups: LocusGroup[] = [];
  problem.layout.loci.forEach((locus, index) => {
    const { heading } = segmentKinds[locus.segment];
    const application = heading === undefined ? problem.tasks[locus.subject].application : undefined;
    const title = heading ?? problem.scenario.applications[problem.tasks[locus.subject].application].name;
    const last = groups[groups.length - 1];
    if (last !== undefined && last.application === application && last.title === title)
      groups[groups.length - 1] = { ...last, length: last.length + 1 };
    else groups.push({ title, application, firstLocus: index, length: 1 });
  });
  return groups;
}
