/** How large a request may be that comes as JavaScript values, over Electron's channels: the same limits as those of a message on a socket. */
import type { MessageLimits } from './message-limits.ts';

export interface ValueLimits extends MessageLimits {
  /** Bytes of binary data and characters of texts together. */
  readonly maxBytes: number;
}

/** What in `input` is beyond `limits`, in words; undefined when all is well. Looks at no more of it than the limits allow. */
export function beyondValueLimits(input: unknown, { maxDepth, maxValues, maxBytes }: ValueLimits): string | undefined {
  let values = 0;
  let bytes = 0;
  const look = (value: unknown, depth: number): string | undefined => {
    values++;
    if (typeof value === 'string') bytes += value.length;
    else if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    if (values > maxValues) return `it has more than ${maxValues} values`;
    if (bytes > maxBytes) return `it has more than ${maxBytes} bytes`;
    if (depth > maxDepth) return `it is nested deeper than ${maxDepth}`;
    return typeof value !== 'object' || value === null || ArrayBuffer.isView(value)
      ? undefined
      : lookInside(value, depth + 1);
  };
  const lookInside = (value: object, depth: number): string | undefined => {
    if (Array.isArray(value)) return firstOf(value, (item) => look(item, depth));
    for (const key in value) {
      const fault = look(key, depth) ?? look(Reflect.get(value, key), depth);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return look(input, 0);
}

/** What `look` finds first. */
function firstOf(items: readonly unknown[], look: (item: unknown) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
