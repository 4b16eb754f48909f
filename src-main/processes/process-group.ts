/** The processes that a program of the person's has become: itself and all that it started, as far as they stayed in its process group. */
import { spawnSync } from 'node:child_process';

const isWindows = process.platform === 'win32';

/** Ends every process of the group at once, whether or not its first one still lives. @param leader id of the process that it was started as */
export function endGroup(leader: number): void {
  if (isWindows) spawnSync('taskkill', ['/pid', String(leader), '/t', '/f'], { windowsHide: true });
  else signal(leader, 'SIGKILL');
}

/** Stops or continues every process of the group; Windows has no such thing, there they go on. */
export function haltGroup(leader: number, halted: boolean): void {
  if (!isWindows) signal(leader, halted ? 'SIGSTOP' : 'SIGCONT');
}

function signal(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(-leader, name);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: what is left changed its user, and is not ours to end.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
