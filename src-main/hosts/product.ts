/** What every host needs to know of the product it belongs to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { resourcesDirectory } from './toolbox.ts';

/** The product's version, from its package.json. */
export function productVersion(): string {
  const file = join(resourcesDirectory(), '..', 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

/** Whether this is a checkout of the sources, not an installed package. */
export function isCheckout(): boolean {
  return existsSync(join(resourcesDirectory(), '..', 'src-main', 'hosts', 'launch', 'launch.js'));
}

/** What a person's commands begin with: the installed program, or in a checkout the npm script that builds first. */
export function commandLineProgram(): string {
  return isCheckout() ? 'npm run -s tessera --' : 'tessera';
}

/** Starts the agent of this machine, with the program that runs now: plain Node, never Electron. */
export function agentCommand(): string[] {
  return [process.execPath, process.argv[1], 'agent', '--stdio'];
}

/** The same from the desktop window, with the Node that launched it; undefined where it was started in another way. */
export function desktopAgentCommand(): string[] | undefined {
  const node = process.env['TESSERA_NODE'];
  return node === undefined
    ? undefined
    : [node, join(resourcesDirectory(), '..', 'out', 'main', 'cli.js'), 'agent', '--stdio'];
}

/** The benchmarks' entry; only in a checkout. */
export function benchmarksFile(): string {
  return join(resourcesDirectory(), '..', 'test', 'bench', 'bench.ts');
}

/** The built renderer, next to the resources. */
export function rendererDirectory(): string {
  return join(resourcesDirectory(), '..', 'out', 'renderer');
}

/** The built preload of the Electron host. */
export function preloadFile(): string {
  return join(resourcesDirectory(), '..', 'out', 'preload', 'preload.cjs');
}
