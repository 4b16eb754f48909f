/** Play, pause, step, scrub, speed and loop of a dashboard, by mouse and by keyboard. */
import { icons, type IconName } from '../../../components/marks/icons.ts';
import { formatCount } from '../../../format.ts';
import { drawTrack, frameAtPixel, type TrackCurve } from '../../../playback/draw-track.ts';
import {
  advance,
  atRest,
  changeSpeed,
  frameOf,
  nearestOf,
  seek,
  speeds,
  step,
  togglePlaying,
  type Playback,
} from '../../../playback/playback.ts';
import type { CanvasTheme } from '../../../canvas/canvas-theme.ts';
import { element } from './dom.ts';
import { Plot } from './plot.ts';

const SVG = 'http://www.w3.org/2000/svg';

export interface TransportOptions {
  readonly frameCount: number;
  /** What is shown at first. Played from there, all of it is. */
  readonly openAt: number;
  /** Frames worth stopping at, ascending. */
  readonly improvements: readonly number[];
  readonly theme: () => CanvasTheme;
  readonly curves: () => readonly TrackCurve[];
  /** The frame, or whether it plays, has changed. */
  readonly onChange: () => void;
}

export class Transport {
  readonly element: HTMLElement;
  #playback: Playback;
  /** Nothing has been pressed yet. */
  #isOpening = true;
  readonly #options: TransportOptions;
  readonly #track: Plot;
  readonly #play: HTMLButtonElement;
  readonly #loop: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #position: HTMLElement;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { frameCount, improvements } = options;
    this.#playback = seek(atRest, options.openAt, frameCount);
    this.#track = new Plot('Best fitness and entropy over the generations', ({ context, widthPx, heightPx }) =>
      drawTrack(
        context,
        { frameCount, frame: this.frame, loop: this.#playback.loop, curves: options.curves(), marks: improvements },
        widthPx,
        heightPx,
        options.theme(),
      ),
    );
    const slider = this.#track.element;
    slider.classList.add('track');
    slider.tabIndex = 0;
    slider.setAttribute('role', 'slider');
    slider.setAttribute('aria-label', 'Position, generation');
    slider.setAttribute('aria-valuemin', '0');
    slider.setAttribute('aria-valuemax', String(frameCount - 1));
    this.#play = iconButton('play', 'Play', () => this.#toggle());
    this.#loop = iconButton('repeat', 'Loop', () =>
      this.#change({
        ...this.#playback,
        loop: this.#playback.loop === undefined ? { from: 0, to: frameCount - 1 } : undefined,
      }),
    );
    this.#speed = element(
      'select',
      { 'aria-label': 'Speed' },
      ...speeds.map((speed) => element('option', { value: speed, selected: speed === 1 }, `${speed}×`)),
    );
    this.#speed.addEventListener('change', () => this.#change({ ...this.#playback, speed: Number(this.#speed.value) }));
    this.#position = element('output', { class: 'position number' });
    this.element = element(
      'div',
      { class: 'transport', role: 'group', 'aria-label': 'Playback' },
      iconButton('skipBack', 'First generation', () => this.#step(Number.NEGATIVE_INFINITY)),
      iconButton('stepBack', 'Previous generation', () => this.#step(-1)),
      this.#play,
      iconButton('stepForward', 'Next generation', () => this.#step(1)),
      iconButton('skipForward', 'Last generation', () => this.#step(Number.POSITIVE_INFINITY)),
      slider,
      iconButton('previousRise', 'Previous improvement of the best', () => this.#toImprovement(-1)),
      iconButton('nextRise', 'Next improvement of the best', () => this.#toImprovement(1)),
      this.#position,
      this.#loop,
      this.#speed,
    );
    this.#scrub(slider);
    document.addEventListener('keydown', (event) => this.#onKey(event));
    this.#show();
  }

  get frame(): number {
    return frameOf(this.#playback, this.#options.frameCount);
  }

  get isPlaying(): boolean {
    return this.#playback.isPlaying;
  }

  /** `elapsedMs` later. */
  advance(elapsedMs: number): void {
    const next = advance(this.#playback, elapsedMs, this.#options.frameCount);
    if (next === this.#playback) return;
    this.#playback = next;
    this.#show();
  }

  redraw(): void {
    this.#track.requestDraw();
  }

  #step(by: number): void {
    this.#change(step(this.#playback, by, this.#options.frameCount));
  }

  #toggle(): void {
    const from = this.#isOpening ? seek(this.#playback, 0, this.#options.frameCount) : this.#playback;
    this.#change(togglePlaying(from, this.#options.frameCount));
  }

  #toImprovement(direction: 1 | -1): void {
    const target = nearestOf(this.#options.improvements, this.frame, direction);
    if (target !== undefined)
      this.#change(seek({ ...this.#playback, isPlaying: false }, target, this.#options.frameCount));
  }

  #change(next: Playback): void {
    this.#isOpening = false;
    this.#playback = next;
    this.#speed.value = String(next.speed);
    this.#show();
    this.#options.onChange();
  }

  #show(): void {
    const { isPlaying, loop } = this.#playback;
    setIcon(this.#play, isPlaying ? 'pause' : 'play', isPlaying ? 'Pause' : 'Play');
    this.#loop.setAttribute('aria-pressed', String(loop !== undefined));
    this.#track.element.setAttribute('aria-valuenow', String(this.frame));
    this.#position.textContent = `${formatCount(this.frame)} / ${formatCount(this.#options.frameCount - 1)}`;
    this.#track.requestDraw();
  }

  #scrub(slider: HTMLElement): void {
    const to = (event: PointerEvent): void =>
      this.#change(
        seek(
          this.#playback,
          frameAtPixel(
            event.clientX - slider.getBoundingClientRect().left,
            this.#track.widthPx,
            this.#options.frameCount,
          ),
          this.#options.frameCount,
        ),
      );
    slider.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      to(event);
    });
    slider.addEventListener('pointermove', (event) => {
      if (slider.hasPointerCapture(event.pointerId)) to(event);
    });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLSelectElement) return;
    const by = event.shiftKey ? 10 : 1;
    if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) this.#toggle();
    else if (event.key === 'n') this.#toImprovement(1);
    else if (event.key === 'p') this.#toImprovement(-1);
    else if (event.key === 'ArrowRight') this.#step(by);
    else if (event.key === 'ArrowLeft') this.#step(-by);
    else if (event.key === 'Home') this.#step(Number.NEGATIVE_INFINITY);
    else if (event.key === 'End') this.#step(Number.POSITIVE_INFINITY);
    else if (event.key === '>') this.#change(changeSpeed(this.#playback, 1));
    else if (event.key === '<') this.#change(changeSpeed(this.#playback, -1));
    else return;
    event.preventDefault();
  }
}

/** A square button with an icon and a name. */
export function iconButton(icon: IconName, label: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'icon' });
  setIcon(button, icon, label);
  button.addEventListener('click', onClick);
  return button;
}

function setIcon(button: HTMLButtonElement, icon: IconName, label: string): void {
  if (button.ariaLabel === label) return;
  button.ariaLabel = label;
  button.title = label;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', icons[icon]);
  svg.append(path);
  button.replaceChildren(svg);
}
