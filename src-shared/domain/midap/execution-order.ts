/** The order in which layers are executed that are executed one after the other. */
import type { Network } from '../network.ts';

/**
 * Places of the layers of `network`, each after all that it reads: that of the document wherever it is such an order already.
 * O(layers + dependencies).
 */
export function executionOrder({ layers }: Pick<Network, 'layers'>): number[] {
  const places = new Map(layers.map(({ id }, index) => [id, index]));
  const order: number[] = [];
  const isListed = new Uint8Array(layers.length);
  layers.forEach((_, root) => {
    const path = [{ place: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      const dependency = layers[top.place]?.dependencies[top.next++];
      if (isListed[top.place] === 1) path.pop();
      else if (dependency === undefined) {
        isListed[top.place] = 1;
        order.push(top.place);
        path.pop();
      } else {
        const producer = places.get(dependency.layer);
        if (producer !== undefined && isListed[producer] === 0) path.push({ place: producer, next: 0 });
      }
    }
  });
  return order;
}
