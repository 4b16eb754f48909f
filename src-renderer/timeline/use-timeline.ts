/** What a person has pointed at and chosen on a timeline, and the commands that change it; independent of drawing and markup. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { criticalTiles, idleGaps } from './scene/critical-path.ts';
import type { TimelineState } from './draw/draw.ts';
import type { Hit } from './scene/hit.ts';
import type { TimelineCommand } from './keyboard.ts';
import type { TimelineLayout } from './scene/layout.ts';
import { firstTileInView, tileAcross, tileBeside } from './scene/navigation.ts';
import type { Scene } from './scene/scene.ts';
import type { TimelineArea } from './scene/selection.ts';
import type { ViewportControl } from './use-viewport.ts';
import {
  fitViewport,
  panBy,
  revealRange,
  timeToPixel,
  zoomAt,
  zoomToRange,
  type Viewport,
  type ViewportLimits,
} from './scene/viewport.ts';

export interface TimelineParts {
  readonly scene: Readonly<Ref<Scene>>;
  readonly layout: Readonly<Ref<TimelineLayout>>;
  readonly limits: Readonly<Ref<ViewportLimits>>;
  readonly viewport: ViewportControl;
  /** The person chose a job, or none. */
  onSelect(job: number | undefined): void;
  /** The pointer is over a job, or none. */
  onHover(job: number | undefined): void;
}

const ZOOM_STEP = 1.5;
/** Share of the plot that a key press pans. */
const PAN_STEP = 0.2;
/** A task zoomed to takes a third of the width: one margin on each side. */
const TASK_MARGIN = 1;

export function useTimeline({ scene, layout, limits, viewport, onSelect, onHover }: TimelineParts) {
  // Jobs rather than tiles: a new schedule of the same problem has the same jobs at other places.
  const selectedJob = ref<number>();
  const hoveredJob = ref<number>();
  const highlightedApplication = ref<number>();
  const area = shallowRef<TimelineArea>();
  const pointer = shallowRef<{ x: number; y: number; timeMs: number }>();
  const isSearching = ref(false);
  const isCriticalShown = ref(false);

  const tileOf = (job: number | undefined): number | undefined =>
    job === undefined ? undefined : scene.value.tileOfJob[job];
  const selectedTile = computed(() => tileOf(selectedJob.value));
  const hoveredTile = computed(() => tileOf(hoveredJob.value));
  const critical = computed(() => (isCriticalShown.value ? criticalTiles(scene.value) : undefined));
  const gaps = computed(() => idleGaps(scene.value));
  const state = computed<TimelineState>(() => ({
    selectedTile: selectedTile.value,
    hoveredTile: hoveredTile.value,
    highlightedApplication: highlightedApplication.value,
    area: area.value,
    criticalTiles: critical.value,
    cursorMs: pointer.value?.timeMs,
  }));

  watch(
    () => scene.value.problem,
    () => {
      select(undefined);
      hover(undefined, 0, 0);
      area.value = undefined;
      highlightedApplication.value = undefined;
    },
  );
  watch(scene, (next) => {
    if (area.value !== undefined && area.value.endMs > next.endMs) area.value = undefined;
  });

  function select(tile: number | undefined): void {
    const job = tile === undefined ? undefined : scene.value.tileJob[tile];
    if (job === selectedJob.value) return;
    selectedJob.value = job;
    onSelect(job);
  }

  function hover(hit: Hit | undefined, x: number, y: number): void {
    pointer.value = hit?.on === 'row' || hit?.on === 'axis' ? { x, y, timeMs: hit.timeMs } : undefined;
    const job = hit?.on === 'row' && hit.tile !== undefined ? scene.value.tileJob[hit.tile] : undefined;
    if (job === hoveredJob.value) return;
    hoveredJob.value = job;
    onHover(job);
  }

  /** The tiles have moved away from under the pointer, or something lies over them: nothing is hovered any more. */
  function unhover(): void {
    if (hoveredJob.value === undefined) return;
    hoveredJob.value = undefined;
    onHover(undefined);
  }

  function click(hit: Hit): void {
    area.value = undefined;
    select(hit.on === 'row' ? hit.tile : undefined);
  }

  function doubleClick(hit: Hit, x: number): void {
    if (hit.on === 'row' && hit.tile !== undefined) zoomToTile(hit.tile);
    else if (hit.on === 'label') viewport.glideTo(fitViewport(viewport.target(), limits.value));
    else viewport.glideTo(zoomAt(viewport.target(), limits.value, x, 2));
  }

  function zoomToTile(tile: number): void {
    const startMs = scene.value.tileStartMs[tile];
    const lengthMs = Math.max(scene.value.tileEndMs[tile] - startMs, limits.value.minimumSpanMs);
    viewport.glideTo({
      ...zoomToRange(viewport.target(), limits.value, startMs, startMs + lengthMs, TASK_MARGIN),
      scrollPx: scrollTo(tile),
    });
  }

  /** Selects `tile` and moves as little as needed to show it. */
  function jumpTo(tile: number): void {
    area.value = undefined;
    unhover();
    select(tile);
    viewport.glideTo({
      ...revealRange(viewport.target(), limits.value, scene.value.tileStartMs[tile], scene.value.tileEndMs[tile]),
      scrollPx: scrollTo(tile),
    });
  }

  /** The scroll position nearest to the present one at which the row of `tile` is in view. */
  function scrollTo(tile: number): number {
    return scrollToRow(scene.value.tileRow[tile]);
  }
  function scrollToRow(row: number): number {
    const { rowTopPx, rowHeightPx, heightPx, plotTopPx } = layout.value;
    const top = rowTopPx[row];
    const scroll = Math.min(top, Math.max(top + rowHeightPx + 6 - (heightPx - plotTopPx), viewport.target().scrollPx));
    return Math.max(0, Math.min(limits.value.maximumScrollPx, scroll));
  }

  function zoomToSelection(): void {
    if (area.value !== undefined)
      viewport.glideTo(zoomToRange(viewport.target(), limits.value, area.value.startMs, area.value.endMs, 0.02));
    else if (selectedTile.value !== undefined) zoomToTile(selectedTile.value);
  }

  /** Keys and buttons zoom where the pointer is, else at the selected tile if it is in view, else in the middle. */
  function zoomBy(factor: number): void {
    const from = viewport.target();
    const middle = from.leftPx + from.widthPx / 2;
    const tile = selectedTile.value;
    const tilePx =
      tile === undefined
        ? middle
        : timeToPixel(from, (scene.value.tileStartMs[tile] + scene.value.tileEndMs[tile]) / 2);
    const isInView = tilePx >= from.leftPx && tilePx <= from.leftPx + from.widthPx;
    viewport.glideTo(zoomAt(from, limits.value, pointer.value?.x ?? (isInView ? tilePx : middle), factor));
  }

  function moveSelection(next: (tile: number) => number): void {
    const tile =
      selectedTile.value === undefined ? firstTileInView(scene.value, viewport.target()) : next(selectedTile.value);
    if (tile !== undefined) jumpTo(tile);
  }

  function moveTo(next: Viewport): void {
    unhover();
    viewport.glideTo(next);
  }

  const pan = (xShare: number, yShare: number): void =>
    moveTo(
      panBy(
        viewport.target(),
        limits.value,
        xShare * viewport.target().widthPx,
        yShare * (layout.value.heightPx - layout.value.plotTopPx),
      ),
    );

  /** Clears one thing at a time, the latest first. */
  function clear(): void {
    if (isSearching.value) isSearching.value = false;
    else if (area.value !== undefined) area.value = undefined;
    else if (selectedJob.value !== undefined) select(undefined);
    else if (isCriticalShown.value) isCriticalShown.value = false;
    else highlightedApplication.value = undefined;
  }

  /** Selects the longest idle gap and goes there; where a gap is selected, the next longest. */
  function goToGap(): void {
    const present = gaps.value.findIndex((gap) => gap === area.value);
    const gap = gaps.value[(present + 1) % Math.max(1, gaps.value.length)];
    if (gap === undefined) return;
    unhover();
    select(undefined);
    area.value = gap;
    viewport.glideTo({
      ...revealRange(viewport.target(), limits.value, gap.startMs, gap.endMs),
      scrollPx: scrollToRow(gap.firstRow),
    });
  }

  const commands: Readonly<Record<TimelineCommand, () => void>> = {
    panLeft: () => pan(-PAN_STEP, 0),
    panRight: () => pan(PAN_STEP, 0),
    scrollUp: () => pan(0, -0.8),
    scrollDown: () => pan(0, 0.8),
    zoomIn: () => zoomBy(ZOOM_STEP),
    zoomOut: () => zoomBy(1 / ZOOM_STEP),
    fit: () => moveTo(fitViewport(viewport.target(), limits.value)),
    nextTile: () => moveSelection((tile) => tileBeside(scene.value, tile, 1)),
    previousTile: () => moveSelection((tile) => tileBeside(scene.value, tile, -1)),
    tileAbove: () => moveSelection((tile) => tileAcross(scene.value, tile, -1)),
    tileBelow: () => moveSelection((tile) => tileAcross(scene.value, tile, 1)),
    zoomToSelection,
    criticalPath: () => void (isCriticalShown.value = !isCriticalShown.value),
    idleGap: goToGap,
    search: () => {
      unhover();
      isSearching.value = true;
    },
    clear,
  };

  return {
    state,
    selectedTile,
    hoveredTile,
    highlightedApplication,
    area,
    pointer,
    isSearching,
    isCriticalShown,
    critical,
    commands,
    select,
    hover,
    click,
    doubleClick,
    jumpTo,
    zoomToTile,
    clear,
  };
}
