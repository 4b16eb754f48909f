/** Names that tell the sides of a comparison apart, and short ones for places too narrow for a whole name. */
import { differingFields } from '#shared/analysis/differing-fields.ts';
import { optionInWords } from '#shared/domain/words.ts';

export interface NamedSide {
  /** Of its run; of a group, what its runs have in common. */
  readonly name: string;
  /** Runs of the side. */
  readonly count: number;
  readonly options: unknown;
  /** Its first run. */
  readonly runId: number;
}

/** More of them would say nothing at a glance. */
const MOST_OPTIONS = 2;

/**
 * A title for each side: "Simple scenario, Genetic algorithm × 10". Sides of the same name get the options in which
 * they differ, or else the number of their run.
 */
export function sideTitles(sides: readonly NamedSide[]): string[] {
  return sides.map((side) => {
    const namesakes = sides.filter((other) => other.name === side.name && other.count === side.count);
    const own = namesakes.indexOf(side);
    const parts = differingFields(namesakes.map(({ options }) => options))
      .slice(0, MOST_OPTIONS)
      .map(({ path, values }) => optionInWords(path, values[own]));
    const isAlone = namesakes.every((other) => other === side);
    const title = [side.name, ...(isAlone ? [] : parts.length > 0 ? parts : [`run ${side.runId}`])].join(', ');
    return side.count > 1 ? `${title} × ${side.count}` : title;
  });
}

/** Each title without the parts (between commas) that all of them begin with; as they are where nothing of one would be left. */
export function shortTitles(titles: readonly string[]): string[] {
  const parts = titles.map((title) => title.split(', '));
  const [first = []] = parts;
  let common = 0;
  while (titles.length > 1 && common < first.length && parts.every((own) => own[common] === first[common])) common++;
  if (common === 0 || parts.some((own) => own.length <= common)) return [...titles];
  return parts.map((own) => own.slice(common).join(', ')).map((rest) => rest.charAt(0).toUpperCase() + rest.slice(1));
}
