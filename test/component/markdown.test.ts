/** Markdown of the documentation: what becomes what, and that nothing in it can become markup. */
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { createMemoryHistory } from 'vue-router';
import { MarkdownView } from '#renderer/features/help/MarkdownView.ts';
import { parseInline, parseMarkdown } from '#renderer/features/help/markdown.ts';
import { createWorkbenchRouter } from '#renderer/router.ts';

const show = (source: string): HTMLElement =>
  mount(MarkdownView, {
    props: { blocks: parseMarkdown(source), pages: new Set(['simulation']) },
    global: { plugins: [createWorkbenchRouter(createMemoryHistory())] },
  }).element as HTMLElement;

describe('blocks', () => {
  it('are headings, paragraphs, lists in lists, code, quotes and tables', () => {
    const page = show(
      '# Title\n\nOne line\nand another.\n\n- a\n  - b\n- c\n\n1. first\n2. second\n\n```sh\nnpm ci  # *not* emphasis\n```\n\n> said\n\n| A | B |\n| --- | ---: |\n| 1 | `x\\|y` |\n',
    );
    expect(page.querySelector('h1')?.id).toBe('title');
    expect(page.querySelector('p')?.textContent).toBe('One line and another.');
    expect(page.querySelectorAll('ul > li > ul > li')).toHaveLength(1);
    expect([...page.querySelectorAll('ol > li')].map((item) => item.textContent)).toEqual(['first', 'second']);
    expect(page.querySelector('pre')?.textContent).toBe('npm ci  # *not* emphasis');
    expect(page.querySelector('blockquote')?.textContent).toBe('said');
    expect([...page.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual(['1', 'x|y']);
  });

  it('are code where they are indented by four spaces, letter by letter, but not within a paragraph', () => {
    const page = show('Fitness:\n\n    a · b − c_d*e*\n\n      - deeper\n\nAfter\n    it.\n\n- item\n\n  more of it\n');
    expect([...page.querySelectorAll('pre')].map((code) => code.textContent)).toEqual(['a · b − c_d*e*\n\n  - deeper']);
    expect([...page.querySelectorAll(':scope > p')].map((text) => text.textContent)).toEqual(['Fitness:', 'After it.']);
    expect(page.querySelectorAll('li p')).toHaveLength(2);
  });

  it('keep an unclosed fence as code to the end', () => {
    expect(parseMarkdown('```\na\nb')).toEqual([{ kind: 'code', language: '', text: 'a\nb' }]);
  });
});

describe('a line', () => {
  it('knows code, strong, emphasis and links, one in another', () => {
    expect(parseInline('a `b*c*` **d [e](f.md)** *g*')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'b*c*' },
      { kind: 'text', text: ' ' },
      {
        kind: 'strong',
        content: [
          { kind: 'text', text: 'd ' },
          { kind: 'link', target: 'f.md', content: [{ kind: 'text', text: 'e' }] },
        ],
      },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', content: [{ kind: 'text', text: 'g' }] },
    ]);
  });

  it('leaves names with underscores and products alone', () => {
    expect(parseInline('npu_first and best_mapping, 2 * 3 * 4')).toEqual([
      { kind: 'text', text: 'npu_first and best_mapping, 2 * 3 * 4' },
    ]);
  });
});

describe('safety', () => {
  it('shows HTML as text', () => {
    const page = show('<img src=x onerror=alert(1)> <script>alert(1)</script>');
    expect(page.querySelector('img, script')).toBeNull();
    expect(page.textContent).toContain('<script>');
  });

  it('links only to pages that exist and to https', () => {
    const page = show(
      '[a](javascript:alert(1)) [b](simulation.md#energy) [c](https://example.org) [d](missing.md) [e](http://example.org)',
    );
    expect([...page.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
      '/help/simulation?at=energy',
      'https://example.org',
    ]);
    expect(page.querySelector('a[target="_blank"]')?.getAttribute('rel')).toBe('noopener noreferrer');
  });
});
