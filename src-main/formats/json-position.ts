/** Where and why a text is not JSON (RFC 8259): the runtime's own messages say the place only sometimes. */
import { anyOf } from '#shared/formats/any-of.ts';

export interface JsonFault {
  /** In UTF-16 code units from the start. */
  readonly offset: number;
  readonly message: string;
}

const space = /[ \t\n\r]*/y;
const tokens = {
  text: /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/,
  word: /(?:true|false|null)(?!\w)/,
  mark: /[[\]{},:]/,
};
const token = anyOf(Object.values(tokens), 'y');

/** What may come next, in words. */
const expectations = {
  value: 'a value',
  firstItem: 'a value or "]"',
  firstKey: 'a name in quotes or "}"',
  key: 'a name in quotes',
  colon: '":"',
  afterItem: '"," or "]"',
  afterMember: '"," or "}"',
  end: 'the end of the file',
} as const;
type Expectation = keyof typeof expectations;

/** The first fault of `text`; undefined when it is JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = [];
  let expected: Expectation = 'value';
  for (let at = 0; ;) {
    space.lastIndex = at;
    space.test(text);
    const start = space.lastIndex;
    token.lastIndex = start;
    const found: string | undefined = token.exec(text)?.[0];
    if (found === undefined && start >= text.length)
      return expected === 'end'
        ? undefined
        : { offset: start, message: `expected ${expectations[expected]}, but the file ends` };
    const next: Expectation | undefined = found === undefined ? undefined : after(expected, found, open);
    if (next === undefined) return { offset: start, message: describe(text, start, expected) };
    expected = next;
    at = token.lastIndex;
  }
}

/** What is expected once `found` has come; undefined where it may not come. Keeps `open` up to date. */
function after(expected: Expectation, found: string, open: ('[' | '{')[]): Expectation | undefined {
  const isName = found.startsWith('"');
  const closes =
    (found === ']' && (expected === 'firstItem' || expected === 'afterItem')) ||
    (found === '}' && (expected === 'firstKey' || expected === 'afterMember'));
  if (closes) {
    open.pop();
    return afterValue(open);
  }
  if (expected === 'key' || expected === 'firstKey') return isName ? 'colon' : undefined;
  if (expected === 'colon') return found === ':' ? 'value' : undefined;
  if (expected === 'afterItem') return found === ',' ? 'value' : undefined;
  if (expected === 'afterMember') return found === ',' ? 'key' : undefined;
  if (expected === 'end' || [']', '}', ',', ':'].includes(found)) return undefined;
  if (found !== '[' && found !== '{') return afterValue(open);
  open.push(found);
  return found === '[' ? 'firstItem' : 'firstKey';
}

function afterValue(open: readonly ('[' | '{')[]): Expectation {
  const innermost = open.at(-1);
  return innermost === undefined ? 'end' : innermost === '[' ? 'afterItem' : 'afterMember';
}

function describe(text: string, offset: number, expected: Expectation): string {
  const word = /[\w.+-]+|[^]/uy;
  word.lastIndex = offset;
  const found = word.exec(text)?.[0] ?? '';
  if (
    found === '"' &&
    (expected === 'value' || expected === 'key' || expected === 'firstItem' || expected === 'firstKey')
  )
    return 'a text in quotes is not closed in its line, or has a backslash that means nothing';
  return `expected ${expectations[expected]}, found ${JSON.stringify(found.slice(0, 40))}`;
}
