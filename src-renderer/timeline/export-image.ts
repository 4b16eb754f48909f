/** Pictures of a timeline: the visible span of time with all rows and a legend, as SVG text or PNG. */
import { drawLegend, LEGEND_PX } from './draw-legend.ts';
import { drawTimeline, type TimelineState, type TimelineView } from './draw.ts';
import type { DrawContext } from './draw-context.ts';
import { heightOf } from './layout.ts';
import type { Scene } from './scene.ts';
import { SvgContext } from './svg-context.ts';
import type { TimelineTheme } from './timeline-theme.ts';

/** PNG pixels per CSS pixel. */
const PNG_SCALE = 2;

export interface Picture {
  readonly scene: Scene;
  readonly view: TimelineView;
  readonly theme: TimelineTheme;
  readonly state: TimelineState;
}

/** The picture as an SVG document; `measure` gives text widths for a CSS font. */
export function timelineSvg(picture: Picture, measure: (text: string, font: string) => number): string {
  const context = new SvgContext(measure);
  const heightPx = drawPicture(context, picture);
  return context.toString(picture.view.layout.widthPx, heightPx, picture.scene.problem.scenario.name);
}

/** The picture as PNG at twice the screen's size. @throws Error where the browser cannot encode it (usually: too large). */
export async function timelinePng(picture: Picture): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.view.layout.widthPx * PNG_SCALE);
  canvas.height = Math.round((heightOf(picture.view.layout) + LEGEND_PX) * PNG_SCALE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  context.scale(PNG_SCALE, PNG_SCALE);
  drawPicture(context, picture);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error(`the browser could not encode a picture of ${canvas.width} × ${canvas.height} pixels`);
  return blob;
}

/** Hands `content` to the person as a file. */
export function download(content: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  // The click has only queued the download; the address must outlive it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @returns height of the picture, pixels. */
function drawPicture(context: DrawContext, { scene, view, theme, state }: Picture): number {
  const heightPx = heightOf(view.layout);
  const layout = { ...view.layout, heightPx };
  drawTimeline(context, scene, { layout, viewport: { ...view.viewport, scrollPx: 0 } }, theme, { ...state, hoveredTile: undefined, cursorMs: undefined });
  drawLegend(context, scene, theme, layout, heightPx);
  return heightPx + LEGEND_PX;
}
