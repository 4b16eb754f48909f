/** Numbers of things, lists of names and names of fields within a sentence. */

/** "1 layer", "3 layers". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** "a", "a and b", "a, b and c"; of more than `most`, "a, b and 4 more". */
export function listed(names: readonly string[], most = 4, last = 'and'): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1) ?? ''}`;
}

/** "single_point", "populationSize" and "weights.energy" as words: "single point", "population size", "weights energy". */
export function plainWords(name: string): string {
  return name
    .replaceAll(/[_.-]+/g, ' ')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/**
 * An option and its value as a part of a name: "population size 40", "mutation bit flip", "crossover none". @param
 * json its value as JSON text, undefined where it has none
 */
export function optionInWords(path: string, json: string | undefined): string {
  const value: unknown = json === undefined ? 'none' : JSON.parse(json);
  return `${plainWords(path)} ${typeof value === 'string' ? plainWords(value) : json}`;
}
