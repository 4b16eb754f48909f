/** Opening a session with the sink that its command names. */
import { errorPayloadOf } from './error-payload.ts';
import type { SinkAddress, StartCommand } from './protocol.ts';
import { explainFailure, openRecordSink } from './record-sink.ts';
import { RunSession, type SessionMeans } from './run-session.ts';
import type { RunSink } from './run-sink.ts';

/** Begins what `command` asks for. One that cannot begin says why and is over: undefined. */
export function openSession(command: StartCommand, means: Omit<SessionMeans, 'sink'>): RunSession | undefined {
  const { sink, runId } = command;
  try {
    return new RunSession(command, { ...means, sink: sink === undefined ? undefined : openSink(sink, runId) });
  } catch (error) {
    const payload = sink === undefined ? errorPayloadOf(error) : explainFailure(error, sink.path);
    void means.send({ type: 'failed', error: payload }).then(means.onOver);
    return undefined;
  }
}

function openSink(address: SinkAddress, runId: number): RunSink {
  return openRecordSink({ databasePath: address.path, runId });
}
