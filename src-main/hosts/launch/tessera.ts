/** `npm run -s tessera -- …`: the command line of a checkout; builds first when needed, then is out/main/cli.js. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, root } from './build.ts';

/** Runs the built command line in this process, so that its output, exit code and signals are its own. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const cli = join(root, 'out/main/cli.js');
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
  return Number(process.exitCode ?? 0);
}

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const end = await ensureBuilt();
  if (end === 'current') return runCommandLine(args);
  if (end === 'failed') console.error('Tessera: the build failed, so nothing was run\nhint: see the messages above');
  return 1;
}
