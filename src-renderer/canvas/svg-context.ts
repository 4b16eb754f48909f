/** A drawing context that writes SVG, so that an exported picture is drawn by the same functions as the canvas. */
import type { DrawContext, PictureContext } from './draw-context.ts';

interface Style {
  fillStyle: DrawContext['fillStyle'];
  strokeStyle: DrawContext['strokeStyle'];
  lineWidth: number;
  lineJoin: DrawContext['lineJoin'];
  font: string;
  textAlign: DrawContext['textAlign'];
  textBaseline: DrawContext['textBaseline'];
  dash: readonly number[];
  /** Groups that `clip` and `translate` opened since the last `save`. */
  openGroups: number;
}

const anchors: Partial<Record<DrawContext['textAlign'], string>> = { center: 'middle', right: 'end', end: 'end' };
/** How far below the given point the text's baseline lies when it is aligned by its middle, in font sizes. */
const MIDDLE_SHIFT = 0.35;

/** Collects SVG elements; text is measured by `measure`, usually a canvas, because SVG cannot do that by itself. */
export class SvgContext implements PictureContext {
  private readonly elements: string[] = [];
  private readonly definitions: string[] = [];
  private readonly saved: Style[] = [];
  private readonly measure: (text: string, font: string) => number;
  private readonly idPrefix: string;
  private path: string[] = [];
  private style: Style = {
    fillStyle: '#000000',
    strokeStyle: '#000000',
    lineWidth: 1,
    lineJoin: 'miter',
    font: '10px sans-serif',
    textAlign: 'start',
    textBaseline: 'alphabetic',
    dash: [],
    openGroups: 0,
  };

  /** @param idPrefix of its definitions: pictures on the same page need different ones */
  constructor(measure: (text: string, font: string) => number, idPrefix = 'clip') {
    this.measure = measure;
    this.idPrefix = idPrefix;
  }

  get fillStyle() {
    return this.style.fillStyle;
  }
  set fillStyle(value) {
    this.style.fillStyle = value;
  }
  get strokeStyle() {
    return this.style.strokeStyle;
  }
  set strokeStyle(value) {
    this.style.strokeStyle = value;
  }
  get lineWidth() {
    return this.style.lineWidth;
  }
  set lineWidth(value) {
    this.style.lineWidth = value;
  }
  get lineJoin() {
    return this.style.lineJoin;
  }
  set lineJoin(value) {
    this.style.lineJoin = value;
  }
  get font() {
    return this.style.font;
  }
  set font(value) {
    this.style.font = value;
  }
  get textAlign() {
    return this.style.textAlign;
  }
  set textAlign(value) {
    this.style.textAlign = value;
  }
  get textBaseline() {
    return this.style.textBaseline;
  }
  set textBaseline(value) {
    this.style.textBaseline = value;
  }

  save(): void {
    this.saved.push({ ...this.style });
    this.style.openGroups = 0;
  }

  restore(): void {
    const style = this.saved.pop();
    if (style === undefined) return;
    this.elements.push('</g>'.repeat(this.style.openGroups));
    this.style = style;
  }

  beginPath(): void {
    this.path = [];
  }
  closePath(): void {
    this.path.push('Z');
  }
  moveTo(x: number, y: number): void {
    this.path.push(`M${points(x, y)}`);
  }
  lineTo(x: number, y: number): void {
    this.path.push(`L${points(x, y)}`);
  }
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.path.push(`C${points(ax, ay, bx, by, x, y)}`);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${points(x, y)}h${points(width)}v${points(height)}h${points(-width)}Z`);
  }

  clip(): void {
    const id = `${this.idPrefix}${this.definitions.length}`;
    this.definitions.push(`<clipPath id="${id}"><path d="${this.path.join('')}"/></clipPath>`);
    this.elements.push(`<g clip-path="url(#${id})">`);
    this.style.openGroups++;
  }

  translate(x: number, y: number): void {
    this.elements.push(`<g transform="translate(${points(x, y)})">`);
    this.style.openGroups++;
  }

  fill(): void {
    if (this.path.length > 0)
      this.elements.push(`<path d="${this.path.join('')}"${this.paint('fill', this.style.fillStyle)}/>`);
  }
  stroke(): void {
    if (this.path.length > 0)
      this.elements.push(`<path d="${this.path.join('')}" fill="none"${this.strokeAttributes()}/>`);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.elements.push(`<rect${box(x, y, width, height)}${this.paint('fill', this.style.fillStyle)}/>`);
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.elements.push(`<rect${box(x, y, width, height)} fill="none"${this.strokeAttributes()}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    const { weight, size, family } = parseFont(this.style.font);
    const baseline = this.style.textBaseline === 'middle' ? y + size * MIDDLE_SHIFT : y;
    const anchor = anchors[this.style.textAlign];
    // With its length given, text keeps to its place where the font is missing and another is used.
    const length = points(this.measureText(text).width);
    this.elements.push(
      `<text x="${points(x)}" y="${points(baseline)}" textLength="${length}" lengthAdjust="spacingAndGlyphs" ` +
        `font-family="${escapeXml(family)}" ` +
        `font-size="${size}"${weight === '' ? '' : ` font-weight="${weight}"`}` +
        `${anchor === undefined ? '' : ` text-anchor="${anchor}"`}${this.paint('fill', this.style.fillStyle)}>` +
        `${escapeXml(text)}</text>`,
    );
  }

  measureText(text: string): { width: number } {
    return { width: this.measure(text, this.style.font) };
  }
  setLineDash(dash: readonly number[]): void {
    this.style.dash = [...dash];
  }

  /** Puts an SVG element of others, already written, at the origin. */
  embed(element: string): void {
    this.elements.push(element);
  }

  /** The whole document. */
  toString(widthPx: number, heightPx: number, title: string): string {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${points(widthPx)}" height="${points(heightPx)}" viewBox="0 0 ` +
      `${points(widthPx, heightPx)}" ` +
      `role="img"><title>${escapeXml(title)}</title><defs>${this.definitions.join('')}</defs>${this.elements.join('\n')}</svg>\n`
    );
  }

  private strokeAttributes(): string {
    const dash = this.style.dash.length === 0 ? '' : ` stroke-dasharray="${this.style.dash.join(' ')}"`;
    return `${this.paint('stroke', this.style.strokeStyle)} stroke-width="${points(this.style.lineWidth)}" stroke-linejoin="${this.style.lineJoin}"${dash}`;
  }

  /** Opacity apart from the colour: SVG 1.1 readers do not know rgba(). */
  private paint(attribute: 'fill' | 'stroke', color: DrawContext['fillStyle']): string {
    if (typeof color !== 'string') throw new TypeError('SVG export draws with plain colours only');
    const rgba = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/.exec(color);
    return rgba === null
      ? ` ${attribute}="${color}"`
      : ` ${attribute}="rgb(${rgba[1]},${rgba[2]},${rgba[3]})" ${attribute}-opacity="${rgba[4]}"`;
  }
}

function points(...values: number[]): string {
  return values.map((value) => String(Math.round(value * 100) / 100)).join(' ');
}

function box(x: number, y: number, width: number, height: number): string {
  return ` x="${points(x)}" y="${points(y)}" width="${points(width)}" height="${points(height)}"`;
}

function parseFont(font: string): { weight: string; size: number; family: string } {
  const match = /^(?:(\d+) )?([\d.]+)px (.+)$/.exec(font);
  return match === null
    ? { weight: '', size: 10, family: 'sans-serif' }
    : { weight: match[1] ?? '', size: Number(match[2]), family: match[3] };
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
}
