/** Whether processes still send something, at least heartbeats: silent ones are reported, and killed when they stay silent. */

/** A process that sends nothing for this long is reported, ms. */
const SILENCE_MS = 30_000;
/** How often that is looked at, ms. */
const LOOK_MS = 5000;
/** A reported process that stays silent for so many more looks is killed. Counted, because a machine that slept has a clock that leaps. */
const MOST_SILENT_LOOKS = 12;

/** What is known of a process's signs of life. */
export interface Pulse {
  /** Unix time, ms. */
  lastEventAt: number;
  /** Looks at it since it was reported as silent; 0 while it is not. */
  silentLooks: number;
}

export interface HeartbeatWatchOptions<Watched extends Pulse> {
  /** Those to be looked at now. */
  readonly watched: () => Iterable<Watched>;
  readonly onSilent: (silent: Watched) => void;
  readonly onHopeless: (silent: Watched) => void;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class HeartbeatWatch<Watched extends Pulse> {
  readonly #options: HeartbeatWatchOptions<Watched>;
  readonly #timer: NodeJS.Timeout;

  constructor(options: HeartbeatWatchOptions<Watched>) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Notes a sign of life; true when there was none for so long that it had been reported. */
  heard(from: Watched): boolean {
    const wasSilent = from.silentLooks > 0;
    from.lastEventAt = this.#options.now();
    from.silentLooks = 0;
    return wasSilent;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { watched, onSilent, onHopeless, now } = this.#options;
    for (const process of watched()) {
      if (process.silentLooks === 0 && now() - process.lastEventAt < SILENCE_MS) continue;
      process.silentLooks++;
      if (process.silentLooks === 1) onSilent(process);
      else if (process.silentLooks > MOST_SILENT_LOOKS) onHopeless(process);
    }
  }
}
