/** The legend below an exported picture; on screen the legend is made of buttons. */
import { applicationColor } from '../../theme/palette.ts';
import { fitName, textWidth, type DrawContext } from '../../canvas/draw-context.ts';
import type { TimelineLayout } from '../scene/layout.ts';
import type { Scene } from '../scene/scene.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';

export const LEGEND_PX = 28;
const SWATCH_PX = 10;

/** One line of applications at `topPx`; those that do not fit are counted at its end. */
export function drawLegend(
  context: DrawContext,
  scene: Scene,
  theme: CanvasTheme,
  layout: TimelineLayout,
  topPx: number,
): void {
  context.fillStyle = theme.surface;
  context.fillRect(0, topPx, layout.widthPx, LEGEND_PX);
  context.font = theme.smallFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const middle = topPx + LEGEND_PX / 2;
  let x = layout.gutterPx;
  const { applications } = scene.problem.scenario;
  for (const [index, application] of applications.entries()) {
    const name = fitName(context, application.name, 160);
    const width = SWATCH_PX + 6 + textWidth(context, name) + 18;
    context.fillStyle = theme.mutedText;
    if (x + width > layout.widthPx - 60 && index < applications.length - 1) {
      context.fillText(`+ ${applications.length - index} more`, x, middle);
      return;
    }
    context.fillText(name, x + SWATCH_PX + 6, middle + 0.5);
    context.fillStyle = applicationColor(index, theme.name);
    context.fillRect(x, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX);
    x += width;
  }
}
