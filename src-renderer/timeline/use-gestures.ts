/** Pointer and wheel on the timeline's canvas: drag pans, wheel and pinch zoom, shift-drag selects an area, click selects, movement hovers. */
import { readonly, ref, type Ref } from 'vue';
import { hitTest, type Hit } from './scene/hit.ts';
import { nearestRow, type TimelineLayout } from './scene/layout.ts';
import type { Scene } from './scene/scene.ts';
import { areaBetween, type TimelineArea } from './scene/selection.ts';
import type { ViewportControl } from './use-viewport.ts';
import { panBy, pixelToTime, showsEverything, zoomAt, type ViewportLimits } from './scene/viewport.ts';

export interface GestureTarget {
  readonly scene: Readonly<Ref<Scene>>;
  readonly layout: Readonly<Ref<TimelineLayout>>;
  readonly limits: Readonly<Ref<ViewportLimits>>;
  readonly viewport: ViewportControl;
  /** The pointer is over `hit` at (x, y) of the canvas; undefined: it has left. */
  hover(hit: Hit | undefined, x: number, y: number): void;
  click(hit: Hit): void;
  doubleClick(hit: Hit, x: number): void;
  selectArea(area: TimelineArea | undefined): void;
}

/** A press that moves less than this is a click. */
const CLICK_PX = 4;
const WHEEL_ZOOM_PER_PX = 0.0022;
const PINCH_ZOOM_PER_PX = 0.01;
/** Lines of text to pixels, for mice that scroll by lines. */
const LINE_PX = 16;
/** Areas shorter than this are taken for a click. */
const SMALLEST_AREA_PX = 3;

interface Position {
  readonly x: number;
  readonly y: number;
}

type Press =
  | { readonly kind: 'pan'; readonly from: Position; last: Position; hasMoved: boolean }
  | { readonly kind: 'area'; readonly from: Position; readonly anchor: { timeMs: number; row: number } }
  | { readonly kind: 'pinch' };

export function useGestures(target: GestureTarget) {
  const pointers = new Map<number, Position>();
  const dragging = ref<'pan' | 'area' | undefined>();
  let press: Press | undefined;
  let pinch: { distance: number; middle: Position } | undefined;

  const hitAt = ({ x, y }: Position): Hit =>
    hitTest(target.scene.value, target.layout.value, target.viewport.viewport.value, x, y);
  const corner = ({ x, y }: Position) => {
    const viewport = target.viewport.viewport.value;
    return { timeMs: pixelToTime(viewport, x), row: nearestRow(target.layout.value, viewport, y) };
  };

  function onPointerDown(event: PointerEvent): void {
    if (event.button > 1) return;
    const at = positionOf(event);
    capture(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 2) {
      press = { kind: 'pinch' };
      pinch = pinchOf(pointers);
      dragging.value = undefined;
      return;
    }
    if (event.shiftKey && event.button === 0) {
      press = { kind: 'area', from: at, anchor: corner(at) };
      dragging.value = 'area';
      target.selectArea(undefined);
    } else press = { kind: 'pan', from: at, last: at, hasMoved: false };
    target.hover(undefined, at.x, at.y);
  }

  function onPointerMove(event: PointerEvent): void {
    const at = positionOf(event);
    if (press === undefined) {
      target.hover(hitAt(at), at.x, at.y);
      return;
    }
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, at);
    if (press.kind === 'pinch') movePinch();
    else if (press.kind === 'pan') movePan(press, at);
    else if (Math.abs(at.x - press.from.x) >= SMALLEST_AREA_PX)
      target.selectArea(areaBetween(press.anchor, corner(at), target.limits.value.endMs));
  }

  function movePan(pan: Extract<Press, { kind: 'pan' }>, at: Position): void {
    pan.hasMoved ||= Math.hypot(at.x - pan.from.x, at.y - pan.from.y) >= CLICK_PX;
    if (!pan.hasMoved) return;
    dragging.value = 'pan';
    target.viewport.set(
      panBy(target.viewport.viewport.value, target.limits.value, pan.last.x - at.x, pan.last.y - at.y),
    );
    pan.last = at;
  }

  function movePinch(): void {
    const next = pinchOf(pointers);
    if (pinch === undefined || next === undefined) return;
    const moved = panBy(
      target.viewport.viewport.value,
      target.limits.value,
      pinch.middle.x - next.middle.x,
      pinch.middle.y - next.middle.y,
    );
    target.viewport.set(zoomAt(moved, target.limits.value, next.middle.x, next.distance / pinch.distance));
    pinch = next;
  }

  function onPointerUp(event: PointerEvent): void {
    pointers.delete(event.pointerId);
    if (pointers.size > 0) {
      // One finger of a pinch is left: it neither pans nor clicks.
      pinch = undefined;
      return;
    }
    const ended = press;
    press = undefined;
    pinch = undefined;
    dragging.value = undefined;
    const at = positionOf(event);
    if (ended?.kind === 'pan' && !ended.hasMoved && event.button === 0) target.click(hitAt(at));
    // After an area its totals are what one looks at, not the task where the drag happened to end.
    if (event.pointerType !== 'touch' && ended?.kind !== 'area') target.hover(hitAt(at), at.x, at.y);
  }

  /** The system took the pointer away: nothing was clicked. */
  function onPointerCancel(event: PointerEvent): void {
    pointers.delete(event.pointerId);
    press = undefined;
    pinch = undefined;
    dragging.value = undefined;
  }

  function onPointerLeave(): void {
    if (press === undefined) target.hover(undefined, 0, 0);
  }

  function onDoubleClick(event: MouseEvent): void {
    const at = positionOf(event);
    target.doubleClick(hitAt(at), at.x);
  }

  function onWheel(event: WheelEvent): void {
    const { x, y } = positionOf(event);
    const limits = target.limits.value;
    const viewport = target.viewport.viewport.value;
    const scale =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE
        ? LINE_PX
        : event.deltaMode === WheelEvent.DOM_DELTA_PAGE
          ? viewport.widthPx
          : 1;
    const deltaX = event.deltaX * scale;
    const deltaY = event.deltaY * scale;
    // All is shown and the wheel asks for more: leave it to the page, so that the timeline does not trap the scroll on
    // the way down.
    if (
      !event.ctrlKey &&
      !event.shiftKey &&
      deltaY > 0 &&
      showsEverything(viewport, limits) &&
      x >= target.layout.value.gutterPx
    )
      return;
    event.preventDefault();
    if (event.ctrlKey)
      target.viewport.set(zoomAt(viewport, limits, x, Math.exp(-clampDelta(deltaY) * PINCH_ZOOM_PER_PX)));
    else if (event.shiftKey) target.viewport.set(panBy(viewport, limits, deltaX + deltaY));
    else if (Math.abs(deltaX) > Math.abs(deltaY)) target.viewport.set(panBy(viewport, limits, deltaX));
    else if (x < target.layout.value.gutterPx) target.viewport.set(panBy(viewport, limits, 0, deltaY));
    else target.viewport.set(zoomAt(viewport, limits, x, Math.exp(-clampDelta(deltaY) * WHEEL_ZOOM_PER_PX)));
    target.hover(hitAt({ x, y }), x, y);
  }

  return {
    dragging: readonly(dragging),
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel,
    onPointerLeave,
    onDoubleClick,
    onWheel,
  };
}

/** Coordinates within the element the handler is on. */
function positionOf(event: MouseEvent): Position {
  const element = event.currentTarget;
  if (!(element instanceof Element)) throw new TypeError('a gesture needs an element');
  const bounds = element.getBoundingClientRect();
  return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
}

/** Keeps the drag when the pointer leaves the element. */
function capture(event: PointerEvent): void {
  if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
}

function pinchOf(pointers: ReadonlyMap<number, Position>): { distance: number; middle: Position } | undefined {
  const [a, b] = [...pointers.values()];
  if (a === undefined || b === undefined) return undefined;
  return {
    distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
  };
}

/** One turn of some wheels reports hundreds of pixels: no event zooms more than this. */
function clampDelta(delta: number): number {
  return Math.max(-240, Math.min(240, delta));
}
