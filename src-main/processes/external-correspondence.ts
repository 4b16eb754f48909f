/** The search's end of the conversation with a program outside, which the main thread of its process has started: lines come and go by messages. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { BuiltInSolver, Correspondent, Incoming, Program } from '../engine/external/correspondent.ts';
import type { OutsideCommand, SearchEvent } from './worker-protocol.ts';

export class ExternalCorrespondence implements Correspondent {
  readonly #post: (event: SearchEvent) => void;
  readonly #incoming: Incoming[] = [];
  #isLaunched = false;
  #isStopping = false;
  #hasEnded = false;
  #hasHungUp = false;

  constructor(post: (event: SearchEvent) => void) {
    this.#post = post;
  }

  launch(program: Program | BuiltInSolver): void {
    this.#isLaunched = true;
    this.#post({ type: 'launch', program });
  }

  send(message: Readonly<Record<string, unknown>>): void {
    this.#post({ type: 'say', line: JSON.stringify(message) });
  }

  receive(): Incoming | undefined {
    const incoming = this.#incoming.shift();
    if (incoming?.type === 'line') this.#post({ type: 'heard' });
    return incoming;
  }

  report(text: string, done: number | undefined): void {
    this.#post({ type: 'note', text, ...(done === undefined ? {} : { done }) });
  }

  /** What the main thread has heard of the program. */
  take(command: OutsideCommand): void {
    if (command.type === 'line') {
      this.#incoming.push(command);
      return;
    }
    this.#hasEnded = true;
    // How it ends after it was asked to is its own affair.
    const failure =
      command.failure === undefined || this.#isStopping ? undefined : WorkbenchError.fromPayload(command.failure);
    this.#incoming.push({ type: 'end', failure });
  }

  /** Whether there is a program that can still be talked to. */
  get isOpen(): boolean {
    return this.#isLaunched && !this.#hasEnded;
  }

  /** Asks the program to end. */
  stop(): void {
    if (!this.isOpen || this.#isStopping) return;
    this.#isStopping = true;
    this.send({ type: 'stop' });
  }

  /** Says nothing more to it: most programs end by themselves then. */
  hangUp(): void {
    if (!this.isOpen || this.#hasHungUp) return;
    this.#hasHungUp = true;
    this.#post({ type: 'hangUp' });
  }
}
