/**
 * A layer's dependencies in one cell of a table: `stem; left@4000; right@4000[cpu>gpu=1.4, gpu>cpu=2]`. Each is the producer's id,
 * after "@" the bytes moved, and in brackets measured transfer times (ms). Decimals have a point. A backslash takes the next character as it is.
 */
import type { Network } from '../domain/network.ts';
import { countText, type NumberFault, type NumberKind } from '../domain/numerals.ts';

type Dependency = Network['layers'][number]['dependencies'][number];

/** What went wrong in a list, in words. */
export class DependencySyntaxError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The number that `text`, which is not empty, means in a list. */
export type ListNumber = (text: string, kind: NumberKind) => number | NumberFault;

/** As the list itself says: decimals with a point. */
const withPoint: ListNumber = (text) =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : { reason: '' };

export function writeDependencies(dependencies: readonly Dependency[]): string {
  return dependencies
    .map(({ layer, bytes, transferMs }) => {
      const times =
        transferMs === undefined
          ? ''
          : `[${Object.entries(transferMs)
              .map(([pair, ms]) => `${escaped(pair)}=${ms}`)
              .join(', ')}]`;
      return `${escaped(layer)}${bytes === undefined ? '' : `@${countText(bytes)}`}${times}`;
    })
    .join('; ');
}

/** @throws DependencySyntaxError */
export function readDependencies(text: string, read: ListNumber = withPoint): Dependency[] {
  const marks = tokensOf(text);
  let at = 0;
  const next = (): string | undefined => marks[at]?.mark;
  /** The text up to the next mark. */
  const word = (): string => (next() === '' ? (marks[at++]?.text ?? '') : '');
  const number = (what: string, kind: NumberKind): number => {
    let digits = word().trim();
    // A comma followed by digits without "=" after them belongs to the number; it is not a mark.
    while (next() === ',' && /^\d/.test(marks[at + 1]?.text ?? '') && marks[at + 2]?.mark !== '=') {
      digits += `,${marks[at + 1]?.text.trim()}`;
      at += 2;
    }
    const value = digits === '' ? { reason: '' } : read(digits, kind);
    if (typeof value !== 'number')
      throw new DependencySyntaxError(`"${digits}" is not ${what}${value.reason}`, value.hint);
    if (!Number.isFinite(value)) throw new DependencySyntaxError(`"${digits}" is not ${what}`);
    return value;
  };
  const dependencies: Dependency[] = [];
  if (text.trim() === '') return dependencies;
  for (;;) {
    const layer = word();
    if (layer === '') throw new DependencySyntaxError('a dependency has no id');
    const dependency: { layer: string; bytes?: number; transferMs?: Record<string, number> } = { layer };
    if (next() === '@') {
      at++;
      dependency.bytes = number(`the number of bytes from "${layer}"`, 'count');
    }
    if (next() === '[') {
      const times: [string, number][] = [];
      for (at++; next() !== ']';) {
        const pair = word();
        if (pair === '' || next() !== '=')
          throw new DependencySyntaxError(`the times of "${layer}" are not of the form [cpu>gpu=1.4, gpu>cpu=2]`);
        at++;
        times.push([pair, number(`the transfer time of "${pair}"`, 'measure')]);
        if (next() === ',') at++;
        else if (next() !== ']') throw new DependencySyntaxError(`the times of "${layer}" are not closed with "]"`);
      }
      at++;
      dependency.transferMs = Object.fromEntries(times);
    }
    dependencies.push(dependency);
    if (at >= marks.length) return dependencies;
    if (next() !== ';')
      throw new DependencySyntaxError(
        `after "${layer}" comes "${next() === '' ? marks[at]?.text : next()}" instead of ";"`,
      );
    at++;
  }
}

/** What would be taken for a mark, and white space at the ends, which would be cut off. */
function escaped(text: string): string {
  return text.replaceAll(/[\\;@[\]=,]|^\s|\s$/g, String.raw`\$&`);
}

/** Words, with `mark` empty, and the marks between them. White space around words is left out unless escaped. */
function tokensOf(text: string): { readonly mark: string; readonly text: string }[] {
  const tokens: { mark: string; text: string }[] = [];
  let word = '';
  /** Length of the word up to its last character that is not white space or is escaped. */
  let solid = 0;
  const endWord = (): void => {
    if (solid > 0) tokens.push({ mark: '', text: word.slice(0, solid) });
    word = '';
    solid = 0;
  };
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '\\') {
      if (i + 1 >= text.length) throw new DependencySyntaxError('it ends with a backslash');
      word += text.charAt(++i);
      solid = word.length;
    } else if (';@[]=,'.includes(character)) {
      endWord();
      tokens.push({ mark: character, text: '' });
    } else if (solid > 0 || !/\s/.test(character)) {
      word += character;
      if (!/\s/.test(character)) solid = word.length;
    }
  }
  endWord();
  return tokens;
}
