/** A Vite plugin that notes which packages a build contains and which it leaves to be found when it runs, for the third-party notices. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

/** What one build is made of, as `out/packages/<build>.json` has it. */
export interface BuildPackages {
  /** Folders of packages that have code, styles or fonts in it, below the checkout: "node_modules/echarts". */
  readonly bundled: readonly string[];
  /** Names of packages that it imports when it runs. */
  readonly external: readonly string[];
}

/** The part of a bundler's output that is looked at. */
interface OutputFile {
  readonly type: 'chunk' | 'asset';
  readonly modules?: Readonly<Record<string, { readonly renderedLength: number }>>;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly originalFileNames?: readonly string[];
}

interface PackagesPlugin {
  readonly name: string;
  generateBundle(
    this: { getModuleIds(): Iterable<string> },
    options: unknown,
    bundle: Readonly<Record<string, OutputFile>>,
  ): void;
}

/**
 * @param root the checkout's folder: this file is read as part of a bundled configuration, whose place is another
 * @param build the name of the build: "renderer"
 */
export function notePackages(root: string, build: string): PackagesPlugin {
  return {
    name: 'tessera-note-packages',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const code = files.flatMap(({ modules = {} }) =>
        Object.entries(modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
      );
      // Styles leave no code behind, and neither do the fonts that they name.
      const styles = [...this.getModuleIds()].filter((id) => /\.css(?:\?|$)/.test(id));
      const assets = files.flatMap(({ originalFileNames = [] }) => originalFileNames);
      const imported = files.flatMap(({ imports = [], dynamicImports = [] }) => [...imports, ...dynamicImports]);
      const packages: BuildPackages = {
        bundled: unique([...code, ...styles, ...assets].flatMap(packageFolder)),
        external: unique(
          imported.filter((name) => !(name in bundle) && !isBuiltin(name) && name !== 'electron').map(packageName),
        ),
      };
      const folder = join(root, 'out/packages');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${build}.json`), `${JSON.stringify(packages, undefined, 2)}\n`);
    },
  };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** The folder of the package that a module belongs to: none for one of Tessera's own. */
function packageFolder(id: string): string[] {
  const found = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'));
  return found?.[1] === undefined ? [] : [found[1]];
}

/** "@scope/name/path" → "@scope/name". */
function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
