/** Runs in the window before the page, sandboxed: gives the page two functions and nothing of Electron itself. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { EVENT_CHANNEL, INVOKE_CHANNEL } from './channels.ts';

contextBridge.exposeInMainWorld('tessera', {
  invoke: (route: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(INVOKE_CHANNEL, route, input),
  subscribe(listener: (event: unknown) => void): () => void {
    // The Electron event is kept back: its `sender` would give the page ipcRenderer.
    const forward = (_: IpcRendererEvent, event: unknown): void => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => void ipcRenderer.off(EVENT_CHANNEL, forward);
  },
});
