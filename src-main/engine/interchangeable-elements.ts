/** Interchangeable elements under the names of another mapping: four identical cores otherwise look different when tasks swap cores. */

/**
 * New names for the elements of one mapping so that it agrees with another as far as possible: pair by pair, the largest overlap first.
 * @param overlap [N × N] how many tasks the one mapping has on element i and the other on j, at i · N + j
 * @param isAlike whether two elements may take each other's name; each must be alike to itself
 * @returns [N] the new name of each element
 */
export function namesByOverlap(
  overlap: Int32Array,
  count: number,
  isAlike: (a: number, b: number) => boolean = () => true,
): Int32Array {
  const name = new Int32Array(count).fill(-1);
  const isTaken = new Uint8Array(count);
  for (let done = 0; done < count; done++) {
    let most = -1;
    let [from, to] = [0, 0];
    for (let own = 0; own < count; own++) {
      if (name[own] >= 0) continue;
      for (let other = 0; other < count; other++) {
        if (isTaken[other] === 1 || !isAlike(own, other) || overlap[own * count + other] <= most) continue;
        most = overlap[own * count + other];
        [from, to] = [own, other];
      }
    }
    name[from] = to;
    isTaken[to] = 1;
  }
  return name;
}
