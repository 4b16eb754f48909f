/** The keys of execution times while a platform is edited: a new one gets keys of its own, which follow its ids until it is saved. */
import { ownTimeKey } from '#shared/domain/time-keys.ts';
import { listAt, textOf, type Content } from './json-path.ts';

/** The key under which layers have their time for a processor. */
export function timeKeyOf(processor: Content): string {
  return textOf(processor['executionTimeKey']) || textOf(processor['id']);
}

/**
 * A platform whose processors have keys that no other platform uses, for a new one or a copy.
 * @param taken keys of other platforms
 * @param isOwn processors that keep theirs
 */
export function withOwnTimeKeys(
  content: Content,
  taken: ReadonlySet<string>,
  isOwn: (processor: Content, index: number) => boolean = () => false,
): Content {
  const used = new Set(taken);
  const processors = listAt(content, ['processors']).map((processor, index): Content => {
    if (isOwn(processor, index)) return processor;
    const key = ownTimeKey(textOf(content['id']), textOf(processor['id']), used);
    used.add(key);
    const { sharesTimesWith: _shared, ...rest } = processor;
    return { ...rest, executionTimeKey: key };
  });
  return { ...content, processors };
}

/** `next` with keys that were made of ids in `before` made of its own ids; the same object where none is. */
export function withFollowingTimeKeys(before: Content, next: Content, taken: ReadonlySet<string>): Content {
  const idByKey = new Map(
    listAt(before, ['processors']).map((processor) => [timeKeyOf(processor), textOf(processor['id'])]),
  );
  const isMadeOf = (key: string, platform: string, processor: string): boolean =>
    key === `${platform}-${processor}` ||
    (key.startsWith(`${platform}-${processor}-`) && /^\d+$/.test(key.slice(platform.length + processor.length + 2)));
  const follows = (processor: Content): boolean => {
    const key = textOf(processor['executionTimeKey']);
    const old = idByKey.get(key);
    return (
      old !== undefined &&
      isMadeOf(key, textOf(before['id']), old) &&
      !isMadeOf(key, textOf(next['id']), textOf(processor['id']))
    );
  };
  return listAt(next, ['processors']).some(follows)
    ? withOwnTimeKeys(next, taken, (processor) => !follows(processor))
    : next;
}
