/**
 * A program of the person's as a child process in a process group of its own: its lines are handed on one by one within limits, what it
 * writes to standard error as it comes, and it ends with all that it started when the run does.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { commandText, CP_SAT_PROGRAM } from '#shared/domain/external-command.ts';
import type { Program } from '../engine/external/correspondent.ts';
import { resourcePath } from './entries.ts';
import type { OutsideListeners, OutsideProgram } from './outside-program.ts';
import { endGroup, haltGroup } from './process-group.ts';

/** A longer line is no message, bytes: ten thousand solutions of a hundred tasks fit. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** Lines, and bytes of lines, that may wait to be read before the program has to wait. */
const MOST_UNREAD = 64;
const MOST_UNREAD_BYTES = 32 * 1024 * 1024;
/** Bytes that wait for the program to read them, above which nothing more is read of it. */
const MOST_UNWRITTEN = 16 * 1024 * 1024;
/** Characters of standard error that an error quotes, and of a piece that is handed on. */
const TAIL = 1500;
const NEWLINE = 10;

export class ExternalProcess implements OutsideProgram {
  readonly #program: Program;
  readonly #listeners: OutsideListeners;
  readonly #child: ChildProcessWithoutNullStreams | undefined;
  readonly #silence: NodeJS.Timeout | undefined;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #lines = 0;
  #bytes = 0;
  /** Sizes of the lines that were handed on and not read. */
  readonly #unread: number[] = [];
  #unreadBytes = 0;
  #tail = '';
  #isHalted = false;
  #isOver = false;
  /** Whether its group has been ended: the id may be another's by now. */
  #isGroupEnded = false;

  /** Starts it. What goes wrong is said by `onEnd`, later. */
  constructor(program: Program, listeners: OutsideListeners) {
    this.#program = program;
    this.#listeners = listeners;
    const { command, folder, silenceMs } = program;
    const [file = '', ...args] = command.map(pathOf);
    if (folder !== '' && !existsSync(folder)) {
      setImmediate(() => this.#end(notStarted(program, `there is no folder "${folder}"`)));
      return;
    }
    const child = spawn(file, args, {
      ...(folder === '' ? {} : { cwd: folder }),
      stdio: 'pipe',
      detached: true, // a process group of its own
      windowsHide: true,
    });
    this.#child = child;
    this.#silence = setTimeout(() => this.#end(this.#tooSilent()), silenceMs);
    child.on('error', (error) => {
      if (child.pid === undefined) this.#end(notStarted(program, reasonOf(error)));
    });
    child.stdin.on('error', () => {}); // it no longer reads: its end follows, and says more
    child.stdin.on('drain', () => this.#adjust());
    child.stdout.on('data', (piece: Buffer) => this.#read(piece));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#remark(text));
    // What it started would keep the pipes open; what is in them already is still read.
    child.on('exit', () => this.#endGroup());
    child.on('close', (code, signal) => this.#closed(code, signal));
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  write(line: string): void {
    const { stdin } = this.#child ?? {};
    if (this.#isOver || stdin?.writable !== true) return;
    this.#silence?.refresh();
    stdin.write(`${line}\n`);
    this.#adjust();
  }

  /** Nothing more will be written to it. */
  closeInput(): void {
    this.#child?.stdin.end();
  }

  /** The oldest line that was handed on is read. */
  confirmRead(): void {
    this.#unreadBytes -= this.#unread.shift() ?? 0;
    this.#adjust();
  }

  /** It is held up while the run is paused, and its silence does not count. */
  halt(halted: boolean): void {
    if (this.#isOver || this.#child?.pid === undefined) return;
    this.#isHalted = halted;
    haltGroup(this.#child.pid, halted);
    this.#adjust();
    this.#silence?.refresh();
  }

  /** Ends it and all that it started, at once; `onEnd` is not called any more. */
  kill(): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    this.#endGroup();
    this.#child?.stdout.destroy();
    this.#child?.stderr.destroy();
  }

  #endGroup(): void {
    if (this.#child?.pid === undefined || this.#isGroupEnded) return;
    this.#isGroupEnded = true;
    endGroup(this.#child.pid);
  }

  /** Reads no more of it than its reader keeps up with, and than it reads of what it is sent. */
  #adjust(): void {
    if (this.#child === undefined || this.#isOver) return;
    const { stdin, stdout } = this.#child;
    const isTooMuch =
      this.#unread.length >= MOST_UNREAD ||
      this.#unreadBytes >= MOST_UNREAD_BYTES ||
      stdin.writableLength >= MOST_UNWRITTEN;
    if (isTooMuch || this.#isHalted) stdout.pause();
    else if (stdout.isPaused()) stdout.resume();
  }

  #read(piece: Buffer): void {
    if (this.#isOver) return;
    this.#silence?.refresh();
    this.#bytes += piece.length;
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      this.#pieces.push(piece.subarray(from, end));
      this.#pieceBytes += end - from;
      from = end + 1;
      if (this.#pieceBytes > LONGEST_LINE) break;
      this.#handOn();
    }
    this.#pieces.push(piece.subarray(from));
    this.#pieceBytes += piece.length - from;
    if (this.#pieceBytes > LONGEST_LINE) this.#end(this.#tooLong());
    else if (this.#bytes > this.#program.outputBytes) this.#end(this.#tooMuch());
    this.#adjust();
  }

  #handOn(): void {
    const line = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#unread.push(line.length);
    this.#unreadBytes += line.length;
    this.#listeners.onLine(line.toString('utf8'), ++this.#lines);
  }

  #remark(text: string): void {
    this.#tail = (this.#tail + text).slice(-TAIL);
    if (!this.#isOver) this.#listeners.onRemark(text);
  }

  #closed(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isOver) return;
    if (this.#pieceBytes > 0) this.#handOn(); // a last line without its end
    if (code === 0) this.#end(undefined);
    else this.#end(this.#failed(code, signal));
  }

  #end(failure: WorkbenchError | undefined): void {
    if (this.#isOver) return;
    this.kill();
    this.#listeners.onEnd(failure);
  }

  #failed(code: number | null, signal: NodeJS.Signals | null): WorkbenchError {
    const how =
      signal === null ? `ended with code ${code ?? '?'}` : `was ended by ${signal} (${constants.signals[signal]})`;
    const words = this.#tail.trim();
    return this.#failure(
      'external.failed',
      words === '' ? how : `${how}; it wrote last: ${words}`,
      'see what it wrote last',
    );
  }

  #tooSilent(): WorkbenchError {
    return this.#failure(
      'external.silent',
      `has written nothing for ${this.#program.silenceMs / 1000} s`,
      'have it write a line {"type":"progress","text":"…"} now and then and flush its output, or raise the option silenceS',
    );
  }

  #tooLong(): WorkbenchError {
    const head = Buffer.concat(this.#pieces).subarray(0, 200).toString('utf8');
    return this.#failure(
      'external.badLine',
      `writes a line ${this.#lines + 1} of more than ${LONGEST_LINE / 1024 / 1024} MB, which begins: ${head}`,
      'end every message with a newline, and divide large populations among several messages',
    );
  }

  #tooMuch(): WorkbenchError {
    return this.#failure(
      'external.tooMuch',
      `has written more than ${this.#program.outputBytes / 1_000_000} MB`,
      'raise the option outputMB, or have it write only schedules that are worth recording',
    );
  }

  #failure(code: string, what: string, hint: string): WorkbenchError {
    return new WorkbenchError(code, `${calledOf(this.#program)} (${commandText(this.#program.command)}) ${what}`, {
      hint: `${hint}. What it had found before is kept`,
    });
  }
}

/** What comes with Tessera is named by a word that is the same everywhere. */
function pathOf(argument: string): string {
  return argument === CP_SAT_PROGRAM ? resourcePath(...CP_SAT_PROGRAM.replace('tessera:', '').split('/')) : argument;
}

/** As errors call it. */
function calledOf({ called = 'the external scheduler' }: Program): string {
  return called;
}

function notStarted(program: Program, reason: string): WorkbenchError {
  return new WorkbenchError(
    'external.notStarted',
    `${calledOf(program)} (${commandText(program.command)}) cannot be started: ${reason}`,
    {
      hint: 'check the command: it is the program and its arguments, one each, without a shell; and the folder that it is started in',
    },
  );
}

function reasonOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.message;
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'EACCES') return 'it may not be executed';
  return code;
}
