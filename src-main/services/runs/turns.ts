/** Commands to one run, one after the other, so that the last one given is the one that lasts. */
export class Turns {
  /** By run, the last command that is not done yet. */
  readonly #last = new Map<number, Promise<unknown>>();

  /** Carries out `command` once the earlier ones of this run are done, whatever became of them; at once where there are none. */
  take<Result>(runId: number, command: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(runId);
    const turn = earlier === undefined ? command() : earlier.then(command, command);
    const forget = (): void => {
      if (this.#last.get(runId) === turn) this.#last.delete(runId);
    };
    this.#last.set(runId, turn);
    turn.then(forget, forget);
    return turn;
  }
}
