/** Names that are too long for their place: cut where they do not differ. */

/**
 * The name without what the neighbouring columns show: of the host's own "Simple scenario, Genetic algorithm, seed 15"
 * only "Seed 15".
 * @param repeated names of columns that are shown
 */
export function ownName(name: string, repeated: readonly string[]): string {
  const rest = repeated.reduce(
    (left, part) => (left.startsWith(`${part}, `) ? left.slice(part.length + 2) : left),
    name,
  );
  return rest === name || rest === '' ? name : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

/**
 * The parts of a name between its commas, each with a start that may be cut short and an end that stays: of
 * "Simple scenario, mutation gaussian, population 40, seed 2" the values are what tells it from its neighbours.
 * Of a name without commas its last letters stay; a short one is never cut.
 */
export function partsOfName(name: string): readonly (readonly [start: string, end: string])[] {
  const parts = name.split(SEPARATOR);
  if (parts.length === 1)
    return [name.length <= SHORT_NAME ? ['', name] : [name.slice(0, -KEPT_LETTERS), name.slice(-KEPT_LETTERS)]];
  return parts.map((part, index) => {
    const space = part.lastIndexOf(' ');
    const isKept = space > 0 && part.length - space <= LONGEST_END;
    const [start, end] =
      part.length <= SHORT_PART ? ['', part] : isKept ? [part.slice(0, space), part.slice(space)] : [part, ''];
    return [start, index < parts.length - 1 ? end + SEPARATOR : end];
  });
}
const SEPARATOR = ', ';
const SHORT_NAME = 24;
const KEPT_LETTERS = 10;
/** Parts and last words of at most so many letters are never cut. */
const SHORT_PART = 8;
const LONGEST_END = 13;

/** A text in a narrow place as its start, which may be cut off, and its end, which stays: from the last separator on, or the last letters. */
export function halvesOf(text: string): readonly [start: string, end: string] {
  const end = Math.max(0, /[ ./_-][^ ./_-]{0,6}$/.exec(text)?.index ?? text.length - 6);
  return [text.slice(0, end), text.slice(end)];
}
