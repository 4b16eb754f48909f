/**
 * Finding by a few letters: what is called so comes before what begins so, then words that begin so, then letters within a word, then
 * initials ("gr" for "Go to Runs"); letters that are only somewhere in this order count where nothing better is found.
 */

/** A text to be found, and more words for the same thing that count less. */
export interface Findable {
  readonly title: string;
  readonly more?: string | undefined;
}

/** How well a word of a query fits, best first. */
const TIERS = { whole: 60, start: 50, word: 40, within: 30, initials: 20, scattered: 5 } as const;
/** By how much less a fit counts that is only among the further words. */
const FURTHER = 8;
const SEPARATOR = /[\s/:.,()#_-]/;

interface Fit {
  /** Higher is better. */
  readonly score: number;
  /** Whether a word of the query is only scattered over the text. */
  readonly isLoose: boolean;
}

/** How well `query` fits; undefined for not at all. Case is ignored; each word of it must fit. */
export function fitOf(query: string, text: string | Findable): Fit | undefined {
  const { title, more = '' } = typeof text === 'string' ? { title: text } : text;
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const fits = words.map((word) =>
    Math.max(tierOf(word, title.toLowerCase()), tierOf(word, more.toLowerCase()) - FURTHER),
  );
  if (fits.some((fit) => fit <= 0)) return undefined;
  const phrase = words.length > 1 && title.toLowerCase().includes(words.join(' ')) ? TIERS.start : 0;
  const weakest = Math.min(...fits);
  return {
    score: fits.reduce((sum, fit) => sum + fit, 0) / fits.length + weakest + phrase - title.length * 0.01,
    isLoose: weakest < TIERS.initials - FURTHER,
  };
}

function tierOf(word: string, text: string): number {
  if (text === word) return TIERS.whole;
  if (text.startsWith(word)) return TIERS.start;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (SEPARATOR.test(text.charAt(at - 1))) return TIERS.word;
  if (text.includes(word)) return TIERS.within;
  if (
    isInOrder(
      word,
      [...text].filter((letter, at) => !SEPARATOR.test(letter) && (at === 0 || SEPARATOR.test(text.charAt(at - 1)))),
    )
  )
    return TIERS.initials;
  return word.length > 1 && isInOrder(word, text) ? TIERS.scattered : 0;
}

function isInOrder(word: string, letters: Iterable<string>): boolean {
  let found = 0;
  for (const letter of letters) if (letter === word.charAt(found)) found++;
  return found === word.length;
}

/** `items` that fit `query`, best first; all in their order for an empty query. Loose fits only where there are no others. */
export function fuzzyFilter<Item>(
  query: string,
  items: readonly Item[],
  textOf: (item: Item) => string | Findable,
): Item[] {
  if (query.trim() === '') return [...items];
  const found = items
    .map((item) => ({ item, fit: fitOf(query, textOf(item)) }))
    .filter((entry): entry is { item: Item; fit: Fit } => entry.fit !== undefined)
    .sort((a, b) => b.fit.score - a.fit.score);
  const close = found.filter(({ fit }) => !fit.isLoose);
  return (close.length > 0 ? close : found).map(({ item }) => item);
}
