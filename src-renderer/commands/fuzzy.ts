/** Fuzzy search: the letters of the query in order, the better the more they start words and stand together. */

/** How well `query` fits `text`: undefined for not at all, higher is better. Case is ignored. */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, '');
  const lower = text.toLowerCase();
  let score = 0;
  let position = -1;
  let run = 0;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, position + 1);
    if (next < 0) return undefined;
    const isWordStart = next === 0 || /[\s/:.,()-]/.test(lower[next - 1]);
    run = next === position + 1 ? run + 1 : 0;
    score += 1 + (isWordStart ? 4 : 0) + run * 2 - Math.min(3, (next - position - 1) * 0.1);
    position = next;
  }
  return score - lower.length * 0.01;
}

/** `items` that fit `query`, best first; all in their order for an empty query. */
export function fuzzyFilter<Item>(query: string, items: readonly Item[], textOf: (item: Item) => string): Item[] {
  if (query.trim() === '') return [...items];
  return items
    .map((item) => ({ item, score: fuzzyScore(query, textOf(item)) }))
    .filter((entry): entry is { item: Item; score: number } => entry.score !== undefined)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
