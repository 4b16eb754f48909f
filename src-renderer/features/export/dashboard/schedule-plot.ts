/** The best schedule of the shown generation: its tiles glide; wheel, drag and keys zoom and pan; what is pointed at is named. */
import { formatDuration } from '../../../format.ts';
import type { Scene } from '../../../timeline/scene/scene.ts';
import { hitTest } from '../../../timeline/scene/hit.ts';
import { tileFacts } from '../../../timeline/scene/tile-facts.ts';
import type { CanvasTheme } from '../../../canvas/canvas-theme.ts';
import { clampViewport, limitsOf, panBy, zoomAt, type Viewport } from '../../../timeline/scene/viewport.ts';
import { drawMovingSchedule, movingView } from '../../../plots/draw-moving-schedule.ts';
import { ScheduleStage } from '../../../plots/schedule-stage.ts';
import { Plot } from './plot.ts';

const STEP = 1.5;
/** The schedule may be left behind on the right by this share. */
const MARGIN = 1.04;

export class SchedulePlot {
  readonly plot: Plot;
  readonly #stage = new ScheduleStage();
  readonly #theme: () => CanvasTheme;
  readonly #longestMs: number;
  readonly #onPointed: (text: string) => void;
  #scene: Scene | undefined;
  /** Undefined: all of it is shown, and the axis follows. */
  #span: { readonly startMs: number; readonly endMs: number } | undefined;

  /** @param longestMs end of the longest schedule there is */
  constructor({
    theme,
    longestMs,
    onPointed,
  }: {
    readonly theme: () => CanvasTheme;
    readonly longestMs: number;
    readonly onPointed: (text: string) => void;
  }) {
    this.#theme = theme;
    this.#longestMs = longestMs;
    this.#onPointed = onPointed;
    this.plot = new Plot('Best schedule of the shown generation; wheel to zoom, drag to pan', (plot) => {
      const { tiles } = this.#stage;
      if (tiles !== undefined)
        drawMovingSchedule(
          plot.context,
          tiles,
          plot.widthPx,
          plot.heightPx,
          this.#span?.endMs ?? this.#stage.axisEndMs,
          theme(),
          this.#span?.startMs ?? 0,
        );
    });
    this.#listen();
  }

  get isZoomed(): boolean {
    return this.#span !== undefined;
  }

  /** Moves towards `scene` for `elapsedMs`; true: something is still on its way. */
  advance(scene: Scene | undefined, elapsedMs: number, isInstant: boolean): boolean {
    this.#scene = scene;
    if (scene === undefined) return false;
    const isMoving = this.#stage.advance(scene, scene.makespanMs, elapsedMs, isInstant);
    this.plot.requestDraw();
    return isMoving;
  }

  /** `factor` times closer, around the middle. */
  zoom(factor: number): void {
    const view = this.#viewport();
    if (view !== undefined) this.#show(zoomAt(view, this.#limits(), view.leftPx + view.widthPx / 2, factor));
  }

  showAll(): void {
    this.#span = undefined;
    this.plot.requestDraw();
  }

  #limits() {
    return limitsOf(this.#longestMs * MARGIN, 0);
  }

  #viewport(): Viewport | undefined {
    const { tiles } = this.#stage;
    const { context, widthPx, heightPx } = this.plot;
    return tiles === undefined
      ? undefined
      : movingView(
          context,
          tiles.scene,
          widthPx,
          heightPx,
          this.#span?.endMs ?? this.#stage.axisEndMs,
          this.#theme(),
          this.#span?.startMs ?? 0,
        ).viewport;
  }

  #show(viewport: Viewport): void {
    const { startMs, endMs } = clampViewport(viewport, this.#limits());
    this.#span = { startMs, endMs };
    this.plot.requestDraw();
  }

  #listen(): void {
    const { element: box, context } = this.plot;
    box.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const view = this.#viewport();
        if (view === undefined) return;
        this.#show(
          Math.abs(event.deltaX) > Math.abs(event.deltaY)
            ? panBy(view, this.#limits(), event.deltaX)
            : zoomAt(view, this.#limits(), event.offsetX, Math.exp(-event.deltaY / 400)),
        );
      },
      { passive: false },
    );
    let draggedFrom: number | undefined;
    box.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      box.setPointerCapture(event.pointerId);
      draggedFrom = event.clientX;
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      box.addEventListener(end, () => (draggedFrom = undefined));
    box.addEventListener('pointermove', (event) => {
      const view = this.#viewport();
      if (draggedFrom !== undefined && view !== undefined) {
        this.#show(panBy(view, this.#limits(), draggedFrom - event.clientX));
        draggedFrom = event.clientX;
      } else this.#point(event, context);
    });
    box.addEventListener('pointerleave', () => this.#onPointed(''));
    box.addEventListener('dblclick', () => this.showAll());
    box.tabIndex = 0;
    box.addEventListener('keydown', (event) => {
      if (event.key === '+' || event.key === '=') this.zoom(STEP);
      else if (event.key === '-') this.zoom(1 / STEP);
      else if (event.key === '0') this.showAll();
      else return;
      event.preventDefault();
    });
  }

  #point(event: PointerEvent, context: CanvasRenderingContext2D): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    const { layout, viewport } = movingView(
      context,
      scene,
      this.plot.widthPx,
      this.plot.heightPx,
      this.#span?.endMs ?? this.#stage.axisEndMs,
      this.#theme(),
      this.#span?.startMs ?? 0,
    );
    const hit = hitTest(scene, layout, viewport, event.offsetX, event.offsetY);
    if (hit.on !== 'row' || hit.tile === undefined) {
      this.#onPointed('');
      return;
    }
    const facts = tileFacts(scene, hit.tile);
    this.#onPointed(
      `${facts.application}: ${facts.layer} (${facts.op}) on ${facts.pe}, ${formatDuration(facts.startMs)} – ` +
        `${formatDuration(facts.endMs)}, takes ${formatDuration(facts.durationMs)}`,
    );
  }
}
