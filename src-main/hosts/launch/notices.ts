/**
 * The last step of a build: writes what others' work it contains, with their licences. `out/THIRD-PARTY.md` is for people who get the
 * files, `out/renderer/third-party.json` is what Settings shows. Which packages these are, the builds themselves have noted
 * (`bundled-packages.ts`); to packages that are imported when Tessera runs belong all those that they depend on.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { BuildPackages } from './bundled-packages.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A package whose work is part of Tessera as it is built. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** Where its sources are. */
  readonly source: string;
  /** Its licence and notices, letter by letter as it ships them; the standard text where it ships none. */
  readonly text: string;
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The notices of everything that the builds noted in `builds` contain or need, by name. @throws Error where a package states no licence */
export function collectNotices(builds: readonly BuildPackages[]): Notice[] {
  const folders = new Set(builds.flatMap(({ bundled }) => bundled.map((folder) => join(root, folder))));
  const external = builds.flatMap((build) => build.external);
  for (const name of external) addWithDependencies(name, root, folders);
  const texts = new Map<string, string>();
  const packages = [...folders].map((folder) => ({ folder, file: readPackage(folder) }));
  for (const { folder, file } of packages) {
    const text = shippedText(folder);
    if (text !== undefined && file.license !== undefined && !texts.has(file.license)) texts.set(file.license, text);
  }
  const notices = packages.map(({ folder, file }): Notice => {
    const { name, version, license } = file;
    if (license === undefined) throw new Error(`${name} ${version} states no licence`);
    const text = shippedText(folder) ?? standardText(file, texts);
    if (text === undefined) throw new Error(`${name} ${version} ships no text of its licence, ${license}`);
    return { name, version, license, source: sourceOf(file), text };
  });
  const byName = new Map(notices.map((notice) => [`${notice.name} ${notice.version}`, notice]));
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version));
}

/** Adds the folder of a package and those of all that it needs, as Node finds them from `from`. */
function addWithDependencies(name: string, from: string, folders: Set<string>, isOptional = false): void {
  const folder = findPackage(name, from);
  if (folder === undefined) {
    if (isOptional) return;
    throw new Error(`${name}, which ${relative(root, from) || 'Tessera'} needs, is not installed`);
  }
  if (folders.has(folder)) return;
  folders.add(folder);
  const { dependencies = {}, optionalDependencies = {} } = readPackage(folder);
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
    addWithDependencies(needed, folder, folders, needed in optionalDependencies);
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}

function readPackage(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile; // npm has installed it
}

/** Licence and notices in the folder of a package, and of what it has taken from others (`licenses/`). */
function shippedText(folder: string): string | undefined {
  const names = readdirSync(folder).sort();
  const texts = names
    .filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name))
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory()
        ? readdirSync(path)
            .sort()
            .map((inner) => join(path, inner))
        : [path];
    })
    .map((path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including without
limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS
OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is
hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.`;

/**
 * For a package that names its licence but ships no text of it: the standard text with its author; of licences that name nobody
 * (MPL-2.0), the text as another package ships it.
 */
function standardText(file: PackageFile, shipped: ReadonlyMap<string, string>): string | undefined {
  const { name, license = '', author } = file;
  const holder =
    (typeof author === 'string' ? author.replace(/\s*<[^>]*>/, '') : author?.name) ?? `the authors of ${name}`;
  if (license === 'MIT') return `The MIT License\n\nCopyright (c) ${holder}\n\n${MIT}`;
  if (license === 'ISC') return `The ISC License\n\nCopyright (c) ${holder}\n\n${ISC}`;
  return license === 'MPL-2.0' ? shipped.get(license) : undefined;
}

function sourceOf({ name, homepage, repository }: PackageFile): string {
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? homepage;
  const address = url
    ?.replace(/^git\+/, '')
    .replace(/^(?:ssh:\/\/|git:\/\/|https?:\/\/)?(?:git@)?github\.com[:/]/, 'https://github.com/')
    .replace(/^github:/, 'https://github.com/')
    .replace(/\.git$/, '');
  if (address === undefined) return `https://www.npmjs.com/package/${name}`;
  return address.startsWith('https://') ? address : `https://github.com/${address}`;
}

/** What people read who get the files: a table, then every text once, with the packages it is of. */
export function noticesAsMarkdown(notices: readonly Notice[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, text } of notices) byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  return [
    '# Third-party notices',
    '',
    'Tessera as it is built contains or needs the work of others, listed with its licences. Each package is ' +
      'used unchanged; its sources are at the address given.',
    'Data sets in `resources/data` have their licences next to them. Electron, where it is shipped with ' +
      'Tessera, and Node.js bring notices of their own (`LICENSES.chromium.html`, `LICENSE`).',
    '',
    '| Package | Version | Licence | Sources |',
    '|---|---|---|---|',
    ...notices.map(({ name, version, license, source }) => `| ${name} | ${version} | ${license} | <${source}> |`),
    ...[...byText].flatMap(([text, packages]) => ['', `## ${packages.join(', ')}`, '', '```text', text, '```']),
    '',
  ].join('\n');
}

/** Writes both files from what the builds have noted below `out`. @returns how many packages there are */
export function writeNotices(out = join(root, 'out')): number {
  const folder = join(out, 'packages');
  const builds = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as BuildPackages, // written by `notePackages`
  );
  const notices = collectNotices(builds);
  writeFileSync(join(out, 'THIRD-PARTY.md'), noticesAsMarkdown(notices));
  writeFileSync(join(out, 'renderer/third-party.json'), JSON.stringify(notices));
  return notices.length;
}

if (process.argv[1] === import.meta.filename) console.log(`third-party notices: ${writeNotices()} packages`);
