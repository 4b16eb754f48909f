/**
 * Where single numbers of a document come from. A source belongs to a path, segments separated by "/": names of fields, an item of a
 * list by its `id`, by its `dataType` where it has no id (the rates of a cost model), or by its number, `*` for any one
 * segment. It holds for everything below that path; of several the one with the most
 * segments wins, then the one with the fewest `*`, then the one listed first.
 */
import { z } from 'zod';
import { longText } from './common.ts';
import type { Path } from './errors.ts';

export const sourceKinds = ['published', 'derived', 'assumed'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const sourceSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(500)
    .describe('Which numbers, e.g. "processors/cpu/operatingPoints/*/frequencyMHz"; see documents.md'),
  kind: z.enum(sourceKinds),
  source: longText.min(1).describe('Where from, how derived, or why assumed'),
});
export type Source = z.output<typeof sourceSchema>;

/** The source of the value at `path` (fields and indices, as in a WorkbenchError) of `document`, or undefined where none is stated. */
export function sourceOf(
  document: { readonly sources?: readonly Source[] | undefined },
  path: Path,
): Source | undefined {
  const names = namesAlong(document, path);
  let best: { readonly source: Source; readonly rank: number } | undefined;
  for (const source of document.sources ?? []) {
    const segments = source.path.split('/');
    if (
      segments.length > names.length ||
      !segments.every((segment, index) => segment === '*' || names[index]?.includes(segment) === true)
    )
      continue;
    const rank = segments.length * 1000 - segments.filter((segment) => segment === '*').length;
    if (best === undefined || rank > best.rank) best = { source, rank };
  }
  return best?.source;
}

/** What each step of `path` may be called: the field's name, or an item's number and id. */
function namesAlong(document: unknown, path: Path): readonly (readonly string[])[] {
  let value: unknown = document;
  return path.map((step) => {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
    const name = typeof step === 'number' ? nameOfItem(value) : undefined;
    return name === undefined ? [String(step)] : [String(step), name];
  });
}

/** What an item of a list is called in addition to its number. */
export function nameOfItem(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const [id, dataType]: unknown[] = [Reflect.get(item, 'id'), Reflect.get(item, 'dataType')];
  return typeof id === 'string' ? id : typeof dataType === 'string' ? dataType : undefined;
}
