/** Values inside a document by their path: read, and changed without touching what they are part of (everything else is shared). */
import type { Path } from '#shared/domain/errors.ts';

/** A document while it is edited: JSON that need not be valid. */
export type Content = Readonly<Record<string, unknown>>;

/** One change: the value at `path` becomes `value`; undefined takes the field, or the entry of a list, away. */
export interface Change {
  readonly path: Path;
  readonly value: unknown;
}

/** The value at `path`, undefined where there is none. */
export function valueAt(content: unknown, path: Path): unknown {
  let value = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** `content` with all `changes`, in their order. The identical object when nothing changes. */
export function withChanges(content: Content, changes: readonly Change[]): Content {
  return changes.reduce<Content>((changed, { path, value }) => {
    const next = replaced(changed, path, value);
    return isContent(next) ? next : changed;
  }, content);
}

export function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function replaced(container: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value;
  const old: unknown =
    typeof container === 'object' && container !== null && Object.hasOwn(container, part)
      ? Reflect.get(container, part)
      : undefined;
  const next = replaced(old, rest, value);
  if (Object.is(next, old)) return container;
  if (typeof part === 'number') {
    const list: readonly unknown[] = Array.isArray(container) ? container : [];
    if (next === undefined) return list.toSpliced(part, 1);
    return part < list.length ? list.with(part, next) : [...list, next];
  }
  const object = isContent(container) ? container : {};
  if (next !== undefined) return { ...object, [part]: next };
  const { [part]: _taken, ...others } = object;
  return others;
}

/** The objects of the list at `path`; empty where there is none. */
export function listAt(content: unknown, path: Path): readonly Content[] {
  const list = valueAt(content, path);
  return Array.isArray(list) ? list.filter(isContent) : [];
}

/** A value as a number; undefined for what is none, such as a half-typed one. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The index behind every list: a change there adds an entry. */
export const END = Number.MAX_SAFE_INTEGER;
