/** The sources of single numbers while a document is edited: a number that a person changes no longer comes from where it came. */
import type { Path } from '#shared/domain/errors.ts';
import { nameOfItem, sourceKinds, sourceOf, type Source } from '#shared/domain/sources.ts';
import { listAt, textOf, valueAt, type Change, type Content } from './json-path.ts';

/** What a changed number says of itself. */
const CHANGED: Pick<Source, 'kind' | 'source'> = { kind: 'assumed', source: 'changed in the editor' };

/** The source of the value at `path`, or undefined where none is stated. */
export function sourceAt(content: Content, path: Path): Source | undefined {
  return sourceOf({ ...content, sources: sourcesOf(content) }, path);
}

/** `content` after `changes` were made to `before`, with sources that say so for every number that has changed. */
export function withTrueSources(before: Content, content: Content, changes: readonly Change[]): Content {
  const stated = sourcesOf(before);
  if (stated.length === 0) return content;
  const changed = changes.filter(
    ({ path, value }) =>
      path.length > 1 &&
      value !== undefined &&
      typeof value !== 'object' &&
      path.at(-1) !== 'id' &&
      path.at(-1) !== 'name' &&
      valueAt(before, path) !== value &&
      sourceAt(before, path) !== undefined,
  );
  const paths = [...new Set(changed.map(({ path }) => sourcePath(content, path, stated)))].filter(
    (path) => !stated.some((source) => source.path === path && source.source === CHANGED.source),
  );
  return paths.length === 0
    ? content
    : {
        ...content,
        sources: [
          ...paths.map((path) => ({ path, ...CHANGED })),
          ...sourcesOf(content).filter((source) => !paths.includes(source.path)),
        ],
      };
}

/**
 * As sources name a place: entries by their id or data type; those without one by any number, because their numbers change when others come and
 * go, unless the number that has changed has a source of its own, which would win.
 */
function sourcePath(content: Content, path: Path, stated: readonly Source[]): string {
  const named = (nameOfEntry: (number: number) => string): string =>
    path
      .map((step, index) => {
        if (typeof step === 'string') return step;
        return nameOfItem(valueAt(content, path.slice(0, index + 1))) || nameOfEntry(step);
      })
      .join('/');
  const exact = named(String);
  return stated.some((source) => source.path === exact) ? exact : named(() => '*');
}

function sourcesOf(content: Content): Source[] {
  return listAt(content, ['sources']).flatMap((source) => {
    const kind = sourceKinds.find((candidate) => candidate === source['kind']);
    return kind === undefined ? [] : [{ path: textOf(source['path']), kind, source: textOf(source['source']) }];
  });
}
