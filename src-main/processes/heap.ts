/** How large the heap of a run process may grow, whatever starts it. */

/**
 * Recording makes much short-lived garbage, and V8 would let the heap grow to hold it: a run of 1,000 generations of 200 genomes
 * peaked at 310 to 360 MB. With a young generation of 8 MB, and an old one collected when it is 1.6 times what it last kept, the same
 * run peaks at 250 MB, within a tenth of the speed.
 */
export const HEAP_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=60'];
