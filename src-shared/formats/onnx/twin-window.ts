/** The step and the padding of a window, which a network does not state, from the sizes before and after it. */

export interface Window {
  readonly stride: number;
  /** Zeros before and after. */
  readonly pads: readonly [number, number];
}

/** Sizes that networks on images take, in the order in which they are tried for a layer that reads the input. */
const usualSizes = [224, 227, 299, 416, 320, 640, 512, 256, 128, 96, 64, 32, 28];

/**
 * The window of `kernel` elements that makes `output` elements of `input`: the step nearest to their ratio with at most kernel − 1
 * zeros in all. Undefined where there is none.
 */
export function windowOf(input: number, output: number, kernel: number): Window | undefined {
  const near = input / output;
  const strides = Array.from({ length: Math.ceil(near) + 1 }, (_, index) => index + 1).toSorted(
    (a, b) => Math.abs(a - near) - Math.abs(b - near) || a - b,
  );
  for (const stride of strides) {
    const zeros = (output - 1) * stride + kernel - input;
    if (zeros > kernel - 1 || zeros <= -stride) continue;
    const before = Math.floor(Math.max(0, zeros) / 2);
    return { stride, pads: [before, Math.max(0, zeros) - before] };
  }
  return undefined;
}

/** The size of an input of which a window of `kernel` makes `output` elements: a usual one, else the output's own. */
export function inputSizeFor(output: number, kernel: number): number {
  return (
    usualSizes.find((size) => size >= output && size < output * (kernel + 1) && windowOf(size, output, kernel)) ??
    output
  );
}
