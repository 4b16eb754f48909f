/** The main process's end of the two channels: answers the windows' requests and passes events on to them. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { assertRequestSize } from '#shared/contract/messages.ts';
import type { Workbench } from '../../services/workbench.ts';
import { answer } from '../answer.ts';
import { EVENT_CHANNEL, INVOKE_CHANNEL } from './channels.ts';
import { isOwnPage } from './page-origin.ts';

/** A window's contents, as far as events need them. */
type Listener = Pick<WebContents, 'send' | 'isDestroyed'>;

/** Answers requests of our own pages; anyone else's are rejected. Typed arrays cross by structured clone. */
export function answerRequests(
  ipcMain: Pick<IpcMain, 'handle'>,
  workbench: Workbench,
  developmentUrl: string | undefined,
): void {
  ipcMain.handle(INVOKE_CHANNEL, (event, route: unknown, input: unknown) => {
    if (!isTrusted(event, developmentUrl)) throw new Error('only the pages of the workbench may do this');
    return answer(bounded(workbench), String(route), input);
  });
}

/** Refuses what no socket would take either: it would hold up every window. */
function bounded(workbench: Workbench): Pick<Workbench, 'invoke'> {
  return {
    async invoke(route, input) {
      assertRequestSize(route, input);
      return workbench.invoke(route, input);
    },
  };
}

/** Only the page itself, not a frame within it, and only while it is one of ours. */
function isTrusted({ senderFrame }: IpcMainInvokeEvent, developmentUrl: string | undefined): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url, developmentUrl);
}

/** Passes every event on to the windows there are. */
export function forwardEvents(
  workbench: Workbench,
  windows: () => readonly { readonly webContents: Listener }[],
): void {
  workbench.subscribe((event) => {
    for (const { webContents } of windows()) {
      if (!webContents.isDestroyed()) webContents.send(EVENT_CHANNEL, event);
    }
  });
}
