/** The small part of a 2-D canvas context that the timeline draws with, so that a canvas, an SVG writer and a recording double all do. */

/** A `CanvasRenderingContext2D` is one; written out, because drawing is tested where there is no DOM. */
export interface DrawContext {
  /** Always set to a CSS colour here; a canvas may hold other things. */
  fillStyle: string | object;
  strokeStyle: string | object;
  lineWidth: number;
  lineJoin: 'bevel' | 'miter' | 'round';
  font: string;
  textAlign: 'center' | 'end' | 'left' | 'right' | 'start';
  textBaseline: 'alphabetic' | 'bottom' | 'hanging' | 'ideographic' | 'middle' | 'top';
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
  setLineDash(dash: number[]): void;
}

/** For pictures that are put together from several drawings, each with its own origin. */
export interface PictureContext extends DrawContext {
  /** Moves the origin, until the next `restore`. */
  translate(x: number, y: number): void;
}

const ELLIPSIS = '…';
/** Forget the widths once there are this many, so that a long session does not gather every label it ever showed. */
const MOST_WIDTHS = 20_000;

let widthsOf = new WeakMap<DrawContext, Map<string, number>>();

/** Width of `text` in the context's font, pixels; measured once. */
export function textWidth(context: DrawContext, text: string): number {
  let widths = widthsOf.get(context);
  if (widths === undefined || widths.size > MOST_WIDTHS) {
    widths = new Map();
    widthsOf.set(context, widths);
  }
  const key = `${context.font}\n${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** To be called when fonts have been loaded: what was measured before is no longer true. */
export function forgetTextWidths(): void {
  widthsOf = new WeakMap();
}

/** Fewer letters than this before an ellipsis say nothing. */
const SHORTEST_START = 3;

/** Fewer letters of a name than this say nothing. */
const SHORTEST_NAME = 4;

/**
 * A name of a kind of which many begin alike, such as layers: shortened in its middle to `widthPx`, because they differ at their end;
 * empty where too little of it would be left to mean anything.
 */
export function fitName(context: DrawContext, name: string, widthPx: number): string {
  const width = textWidth(context, name);
  if (width <= widthPx) return name;
  let length = Math.min(name.length - 1, Math.floor((name.length * widthPx) / width));
  while (length >= SHORTEST_NAME) {
    const shortened = `${name.slice(0, Math.floor(length / 2)).trimEnd()}${ELLIPSIS}${name.slice(name.length - Math.ceil(length / 2)).trimStart()}`;
    if (textWidth(context, shortened) <= widthPx) return shortened;
    length--;
  }
  return '';
}

/** `text`, shortened with an ellipsis to `widthPx`; empty where too little of it would be left to mean anything. */
export function fitText(context: DrawContext, text: string, widthPx: number): string {
  const width = textWidth(context, text);
  if (width <= widthPx) return text;
  let length = Math.min(text.length - 1, Math.floor((text.length * widthPx) / width));
  while (length >= SHORTEST_START) {
    const shortened = text.slice(0, length).trimEnd() + ELLIPSIS;
    if (textWidth(context, shortened) <= widthPx) return shortened;
    length--;
  }
  return '';
}
