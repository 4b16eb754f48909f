/**
 * The entry of the npm scripts: `node launch.js start|tessera|build …`. JavaScript, because a Node that is too old for TypeScript
 * files must still get as far as saying so; everything else is in the .ts file of the same name as the script.
 */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`Tessera's scripts need Node 22.18 or newer; this is Node ${process.versions.node}.\nhint: use npm (npm start, npm run -s tessera -- …): its scripts bring their own Node 24`);
  process.exit(1);
}

const [script, ...args] = process.argv.slice(2);
const scripts = {
  start: () => import('./start.ts'),
  tessera: () => import('./tessera.ts'),
  build: () => import('./build.ts'),
};
if (!Object.hasOwn(scripts, script)) {
  console.error(`there is no script "${script ?? ''}"; known: ${Object.keys(scripts).join(', ')}`);
  process.exit(2);
}
const { main } = await scripts[script]();
process.exitCode = await main(args);
