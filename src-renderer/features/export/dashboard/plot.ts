/** A canvas that follows its box and the screen's pixel ratio, and is drawn at most once per frame. */
import { element } from './dom.ts';

export class Plot {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  widthPx = 0;
  heightPx = 0;
  #isRequested = false;
  readonly #draw: (plot: Plot) => void;

  constructor(label: string, draw: (plot: Plot) => void) {
    this.canvas = element('canvas', { role: 'img', 'aria-label': label });
    this.element = element('div', { class: 'plot' }, this.canvas);
    const context = this.canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('this browser gives no 2-D canvas context');
    this.context = context;
    this.#draw = draw;
    new ResizeObserver(() => this.#measure()).observe(this.element);
  }

  requestDraw(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    requestAnimationFrame(() => {
      this.#isRequested = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    if (this.widthPx === 0 || this.heightPx === 0) return;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(this.widthPx * ratio), Math.round(this.heightPx * ratio)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#draw(this);
  }

  #measure(): void {
    this.widthPx = this.element.clientWidth;
    this.heightPx = this.element.clientHeight;
    // At once: until the next frame, the old picture would be stretched to the new size.
    this.#drawNow();
  }
}
