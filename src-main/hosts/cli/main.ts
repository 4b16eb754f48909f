/** Entry of the command line. Loads nothing before it knows that this Node can run it: SQLite would crash an older one without a word. */
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(
    `error: Tessera needs Node 22.12 or newer; this is Node ${process.versions.node}\nhint: in a checkout use "npm ` +
      'run -s tessera -- …", which brings its own Node 24',
  );
  process.exit(1);
}
const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
