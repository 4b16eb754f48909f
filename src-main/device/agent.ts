/**
 * The agent: describes its machine, measures and executes for the workbench at the other end of a stream, and ends with it. Knows neither
 * Electron nor the record. One job at a time, in a process of its own.
 */
import { createHash, type Hash } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { entryPath } from '../processes/entries.ts';
import { frameOf, FrameReader } from './frames.ts';
import { setGovernors, restoreLeftGovernors } from './governors.ts';
import type { JobAnswer, JobOrder } from './device-job.ts';
import { describeMachine } from './machine.ts';
import { PROTOCOL_VERSION, requestSchema, type DeviceJob, type Reply, type Request } from './protocol.ts';
import { requireRuntime } from './runtime.ts';

/** Bytes in both directions. */
export interface Stream {
  send(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The other end is gone. */
  onEnd(listener: () => void): void;
  close(): void;
}

export interface AgentOptions {
  readonly dataDirectory: string;
  readonly product: string;
  /** Where models are kept while it works; default: the system's folder for such files. */
  readonly workDirectory?: string;
}

/** A model that is being received. */
interface Incoming {
  readonly file: number;
  readonly hash: Hash;
  readonly path: string;
  at: number;
}

/** Followed by the number of the process that it belongs to. */
const FOLDER = 'tessera-agent-';

/** Removes the folders of agents that were killed: those whose process is gone. */
function removeLeftFolders(workDirectory: string): void {
  for (const name of readdirSync(workDirectory)) {
    const pid = /^tessera-agent-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      rmSync(join(workDirectory, name), { recursive: true, force: true });
    } catch {
      // Another user's: it is theirs to remove.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Serves one stream. @returns when it has ended, and everything that was started for it with it */
export function serveAgent(stream: Stream, options: AgentOptions): Promise<void> {
  return new Agent(stream, options).ended;
}

class Agent {
  readonly ended: Promise<void>;
  readonly #stream: Stream;
  readonly #options: AgentOptions;
  readonly #folder: string;
  readonly #incoming = new Map<string, Incoming>();
  #isGreeted = false;
  #job: { readonly id: number; readonly process: ChildProcess } | undefined;
  #restore = (): void => {};
  #settle = (): void => {};
  #isOver = false;

  constructor(stream: Stream, options: AgentOptions) {
    this.#stream = stream;
    this.#options = options;
    const workDirectory = options.workDirectory ?? tmpdir();
    removeLeftFolders(workDirectory);
    this.#folder = mkdtempSync(join(workDirectory, `${FOLDER}${process.pid}-`));
    restoreLeftGovernors(options.dataDirectory);
    this.ended = new Promise((settle) => (this.#settle = settle));
    const reader = new FrameReader();
    stream.onData((bytes) => {
      if (this.#isOver) return;
      try {
        for (const message of reader.read(bytes)) this.#take(message);
      } catch (error) {
        this.#sayError(error);
        this.#end();
      }
    });
    stream.onEnd(() => this.#end());
  }

  #take(message: unknown): void {
    const parsed = requestSchema.safeParse(message);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new WorkbenchError(
        'device.message',
        `a message makes no sense: ${issue.path.join('.')}: ${issue.message}`,
        {
          hint: 'use the same version of Tessera at both ends',
        },
      );
    }
    const request = parsed.data;
    if (request.type === 'hello') {
      if (request.protocol !== PROTOCOL_VERSION)
        throw new WorkbenchError(
          'device.version',
          `this agent speaks version ${PROTOCOL_VERSION} of the protocol, and the workbench version ${request.protocol}`,
          { hint: 'use the same version of Tessera at both ends' },
        );
      this.#isGreeted = true;
      this.#say({ type: 'welcome', protocol: PROTOCOL_VERSION, product: this.#options.product });
      return;
    }
    if (!this.#isGreeted) throw new WorkbenchError('device.message', 'the first message is not a greeting');
    if (request.type === 'bye') {
      this.#end();
      return;
    }
    try {
      this.#answer(request);
    } catch (error) {
      this.#sayError(error, request.id);
    }
  }

  #answer(request: Exclude<Request, { type: 'hello' | 'bye' }>): void {
    const { id } = request;
    if (request.type === 'describe')
      this.#say({ type: 'result', id, result: describeMachine(this.#options.dataDirectory) });
    else if (request.type === 'missing')
      this.#say({ type: 'result', id, result: request.digests.filter((digest) => !existsSync(this.#pathOf(digest))) });
    else if (request.type === 'blob') {
      this.#receive(request);
      this.#say({ type: 'result', id, result: null });
    } else if (request.type === 'job') this.#start(id, request.job);
    else if (this.#job?.id === id && this.#job.process.connected) this.#job.process.send('cancel');
  }

  #pathOf(digest: string): string {
    return join(this.#folder, `${digest}.onnx`);
  }

  /** A part of a model; the last one is followed by the check of its digest. */
  #receive({ digest, size, offset, bytes }: Extract<Request, { type: 'blob' }>): void {
    let incoming = this.#incoming.get(digest);
    if (incoming === undefined) {
      const path = join(this.#folder, `${digest}.part`);
      incoming = { file: openSync(path, 'w'), hash: createHash('sha256'), path, at: 0 };
      this.#incoming.set(digest, incoming);
    }
    if (offset !== incoming.at || offset + bytes.length > size)
      throw new WorkbenchError(
        'device.message',
        `a part of a model begins at byte ${offset} instead of ${incoming.at}`,
      );
    writeSync(incoming.file, bytes);
    incoming.hash.update(bytes);
    incoming.at += bytes.length;
    if (incoming.at < size) return;
    closeSync(incoming.file);
    this.#incoming.delete(digest);
    if (incoming.hash.digest('hex') !== digest)
      throw new WorkbenchError('device.message', 'a model did not arrive as it was sent: its digest is another one');
    renameSync(incoming.path, this.#pathOf(digest));
  }

  #start(id: number, job: DeviceJob): void {
    if (this.#job !== undefined)
      throw new WorkbenchError('device.busy', 'the agent is at work on another job', {
        hint: 'wait for it, or cancel it',
      });
    requireRuntime(this.#options.dataDirectory);
    const missing = [...job.models, ...(job.kind === 'profile' ? [job.sentinel] : job.wholes)].find(
      ({ digest }) => !existsSync(this.#pathOf(digest)),
    );
    if (missing !== undefined) throw new WorkbenchError('device.message', `the model "${missing.id}" was not sent`);
    this.#restore = setGovernors(this.#options.dataDirectory);
    const child = fork(entryPath('device-job'), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#job = { id, process: child };
    let last: Exclude<JobAnswer, { type: 'progress' }> | undefined;
    child.on('message', (answer: JobAnswer) => {
      if (answer.type === 'progress') this.#say({ ...answer, id });
      else last = answer;
    });
    const over = (how: string): void => {
      if (this.#job?.process !== child) return;
      this.#job = undefined;
      this.#restore();
      // Only now: who hears of the end may ask for the next job at once.
      if (last !== undefined) this.#say({ ...last, id });
      else
        this.#sayError(
          new WorkbenchError('device.crashed', `the process of the job ended ${how}`, {
            hint: 'a model may be damaged, or the memory too small for all of them',
          }),
          id,
        );
    };
    child.on('error', ({ message }) => over(`: ${message}`));
    child.on('exit', (code, signal) => over(signal === null ? `with code ${code}` : `by ${signal}`));
    const order: JobOrder = { job, folder: this.#folder, dataDirectory: this.#options.dataDirectory };
    child.send(order);
  }

  #say(reply: Reply): void {
    if (this.#isOver) return;
    this.#stream.send(frameOf(reply));
  }

  #sayError(error: unknown, id?: number): void {
    const known = error instanceof WorkbenchError;
    this.#say({
      type: 'error',
      ...(id === undefined ? {} : { id }),
      code: known ? error.code : 'device.failed',
      message: error instanceof Error ? error.message : String(error),
      ...(known && error.hint !== undefined ? { hint: error.hint } : {}),
    });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#job?.process.kill('SIGKILL');
    this.#restore();
    for (const { file } of this.#incoming.values()) closeSync(file);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#stream.close();
    this.#settle();
  }
}
