/** Entry of a run process: one run, searched in a worker thread and recorded by this one, commanded by whoever started the process. */
import { openParentChannel } from './parent-channel.ts';
import { explainFailure, RunSession } from './run-session.ts';

/** A sign of life while nothing else is to be told, ms. */
const HEARTBEAT_MS = 5000;

/** How long an abandoned search may take to stop: one that hangs must not outlive its parent, nor keep it from ending, ms. */
const STOP_MS = 5000;

const channel = openParentChannel();
let session: RunSession | undefined;

channel.onCommand((command) => {
  if (command.type !== 'start') {
    if (session === undefined) process.exit(0); // told to end before it began
    session.obey(command);
    return;
  }
  try {
    process.title = `tessera run ${command.runId}`;
    session = new RunSession(command, (event) => channel.send(event), () => process.exit(0));
  } catch (error) {
    void channel.send({ type: 'failed', error: explainFailure(error, command) }).then(() => process.exit(0));
  }
});
channel.onParentGone(() => abandon('the application that had started it ended'));
process.on('SIGTERM', () => abandon('its process was asked to end'));
// Ctrl+C reaches every process of a terminal: the parent decides what it means.
process.on('SIGINT', () => {});
setInterval(() => void channel.send({ type: 'heartbeat' }), HEARTBEAT_MS).unref();
void channel.send({ type: 'ready' });

function abandon(reason: string): void {
  if (session === undefined) process.exit(0);
  session.abandon(reason);
  setTimeout(() => process.exit(1), STOP_MS).unref(); // what is committed stays; whoever looks next finds the run interrupted
}
