/** The documentation that ships with the product (resources/docs), as pages of Help. */
import type { HelpPage } from './help-page.ts';
import { parseMarkdown, plainText } from './markdown.ts';

/** These come first, in this order; the others follow by title, and last what is looked up seldom. */
const firstPages = [
  'getting-started',
  'workbench',
  'editors',
  'documents',
  'simulation',
  'schedulers',
  'own-scheduler',
  'record',
  'cli',
  'hosts',
];

const lastPages = ['benchmarks', 'changelog'];

// How to change Tessera is for those who have its sources, and is read there.
const sources = import.meta.glob<string>(['../../../resources/docs/*.md', '!../../../resources/docs/contributing.md'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const helpPages: readonly HelpPage[] = Object.entries(sources)
  .map(([path, source]) => {
    const id = path.slice(path.lastIndexOf('/') + 1, -'.md'.length);
    const blocks = parseMarkdown(source);
    const heading = blocks.find((block) => block.kind === 'heading' && block.level === 1);
    return { id, title: heading?.kind === 'heading' ? plainText(heading.content) : id, blocks };
  })
  .sort((a, b) => rank(a.id) - rank(b.id) || a.title.localeCompare(b.title));

function rank(id: string): number {
  const position = firstPages.indexOf(id);
  return position < 0 ? firstPages.length + 1 + lastPages.indexOf(id) : position;
}
