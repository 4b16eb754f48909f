/** Pictures of a timeline: the visible span of time with all rows and a legend; as SVG text, or on any drawing context. */
import { drawLegend, LEGEND_PX } from './draw-legend.ts';
import { drawTimeline, type TimelineState, type TimelineView } from './draw.ts';
import type { DrawContext } from '../../canvas/draw-context.ts';
import { heightOf } from '../scene/layout.ts';
import type { Scene } from '../scene/scene.ts';
import { SvgContext } from '../../canvas/svg-context.ts';
import type { CanvasTheme } from '../../canvas/canvas-theme.ts';

export interface Picture {
  readonly scene: Scene;
  readonly view: TimelineView;
  readonly theme: CanvasTheme;
  readonly state: TimelineState;
}

/** Height of the picture, CSS pixels; its width is the layout's. */
export function pictureHeight({ view }: Picture): number {
  return heightOf(view.layout) + LEGEND_PX;
}

/** Draws the picture: no scrolling, no pointer. */
export function drawPicture(context: DrawContext, { scene, view, theme, state }: Picture): void {
  const heightPx = heightOf(view.layout);
  const layout = { ...view.layout, heightPx };
  drawTimeline(context, scene, { layout, viewport: { ...view.viewport, scrollPx: 0 } }, theme, {
    ...state,
    hoveredTile: undefined,
    cursorMs: undefined,
  });
  drawLegend(context, scene, theme, layout, heightPx);
}

/** The picture as an SVG document; `measure` gives text widths for a CSS font. */
export function timelineSvg(picture: Picture, measure: (text: string, font: string) => number): string {
  const context = new SvgContext(measure);
  drawPicture(context, picture);
  return context.toString(picture.view.layout.widthPx, pictureHeight(picture), picture.scene.problem.scenario.name);
}
