#!/usr/bin/env node
/**
 * `tessera` of the npm package: without arguments it opens the workbench, else it runs a command. Loads nothing before it knows that this
 * Node can run it: SQLite would crash an older one without a word.
 */
import { join } from 'node:path';
import process from 'node:process';
import { refuseOldNode } from '../node-version.ts';

refuseOldNode('"npx -p node@24 -c tessera" runs it with a Node of its own');
const { runCommandLine } = await import('../cli/program.ts');
const args = process.argv.slice(2);
if (args.length > 0) process.exitCode = await runCommandLine(args);
else {
  const [{ openWorkbench }, { resourcesDirectory }] = await Promise.all([
    import('./open-workbench.ts'),
    import('../toolbox.ts'),
  ]);
  process.exitCode = await openWorkbench(join(resourcesDirectory(), '..'), [], runCommandLine);
}
