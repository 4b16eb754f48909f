/** Regular expressions that are easier to read in parts. */

/** Matches where one of `parts` does, tried in their order. @param flags of the whole; those of the parts do not count */
export function anyOf(parts: readonly RegExp[], flags = ''): RegExp {
  return new RegExp(parts.map(({ source }) => source).join('|'), flags);
}
