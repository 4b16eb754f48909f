/** What tells titles apart, for places too narrow for the whole of them. */

/** Each title without the parts (between commas) that all of them begin with; as they are where nothing of one would be left. */
export function shortTitles(titles: readonly string[]): string[] {
  const parts = titles.map((title) => title.split(', '));
  const [first = []] = parts;
  let common = 0;
  while (titles.length > 1 && common < first.length && parts.every((own) => own[common] === first[common])) common++;
  return parts.some((own) => own.length <= common) ? [...titles] : parts.map((own) => own.slice(common).join(', '));
}
