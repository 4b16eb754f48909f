/** What runtimes make of the names of layers, taken apart and cleaned. */

/** What tools put around a name, from the outside in. */
const wrappings: readonly (readonly [RegExp, string])[] = [
  [/_kernel_time$/, ''],
  [/\s*\((?:cycles|us|ms)\)$/i, ''],
  [/:OpId_\d+$/, ''],
  [/^subgraph\d+:\s*/, ''],
  [/^\[(.*)\](?::\d+)?$/s, '$1'],
  [/^\{(.*)\}$/s, '$1'],
  [/^PWN\((.*)\)$/s, '$1'],
  [/^ForeignNode\[(.*)\]$/s, '$1'],
  [/^\(Unnamed Layer\* \d+\) \[(.*)\]$/s, '$1'],
  [/_nchwc(?:_\d+)?$/i, ''],
  [/_NC?HW\d+c$/, ''],
  [/_RKNN_mark\w*$/, ''],
  [/_raster_\d+$/, ''],
  [/(?:__\d+)+$/, ''],
  [/:\d+$/, ''],
];

/** Fits where any of them may: most names have none. */
const anyWrapping = new RegExp(wrappings.map(([pattern]) => `(?:${pattern.source})`).join('|'), 'is');

/** `name` without what tools put around it. */
export function cleaned(name: string): string {
  let plain = name.trim();
  if (!anyWrapping.test(plain)) return plain;
  for (let round = 0; round < 4; round++) {
    const before = plain;
    for (const [pattern, replacement] of wrappings) plain = plain.replace(pattern, replacement).trim();
    if (plain === before || plain === '') return plain === '' ? before : plain;
  }
  return plain;
}

/** The layers that were executed as one, as fused names list them: "a + b", "a || b", "{a,b}", "a;b", "[a, b]"; one of a plain name. */
export function membersOf(name: string): string[] {
  const inner = /^[{[](.*)[}\]](?::\d+)?$/s.exec(name.trim())?.[1] ?? name;
  const parts = splitOutside(inner);
  return parts.length > 1 ? parts.flatMap((part) => membersOf(part)) : [inner.trim()];
}

/** At separators that are not within brackets. */
function splitOutside(text: string): string[] {
  if (!/[;,]| (?:\+|\|\|) /.test(text)) return text.trim() === '' ? [] : [text.trim()];
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(' || character === '{' || character === '[') depth++;
    else if (character === ')' || character === '}' || character === ']') depth = Math.max(0, depth - 1);
    if (depth > 0) continue;
    const [separator = ''] = /^(?: \+ | \|\| |;\s*|,\s*)/.exec(text.slice(at, at + 4)) ?? [];
    if (separator === '') continue;
    parts.push(text.slice(start, at));
    start = at + separator.length;
    at = start - 1;
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `name` by its letters and digits only, for tools that write others: "/model.0/conv/Conv" and "_model_0_conv_Conv". */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
