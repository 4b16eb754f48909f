/** The release timeline as a picture to be kept: what the page shows as SVG, with the names of the applications, drawn on any context. */
import { formatDuration, formatExact, formatNumber } from '../format.ts';
import { withAlpha, type ThemeName } from '../theme/palette.ts';
import { colorTokens } from '../theme/tokens.ts';
import { fitName, textWidth, type DrawContext } from '../canvas/draw-context.ts';
import { canvasThemes } from '../canvas/canvas-theme.ts';

/** Sizes of the timeline, on the page and in the picture, px. */
export const timelineSizes = { names: 150, row: 44, axis: 26, bar: 16, barTop: 12 } as const;

/** When an application is released. */
export interface PlannedApplication {
  readonly index: number;
  readonly name: string;
  readonly startTimeMs: number;
  readonly periodMs: number | undefined;
  /** Undefined: as many as are released before the horizon. */
  readonly instances: number | undefined;
  readonly deadlineMs: number | undefined;
  /** Index of the group that decides its releases; missing outside groups. */
  readonly group?: number | undefined;
  /** Whether its deadline is its own, not its group's. */
  readonly hasOwnDeadline?: boolean;
}

/** An application as it is drawn. */
export interface ReleaseRow {
  readonly application: PlannedApplication;
  /** Starts of the instances that are drawn, ms. */
  readonly releases: readonly number[];
  /** More instances than can be told apart: drawn as one band. */
  readonly isDense: boolean;
  /** Of one instance at least, ms. */
  readonly length: number | undefined;
  /** Whether an instance takes longer than its deadline allows. */
  readonly isLate: boolean;
  readonly color: string;
  /** Top of the row, px. */
  readonly y: number;
}

export interface ReleaseScene {
  readonly rows: readonly ReleaseRow[];
  /** ms */
  readonly ticks: readonly number[];
  readonly horizonMs: number | undefined;
  readonly pxPerMs: number;
  /** Of the time axis, px; the names come next to it. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export function drawReleases(context: DrawContext, scene: ReleaseScene, theme: ThemeName): void {
  const color = colorTokens[theme];
  const { smallFont, labelFont } = canvasThemes[theme];
  const x = (ms: number): number => timelineSizes.names + ms * scene.pxPerMs;
  const right = timelineSizes.names + scene.widthPx;
  const line = (
    stroke: string,
    width: number,
    dash: number[],
    ...points: readonly (readonly [number, number])[]
  ): void => {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach(([px, py], index) => (index === 0 ? context.moveTo(px, py) : context.lineTo(px, py)));
    context.stroke();
    context.setLineDash([]);
  };
  const write = (
    text: string,
    px: number,
    py: number,
    fill: string,
    align: 'left' | 'center' | 'right' = 'left',
  ): void => {
    context.textAlign = align;
    context.fillStyle = fill;
    context.fillText(text, px, py);
  };
  context.fillStyle = color.surface;
  context.fillRect(0, 0, right, scene.heightPx);
  context.textBaseline = 'middle';
  context.font = smallFont;
  const hasHorizon = scene.horizonMs !== undefined && x(scene.horizonMs) <= right;
  /** Where the word "horizon" is: it takes the place of the numbers there. */
  const wordEnd = hasHorizon ? x(scene.horizonMs) - 4 : Number.NaN;
  const wordStart = wordEnd - textWidth(context, 'horizon');
  for (const tick of scene.ticks) {
    line(color.line, 1, [], [x(tick), timelineSizes.axis - 5], [x(tick), scene.heightPx]);
    const label = `${formatNumber(tick, 6)}${tick === 0 ? ' ms' : ''}`;
    const from = x(tick) + 3;
    const isUnderWord = from < wordEnd + 4 && from + textWidth(context, label) > wordStart - 4;
    if (x(tick) < right - 28 && !isUnderWord) write(label, from, timelineSizes.axis - 13, color.textMuted);
  }
  if (hasHorizon) {
    line(color.warning, 1, [4, 3], [x(scene.horizonMs), 8], [x(scene.horizonMs), scene.heightPx]);
    write('horizon', x(scene.horizonMs) - 4, timelineSizes.axis - 13, color.warning, 'right');
  }
  for (const row of scene.rows) {
    drawRow(row);
    context.font = labelFont;
    context.fillStyle = row.color;
    context.fillRect(0, row.y + 11, 8, 8);
    write(fitName(context, row.application.name, timelineSizes.names - 24), 14, row.y + 15, color.text);
    context.font = smallFont;
    if (row.length !== undefined) write(`at least ${formatDuration(row.length)}`, 14, row.y + 31, color.textMuted);
  }

  function drawRow({
    application: { startTimeMs, periodMs, deadlineMs },
    releases,
    isDense,
    length,
    isLate,
    color: fill,
    y,
  }: ReleaseRow): void {
    const [top, foot] = [y + timelineSizes.barTop, y + timelineSizes.row - 8];
    line(color.line, 1, [], [timelineSizes.names, foot], [right, foot]);
    const bar = (from: number, to: number, paint: string): void => {
      context.fillStyle = paint;
      if (Math.min(to, right) > from) context.fillRect(from, top, Math.min(to, right) - from, timelineSizes.bar);
    };
    if (isDense) bar(x(startTimeMs), right, withAlpha(fill, 0.3));
    releases.forEach((release, instance) => {
      const strength = instance === 0 ? 1 : 0.62;
      const deadline = deadlineMs === undefined ? undefined : release + deadlineMs;
      if (deadline !== undefined) bar(x(release), x(deadline), withAlpha(fill, 0.18 * strength));
      bar(x(release), Math.max(x(release) + 3, x(release + (length ?? 0))), withAlpha(fill, strength));
      if (isLate && deadline !== undefined)
        bar(x(deadline), x(release + (length ?? 0)), withAlpha(color.worse, strength));
      line(withAlpha(color.textMuted, strength), 1.2, [], [x(release), foot], [x(release), y + 8]);
      line(
        withAlpha(color.textMuted, strength),
        1.2,
        [],
        [x(release) - 3, y + 12],
        [x(release), y + 8],
        [x(release) + 3, y + 12],
      );
      if (deadline === undefined || x(deadline) > right) return;
      const ink = withAlpha(isLate ? color.worse : color.text, strength);
      line(ink, 1.5, [], [x(deadline), y + 8], [x(deadline), foot]);
      line(ink, 1.5, [], [x(deadline) - 3, foot - 4], [x(deadline), foot], [x(deadline) + 3, foot - 4]);
    });
    if (periodMs === undefined) return;
    line(
      color.outline,
      1,
      [2, 3],
      [x(startTimeMs), y + timelineSizes.row - 4],
      [Math.min(right, x(startTimeMs + periodMs)), y + timelineSizes.row - 4],
    );
    if (periodMs * scene.pxPerMs <= 70) return;
    const text = formatExact(periodMs, 'ms');
    const [middle, baseline] = [x(startTimeMs + periodMs / 2), y + timelineSizes.row - 4];
    const room = textWidth(context, text) + 8;
    context.fillStyle = color.surface;
    context.fillRect(middle - room / 2, baseline - 6, room, 12);
    write(text, middle, baseline, color.textMuted, 'center');
  }
}
