/** The layers of a network that a search finds, by id, name and operation. */
import { computed, shallowRef } from 'vue';
import { textOf, type Content } from '../../editing/json-path.ts';

export function useLayerSearch(layers: () => readonly Content[]) {
  const text = shallowRef('');
  const found = computed(() => {
    const words = text.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) return undefined;
    return new Set(
      layers().flatMap((layer, index) =>
        words.every((word) =>
          `${textOf(layer['id'])} ${textOf(layer['name'])} ${textOf(layer['op'])}`.toLowerCase().includes(word),
        )
          ? [index]
          : [],
      ),
    );
  });
  return {
    text,
    /** Places of the layers found; undefined while nothing is searched for. */
    found,
    /** The layers to be listed, with their places. */
    rows: computed(() =>
      layers()
        .map((layer, index) => ({ layer, index }))
        .filter(({ index }) => found.value?.has(index) ?? true),
    ),
  };
}
