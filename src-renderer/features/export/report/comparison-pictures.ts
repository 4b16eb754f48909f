/** The pictures of a comparison's report as SVG: curves and fronts of all sides over each other, and their schedules under one time axis. */
import type { FrontPoint } from '#shared/analysis/attainment.ts';
import { frontsOption, overlayOption } from '../../../charts/overlay.ts';
import type { ConvergenceQuantity } from '../../../charts/convergence.ts';
import { chartSvg } from '../../../charts/echarts.ts';
import { sideLetter } from '../../../comparison/side-colors.ts';
import type { SideFront } from '../../../comparison/use-side-fronts.ts';
import type { ComparedSide } from '../../../comparison/use-comparison.ts';
import { gutterOf, schedulePicture } from './report-pictures.ts';

/** CSS pixels: two charts fit side by side. */
const CHART = { widthPx: 372, heightPx: 220 };
/** Several schedules share a sheet. */
const ROW_PX = 20;

export function overlayPicture(
  sides: readonly ComparedSide[],
  colors: readonly string[],
  quantity: ConvergenceQuantity,
): string {
  return chartSvg(
    overlayOption(
      sides.map((side, index) => ({
        name: sideLetter(index),
        color: colors[index],
        series: side.runs.map(({ series }) => series),
      })),
      quantity,
      'generation',
      'light',
    ),
    CHART,
  );
}

/** @param reference the NPU-first schedule of the baseline */
export function frontsPicture(
  fronts: readonly SideFront[],
  colors: readonly string[],
  titles: { readonly x: string; readonly y: string },
  reference: FrontPoint | undefined,
): string {
  return chartSvg(
    frontsOption(
      fronts.map(({ front }, index) => ({ name: sideLetter(index), color: colors[index], front })),
      titles,
      reference,
      'light',
    ),
    CHART,
  );
}

/** By side, its best schedule on an axis with room for the longest; undefined before its first generation. @param measure width of a text in a CSS font */
export function schedulePictures(
  sides: readonly ComparedSide[],
  measure: (text: string, font: string) => number,
): (string | undefined)[] {
  const endMs = Math.max(...sides.map(({ schedule }) => schedule?.metrics.makespanMs ?? 0)) * 1.02;
  const gutterPx = Math.max(...sides.map(({ schedule }) => (schedule === undefined ? 0 : gutterOf(schedule, measure))));
  return sides.map(({ schedule }, index) =>
    schedule === undefined
      ? undefined
      : schedulePicture(schedule, measure, { rowPx: ROW_PX, endMs, gutterPx, idPrefix: `schedule-${index}-` }).svg,
  );
}
