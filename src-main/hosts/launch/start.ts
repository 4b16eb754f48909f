/** `npm start`: builds what is stale, then opens the workbench (`open-workbench.ts`). */
import { ensureBuilt, root } from './build.ts';
import { openWorkbench } from './open-workbench.ts';
import { runCommandLine } from './tessera.ts';

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const end = await ensureBuilt();
  if (end === 'current') return openWorkbench(root, args, runCommandLine);
  if (end === 'failed')
    console.error('Tessera: the build failed, so nothing was started\nhint: see the messages above');
  return 1;
}
