/** Which blocks of a network's graph are shown as one, and the graph laid out with them. */
import { computed, shallowRef } from 'vue';
import { blocksOf, partsOf, type Block } from '../../plots/network/blocks.ts';
import { layoutGraph } from '../../plots/network/graph-layout.ts';
import type { NetworkGraph } from '../../plots/network/network-graph.ts';

/** Networks with more layers start with their repeated blocks closed. */
const CLOSED_FROM = 60;
/** Width over height of a picture that is laid out before its size is known. */
const USUAL_ASPECT = 0.9;
/** A window that is dragged less than this (in powers of e) does not rearrange everything. */
const LEAST_CHANGE = 0.25;

export function useLayerBlocks(graph: () => NetworkGraph) {
  const parts = computed(() => partsOf(graph()));
  const blocks = computed(() => blocksOf(graph(), parts.value));
  const aspect = shallowRef(USUAL_ASPECT);
  const isLarge = graph().layers.length > CLOSED_FROM;
  /** What repeats starts closed in a large network; a block that is most of it by itself would hide everything. */
  const startsClosed = (block: Block): boolean =>
    isLarge && (block.repeats > 1 || block.layers.length <= graph().layers.length / 2);
  /** Ids of the blocks that are not as they started. */
  const turned = shallowRef<ReadonlySet<string>>(new Set());
  const isClosed = (block: Block): boolean => startsClosed(block) !== turned.value.has(block.id);

  function set(which: readonly Block[], closed: boolean): void {
    const next = new Set(turned.value);
    for (const block of which)
      if (closed === startsClosed(block)) next.delete(block.id);
      else next.add(block.id);
    turned.value = next;
  }
  const areAllClosed = computed(() => blocks.value.every(isClosed));

  return {
    blocks,
    areAllClosed,
    /** Opens or closes a block. */
    toggle: (block: Block): void => set([block], !isClosed(block)),
    toggleAll: (): void => set(blocks.value, !areAllClosed.value),
    scene: computed(() =>
      layoutGraph({
        graph: graph(),
        parts: parts.value,
        blocks: blocks.value,
        isCollapsed: isClosed,
        aspect: aspect.value,
      }),
    ),
    /** Lays the graph out for a picture of another shape. @param next its width over its height */
    takeAspect(next: number): void {
      if (Math.abs(Math.log(next / aspect.value)) > LEAST_CHANGE) aspect.value = next;
    },
  };
}
