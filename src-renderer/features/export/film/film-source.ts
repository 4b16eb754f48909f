/** The recorded run a film is made of, read from its beginning to its end: one window of generations at a time is kept. */
import type { ChromosomeColumns, ReplayWindow } from '#shared/contract/replay-shapes.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { BestScenes } from '../../../recorded/best-scenes.ts';
import { mutationsUpTo, plotRanges, sampledGenerations, type MetricRanges } from '../../../plots/replay-scenes.ts';
import { frameIn, type ReplayFrame } from '../../../recorded/replay-source.ts';
import type { GenerationView } from '../../../recorded/generation-columns.ts';

/** Generations per request. */
const WINDOW = 32;

export interface FilmLoader {
  bests(): Promise<ChromosomeColumns>;
  /** Generations `from … from + length − 1`, as far as there are so many. */
  window(from: number, length: number): Promise<ReplayWindow>;
}

export class FilmSource {
  readonly problem: Problem;
  readonly generations: GenerationView;
  readonly bests: ChromosomeColumns;
  readonly scenes: BestScenes;
  readonly ranges: MetricRanges;
  /** The first generation of the run. */
  readonly first: ReplayFrame | undefined;
  readonly #loader: FilmLoader;
  /** The window of the latest generation asked for, and the one before it: mutations are summed over both. */
  #windows: readonly ReplayWindow[] = [];

  private constructor(
    loader: FilmLoader,
    problem: Problem,
    generations: GenerationView,
    bests: ChromosomeColumns,
    samples: readonly ReplayWindow[],
  ) {
    this.#loader = loader;
    this.problem = problem;
    this.generations = generations;
    this.bests = bests;
    this.scenes = new BestScenes(problem, bests);
    this.ranges = plotRanges(
      samples.map(({ chromosomes }) => chromosomes),
      bests,
    );
    this.first = frameIn(samples[0], 0);
  }

  /** Reads what is needed of the run as a whole. */
  static async open(
    loader: FilmLoader,
    problem: Problem,
    generations: GenerationView,
    signal: Pick<AbortSignal, 'throwIfAborted'>,
  ): Promise<FilmSource> {
    const bests = await loader.bests();
    const samples: ReplayWindow[] = [];
    for (const generation of sampledGenerations(generations.length)) {
      signal.throwIfAborted();
      samples.push(await loader.window(generation, 1));
    }
    return new FilmSource(loader, problem, generations, bests, samples);
  }

  /** The population of `generation`. @throws RangeError where it is not recorded */
  async frame(generation: number): Promise<ReplayFrame> {
    const from = Math.floor(generation / WINDOW) * WINDOW;
    if (frameIn(this.#windows[0], generation) === undefined) {
      const window = await this.#loader.window(from, WINDOW);
      const before = this.#windows.find((known) => known.from === from - WINDOW);
      this.#windows = before === undefined ? [window] : [window, before];
    }
    const frame = frameIn(this.#windows[0], generation);
    if (frame === undefined) throw new RangeError(`generation ${generation} is not recorded`);
    return frame;
  }

  /** Mutations per locus in the generations just before and at `generation`, as far as they are here. */
  mutationsAt(generation: number): Uint32Array {
    return mutationsUpTo(
      this.problem.layout.length,
      generation,
      (earlier) =>
        this.#windows.map((window) => frameIn(window, earlier)).find((frame) => frame !== undefined)?.mutationCounts,
    );
  }
}
