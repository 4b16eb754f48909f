/**
 * Draws how a population's genes are spread: a column per locus, a cell per gene value, the stronger the more members carry it; the
 * best's own value is outlined. Above each column, how often mutation has struck there lately.
 */
import type { AlleleShares } from '#shared/analysis/population.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { applicationColor, clusterOf, mixColors, processorColor } from '../../theme/palette.ts';
import { fitText, type DrawContext } from '../../timeline/draw-context.ts';
import type { TimelineTheme } from '../../timeline/timeline-theme.ts';
import type { Box } from './plot-frame.ts';

export interface GeneMapScene {
  readonly problem: Problem;
  readonly shares: AlleleShares;
  /** The best's genes; empty: not known yet. */
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

interface Shades {
  /** By processing element, from the weakest to the strongest. */
  readonly ofPe: readonly (readonly string[])[];
  readonly ofSetting: readonly string[];
}
let known: { readonly problem: Problem; readonly theme: TimelineTheme; readonly shades: Shades } | undefined;

/** Made once per problem and theme: thousands of cells change with every frame. */
function shadesOf(problem: Problem, theme: TimelineTheme): Shades {
  if (known === undefined || known.problem !== problem || known.theme !== theme) {
    const shades = (color: string): string[] => Array.from({ length: SHADES }, (_, level) => mixColors(theme.row, color, 0.15 + (0.85 * (level + 1)) / SHADES));
    known = { problem, theme, shades: { ofPe: problem.pes.map((pe) => shades(processorColor(problem.processors[pe.processor].kind, pe.indexInProcessor, theme.name, clusterOf(problem.processors, pe.processor)))), ofSetting: shades(theme.accent) } };
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

/** Where everything lies in a canvas of `widthPx` × `heightPx`. */
function layOut(problem: Problem, widthPx: number, heightPx: number): { box: Box; columns: Columns } {
  const groups = locusGroups(problem);
  const box: Box = { left: LEFT_PX, top: TOP_PX + BARS_PX + 4, width: Math.max(1, widthPx - LEFT_PX - RIGHT_PX), height: Math.max(1, heightPx - TOP_PX - BARS_PX - LABELS_PX - 4) };
  const columnPx = Math.max(0.5, (box.width - GROUP_GAP_PX * (groups.length - 1)) / Math.max(1, problem.layout.length));
  const groupOf = new Int32Array(problem.layout.length);
  groups.forEach((group, index) => groupOf.fill(index, group.firstLocus, group.firstLocus + group.length));
  return { box, columns: { groups, widthPx: columnPx, left: (locus) => box.left + locus * columnPx + groupOf[locus] * GROUP_GAP_PX } };
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
  const isNext = run.color === color && run.top === cell.top && run.height === cell.height && Math.abs(run.right - cell.left) < 0.01;
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

export function drawGeneMap(context: DrawContext, scene: GeneMapScene, widthPx: number, heightPx: number, theme: TimelineTheme): void {
  const { problem, shares, best, mutations } = scene;
  const { box, columns } = layOut(problem, widthPx, heightPx);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, heightPx);
  let most = 1;
  for (let locus = 0; locus < mutations.length; locus++) most = Math.max(most, mutations[locus]);
  const gap = columns.widthPx >= 4 ? 1 : 0;
  const rowPx = box.height / Math.max(1, problem.pes.length);
  const { ofPe, ofSetting } = shadesOf(problem, theme);

  // Columns that touch draw their equal neighbours as one, which takes fewer rectangles and leaves no seams.
  const runs = Array.from({ length: gap === 0 ? MOST_CELLS : 0 }, (): CellRun => ({ color: '', left: 0, right: 0, top: 0, height: 0 }));
  problem.layout.loci.forEach((locus, index) => {
    const left = columns.left(index);
    const width = Math.max(0.5, columns.widthPx - gap);
    const bar = (mutations[index] / most) * BARS_PX;
    if (bar > 0) {
      context.fillStyle = theme.mutedText;
      context.fillRect(left, TOP_PX + BARS_PX - bar, width, bar);
    }
    const isMapping = locus.segment === 'mapping';
    if (locus.cardinality > MOST_CELLS) {
      drawMeanValue(context, scene, index, { left, top: box.top, width, height: box.height }, ofSetting, theme);
      return;
    }
    const cellPx = isMapping ? rowPx : box.height / locus.cardinality;
    const height = Math.max(1, cellPx - (cellPx >= 3 ? 1 : 0));
    for (let value = 0; value < locus.cardinality; value++) {
      const share = shares.shares[index * shares.width + value];
      const color = share === 0 ? theme.row : (isMapping ? ofPe[value] : ofSetting)[Math.ceil(share * SHADES) - 1];
      const top = box.top + value * cellPx;
      if (gap === 0) extendRun(context, runs[value], color, { left, top, width, height });
      else {
        context.fillStyle = color;
        context.fillRect(left, top, width, height);
      }
    }
    if (best.length > index && columns.widthPx >= 5) {
      context.strokeStyle = theme.outline;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, box.top + best[index] * cellPx + 0.5, width - 1, Math.max(2, cellPx - 2));
    }
  });
  for (const run of runs) drawRun(context, run);
  drawLabels(context, problem, box, columns, rowPx, heightPx, theme);
}

/** A locus with many values, such as a priority, as one cell: the stronger the higher the mean value; the best's own value is a line. */
function drawMeanValue(context: DrawContext, { shares, best, problem }: GeneMapScene, locus: number, cell: Box, shades: readonly string[], theme: TimelineTheme): void {
  const { cardinality } = problem.layout.loci[locus];
  let mean = 0;
  for (let value = 0; value < cardinality; value++) mean += value * shares.shares[locus * shares.width + value];
  context.fillStyle = shades[Math.min(SHADES - 1, Math.floor((mean / (cardinality - 1)) * SHADES))];
  context.fillRect(cell.left, cell.top, cell.width, cell.height);
  if (best.length <= locus) return;
  context.fillStyle = theme.outline;
  context.fillRect(cell.left, cell.top + (1 - best[locus] / (cardinality - 1)) * (cell.height - 2), cell.width, 2);
}

function drawLabels(context: DrawContext, problem: Problem, box: Box, columns: Columns, rowPx: number, heightPx: number, theme: TimelineTheme): void {
  context.font = theme.smallFont;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillStyle = theme.mutedText;
  context.fillText('mutations', LEFT_PX - 6, TOP_PX + BARS_PX / 2);
  const every = Math.max(1, Math.ceil(12 / rowPx));
  problem.pes.forEach((pe, index) => {
    if (index % every === 0) context.fillText(fitText(context, pe.id, LEFT_PX - 10), LEFT_PX - 6, box.top + (index + 0.5) * rowPx);
  });
  context.textAlign = 'left';
  for (const group of columns.groups) {
    const left = columns.left(group.firstLocus);
    const width = group.length * columns.widthPx;
    context.fillStyle = group.application === undefined ? theme.mutedText : applicationColor(group.application, theme.name);
    context.fillRect(left, box.top + box.height + 2, width, 2);
    context.fillStyle = theme.mutedText;
    // An application's name may be cut; half a word about settings tells nothing.
    const title = fitText(context, group.title, width);
    if (group.application !== undefined || title === group.title) context.fillText(title, left, heightPx - 6);
  }
}

/** Loci that belong together, in the order of the genome. */
export function locusGroups(problem: Problem): LocusGroup[] {
  const groups: LocusGroup[] = [];
  problem.layout.loci.forEach((locus, index) => {
    const application = locus.segment === 'mapping' ? problem.tasks[locus.subject].application : undefined;
    const title = application === undefined ? (locus.segment === 'frequency' || locus.segment === 'activeCores' || locus.segment === 'coreConfiguration' ? 'cores and clocks' : locus.segment) : problem.scenario.applications[application].name;
    const last = groups[groups.length - 1];
    if (last !== undefined && last.application === application && last.title === title) groups[groups.length - 1] = { ...last, length: last.length + 1 };
    else groups.push({ title, application, firstLocus: index, length: 1 });
  });
  return groups;
}
