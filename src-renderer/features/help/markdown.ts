/**
 * Markdown as the documentation uses it, read into a tree: headings, paragraphs, lists, tables, code, quotes, and in a line code,
 * emphasis, links and images. No HTML: what looks like it stays text, so nothing that is shown can run.
 */
import { anyOf } from '#shared/formats/any-of.ts';

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly content: readonly Inline[] }
  | { readonly kind: 'link'; readonly target: string; readonly content: readonly Inline[] }
  | { readonly kind: 'image'; readonly target: string; readonly text: string };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly id: string; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'quote'; readonly content: readonly Block[] }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' };

/** Four spaces or a tab: code, where no paragraph or list goes on. */
const INDENTED = /^(?: {4}|\t)/;
const LIST_ITEM = /^(\s*)([-*]|\d+[.)])\s+(.*)$/;

export function parseMarkdown(source: string): Block[] {
  return parseBlocks(source.replaceAll('\r\n', '\n').split('\n'));
}

function parseBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    const fence = /^\s*(```+|~~~+)\s*(\S*)/.exec(line);
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (line.trim() === '') at++;
    else if (INDENTED.test(line)) {
      const end = endOfIndented(lines, at);
      blocks.push({
        kind: 'code',
        language: '',
        text: lines
          .slice(at, end)
          .map((code) => code.replace(INDENTED, ''))
          .join('\n'),
      });
      at = end;
    } else if (fence !== null) {
      const end = lines.findIndex((candidate, index) => index > at && candidate.trim().startsWith(fence[1]));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: 'code', language: fence[2], text: lines.slice(at + 1, stop).join('\n') });
      at = stop + 1;
    } else if (heading !== null) {
      blocks.push({
        kind: 'heading',
        level: heading[1].length,
        id: slug(heading[2]),
        content: parseInline(heading[2]),
      });
      at++;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ kind: 'rule' });
      at++;
    } else if (line.startsWith('>')) {
      const end = endOf(lines, at, (candidate) => candidate.startsWith('>'));
      blocks.push({
        kind: 'quote',
        content: parseBlocks(lines.slice(at, end).map((quoted) => quoted.replace(/^> ?/, ''))),
      });
      at = end;
    } else if (line.includes('|') && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(lines[at + 1] ?? '')) {
      const end = endOf(lines, at + 2, (candidate) => candidate.includes('|'));
      blocks.push({ kind: 'table', head: cellsOf(line), rows: lines.slice(at + 2, end).map(cellsOf) });
      at = end;
    } else if (LIST_ITEM.test(line)) {
      const [list, end] = parseList(lines, at);
      blocks.push(list);
      at = end;
    } else {
      const end = endOf(
        lines,
        at + 1,
        (candidate) =>
          candidate.trim() !== '' && !/^(#{1,6}\s|```|~~~|>)/.test(candidate) && !LIST_ITEM.test(candidate),
      );
      blocks.push({
        kind: 'paragraph',
        content: parseInline(
          lines
            .slice(at, end)
            .map((part) => part.trim())
            .join(' '),
        ),
      });
      at = end;
    }
  }
  return blocks;
}

/** The line after the indented code that starts at `from`; blank lines within it belong to it. */
function endOfIndented(lines: readonly string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length && (INDENTED.test(lines[at]) || lines[at].trim() === ''); at++)
    if (lines[at].trim() !== '') end = at + 1;
  return end;
}

/** The list that starts at line `from`, and the line after it. Deeper lines belong to the item above them. */
function parseList(lines: readonly string[], from: number): [Block, number] {
  const first = LIST_ITEM.exec(lines[from]);
  const indent = first?.[1].length ?? 0;
  const isOrdered = /\d/.test(first?.[2] ?? '');
  const items: string[][] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at];
    const item = LIST_ITEM.exec(line);
    const depth = /^\s*/.exec(line)?.[0].length ?? 0;
    const current = items[items.length - 1];
    if (item !== null && depth === indent && /\d/.test(item[2]) === isOrdered) items.push([item[3]]);
    else if (current !== undefined && (depth > indent || (line.trim() === '' && isContinued(lines, at, indent))))
      current.push(line.slice(Math.min(depth, indent + 2)));
    else if (
      current !== undefined &&
      item === null &&
      line.trim() !== '' &&
      lines[at - 1]?.trim() !== '' &&
      !/^(#|```|>)/.test(line)
    )
      current.push(line.trim());
    else break;
  }
  return [{ kind: 'list', isOrdered, items: items.map((item) => parseBlocks(item)) }, at];
}

/** Whether a list goes on after a blank line. */
function isContinued(lines: readonly string[], blank: number, indent: number): boolean {
  const next = lines.slice(blank).find((line) => line.trim() !== '');
  if (next === undefined) return false;
  const depth = /^\s*/.exec(next)?.[0].length ?? 0;
  return depth > indent || (depth === indent && LIST_ITEM.test(next));
}

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && belongs(lines[end])) end++;
  return end;
}

function cellsOf(line: string): Inline[][] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')));
}

const INLINE = anyOf([
  /(?<code>`+)(?<codeText>.+?)\k<code>(?!`)/,
  /!\[(?<alt>[^\]]*)\]\((?<source>[^)\s]+)[^)]*\)/,
  /\[(?<label>(?:[^\][]|\[[^\]]*\])*)\]\((?<target>[^)\s]+)[^)]*\)/,
  /\*\*(?<strong>.+?)\*\*/,
  /(?<![\w*])[*_](?<emphasis>[^*_\s](?:[^*_]*[^*_\s])?)[*_](?!\w)/,
  /<(?<auto>https?:\/\/[^>\s]+)>/,
]);

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match !== null; match = INLINE.exec(rest)) {
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) });
    parts.push(inlineOf(match.groups ?? {}));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function inlineOf(groups: Readonly<Record<string, string | undefined>>): Inline {
  const { codeText, alt, source, label, target, strong, emphasis, auto } = groups;
  if (codeText !== undefined) return { kind: 'code', text: codeText.trim() };
  if (source !== undefined) return { kind: 'image', target: source, text: alt ?? '' };
  if (target !== undefined) return { kind: 'link', target, content: parseInline(label ?? '') };
  if (strong !== undefined) return { kind: 'strong', content: parseInline(strong) };
  if (emphasis !== undefined) return { kind: 'emphasis', content: parseInline(emphasis) };
  return { kind: 'link', target: auto ?? '', content: [{ kind: 'text', text: auto ?? '' }] };
}

/** The address of a heading within its page. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s+/g, '-');
}

/** A line's text without its marks. */
export function plainText(content: readonly Inline[]): string {
  return content.map((part) => ('text' in part ? part.text : plainText(part.content))).join('');
}
