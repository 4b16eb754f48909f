/** The run process's line to the process that started it: Electron's `parentPort` or Node's IPC channel. */
import { setTimeout } from 'node:timers/promises';
import type { ParentPort } from 'electron';
import type { RunCommand, RunEvent } from './protocol.ts';

export interface ParentChannel {
  /** Resolves when the event is on its way. */
  send(event: RunEvent): Promise<void>;
  onCommand(listener: (command: RunCommand) => void): void;
  /** The parent has ended, or let go of the line. */
  onParentGone(listener: () => void): void;
}

/** @throws Error when this process was started by hand */
export function openParentChannel(): ParentChannel {
  const electronPort: ParentPort | undefined = process.parentPort;
  if (electronPort !== undefined) return overElectron(electronPort);
  if (process.send !== undefined) return overNode();
  throw new Error('a run process is started by the workbench, not by hand: use "tessera run"');
}

/** Electron does not say when a message has left; a process that ends at once would take its last words with it. */
const ELECTRON_FLUSH_MS = 100;

/** Electron ends a utility process with its parent, at once: there is nothing to listen to. */
function overElectron(port: ParentPort): ParentChannel {
  return {
    send: (event) => {
      port.postMessage(event);
      return setTimeout(ELECTRON_FLUSH_MS);
    },
    onCommand: (listener) => void port.on('message', ({ data }) => listener(data)),
    onParentGone: () => {},
  };
}

function overNode(): ParentChannel {
  return {
    send: (event) =>
      new Promise((resolve) => {
        // an error here means that the parent is gone, which `disconnect` reports
        if (process.connected) process.send?.(event, undefined, undefined, () => resolve());
        else resolve();
      }),
    onCommand: (listener) => void process.on('message', (command) => listener(command as RunCommand)), // both ends are built together
    onParentGone: (listener) => void process.once('disconnect', listener),
  };
}
