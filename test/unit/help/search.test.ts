/** Searching the documentation: headings before text, every word, and a piece of the text around what was found. */
import { describe, expect, it } from 'vitest';
import { parseMarkdown } from '#renderer/features/help/markdown.ts';
import { passagesOf, searchPassages } from '#renderer/features/help/search.ts';

const page = (id: string, title: string, source: string) => ({ id, title, blocks: parseMarkdown(source) });
const passages = passagesOf([
  page(
    'a',
    'Scheduling',
    '# Scheduling\n\nBefore any heading: tides.\n\n## Deadlines\n\nA job that ends late.\n\n### Grace\n\n- one\n- two tides',
  ),
  page(
    'b',
    'Files',
    '# Files\n\n## Tables\n\n| Column | Means |\n|---|---|\n| `deadlineMs` | when it has to be **done** |',
  ),
]);
const found = (query: string): string[] =>
  searchPassages(query, passages).map(({ passage }) => `${passage.page}#${passage.at ?? ''}`);

describe('a search in the documentation', () => {
  it('finds headings first, then text, also in lists and tables', () => {
    expect(found('deadline')).toEqual(['a#deadlines', 'b#tables']);
    expect(found('tides')).toEqual(['a#', 'a#grace']);
  });

  it('wants every word, in the heading or the text', () => {
    expect(found('tables done')).toEqual(['b#tables']);
    expect(found('tables late')).toEqual([]);
    expect(found('  ')).toEqual([]);
  });

  it('shows where the words are, whatever signs they have', () => {
    const [hit] = searchPassages('DONE', passages);
    expect(hit?.excerpt.filter(({ isFound }) => isFound)).toEqual([{ text: 'done', isFound: true }]);
    expect(found('(late')).toEqual([]);
  });
});
