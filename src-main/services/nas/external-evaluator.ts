/**
 * Scores by a program of the person's, which trains networks, or asks somebody who does: JSON lines on its standard input and output. Each
 * network is asked for once; answers may come in any order and are kept before they are used.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { AccuracySource, Candidate, NoScore, Score } from '#shared/nas/accuracy.ts';
import { blockText } from '#shared/nas/blocks.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import { ExternalProcess } from '../../processes/external-process.ts';
import type { NetworkSearchRepository } from '../../store/network-search-repository.ts';
import type { EvaluatorRequest } from './search-request.ts';

const PROTOCOL = 1;
/** For the program to start and say hello. */
const HELLO_MS = 60_000;
const OUTPUT_BYTES = 1_000_000_000;
const MOST_PARALLEL = 1000;

const helloSchema = z.looseObject({
  hello: z.looseObject({
    protocol: z.literal(PROTOCOL),
    name: z.string().max(200),
    metrics: z
      .array(
        z.looseObject({
          id: z.string().min(1).max(100),
          better: z.enum(['higher', 'lower']).default('higher'),
          unit: z.string().max(20).default(''),
        }),
      )
      .min(1)
      .max(100),
    parallel: z.int().min(1).max(MOST_PARALLEL).default(1),
    deterministic: z.boolean().optional(),
  }),
});
const answerSchema = z.union([
  z.looseObject({ id: z.int(), error: z.string().max(2000), retry: z.boolean().default(false) }),
  z.looseObject({
    id: z.int(),
    metrics: z.record(z.string(), z.number()),
    std: z.record(z.string(), z.number().min(0)).optional(),
    costS: z.number().min(0).optional(),
  }),
  z.looseObject({ id: z.int(), progress: z.number().min(0).max(1) }),
]);

/** What the program has to do with the record and with people. */
export interface EvaluatorSurroundings {
  /** Where answers are kept; undefined: nowhere. */
  readonly record: NetworkSearchRepository | undefined;
  readonly seed: number;
  /** What it writes to standard error. */
  onRemark(text: string): void;
  now?(): number;
}

/** @throws WorkbenchError `external.…` where it cannot be started, `evaluator.…` where it says no hello */
export async function startEvaluator(
  request: EvaluatorRequest,
  space: NetworkSpace,
  surroundings: EvaluatorSurroundings,
): Promise<AccuracySource & { close(): void }> {
  const evaluator = new ExternalEvaluator(request, space, surroundings);
  try {
    await evaluator.start();
  } catch (error) {
    evaluator.close();
    throw error;
  }
  return evaluator.source();
}

interface Job {
  readonly candidate: Candidate;
  readonly settle: (score: Score | NoScore) => void;
  tries: number;
  /** Why the last try failed. */
  reason: string;
  timer?: NodeJS.Timeout;
}

type Hello = z.output<typeof helloSchema>['hello'];

class ExternalEvaluator {
  readonly #request: EvaluatorRequest;
  readonly #space: NetworkSpace;
  readonly #surroundings: EvaluatorSurroundings;
  readonly #key: Uint8Array;
  #process: ExternalProcess | undefined;
  #hello: Hello | undefined;
  #greeting = Promise.withResolvers<Hello>();
  readonly #waiting: Job[] = [];
  readonly #asked = new Map<number, Job>();
  #nextId = 1;
  #isClosed = false;
  /** Why nothing can be scored any more. */
  #failure: WorkbenchError | undefined;

  constructor(request: EvaluatorRequest, space: NetworkSpace, surroundings: EvaluatorSurroundings) {
    this.#request = request;
    this.#space = space;
    this.#surroundings = surroundings;
    const { command, training, metric } = request;
    this.#key = createHash('sha256')
      .update(JSON.stringify([command, training, metric ?? null]))
      .digest();
  }

  async start(): Promise<void> {
    const { command, timeLimitS } = this.#request;
    this.#greeting = Promise.withResolvers<Hello>();
    this.#greeting.promise.catch(() => {}); // those who wait for it see it
    const process = new ExternalProcess(
      {
        command: command.command,
        folder: command.folder,
        called: 'the evaluator',
        // It may train for hours without a word; the time limit of a candidate is watched here.
        silenceMs: Math.min(2 ** 31 - 1, timeLimitS * 1000 * 2 + HELLO_MS),
        outputBytes: OUTPUT_BYTES,
      },
      {
        onLine: (text, number) => {
          if (this.#process !== process) return;
          process.confirmRead();
          this.#take(text, number);
        },
        onEnd: (failure) => {
          if (this.#process === process) this.#ended(failure);
        },
        onRemark: (text) => this.#surroundings.onRemark(text),
      },
    );
    this.#process = process;
    const timer = setTimeout(
      () => this.#greeting.reject(noHello(`said no hello within ${HELLO_MS / 1000} s`)),
      HELLO_MS,
    );
    try {
      this.#hello = await this.#greeting.promise;
      this.#metric(this.#hello);
    } finally {
      clearTimeout(timer);
    }
  }

  source(): AccuracySource & { close(): void } {
    const hello = this.#hello;
    if (hello === undefined) throw new Error('the evaluator has not been started');
    const { id, better, unit } = this.#metric(hello);
    return {
      id: 'command',
      title: id,
      unit,
      isHigherBetter: better === 'higher',
      source: `${hello.name}, a program of yours`,
      scores: (candidates) => this.#scores(candidates),
      close: () => this.close(),
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#process?.kill();
    this.#process = undefined;
    const open = [...this.#asked.values(), ...this.#waiting.splice(0)];
    this.#asked.clear();
    for (const job of open) this.#settle(job, { error: 'the search was stopped' });
  }

  async #scores(candidates: readonly Candidate[]): Promise<readonly (Score | NoScore)[]> {
    const byHash = new Map<string, Promise<Score | NoScore>>();
    for (const candidate of candidates)
      if (!byHash.has(candidate.hash)) byHash.set(candidate.hash, this.#score(candidate));
    this.#send();
    const scores = await Promise.all(
      candidates.map(({ hash }) => byHash.get(hash) ?? { error: 'it was not asked for' }),
    );
    if (this.#failure !== undefined) throw this.#failure;
    return scores;
  }

  #score(candidate: Candidate): Promise<Score | NoScore> {
    const known = this.#surroundings.record?.score(this.#key, Buffer.from(candidate.hash, 'hex'));
    if (known !== undefined) return Promise.resolve({ value: known.value, std: known.std });
    if (this.#failure !== undefined || this.#isClosed) return Promise.resolve({ error: 'the evaluator has ended' });
    return new Promise((settle) => this.#waiting.push({ candidate, settle, tries: 0, reason: '' }));
  }

  #send(): void {
    while (this.#process !== undefined && this.#asked.size < (this.#hello?.parallel ?? 1)) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const id = this.#nextId++;
      job.tries++;
      this.#asked.set(id, job);
      const { genes, hash } = job.candidate;
      const { timeLimitS, training } = this.#request;
      job.timer = setTimeout(() => this.#tooLong(), timeLimitS * 1000);
      this.#process.write(
        JSON.stringify({
          id,
          hash,
          space: this.#space.document.id,
          choice: [...genes],
          network: this.#space.network(genes),
          blocks: this.#space.blocks(genes).map(blockText),
          budget: training,
          seed: this.#surroundings.seed,
        }),
      );
    }
  }

  #take(text: string, number: number): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#fail(badLine(text, number, 'not JSON'));
      return;
    }
    if (this.#hello === undefined || (typeof value === 'object' && value !== null && 'hello' in value)) {
      const hello = helloSchema.safeParse(value);
      if (hello.success) this.#greeting.resolve(hello.data.hello);
      else this.#fail(badLine(text, number, hello.error.issues[0]?.message ?? 'no hello'));
      return;
    }
    const answer = answerSchema.safeParse(value);
    if (!answer.success) {
      this.#fail(badLine(text, number, answer.error.issues[0]?.message ?? 'no answer'));
      return;
    }
    const job = this.#asked.get(answer.data.id);
    if (job === undefined || 'progress' in answer.data) return;
    this.#asked.delete(answer.data.id);
    clearTimeout(job.timer);
    if ('metrics' in answer.data) this.#answer(job, answer.data as Answer, this.#hello);
    else {
      const { error, retry } = answer.data as { error: string; retry: boolean };
      job.reason = error;
      if (retry) this.#again(job);
      else this.#settle(job, { error });
    }
    this.#send();
  }

  #answer(job: Job, { metrics, std, costS }: Answer, hello: Hello): void {
    const { id } = this.#metric(hello);
    const value = metrics[id];
    if (value === undefined || !Number.isFinite(value)) {
      this.#settle(job, { error: `the answer has no metric "${id}"` });
      return;
    }
    const score = { value, std: std?.[id], costS };
    const { record, now = Date.now } = this.#surroundings;
    record?.saveScore(this.#key, Buffer.from(job.candidate.hash, 'hex'), score, now());
    this.#settle(job, { value, std: score.std });
  }

  /** Another try, unless there were enough. */
  #again(job: Job): void {
    if (job.tries >= this.#request.tries) this.#settle(job, { error: `${job.reason} (${job.tries} tries)` });
    else this.#waiting.unshift(job);
  }

  #settle(job: Job, score: Score | NoScore): void {
    clearTimeout(job.timer);
    job.settle(score);
  }

  /** A candidate that takes too long takes the program with it: there is no other way to end it. What else was asked for is asked again. */
  #tooLong(): void {
    this.#restart(`took longer than ${this.#request.timeLimitS} s`);
  }

  #ended(failure: WorkbenchError | undefined): void {
    if (this.#hello === undefined) {
      this.#fail(failure ?? noHello('ended before its hello'));
      return;
    }
    if (this.#asked.size === 0 && this.#waiting.length === 0) {
      this.#process = undefined;
      this.#failure = failure ?? noHello('ended although the search had not');
      return;
    }
    this.#restart(failure?.message ?? 'the evaluator ended');
  }

  #restart(reason: string): void {
    this.#process?.kill();
    this.#process = undefined;
    const open = [...this.#asked.values()];
    this.#asked.clear();
    for (const job of open.toReversed()) {
      clearTimeout(job.timer);
      job.reason = reason;
      this.#again(job);
    }
    if (this.#isClosed || this.#waiting.length === 0) {
      // The next request finds none and starts it again.
      if (!this.#isClosed) void this.start().catch((error: unknown) => this.#fail(asFailure(error)));
      return;
    }
    this.start().then(
      () => this.#send(),
      (error: unknown) => this.#fail(asFailure(error)),
    );
  }

  /** Nothing can be scored any more. */
  #fail(failure: WorkbenchError): void {
    this.#failure = failure;
    this.#process?.kill();
    this.#process = undefined;
    this.#greeting.reject(failure);
    const open = [...this.#asked.values(), ...this.#waiting.splice(0)];
    this.#asked.clear();
    for (const job of open) this.#settle(job, { error: failure.message });
  }

  #metric({ metrics }: Hello): Hello['metrics'][number] {
    const { metric = metrics[0]?.id } = this.#request;
    const found = metrics.find(({ id }) => id === metric);
    if (found !== undefined) return found;
    throw new WorkbenchError('evaluator.metric', `the evaluator has no metric "${metric ?? ''}"`, {
      hint: `it has ${metrics.map(({ id }) => id).join(', ')}`,
    });
  }
}

interface Answer {
  readonly metrics: Readonly<Record<string, number>>;
  readonly std?: Readonly<Record<string, number>> | undefined;
  readonly costS?: number | undefined;
}

function asFailure(error: unknown): WorkbenchError {
  return error instanceof WorkbenchError ? error : noHello(String(error));
}

function noHello(what: string): WorkbenchError {
  return new WorkbenchError('evaluator.noHello', `the evaluator ${what}`, {
    hint: 'its first line is {"hello":{"protocol":1,"name":"…","metrics":[{"id":"top1"}]}}, and it flushes its output',
  });
}

function badLine(text: string, number: number, reason: string): WorkbenchError {
  return new WorkbenchError(
    'evaluator.badLine',
    `line ${number} of what the evaluator writes is no message (${reason}): "${text.slice(0, 200)}"`,
    { hint: 'it writes one JSON object a line: hello first, then answers; anything else belongs on standard error' },
  );
}
