/**
 * The populations of a recorded run, fetched in windows as the replay needs them. What is on show is asked for first and alone, so that
 * a jump to anywhere is answered at once; windows around it follow when it was the last of several, or when one goes on from there, so
 * that the next jump need not wait for them. Memory is bounded: the windows used longest ago are dropped.
 */
import type { ChromosomeColumns, ReplayWindow } from '#shared/contract/replay-shapes.ts';

/** One generation, ready to be drawn. */
export interface ReplayFrame {
  readonly generation: number;
  /** Ids in order. */
  readonly members: Uint32Array;
  /** [members] row of each member in `chromosomes`. */
  readonly rows: Uint32Array;
  readonly chromosomes: ChromosomeColumns;
  /** [loci] new genomes of this generation that were mutated there. */
  readonly mutationCounts: Uint16Array;
}

export interface ReplaySourceOptions {
  /** Loads generations `from … from + length − 1`; fewer where the run ends. */
  readonly load: (from: number, length: number) => Promise<ReplayWindow>;
  /** Something has arrived: draw again. */
  readonly onArrival: () => void;
  /** A request failed; the source goes on with the next one. */
  readonly onError: (error: unknown) => void;
  /** Generations per window. */
  readonly windowLength?: number;
  /** Windows kept. */
  readonly mostWindows?: number;
  /** Windows fetched before they are needed, in the direction one moves. */
  readonly windowsAhead?: number;
  /** How long after a jump the windows around it are fetched even if nothing moves, ms. */
  readonly restMs?: number;
}

/** A little longer than between two jumps of someone who scrubs. */
const REST_MS = 250;

export class ReplaySource {
  readonly #options: Required<ReplaySourceOptions>;
  /** By index of the window (generation / windowLength), the one used last at the end. */
  readonly #windows = new Map<number, ReplayWindow>();
  /** The generation of the latest jump, alone. */
  #single: ReplayWindow | undefined;
  #wanted = 0;
  /** 1 forwards, −1 backwards: which neighbour is fetched ahead. */
  #direction = 1;
  #count = 0;
  readonly #loading = new Set<'single' | 'window'>();
  /** Runs between a jump and the rest after it: no windows meanwhile. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: ReplaySourceOptions) {
    this.#options = { windowLength: 32, mostWindows: 8, windowsAhead: 1, restMs: REST_MS, ...options };
  }

  /** How many generations there are to show; may grow while the run goes on. */
  setCount(count: number): void {
    // The last window may have been cut short where the run ended then.
    if (count > this.#count) this.#windows.delete(this.#windowOf(this.#count));
    this.#count = count;
    this.#fetch();
  }

  /** The frame of `generation` if it is here, and makes sure that it, or what comes after it, will be. */
  at(generation: number): ReplayFrame | undefined {
    if (generation !== this.#wanted) this.#move(generation);
    const index = this.#windowOf(generation);
    const window = this.#windows.get(index);
    if (window !== undefined) {
      // The most recently used one goes last.
      this.#windows.delete(index);
      this.#windows.set(index, window);
    }
    this.#fetch();
    return this.peek(generation);
  }

  /** The frame of `generation` if it is here; asks for nothing. */
  peek(generation: number): ReplayFrame | undefined {
    return frameIn(this.#holderOf(generation), generation);
  }

  /** [loci] the mutations of `generation` if they are here; asks for nothing. */
  peekMutations(generation: number): Uint16Array | undefined {
    const window = this.#holderOf(generation);
    return window === undefined ? undefined : mutationsIn(window, generation);
  }

  /** What has `generation` in it. */
  #holderOf(generation: number): ReplayWindow | undefined {
    return [this.#windows.get(this.#windowOf(generation)), this.#single].find(
      (window) => window !== undefined && isIn(window, generation),
    );
  }

  /** Nothing is fetched or reported from now on. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#rest);
  }

  #move(generation: number): void {
    const distance = Math.abs(generation - this.#wanted);
    this.#direction = generation > this.#wanted ? 1 : -1;
    this.#wanted = generation;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (distance <= this.#options.windowLength) return;
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#fetch();
    }, this.#options.restMs);
  }

  /** Asks for what is missing: the wanted generation itself at once, and one window at a time. */
  #fetch(): void {
    if (this.#isClosed || this.#wanted >= this.#count) return;
    const { windowLength, windowsAhead } = this.#options;
    const index = this.#windowOf(this.#wanted);
    const isHere = this.#windows.has(index);
    if (!isHere && frameIn(this.#single, this.#wanted) === undefined) {
      void this.#request('single', this.#wanted, 1, (window) => {
        this.#single = window;
      });
      return;
    }
    if (this.#rest !== undefined) return;
    const next = [index, ...Array.from({ length: windowsAhead }, (_, i) => index + (i + 1) * this.#direction)].find(
      (wanted) => wanted >= 0 && wanted * windowLength < this.#count && !this.#windows.has(wanted),
    );
    if (next === undefined) return;
    void this.#request('window', next * windowLength, windowLength, (window) => this.#keep(next, window));
  }

  /** One request of a kind at a time; after the answer the question is asked again. */
  async #request(
    kind: 'single' | 'window',
    from: number,
    length: number,
    take: (window: ReplayWindow) => void,
  ): Promise<void> {
    if (this.#loading.has(kind)) return;
    this.#loading.add(kind);
    try {
      const window = await this.#options.load(from, length);
      if (this.#isClosed) return;
      take(window);
      this.#options.onArrival();
    } catch (error) {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#options.onError(error);
    } finally {
      this.#loading.delete(kind);
    }
    this.#fetch();
  }

  #keep(index: number, window: ReplayWindow): void {
    this.#windows.set(index, window);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= this.#options.mostWindows) break;
      if (oldest !== this.#windowOf(this.#wanted)) this.#windows.delete(oldest);
    }
  }

  #windowOf(generation: number): number {
    return Math.floor(generation / this.#options.windowLength);
  }
}

/** Genes of a window: what a page takes in within half a frame of the screen; at twice as many, one frame in 40 comes late at 500 loci. */
const GENES_PER_WINDOW = 400_000;
/** At the highest speed, the time of a request and more. */
const GENERATIONS_AHEAD = 24;
/** Kept at least, so that going back a little asks for nothing. */
const GENERATIONS_KEPT = 128;

/** How a run with so many members and loci is fetched: windows short enough that their arrival costs no frame of the screen. */
export function windowsFor(
  members: number,
  loci: number,
): Required<Pick<ReplaySourceOptions, 'windowLength' | 'mostWindows' | 'windowsAhead'>> {
  const windowLength = Math.max(4, Math.min(32, Math.floor(GENES_PER_WINDOW / Math.max(1, members * loci))));
  return {
    windowLength,
    mostWindows: Math.max(8, Math.ceil(GENERATIONS_KEPT / windowLength)),
    windowsAhead: Math.ceil(GENERATIONS_AHEAD / windowLength),
  };
}

/** The frame of `generation` in `window`, if it is there. */
export function frameIn(window: ReplayWindow | undefined, generation: number): ReplayFrame | undefined {
  if (window === undefined || !isIn(window, generation)) return undefined;
  const index = generation - window.from;
  const { chromosomes } = window;
  const members = window.members.subarray(window.memberOffsets[index], window.memberOffsets[index + 1]);
  return {
    generation,
    members,
    chromosomes,
    rows: members.map((id) => knownRow(chromosomes, id)),
    mutationCounts: mutationsIn(window, generation),
  };
}

function isIn({ from, length }: ReplayWindow, generation: number): boolean {
  return generation >= from && generation < from + length;
}

/** [loci] mutations of a generation that is in `window`. */
function mutationsIn({ from, chromosomes: { loci }, mutationCounts }: ReplayWindow, generation: number): Uint16Array {
  return mutationCounts.subarray((generation - from) * loci, (generation - from + 1) * loci);
}

/** Row of chromosome `id` by binary search (the ids ascend), or undefined. */
export function rowOf({ ids }: Pick<ChromosomeColumns, 'ids'>, id: number): number | undefined {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (ids[middle] === id) return middle;
    if (ids[middle] < id) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Row of a member, which a window always holds. @throws RangeError where it does not */
function knownRow(columns: ChromosomeColumns, id: number): number {
  const row = rowOf(columns, id);
  if (row === undefined) throw new RangeError(`chromosome ${id} is not among those of the window`);
  return row;
}
