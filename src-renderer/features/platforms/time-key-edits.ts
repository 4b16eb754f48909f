/** Whose times a processor uses, changed as one step: keys of its own, or those of another platform on purpose. */
import type { TimeKeyHolder } from '#shared/domain/time-keys.ts';
import { listed } from '#shared/domain/words.ts';
import { listAt, textOf, type Change, type Content } from '../../editing/json-path.ts';
import { timeKeyOf } from '../../editing/time-keys.ts';
import { ownKeyFor } from './platform-edits.ts';

export interface TakenTimes {
  readonly changes: readonly Change[];
  /** Names of the processors that use the other platform's times from now on. */
  readonly processors: readonly string[];
}

/**
 * The times of `other` for the processors of a platform: each takes those of the one with its id, else of the only other one of its
 * kind. A line of provenance says so. Processors without a counterpart stay as they are.
 */
export function withTimesOf(content: Content, other: TimeKeyHolder): TakenTimes {
  const processors = listAt(content, ['processors']);
  const free = new Set(other.processors);
  const pairs = new Map<number, TimeKeyHolder['processors'][number]>();
  const pair = (index: number, found: TimeKeyHolder['processors'][number] | undefined): void => {
    if (found === undefined) return;
    pairs.set(index, found);
    free.delete(found);
  };
  processors.forEach((processor, index) =>
    pair(
      index,
      [...free].find(({ id }) => id === processor['id']),
    ),
  );
  processors.forEach((processor, index) => {
    if (pairs.has(index)) return;
    const ofKind = [...free].filter(({ kind }) => kind === processor['kind']);
    if (ofKind.length === 1) pair(index, ofKind[0]);
  });
  const names = [...pairs.keys()]
    .toSorted((a, b) => a - b)
    .map((index) => textOf(processors[index]?.['name']) || textOf(processors[index]?.['id']));
  if (names.length === 0) return { changes: [], processors: [] };
  const changed = processors.map((processor, index): Content => {
    const source = pairs.get(index);
    return source === undefined
      ? processor
      : {
          ...processor,
          executionTimeKey: source.key,
          sharesTimesWith: [...new Set([other.id, ...source.sharesTimesWith])],
        };
  });
  return {
    processors: names,
    changes: [
      { path: ['processors'], value: changed },
      {
        path: ['provenance'],
        value: [
          ...provenanceOf(content),
          `assumed: the execution times of ${listed(names)} are those of ${other.name} (${other.id}), taken on purpose`,
        ],
      },
    ],
  };
}

/** A key of its own for a processor, which then has no times of others. */
export function withOwnKey(content: Content, index: number, takenKeys: ReadonlySet<string>): Change[] {
  const processor = listAt(content, ['processors'])[index];
  return [
    {
      path: ['processors', index, 'executionTimeKey'],
      value: ownKeyFor(content, textOf(processor?.['id']), takenKeys),
    },
    { path: ['processors', index, 'sharesTimesWith'], value: undefined },
  ];
}

/** The key a processor has is shared on purpose with the platforms that use it. */
export function withSharing(
  content: Content,
  index: number,
  others: readonly { readonly id: string; readonly name: string }[],
): Change[] {
  const processor = listAt(content, ['processors'])[index] ?? {};
  const name = textOf(processor['name']) || textOf(processor['id']);
  return [
    { path: ['processors', index, 'executionTimeKey'], value: timeKeyOf(processor) },
    {
      path: ['processors', index, 'sharesTimesWith'],
      value: [...new Set([...sharesOf(processor), ...others.map(({ id }) => id)])],
    },
    {
      path: ['provenance'],
      value: [
        ...provenanceOf(content),
        `assumed: the execution times of ${name} are those of ${listed(others.map((other) => `${other.name} (${other.id})`))}, taken on purpose`,
      ],
    },
  ];
}

/** Ids of the platforms whose times a processor takes on purpose. */
export function sharesOf(processor: Content): readonly string[] {
  const shares = processor['sharesTimesWith'];
  return Array.isArray(shares) ? shares.filter((id): id is string => typeof id === 'string') : [];
}

function provenanceOf(content: Content): readonly unknown[] {
  return Array.isArray(content['provenance']) ? content['provenance'] : [];
}
