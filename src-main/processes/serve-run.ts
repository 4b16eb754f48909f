/**
 * What a run process does: one run, searched in a worker thread and recorded by the main one, commanded by the process
 * that started it.
 */
import { openSession } from './open-session.ts';
import { openParentChannel } from './parent-channel.ts';
import type { RunSession, ThreadEntries } from './run-session.ts';
import { threadsOf } from './spawner.ts';

/** A sign of life while there is nothing else to report, ms. */
const HEARTBEAT_MS = 5000;

/** How long an abandoned search may take to stop: one that hangs must not outlive its parent, nor keep it from ending, ms. */
const STOP_MS = 5000;

/** Serves the parent of this process until the run is over. @param entries the files that its threads run, where they are not the usual ones */
export function serveRun(entries: Partial<ThreadEntries> = {}): void {
  const channel = openParentChannel();
  let session: RunSession | undefined;
  const abandon = (reason: string): void => {
    if (session === undefined) process.exit(0);
    session.abandon(reason);
    setTimeout(() => process.exit(1), STOP_MS).unref(); // what is committed stays; the next look finds the run interrupted
  };

  channel.onCommand((command) => {
    if (command.type !== 'start') {
      if (session === undefined) process.exit(0); // asked to end before it began
      session.obey(command);
      return;
    }
    process.title = `tessera run ${command.runId}`;
    session = openSession(command, {
      threads: threadsOf(process.argv),
      send: (event) => channel.send(event),
      onOver: () => process.exit(0),
      entries,
    });
  });
  channel.onParentGone(() => abandon('the application that had started it ended'));
  process.on('exit', () => session?.endOutside());
  process.on('SIGTERM', () => abandon('its process was asked to end'));
  // Ctrl+C reaches every process of a terminal: the parent decides what it means.
  process.on('SIGINT', () => {});
  setInterval(() => void channel.send({ type: 'heartbeat' }), HEARTBEAT_MS).unref();
  void channel.send({ type: 'ready' });
}
