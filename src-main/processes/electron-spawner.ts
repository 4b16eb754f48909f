/** Starts run processes under Electron, with `utilityProcess`, which the host passes in. */
import type { UtilityProcess } from 'electron';
import { entryPath } from './entries.ts';
import type { ProcessSpawner, RunProcess } from './spawner.ts';

/** The part of Electron's `utilityProcess` that is used. */
export interface UtilityProcessLauncher {
  fork(modulePath: string, args?: string[], options?: { serviceName?: string; stdio?: 'inherit' }): UtilityProcess;
}

export function electronSpawner(utilityProcess: UtilityProcessLauncher): ProcessSpawner {
  return {
    spawnRunProcess(): RunProcess {
      const child = utilityProcess.fork(entryPath('run-process'), [], { serviceName: 'Tessera run', stdio: 'inherit' });
      return {
        get pid() {
          return child.pid;
        },
        send: (command) => child.postMessage(command),
        onEvent: (listener) => void child.on('message', listener),
        onExit: (listener) => void child.once('exit', (code) => listener(code)),
        kill: () => void child.kill(),
      };
    },
  };
}
