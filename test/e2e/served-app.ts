/** The built served host as a process of its own, for the end-to-end tests and the start-up benchmark. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const START_MS = 90_000;

export interface ServedApp {
  /** With the token that lets a browser in. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Asks it to end, as Ctrl-C does, and waits until it has. */
  close(): Promise<void>;
}

/** Starts the host with the database at `databasePath` and a data folder beside it. @throws when it ends or stays silent instead of printing its address */
export async function startServedApp(databasePath: string): Promise<ServedApp> {
  const data = dirname(databasePath);
  const child = spawn(process.execPath, [join(root, 'out/main/cli.js'), 'serve', '--no-open', '--db', databasePath], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: data, XDG_DATA_HOME: data, APPDATA: data },
  });
  let output = '';
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`no address within ${START_MS / 1000} s:\n${output}`)), START_MS);
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    const url = /http:\/\/\S+\?token=\S+/.exec(output)?.[0];
    if (url !== undefined) found(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('exit', (code) => reject(new Error(`the served host ended with code ${code}:\n${output}`)));
  try {
    const url = await promise;
    return {
      url,
      process: child,
      async close() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGINT');
        await ended;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
