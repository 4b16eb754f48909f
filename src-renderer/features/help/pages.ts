/** The documentation that ships with the product (resources/docs), as pages of Help. */
import { parseMarkdown, plainText, type Block } from './markdown.ts';

export interface HelpPage {
  /** File name without ending. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** These come first, in this order; the others follow by title. */
const firstPages = ['getting-started', 'workbench', 'editors', 'documents', 'simulation', 'schedulers', 'record', 'cli', 'hosts'];

const sources = import.meta.glob<string>('../../../resources/docs/*.md', { query: '?raw', import: 'default', eager: true });

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
  return position < 0 ? firstPages.length : position;
}
