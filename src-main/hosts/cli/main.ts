/** Entry of the command line. Loads nothing before it knows that this Node can run it: SQLite would crash an older one without a word. */
import process from 'node:process';
import { refuseOldNode } from '../node-version.ts';

refuseOldNode('in a checkout use "npm run -s tessera -- …", which brings its own Node 24');
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
