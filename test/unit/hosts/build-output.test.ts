/** What a build contains: not more than its budget, nothing that is for development only, and a notice of everything of others. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '#main/hosts/launch/build.ts';
import { collectNotices, noticesAsMarkdown, type Notice } from '#main/hosts/launch/notices.ts';
import { root } from '#test/doubles/hosts.ts';

const out = join(root, 'out');

// `npm test` has built already; whoever runs this file alone may not have.
beforeAll(async () => {
  if ((await ensureBuilt()) !== 'current') throw new Error('there is no current build to look at');
}, 600_000);

/** Bytes of the files below `folder` whose names end like this. */
function bytesOf(folder: string, ...endings: readonly string[]): number {
  return readdirSync(join(out, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Bytes, compressed, of everything that a browser fetches before the first page can show. */
function firstLoadBytes(): number {
  const html = readFileSync(join(out, 'renderer/index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(1);
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(out, 'renderer', file))).length, 0);
}

/**
 * The most that each part may have, in thousands of bytes: a tenth to a fifth more than when this was written. A new feature may need
 * more: then raise its line in the same commit, which says what it is for. A new package that raises one needs a reason in README.
 */
const budget: readonly (readonly [part: string, mostKB: number, bytes: () => number])[] = [
  ['the first load of the workbench, compressed', 300, firstLoadBytes],
  ['scripts and styles of the workbench', 3500, () => bytesOf('renderer', '.js', '.css')],
  ['fonts of the workbench', 350, () => bytesOf('renderer', '.woff2')],
  // Of that about 700 are five packages of many small files, which load faster bundled (electron.vite.config.ts).
  ['the main process, the command line and the run processes', 3200, () => bytesOf('main', '.js')],
  ['the script of an exported page', 400, () => bytesOf('dashboard', '.js')],
  ['the drawing of pictures', 1000, () => bytesOf('pictures', '.js')],
];

describe('the budget', () => {
  it.each(budget)('of %s, %i kB, is kept', (part, mostKB, bytes) => {
    const kB = Math.ceil(bytes() / 1000);
    expect(
      kB,
      `${part} has ${kB} kB, its budget is ${mostKB} kB: look for what grew, or raise the budget and say why`,
    ).toBeLessThanOrEqual(mostKB);
    expect(kB, `${part} has ${kB} kB: where less than half of ${mostKB} kB is left, lower the budget`).toBeGreaterThan(
      mostKB / 2,
    );
  });
});

it('the gallery of components is in development builds only', () => {
  const files = readdirSync(join(out, 'renderer'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => /gallery/i.test(name))).toEqual([]);
  for (const name of files.filter((file) => file.endsWith('.js')))
    expect(readFileSync(join(out, 'renderer', name), 'utf8')).not.toMatch(/GalleryPage|"\/gallery"|exhibit-row/);
});

describe('third-party notices', () => {
  const notices = (): Notice[] => JSON.parse(readFileSync(join(out, 'renderer/third-party.json'), 'utf8'));
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };

  it.each(Object.entries(dependencies))(
    '%s is among them, with its version and the text of its licence',
    (name, version) => {
      const notice = notices().find((candidate) => candidate.name === name);
      expect(notice).toMatchObject({
        version,
        license: expect.stringMatching(/^[\w.-]+$/),
        source: expect.stringMatching(/^https:\/\/[^:]+$/),
      });
      expect(notice?.text.length).toBeGreaterThan(500);
    },
  );

  it.each([
    ['echarts', 'Apache-2.0', /Apache License[^]*The Apache Software Foundation[^]*Bostock/],
    ['zrender', 'BSD-3-Clause', /Redistribution and use/],
    ['mediabunny', 'MPL-2.0', /Mozilla Public License Version 2\.0/],
    ['@resvg/resvg-wasm', 'MPL-2.0', /Mozilla Public License Version 2\.0/],
    ['@fontsource-variable/inter', 'OFL-1.1', /SIL OPEN FONT LICENSE/i],
    ['@fontsource-variable/jetbrains-mono', 'OFL-1.1', /SIL OPEN FONT LICENSE/i],
    ['fontkit', 'MIT', /Copyright \(c\) Devon Govett[^]*WITHOUT WARRANTY/],
    ['saxes', 'ISC', /Copyright \(c\) Louis-Dominique Dubeau[^]*Permission to use, copy/],
  ])('%s is under %s, in its own words or the standard ones', (name, license, text) => {
    const notice = notices().find((candidate) => candidate.name === name);
    expect(notice?.license).toBe(license);
    expect(notice?.text).toMatch(text);
  });

  it('name what dependencies depend on, and no tool of development', () => {
    const names = notices().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['sonic-boom', '@vue/runtime-core', 'xmlchars', 'lodash-es']));
    for (const tool of ['vite', 'typescript', 'vitest', 'electron-vite', '@sparticuz/chromium'])
      expect(names).not.toContain(tool);
    expect(new Set(notices().map(({ name, version }) => `${name} ${version}`)).size).toBe(names.length);
  });

  it('are in a file for people, too, each text once', () => {
    const file = readFileSync(join(out, 'THIRD-PARTY.md'), 'utf8');
    expect(file).toBe(noticesAsMarkdown(notices()));
    for (const { name, version, license } of notices()) expect(file).toContain(`| ${name} | ${version} | ${license} |`);
    const texts = new Set(notices().map(({ text }) => text));
    for (const text of texts) expect(file.split(`\n\`\`\`text\n${text}\n\`\`\`\n`)).toHaveLength(2);
    expect(texts.size).toBeLessThan(notices().length); // packages that ship the same text share it
  });

  it('cannot leave out a package that is not there, or that has no licence', () => {
    expect(() => collectNotices([{ bundled: [], external: ['no-such-package'] }])).toThrow(
      'no-such-package, which Tessera needs, is not installed',
    );
  });
});
