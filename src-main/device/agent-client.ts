/** The workbench's end of a stream to an agent. Every wait has a limit. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Stream } from './agent.ts';
import { frameOf, FrameReader } from './frames.ts';
import {
  BLOB_PART_BYTES,
  executeResultSchema,
  machineSchema,
  PROTOCOL_VERSION,
  profileResultSchema,
  replySchema,
  type ExecuteJob,
  type ExecuteResult,
  type Machine,
  type ProfileJob,
  type ProfileResult,
  type Reply,
  type Request,
} from './protocol.ts';

export interface Limits {
  /** Answers that need no measuring, ms. */
  readonly answerMs: number;
  /** Longest silence during a job, ms: loading models says nothing, nor does a round. */
  readonly silenceMs: number;
}
export const defaultLimits: Limits = { answerMs: 30_000, silenceMs: 330_000 };

export type OnProgress = (text: string, done: number) => void;

/** A model by the digest of its file. */
export interface ModelFile {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export function modelFile(bytes: Uint8Array): ModelFile {
  return { digest: createHash('sha256').update(bytes).digest('hex'), bytes };
}

interface Waiting {
  readonly settle: (result: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly onProgress: OnProgress;
  readonly limitMs: number;
  timer: NodeJS.Timeout;
}

export class AgentClient {
  readonly #stream: Stream;
  readonly #limits: Limits;
  readonly #waiting = new Map<number, Waiting>();
  readonly #said: () => string;
  #onWelcome: Waiting | undefined;
  #next = 1;
  #isOver = false;

  private constructor(stream: Stream, limits: Limits, said: () => string) {
    this.#stream = stream;
    this.#limits = limits;
    this.#said = said;
    const reader = new FrameReader();
    stream.onData((bytes) => {
      if (this.#isOver) return;
      try {
        for (const message of reader.read(bytes)) this.#take(replySchema.parse(message));
      } catch (error) {
        this.#end(error instanceof WorkbenchError ? error : this.#nonsense(error));
      }
    });
    stream.onEnd(() => {
      const said = this.#said();
      this.#end(
        new WorkbenchError(
          'device.ended',
          `the agent ended${said === '' ? '' : `: ${said.split('\n').slice(-3).join('; ')}`}`,
          {
            hint: 'check that Tessera runs on that machine: "tessera device describe"',
          },
        ),
      );
    });
  }

  /**
   * Greets the agent at the other end of `stream`.
   * @param said what the agent's process wrote to its standard error
   * @throws WorkbenchError `device.version`, `device.noAnswer`, `device.ended`
   */
  static async open(
    stream: Stream,
    limits: Limits = defaultLimits,
    said: () => string = () => '',
  ): Promise<AgentClient> {
    const client = new AgentClient(stream, limits, said);
    await new Promise((settle, fail) => {
      client.#onWelcome = client.#waitingFor(settle, fail, limits.answerMs, () => {});
      client.#send({ type: 'hello', protocol: PROTOCOL_VERSION });
    });
    return client;
  }

  async describe(): Promise<Machine> {
    return this.#checked(machineSchema, await this.#ask((id) => ({ type: 'describe', id })));
  }

  /** Sends the models that the agent has not got. */
  async send(models: readonly ModelFile[], onProgress: OnProgress = () => {}): Promise<void> {
    const missing = new Set(
      (await this.#ask((id) => ({
        type: 'missing',
        id,
        digests: [...new Set(models.map(({ digest }) => digest))],
      }))) as string[],
    );
    const total = models.reduce((sum, { digest, bytes }) => sum + (missing.has(digest) ? bytes.length : 0), 0);
    let sent = 0;
    for (const { digest, bytes } of models) {
      if (!missing.delete(digest)) continue;
      for (let offset = 0; offset < Math.max(1, bytes.length); offset += BLOB_PART_BYTES) {
        const part = bytes.subarray(offset, offset + BLOB_PART_BYTES);
        await this.#ask((id) => ({
          type: 'blob',
          id,
          digest,
          size: bytes.length,
          offset,
          bytes: new Uint8Array(part),
        }));
        sent += part.length;
        onProgress('sending models', sent / Math.max(1, total));
      }
    }
  }

  async profile(job: ProfileJob, onProgress: OnProgress, signal?: AbortSignal): Promise<ProfileResult> {
    return this.#checked(profileResultSchema, await this.#work(job, onProgress, signal));
  }

  async execute(job: ExecuteJob, onProgress: OnProgress, signal?: AbortSignal): Promise<ExecuteResult> {
    return this.#checked(executeResultSchema, await this.#work(job, onProgress, signal));
  }

  /** Says good-bye; the agent ends. */
  close(): void {
    if (this.#isOver) return;
    this.#send({ type: 'bye' });
    this.#isOver = true;
    this.#stream.close();
  }

  #work(job: ProfileJob | ExecuteJob, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<unknown> {
    if (signal?.aborted === true)
      return Promise.reject(new WorkbenchError('device.cancelled', 'the measurement was cancelled'));
    let own = 0;
    const cancel = (): void => this.#send({ type: 'cancel', id: own });
    const result = this.#ask(
      (id) => {
        own = id;
        return { type: 'job', id, job };
      },
      this.#limits.silenceMs,
      onProgress,
    );
    signal?.addEventListener('abort', cancel, { once: true });
    return result.finally(() => signal?.removeEventListener('abort', cancel));
  }

  #ask(
    requestFor: (id: number) => Request,
    limitMs = this.#limits.answerMs,
    onProgress: OnProgress = () => {},
  ): Promise<unknown> {
    const id = this.#next++;
    return new Promise((settle, fail) => {
      if (this.#isOver) {
        fail(new WorkbenchError('device.ended', 'the connection to the agent has ended'));
        return;
      }
      this.#waiting.set(id, this.#waitingFor(settle, fail, limitMs, onProgress));
      this.#send(requestFor(id));
    });
  }

  #waitingFor(
    settle: (result: unknown) => void,
    fail: (error: Error) => void,
    limitMs: number,
    onProgress: OnProgress,
  ): Waiting {
    return { settle, fail, onProgress, limitMs, timer: this.#timer(limitMs) };
  }

  #timer(limitMs: number): NodeJS.Timeout {
    return setTimeout(
      () =>
        this.#end(
          new WorkbenchError('device.noAnswer', `the agent has said nothing for ${limitMs / 1000} s`, {
            hint: 'the device hangs or is very slow: look at it, then try again',
          }),
        ),
      limitMs,
    );
  }

  #take(reply: Reply): void {
    if (reply.type === 'welcome') {
      const greeting = this.#onWelcome;
      this.#onWelcome = undefined;
      clearTimeout(greeting?.timer);
      if (reply.protocol === PROTOCOL_VERSION) greeting?.settle(undefined);
      else
        this.#end(
          new WorkbenchError('device.version', `the agent speaks version ${reply.protocol} of the protocol`, {
            hint: 'use the same version of Tessera at both ends',
          }),
          greeting,
        );
      return;
    }
    if (reply.type === 'error' && reply.id === undefined) {
      this.#end(errorOf(reply));
      return;
    }
    const waiting = this.#waiting.get(reply.id ?? 0);
    if (waiting === undefined) return; // cancelled, or of no request of ours
    clearTimeout(waiting.timer);
    if (reply.type === 'progress') {
      waiting.timer = this.#timer(waiting.limitMs);
      waiting.onProgress(reply.text, reply.done);
      return;
    }
    this.#waiting.delete(reply.id ?? 0);
    if (reply.type === 'error') waiting.fail(errorOf(reply));
    else waiting.settle(reply.result);
  }

  #checked<Result>(schema: z.ZodType<Result>, result: unknown): Result {
    const parsed = schema.safeParse(result);
    if (parsed.success) return parsed.data;
    throw this.#nonsense(parsed.error);
  }

  #nonsense(cause: unknown): WorkbenchError {
    return new WorkbenchError('device.message', 'what the agent says makes no sense', {
      hint: 'use the same version of Tessera at both ends',
      cause,
    });
  }

  #send(request: Request): void {
    if (!this.#isOver) this.#stream.send(frameOf(request));
  }

  #end(error: Error, greeting = this.#onWelcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onWelcome = undefined;
    for (const waiting of [...(greeting === undefined ? [] : [greeting]), ...this.#waiting.values()]) {
      clearTimeout(waiting.timer);
      waiting.fail(error);
    }
    this.#waiting.clear();
    this.#stream.close();
  }
}

function errorOf({ code, message, hint }: Extract<Reply, { type: 'error' }>): WorkbenchError {
  return new WorkbenchError(code, message, hint === undefined ? {} : { hint });
}
