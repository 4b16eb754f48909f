/**
 * Where single numbers of a document come from. A source belongs to a path, segments separated by "/": names of fields, an item of a
 * list by its `id` or its number, `*` for any one segment. It holds for everything below that path; of several the one with the most
 * segments wins, then the one with the fewest `*`, then the one listed first.
 */
import { z } from 'zod';
import type { Path } from './errors.ts';

export const sourceKinds = ['published', 'derived', 'assumed'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const sourceSchema = z.strictObject({
  path: z.string().min(1).max(500).describe('Which numbers, e.g. "processors/cpu/operatingPoints/*/frequencyMHz"; see documents.md'),
  kind: z.enum(sourceKinds),
  source: z.string().min(1).describe('Where from, how derived, or why assumed'),
});
export type Source = z.output<typeof sourceSchema>;

/** The source of the value at `path` (fields and indices, as in a WorkbenchError) of `document`, or undefined where none is stated. */
export function sourceOf(document: { readonly sources?: readonly Source[] | undefined }, path: Path): Source | undefined {
  const names = namesAlong(document, path);
  let best: { readonly source: Source; readonly rank: number } | undefined;
  for (const source of document.sources ?? []) {
    const segments = source.path.split('/');
    if (segments.length > names.length || !segments.every((segment, index) => segment === '*' || names[index]?.includes(segment) === true)) continue;
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
    const id = typeof step === 'number' && typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : undefined;
    return typeof id === 'string' ? [String(step), id] : [String(step)];
  });
}
