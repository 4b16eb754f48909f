/** Searching the documentation: in headings first, then in the text below them. */
import type { HelpPage } from './help-page.ts';
import { plainText, type Block, type Inline } from './markdown.ts';

export interface Passage {
  readonly page: string;
  readonly pageTitle: string;
  /** Address of the heading within the page; undefined for what comes before the first one. */
  readonly at: string | undefined;
  readonly heading: string;
  readonly text: string;
}

export interface Hit {
  readonly passage: Passage;
  /** A stretch of the text around what was found, in pieces; those found are marked. */
  readonly excerpt: readonly { readonly text: string; readonly isFound: boolean }[];
}

const MOST_HITS = 60;
const AROUND = 70;

/** The documentation as passages, one per heading. */
export function passagesOf(pages: readonly HelpPage[]): Passage[] {
  return pages.flatMap((page) => {
    const passages: { at: string | undefined; heading: string; texts: string[] }[] = [
      { at: undefined, heading: page.title, texts: [] },
    ];
    for (const block of page.blocks) {
      if (block.kind === 'heading' && block.level === 1) continue;
      if (block.kind === 'heading') passages.push({ at: block.id, heading: plainText(block.content), texts: [] });
      else passages[passages.length - 1].texts.push(textOf(block));
    }
    return passages.map(({ at, heading, texts }) => ({
      page: page.id,
      pageTitle: page.title,
      at,
      heading,
      text: texts.join(' ').replaceAll(/\s+/g, ' ').trim(),
    }));
  });
}

/** Passages that have every word of `query`, in the heading (best) or the text; the most that fit first. */
export function searchPassages(query: string, passages: readonly Passage[]): Hit[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  return passages
    .map((passage) => ({ passage, score: scoreOf(passage, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_HITS)
    .map(({ passage }) => ({ passage, excerpt: excerptOf(passage.text, words) }));
}

function scoreOf({ heading, text }: Passage, words: readonly string[]): number {
  const [inHeading, inText] = [heading.toLowerCase(), text.toLowerCase()];
  let score = 0;
  for (const word of words) {
    const begins = (where: string): boolean =>
      where.startsWith(word) || new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, 'u').test(where);
    if (inHeading.includes(word)) score += begins(inHeading) ? 20 : 12;
    else if (inText.includes(word)) score += begins(inText) ? 4 : 1;
    else return 0;
  }
  return (
    score +
    (inHeading.includes(words.join(' ')) ? 10 : 0) +
    (words.length > 1 && inText.includes(words.join(' ')) ? 5 : 0)
  );
}

function excerptOf(text: string, words: readonly string[]): Hit['excerpt'] {
  const lower = text.toLowerCase();
  const first = Math.min(...words.map((word) => lower.indexOf(word)).filter((at) => at >= 0), lower.length);
  const from = first === lower.length || first < AROUND ? 0 : Math.max(0, text.lastIndexOf(' ', first - AROUND) + 1);
  const end = text.indexOf(' ', first === lower.length ? AROUND : first + AROUND);
  const part = `${from > 0 ? '… ' : ''}${text.slice(from, end < 0 ? text.length : end)}${end < 0 ? '' : ' …'}`;
  return part
    .split(new RegExp(`(${words.map(escaped).join('|')})`, 'iu'))
    .filter((piece) => piece !== '')
    .map((piece) => ({ text: piece, isFound: words.includes(piece.toLowerCase()) }));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function textOf(block: Block): string {
  const lines = (contents: readonly (readonly Inline[])[]): string => contents.map(plainText).join(' ');
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return plainText(block.content);
    case 'code':
      return block.text;
    case 'list':
      return block.items.flat().map(textOf).join(' ');
    case 'quote':
      return block.content.map(textOf).join(' ');
    case 'table':
      return [lines(block.head), ...block.rows.map(lines)].join(' ');
    case 'rule':
      return '';
  }
}
