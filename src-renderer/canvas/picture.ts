/** Pictures of charts to be kept: title and legend above, the chart with its axes below, as SVG or as PNG at twice the screen's size. */
import { fitText, textWidth, type PictureContext } from './draw-context.ts';
import { SvgContext } from './svg-context.ts';
import { canvasThemes, type CanvasTheme } from './canvas-theme.ts';
import type { ThemeName } from '../theme/palette.ts';
import type { LegendEntry } from './legend.ts';

export interface Picture {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly theme: ThemeName;
  /** Size of the chart without its head, CSS pixels. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** How the chart gets there: drawn on any context, or as its own canvas and SVG element. */
  readonly body:
    | { readonly draw: (context: PictureContext) => void }
    | { readonly canvas: (pixelRatio: number) => HTMLCanvasElement; readonly svg: () => string };
}

/** A picture as far as its SVG needs it: without a canvas, so that it can be written where there is none. */
export interface VectorPicture extends Omit<Picture, 'body'> {
  readonly body: Picture['body'] | { readonly svg: () => string };
}

/** A picture of what a canvas shows; undefined while it shows nothing. @param size of the canvas */
export function scenePicture<Scene>(
  scene: Scene | undefined,
  draw: (context: PictureContext, scene: Scene, widthPx: number, heightPx: number, theme: CanvasTheme) => void,
  size: { readonly widthPx: { readonly value: number }; readonly heightPx: { readonly value: number } },
  theme: ThemeName,
  title: string,
  legend: readonly LegendEntry[],
): Picture | undefined {
  const widthPx = size.widthPx.value;
  const heightPx = size.heightPx.value;
  if (scene === undefined || widthPx === 0 || heightPx === 0) return undefined;
  return {
    title,
    legend,
    theme,
    widthPx,
    heightPx,
    body: { draw: (context) => draw(context, scene, widthPx, heightPx, canvasThemes[theme]) },
  };
}

/** One of several drawings in a picture. */
export interface PlacedPicture {
  readonly title: string;
  /** Of the mark next to its title. */
  readonly color: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly draw: (context: PictureContext) => void;
}

/** Drawings one below the other, each under its own title; undefined where there is none. @param legend what their colours mean */
export function stackedPictures(
  title: string,
  theme: ThemeName,
  parts: readonly PlacedPicture[],
  legend: readonly LegendEntry[],
): Picture | undefined {
  if (parts.length === 0) return undefined;
  const colors = canvasThemes[theme];
  return {
    title,
    theme,
    legend,
    widthPx: Math.max(...parts.map((part) => part.widthPx)),
    heightPx: parts.reduce((height, part) => height + part.heightPx + LINE_PX, 0),
    body: {
      draw(context) {
        let top = 0;
        for (const part of parts) {
          context.fillStyle = part.color;
          context.fillRect(0, top + 5, 10, 10);
          context.font = colors.labelFont;
          context.textAlign = 'left';
          context.textBaseline = 'middle';
          context.fillStyle = colors.text;
          context.fillText(part.title, 16, top + LINE_PX / 2);
          context.save();
          context.translate(0, top + LINE_PX);
          part.draw(context);
          context.restore();
          top += part.heightPx + LINE_PX;
        }
      },
    },
  };
}

/** PNG pixels per CSS pixel. */
const PNG_SCALE = 2;
const EDGE_PX = 16;
const TITLE_PX = 36;
const LINE_PX = 20;
const SWATCH_PX = 14;
const ENTRY_GAP_PX = 16;

/** The picture as an SVG document. @param measure width of a text in a CSS font */
export function pictureSvg(
  picture: VectorPicture,
  measure: (text: string, font: string) => number = measureOnCanvas(),
): string {
  const context = new SvgContext(measure);
  const { widthPx, heightPx, headPx } = measureHead(context, picture);
  drawHead(context, picture, widthPx);
  context.save();
  context.translate(EDGE_PX, headPx);
  if ('draw' in picture.body) picture.body.draw(context);
  else context.embed(picture.body.svg());
  context.restore();
  return context.toString(widthPx, heightPx, picture.title);
}

/** The picture as PNG. @throws Error where the browser cannot encode it (usually: too large) */
export async function picturePng(picture: Picture): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  const { widthPx, heightPx, headPx } = measureHead(context, picture);
  canvas.width = Math.round(widthPx * PNG_SCALE);
  canvas.height = Math.round(heightPx * PNG_SCALE);
  context.scale(PNG_SCALE, PNG_SCALE);
  drawHead(context, picture, widthPx);
  context.translate(EDGE_PX, headPx);
  if ('draw' in picture.body) picture.body.draw(context);
  else context.drawImage(picture.body.canvas(PNG_SCALE), 0, 0, picture.widthPx, picture.heightPx);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null)
    throw new Error(`the browser could not encode a picture of ${canvas.width} × ${canvas.height} pixels`);
  return blob;
}

/** Width of texts as this browser draws them. */
export function measureOnCanvas(): (text: string, font: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  return (text, font) => {
    context.font = font;
    return textWidth(context, text);
  };
}

/** Legend entries by line: as many in each as fit. */
function legendLines(context: PictureContext, { legend, widthPx, theme }: Omit<Picture, 'body'>): LegendEntry[][] {
  const lines: LegendEntry[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of legend) {
    const width = entryWidth(context, entry, canvasThemes[theme]);
    if (x + width > widthPx) {
      lines.push([]);
      x = 0;
    }
    lines[lines.length - 1].push(entry);
    x += width + ENTRY_GAP_PX;
  }
  return lines;
}

function entryWidth(context: PictureContext, { name, value }: LegendEntry, theme: CanvasTheme): number {
  context.font = theme.smallFont;
  return SWATCH_PX + 6 + textWidth(context, name) + (value === undefined ? 0 : 5 + textWidth(context, value));
}

function measureHead(
  context: PictureContext,
  picture: Omit<Picture, 'body'>,
): { readonly widthPx: number; readonly heightPx: number; readonly headPx: number } {
  const headPx = TITLE_PX + legendLines(context, picture).length * LINE_PX + 4;
  return { widthPx: picture.widthPx + 2 * EDGE_PX, heightPx: headPx + picture.heightPx + EDGE_PX, headPx };
}

function drawHead(context: PictureContext, picture: Omit<Picture, 'body'>, widthPx: number): void {
  const theme = canvasThemes[picture.theme];
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, widthPx, measureHead(context, picture).heightPx);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = theme.smallFont.replace(/^[\d.]+px/, '600 15px');
  context.fillStyle = theme.text;
  context.fillText(fitText(context, picture.title, picture.widthPx), EDGE_PX, TITLE_PX / 2 + 4);
  context.font = theme.smallFont;
  legendLines(context, picture).forEach((line, index) => {
    const middle = TITLE_PX + (index + 0.5) * LINE_PX;
    let x = EDGE_PX;
    for (const entry of line) {
      drawSwatch(context, entry, x, middle);
      const nameAt = x + SWATCH_PX + 6;
      context.fillStyle = theme.mutedText;
      context.fillText(entry.name, nameAt, middle);
      context.fillStyle = theme.text;
      if (entry.value !== undefined) context.fillText(entry.value, nameAt + textWidth(context, entry.name) + 5, middle);
      x += entryWidth(context, entry, theme) + ENTRY_GAP_PX;
    }
  });
}

function drawSwatch(context: PictureContext, { color, dash }: LegendEntry, x: number, middle: number): void {
  if (dash === 'square') {
    context.fillStyle = color;
    context.fillRect(x + 2, middle - 5, 10, 10);
    return;
  }
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash(dash === 'solid' ? [] : dash === 'dashed' ? [5, 3] : [2, 2]);
  context.beginPath();
  context.moveTo(x, middle);
  context.lineTo(x + SWATCH_PX, middle);
  context.stroke();
  context.setLineDash([]);
}
