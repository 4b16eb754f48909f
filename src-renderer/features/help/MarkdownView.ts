/** Shows a Markdown tree. Links to other pages of the documentation stay in the workbench; others open outside, https only. */
import { defineComponent, h, type PropType, type VNode } from 'vue';
import { RouterLink } from 'vue-router';
import { plainText, type Block, type Inline } from './markdown.ts';

export const MarkdownView = defineComponent({
  name: 'MarkdownView',
  props: {
    blocks: { type: Array as PropType<readonly Block[]>, required: true },
    /** Pages of the documentation, by file name without ending. */
    pages: { type: Object as PropType<ReadonlySet<string>>, required: true },
  },
  setup(props) {
    const block = (given: Block): VNode => {
      switch (given.kind) {
        case 'heading':
          return h(`h${Math.min(given.level, 4)}`, { id: given.id }, inlines(given.content));
        case 'paragraph':
          return h('p', inlines(given.content));
        case 'code':
          return h('pre', { class: 'mono' }, h('code', given.text));
        case 'list':
          return h(
            given.isOrdered ? 'ol' : 'ul',
            given.items.map((item) =>
              h('li', item.length === 1 && item[0].kind === 'paragraph' ? inlines(item[0].content) : item.map(block)),
            ),
          );
        case 'quote':
          return h('blockquote', given.content.map(block));
        case 'table':
          return h('table', [
            h(
              'thead',
              h(
                'tr',
                given.head.map((cell) => h('th', inlines(cell))),
              ),
            ),
            h(
              'tbody',
              given.rows.map((row) =>
                h(
                  'tr',
                  row.map((cell) => h('td', inlines(cell))),
                ),
              ),
            ),
          ]);
        case 'rule':
          return h('hr');
      }
    };
    const inlines = (content: readonly Inline[]): (VNode | string)[] => content.map(inline);
    const inline = (given: Inline): VNode | string => {
      switch (given.kind) {
        case 'text':
          return given.text;
        case 'code':
          return h('code', { class: 'mono' }, given.text);
        case 'strong':
          return h('strong', inlines(given.content));
        case 'emphasis':
          return h('em', inlines(given.content));
        case 'image':
          return h('span', { class: 'muted' }, given.text);
        case 'link':
          return link(given.target, given.content);
      }
    };
    const link = (target: string, content: readonly Inline[]): VNode | string => {
      const page = /^(?:\.\/)?([\w-]+)\.md(?:#([\w-]+))?$/.exec(target);
      if (page !== null && props.pages.has(page[1]))
        return h(
          RouterLink,
          { to: { name: 'help', params: { page: page[1] }, query: page[2] === undefined ? {} : { at: page[2] } } },
          () => inlines(content),
        );
      if (target.startsWith('https://'))
        return h('a', { href: target, target: '_blank', rel: 'noopener noreferrer' }, inlines(content));
      return h('span', plainText(content));
    };
    return () => h('div', { class: 'markdown' }, props.blocks.map(block));
  },
});
