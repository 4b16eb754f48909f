/** JSON whose objects may have a key several times, which `JSON.parse` would keep only once: each object is a list of its pairs. */
import { parseJson } from '../json.ts';

export type Pairs = readonly (readonly [string, PairedValue])[];
export type PairedValue = string | number | boolean | null | readonly PairedValue[] | { readonly pairs: Pairs };

/** Objects within objects that are looked into. */
const DEEPEST = 200;

/**
 * The value of `text`, objects as pairs. Each key gets a number in front of it, after which the text is plain JSON and is read by
 * `parseJson`: strings are told from keys by the ":" that follows them.
 * @param name the file, for messages
 * @throws WorkbenchError `json.invalid`
 */
export function parseRepeated(text: string, name: string): PairedValue {
  parseJson(text, name); // what is wrong is said of the text as it is
  let number = 0;
  const numbered = text.replaceAll(
    /"((?:[^"\\]|\\.)*)"(\s*:)?/gs,
    (whole, content: string, colon: string | undefined) =>
      colon === undefined ? whole : `"${number++}:${content}"${colon}`,
  );
  return paired(parseJson(numbered, name), 0);
}

function paired(value: unknown, depth: number): PairedValue {
  if (depth > DEEPEST || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => paired(item, depth + 1));
  if (typeof value === 'object' && value !== null)
    return {
      pairs: Object.entries(value).map(([key, inner]) => [
        key.slice(key.indexOf(':') + 1),
        paired(inner as unknown, depth + 1),
      ]),
    };
  return value as string | number | boolean | null; // what else JSON has
}
