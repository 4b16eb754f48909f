/** How the graph of a network lies on its canvas: panned, zoomed and fitted by mouse, wheel and buttons. */
import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { GraphNode, GraphScene } from '../../plots/network/graph-layout.ts';
import { minimapView, type GraphViewport } from '../../plots/network/draw-graph.ts';

const LARGEST_SCALE = 2.5;
const MARGIN_PX = 20;

export interface GraphView {
  readonly viewport: ComputedRef<GraphViewport>;
  /** Whether all of it is shown, and goes on being when the window changes. */
  readonly isFitted: Readonly<ShallowRef<boolean>>;
  fit(): void;
  /** Around a point of the canvas (px); its centre where none is given. */
  zoom(factor: number, x?: number, y?: number): void;
  pan(dx: number, dy: number): void;
  /** Moves just so far that the node can be seen and read. */
  show(node: GraphNode): void;
  /** To a place in the minimap, px there. */
  centreOn(x: number, y: number, size: { readonly widthPx: number; readonly heightPx: number }): void;
  /** The node at a point of the canvas, px; −1 for none. */
  nodeAt(x: number, y: number): number;
}

export function useGraphView(
  scene: Readonly<Ref<GraphScene>>,
  widthPx: Readonly<Ref<number>>,
  heightPx: Readonly<Ref<number>>,
): GraphView {
  const place = shallowRef({ scale: 1, x: 0, y: 0 });
  const isFitted = shallowRef(true);
  const viewport = computed<GraphViewport>(() => ({
    ...place.value,
    widthPx: widthPx.value,
    heightPx: heightPx.value,
  }));

  function fitted(): { scale: number; x: number; y: number } {
    const { width, height } = scene.value;
    const scale = Math.min(
      1,
      (widthPx.value - 2 * MARGIN_PX) / Math.max(1, width),
      (heightPx.value - 2 * MARGIN_PX) / Math.max(1, height),
    );
    return {
      scale: Math.max(0.001, scale),
      x: (widthPx.value - width * scale) / 2,
      y: (heightPx.value - height * scale) / 2,
    };
  }
  function fit(): void {
    place.value = fitted();
    isFitted.value = true;
  }
  watch(
    [scene, widthPx, heightPx],
    () => {
      if (isFitted.value && widthPx.value > 0) fit();
    },
    { immediate: true },
  );

  function move(next: { scale: number; x: number; y: number }): void {
    place.value = next;
    isFitted.value = false;
  }
  function zoom(factor: number, x = widthPx.value / 2, y = heightPx.value / 2): void {
    const before = place.value;
    const smallest = Math.min(1, fitted().scale * 0.6);
    const scale = Math.min(LARGEST_SCALE, Math.max(smallest, before.scale * factor));
    const ratio = scale / before.scale;
    move({ scale, x: x - (x - before.x) * ratio, y: y - (y - before.y) * ratio });
  }

  return {
    viewport,
    isFitted,
    fit,
    zoom,
    pan: (dx, dy) => move({ ...place.value, x: place.value.x + dx, y: place.value.y + dy }),
    show(node) {
      const { x, y, scale } = place.value;
      const [left, top] = [x + node.x * scale, y + node.y * scale];
      const [right, bottom] = [left + node.width * scale, top + node.height * scale];
      if (left >= 0 && top >= 0 && right <= widthPx.value && bottom <= heightPx.value) return;
      move({
        scale,
        x: widthPx.value / 2 - (node.x + node.width / 2) * scale,
        y: heightPx.value / 2 - (node.y + node.height / 2) * scale,
      });
    },
    centreOn(x, y, size) {
      const map = minimapView(scene.value, size);
      const { scale } = place.value;
      move({
        scale,
        x: widthPx.value / 2 - ((x - map.x) / map.scale) * scale,
        y: heightPx.value / 2 - ((y - map.y) / map.scale) * scale,
      });
    },
    nodeAt(px, py) {
      const { x, y, scale } = place.value;
      const [sx, sy] = [(px - x) / scale, (py - y) / scale];
      return scene.value.nodes.findLastIndex(
        (node) => sx >= node.x && sx <= node.x + node.width && sy >= node.y && sy <= node.y + node.height,
      );
    },
  };
}
