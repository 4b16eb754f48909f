/** What became of a pasted block, and how it is said: a full success is called one, whatever was recognised on the way. */
import { formatPath, type Issue } from '#shared/domain/errors.ts';
import { MOST_ISSUES } from '#shared/domain/zod-issues.ts';
import { formatCount, formatCounted } from '../format.ts';
import type { Toast } from '../stores/notifications.ts';
import type { Change } from './json-path.ts';

/** A block that was read as a whole table. */
export interface TakenTable {
  readonly changes: readonly Change[];
  /** Sentences: what was made of it. */
  readonly done: readonly string[];
  /** Sentences: what could not be taken. */
  readonly left: readonly string[];
}

/** How many places of a document have to be settled after a paste: what is wrong where it wrote, and what was not wrong before. */
export function unsettledBy(changes: readonly Change[], before: readonly Issue[], after: readonly Issue[]): number {
  const textOf = ({ path, message }: Issue): string => `${formatPath(path)} ${message}`;
  const known = new Set(before.map(textOf));
  const written = new Set(changes.map(({ path }) => formatPath(path)));
  return new Set(
    after
      .filter((issue) => written.has(formatPath(issue.path)) || !known.has(textOf(issue)))
      .map(({ path }) => formatPath(path)),
  ).size;
}

/** @param unsettled cells of the block with which something is wrong now */
export function pasteNotice(
  { done, left }: Pick<TakenTable, 'done' | 'left'>,
  unsettled: number,
): Omit<Toast, 'id' | 'durationMs'> {
  // No more problems are listed of one document.
  const cells =
    unsettled >= MOST_ISSUES
      ? `At least ${formatCount(MOST_ISSUES)} cells have`
      : `${formatCounted(unsettled, 'cell')} ${unsettled === 1 ? 'has' : 'have'}`;
  const open = unsettled === 0 ? [] : [`${cells} to be settled: see the problems.`];
  const isWhole = left.length + open.length === 0;
  return {
    kind: isWhole ? 'success' : 'info',
    title: left.length > 0 ? 'Pasted in part' : isWhole ? 'Pasted' : 'Pasted, with problems',
    hint: [...open, ...left, ...done].join(' '),
  };
}
