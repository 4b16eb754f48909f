/** The search spaces that ship with the product, and search spaces from files: documents of our own, or supernets of S3NAS. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { importSupernet, isSupernet } from '#shared/nas/s3nas-supernet.ts';
import { parseSearchSpace, type SearchSpaceDocument } from '#shared/nas/search-space.ts';

/** Supernets by the id they have here. */
const supernets: readonly { readonly id: string; readonly file: string; readonly name: string }[] = [
  { id: 's3nas-mixconv', file: 'mixconv_super_3_4_7_4_11', name: 'S3NAS, MixConv, 3-4-7-4-11 blocks' },
  { id: 's3nas-mixconv-4', file: 'mixconv_super_4_4_4_4_4', name: 'S3NAS, MixConv, 4 blocks a stage' },
  { id: 's3nas-mixconv-332', file: 'mixconv_super_4_5_9_5_13', name: 'S3NAS, MixConv, 4-5-9-5-13 blocks, 332 × 332' },
  { id: 's3nas-mbconv', file: 'mbconv_super_2_3_5_2_8', name: 'S3NAS, MBConv, 2-3-5-2-8 blocks' },
  { id: 's3nas-mbconv-4', file: 'mbconv_super_4_4_4_4_4', name: 'S3NAS, MBConv, 4 blocks a stage' },
  { id: 's3nas-conv-4', file: 'conv_super_4_4_4_4_4', name: 'S3NAS, ConvBlock, 4 blocks a stage' },
  {
    id: 's3nas-conv-mbconv-4',
    file: 'conv_mbconv_super_4_4_4_4_4',
    name: 'S3NAS, ConvBlock then MBConv, 4 blocks a stage',
  },
];

/** All that ship, by id. @throws WorkbenchError `nas.damaged` */
export function loadSearchSpaces(resourcesDirectory: string): ReadonlyMap<string, SearchSpaceDocument> {
  const folder = join(resourcesDirectory, 'presets/search-spaces');
  try {
    const imported = supernets.map(({ id, file, name }) =>
      importSupernet(readJson(join(resourcesDirectory, `data/s3nas/${file}.json`)), {
        id,
        name,
        provenance: [`cap-lab/S3NAS, commit e0b32e3 (Apache-2.0), ${file}.json`],
      }),
    );
    const own = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => parseSearchSpace(readJson(join(folder, name))));
    return new Map([...imported, ...own].map((space) => [space.id, space]));
  } catch (cause) {
    throw new WorkbenchError('nas.damaged', 'the search spaces that ship with Tessera cannot be read', {
      hint: 'the installation is incomplete: install again',
      cause,
    });
  }
}

/** @param argument an id, or a file where it looks like a path. @throws WorkbenchError `searchSpace.…`, `supernet.invalid`, `input.…` */
export function findSearchSpace(
  argument: string,
  spaces: ReadonlyMap<string, SearchSpaceDocument>,
): SearchSpaceDocument {
  if (/[/\\]|\.json$/i.test(argument)) return readSearchSpace(argument);
  const found = spaces.get(argument);
  if (found !== undefined) return found;
  throw new WorkbenchError('searchSpace.unknown', `there is no search space "${argument}"`, {
    hint: suggest(argument, [...spaces.keys()]),
  });
}

function readSearchSpace(path: string): SearchSpaceDocument {
  let input: unknown;
  try {
    input = readJson(path);
  } catch (cause) {
    const isSyntax = cause instanceof SyntaxError;
    throw new WorkbenchError(
      isSyntax ? 'input.notJson' : 'input.unreadable',
      `cannot read the search space "${path}": ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: isSyntax ? 'check its syntax' : 'check its path', cause },
    );
  }
  return isSupernet(input)
    ? importSupernet(input, { id: idOf(path), provenance: [`supernet ${basename(path)}`] })
    : parseSearchSpace(input);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Ids are letters, digits, "_", "." and "-". */
function idOf(path: string): string {
  return (
    basename(path)
      .replace(/\.json$/i, '')
      .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
      .replace(/^[.-]+/, '') || 'supernet'
  );
}
