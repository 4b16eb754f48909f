/** The small part of a 2-D canvas context that the timeline draws with, so that a canvas, an SVG writer and a recording double all do. */

export type DrawContext = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'font' | 'textAlign' | 'textBaseline' | 'lineJoin'
  | 'save' | 'restore' | 'beginPath' | 'closePath' | 'moveTo' | 'lineTo' | 'bezierCurveTo' | 'rect' | 'clip' | 'fill' | 'stroke'
  | 'fillRect' | 'strokeRect' | 'fillText' | 'setLineDash'
> & { measureText(text: string): { readonly width: number } };

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

/** Fewer letters than this before an ellipsis tell nothing. */
const SHORTEST_START = 3;

/** `text`, shortened with an ellipsis to `widthPx`; empty where too little of it would be left to tell anything. */
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
