/** The pictures of a report as SVG: the best schedule and charts, drawn for the width of a sheet and in the light theme. */
import type { Baseline } from '#shared/domain/run.ts';
import { loadProfile } from '#shared/analysis/load-profile.ts';
import { convergenceOption, type ConvergenceQuantity, type NamedValue } from '../../../charts/convergence.ts';
import { chartSvg } from '../../../charts/echarts.ts';
import { loadOption } from '../../../charts/load.ts';
import { utilizationOption } from '../../../charts/utilization.ts';
import { heightForRows, layOutTimeline, plotExtent } from '../../../timeline/scene/layout.ts';
import { measureGutter, restingState } from '../../../timeline/draw/draw.ts';
import { drawPicture, pictureHeight } from '../../../timeline/draw/picture.ts';
import { buildScene } from '../../../timeline/scene/scene.ts';
import { SvgContext } from '../../../canvas/svg-context.ts';
import { canvasThemes } from '../../../canvas/canvas-theme.ts';
import type { ThemeName } from '../../../theme/palette.ts';
import type { GenerationView } from '../../../recorded/generation-columns.ts';
import type { Schedule } from '../../../recorded/schedule-of.ts';

/** CSS pixels for which the pictures are drawn; on paper a sheet's width. */
const WIDTH_PX = 760;
const HALF_PX = 372;
const CHART_PX = 148;
const ROW_PX = 26;
const REPORT_THEME = 'light';

export interface ScheduleLook {
  readonly widthPx?: number;
  readonly rowPx?: number;
  readonly theme?: ThemeName;
  /** Where the time axis ends, ms; left out: where the schedule does. */
  readonly endMs?: number;
  /** Least room for the names of rows, px: pictures below each other have the same moment in the same place. */
  readonly gutterPx?: number;
  /** Of its definitions: pictures on the same page need different ones. */
  readonly idPrefix?: string;
}

/** @param measure width of a text in a CSS font */
export function schedulePicture(
  { problem, timeline, assignment }: Schedule,
  measure: (text: string, font: string) => number,
  {
    widthPx = WIDTH_PX,
    rowPx = ROW_PX,
    theme = REPORT_THEME,
    endMs,
    gutterPx = 0,
    idPrefix = 'report-schedule-',
  }: ScheduleLook = {},
): { readonly svg: string; readonly heightPx: number } {
  const context = new SvgContext(measure, idPrefix);
  const scene = buildScene(problem, timeline, assignment);
  const layout = layOutTimeline(
    scene,
    widthPx,
    heightForRows(scene, rowPx),
    Math.max(gutterPx, measureGutter(context, scene, canvasThemes[theme])),
  );
  const picture = {
    scene,
    view: { layout, viewport: { startMs: 0, endMs: endMs ?? scene.fittedEndMs, scrollPx: 0, ...plotExtent(layout) } },
    theme: canvasThemes[theme],
    state: restingState,
  };
  drawPicture(context, picture);
  const heightPx = pictureHeight(picture);
  return { svg: context.toString(widthPx, heightPx, problem.scenario.name), heightPx };
}

/** Room that the names of its rows need, px. */
export function gutterOf(
  { problem, timeline, assignment }: Schedule,
  measure: (text: string, font: string) => number,
): number {
  return measureGutter(new SvgContext(measure), buildScene(problem, timeline, assignment), canvasThemes[REPORT_THEME]);
}

/** @param reference the quantity of the baseline */
export function convergencePicture(
  columns: GenerationView,
  quantity: ConvergenceQuantity,
  reference: NamedValue | undefined,
): string {
  return chartSvg(
    convergenceOption({
      columns,
      axis: 'generation',
      quantity,
      reference,
      plannedGenerations: undefined,
      theme: REPORT_THEME,
    }),
    { widthPx: HALF_PX, heightPx: CHART_PX },
  );
}

export function utilizationPicture({ problem, assignment, metrics }: Schedule, baseline: Baseline): string {
  return chartSvg(utilizationOption({ problem, assignment, metrics, baseline, theme: REPORT_THEME }), {
    widthPx: HALF_PX,
    heightPx: Math.max(CHART_PX, 50 + problem.pes.length * 18),
  });
}

export function loadPicture({ problem, assignment, timeline }: Schedule, quantity: 'busyCores' | 'powerMW'): string {
  return chartSvg(loadOption(problem, loadProfile(problem, assignment, timeline), quantity, REPORT_THEME), {
    widthPx: HALF_PX,
    heightPx: CHART_PX,
  });
}
