/** The fonts that the letters of a picture need: the product's own, and for scripts that these lack one of the system's. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import { create } from 'fontkit';

const packages = createRequire(import.meta.url);
const families = [
  { package: '@fontsource-variable/inter', file: 'inter' },
  { package: '@fontsource-variable/jetbrains-mono', file: 'jetbrains-mono' },
] as const;
/** Every picture has letters of these. */
const alwaysNeeded = new Set(['latin', 'latin-ext']);

/** What `fontsFor` gives. */
export interface Fonts {
  /** Font files, complete. */
  readonly files: readonly Uint8Array[];
  /** Characters that none of them has, each once. */
  readonly missing: readonly string[];
}

export interface FontPlaces {
  /** Folders to look for the system's fonts in, with those below them. */
  readonly folders: readonly string[];
}

/** The fonts of this machine: where Linux, macOS and Windows keep them. */
export const systemPlaces: FontPlaces = { folders: systemFolders(process.platform, process.env) };

/**
 * Fonts that have the characters of `text`: the product's subsets that it needs, and of the system's as few as have the rest. Spaces,
 * controls, joiners and variation selectors need no sign of their own.
 */
export function fontsFor(text: string, places: FontPlaces = systemPlaces): Fonts {
  const needed = new Set<number>();
  for (const character of text)
    if (!/[\p{Z}\p{C}\p{Variation_Selector}]/u.test(character)) needed.add(character.codePointAt(0) ?? 0);
  const files = families.flatMap(({ package: name, file }) =>
    Object.entries(subsetsOf(name))
      .filter(([subset, ranges]) => alwaysNeeded.has(subset) || [...needed].some((point) => isWithin(point, ranges)))
      .map(([subset]) => readFileSync(packages.resolve(`${name}/files/${file}-${subset}-wght-normal.woff2`))),
  );
  const [{ package: sans }] = families;
  const ownRanges = Object.values(subsetsOf(sans)).flat();
  for (const point of needed) if (isWithin(point, ownRanges)) needed.delete(point);
  for (const path of needed.size === 0 ? [] : fontPaths(places)) {
    const { file, found } = signsIn(path, needed);
    if (found.length === 0) continue;
    files.push(file);
    for (const point of found) needed.delete(point);
    if (needed.size === 0) break;
  }
  return { files, missing: Array.from(needed, (point) => String.fromCodePoint(point)) };
}

type Range = readonly [first: number, last: number];

/** Ranges of code points by subset of a font package, as its style sheet has them. */
function subsetsOf(name: string): Readonly<Record<string, readonly Range[]>> {
  const written = JSON.parse(readFileSync(packages.resolve(`${name}/unicode.json`), 'utf8')) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(written).map(([subset, ranges]) => [
      subset,
      ranges.split(',').map((range): Range => {
        const [first, last = first] = range.replace('U+', '').split('-');
        return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
      }),
    ]),
  );
}

function isWithin(point: number, ranges: readonly Range[]): boolean {
  return ranges.some(([first, last]) => point >= first && point <= last);
}

/** A font file, and the points of `wanted` that it has an outline for; coloured pictures of signs cannot be drawn. */
function signsIn(
  path: string,
  wanted: ReadonlySet<number>,
): { readonly file: Buffer<ArrayBuffer>; readonly found: readonly number[] } {
  try {
    const file = readFileSync(path);
    const opened = create(file);
    const fonts = 'fonts' in opened ? opened.fonts : [opened];
    return {
      file,
      found: [...wanted].filter((point) =>
        fonts.some(
          (font) => font.hasGlyphForCodePoint(point) && font.glyphForCodePoint(point).path.commands.length > 0,
        ),
      ),
    };
  } catch {
    return { file: Buffer.alloc(0), found: [] }; // a damaged font of the system's is as good as none
  }
}

/** Words in the names of fonts with wide coverage and plain signs, the best first; heavier and slanted cuts come last. */
const preferred = [
  /noto ?sans/i,
  /pingfang|hiragino|yugoth|msyh|malgun|segoeui/i,
  /arial ?unicode/i,
  /noto/i,
  /dejavu ?sans/i,
  /emoji|symbol/i,
];
const otherCuts = /bold|black|heavy|light|thin|italic|oblique|condensed|serif|mono/i;

/** The font files of the system, those first that are likeliest to have a plain sign. */
function fontPaths({ folders }: FontPlaces): string[] {
  const found = folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => /^\.(ttf|ttc|otf|otc|woff2)$/i.test(extname(entry.name)))
        .map((entry) => ({ name: entry.name, path: join(entry.parentPath, entry.name) }));
    } catch {
      return []; // most of the folders are not on every machine
    }
  });
  const rank = (name: string): number => {
    const place = preferred.findIndex((pattern) => pattern.test(name));
    return (place < 0 ? preferred.length : place) + (otherCuts.test(name) ? 100 : 0);
  };
  return found.sort((a, b) => rank(a.name) - rank(b.name) || (a.path < b.path ? -1 : 1)).map(({ path }) => path);
}

/** Where a platform keeps its fonts, those of the person first. */
function systemFolders(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string[] {
  const home = homedir();
  switch (platform) {
    case 'win32':
      return [
        join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Microsoft', 'Windows', 'Fonts'),
        join(environment['WINDIR'] ?? 'C:\\Windows', 'Fonts'),
      ];
    case 'darwin':
      return [join(home, 'Library', 'Fonts'), '/Library/Fonts', '/System/Library/Fonts'];
    default: {
      const shared = (environment['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share')
        .split(':')
        .filter((folder) => folder !== '');
      return [
        join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'fonts'),
        join(home, '.fonts'),
        ...shared.map((folder) => join(folder, 'fonts')),
        '/run/current-system/sw/share/X11/fonts',
      ];
    }
  }
}
