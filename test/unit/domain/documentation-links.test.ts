/** The documentation holds together: links lead somewhere, and the files that guides name exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const docs = join(root, 'resources/docs');
const pages = [
  join(root, 'README.md'),
  ...['src-main', 'src-renderer', 'src-shared'].map((folder) => join(root, folder, 'README.md')),
  ...readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(docs, name)),
];

/** A heading's place on its page, as it is linked to. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ +(.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(pages.map((page) => relative(root, page)))('%s', (name) => {
  const page = join(root, name);
  const source = readFileSync(page, 'utf8');

  it('links to files and headings that exist', () => {
    const broken = [...source.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path, anchor]) => {
        const target = path === '' ? page : resolve(dirname(page), path!);
        if (!existsSync(target)) return [link];
        return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [link];
      },
    );
    expect(broken).toEqual([]);
  });
});

describe.each(['contributing.md', ...readdirSync(join(docs, 'decisions')).map((name) => `decisions/${name}`)])(
  '%s',
  (name) => {
    it('names files that exist', () => {
      const source = readFileSync(join(docs, name), 'utf8');
      const named = [...source.matchAll(/`((?:src-main|src-renderer|src-shared|test|resources)\/[^`\s]*)`/g)].map(
        ([, path]) => path!,
      );
      expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    });

    it('names scripts that exist', () => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
      const source = readFileSync(join(docs, name), 'utf8');
      const named = [...source.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script]) => script!);
      expect(named.filter((script) => !(script in scripts))).toEqual([]);
    });
  },
);

it('every decision is in the list of decisions', () => {
  const list = readFileSync(join(docs, 'decisions/README.md'), 'utf8');
  for (const name of readdirSync(join(docs, 'decisions')).filter((file) => file !== 'README.md'))
    expect(list).toContain(`](${name})`);
});

it('the changelog begins with what is not released yet', () => {
  expect(readFileSync(join(docs, 'changelog.md'), 'utf8').match(/^## .*$/m)?.[0]).toBe('## Unreleased');
});
