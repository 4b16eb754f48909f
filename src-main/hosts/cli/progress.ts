/** Progress on stderr, of a search or of other long work: a bar on a terminal, otherwise plain lines, at most one a second. */
import type { WriteStream } from 'node:tty';
import type { RunProgress } from '#shared/contract/shapes.ts';
import { duration, number } from './table.ts';
import { visible } from './visible.ts';

const LINE_EVERY_MS = 1000;
const BAR_WIDTH = 24;
/** No estimate before this, ms: the first steps say little. */
const SETTLED_MS = 700;

export interface Display<State> {
  update(state: State): void;
  /** Shows the last state, and leaves the cursor on a line of its own. */
  end(): void;
}
export type ProgressDisplay = Display<RunProgress>;

/** How far something is, in words and as a share (0…1). */
interface Wording<State> {
  describe(state: State): string;
  shareOf(state: State): number;
}

type Stream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const search: Wording<RunProgress> = {
  describe: describeSearch,
  shareOf: ({ generation, plannedGenerations }) =>
    plannedGenerations !== undefined && plannedGenerations > 0 ? Math.min(1, (generation + 1) / plannedGenerations) : 0,
};

/** @param now ms */
export function showProgress(
  quiet: boolean,
  stream: Stream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressDisplay {
  return display(quiet, search, stream, now);
}

/** Steps of which it is known how many there are. */
export interface Steps {
  readonly done: number;
  readonly total: number;
}

/** Progress of work in steps, with the time left. @param what they are: "frame" @param now ms */
export function showSteps(
  what: string,
  quiet: boolean,
  stream: Stream = process.stderr,
  now: () => number = () => performance.now(),
): Display<Steps> {
  /** What was done when the first step was reported: what came before it ran at another speed. */
  let first: { readonly atMs: number; readonly done: number } | undefined;
  const describe = ({ done, total }: Steps): string => {
    first ??= { atMs: now(), done };
    const elapsedMs = now() - first.atMs;
    const isTelling = elapsedMs >= SETTLED_MS && done > first.done && done < total;
    return [
      `${what} ${done} of ${total}`,
      ...(isTelling ? [`${duration((elapsedMs / (done - first.done)) * (total - done))} left`] : []),
    ].join(' · ');
  };
  return display(quiet, { describe, shareOf: ({ done, total }) => done / Math.max(1, total) }, stream, now);
}

/** Progress of work of which only the share is known. @param what it is: "loading models" */
export function showShare(
  what: string,
  quiet: boolean,
  stream: Stream = process.stderr,
  now: () => number = () => performance.now(),
): Display<number> {
  return display(
    quiet,
    { describe: (share) => `${what} · ${Math.round(share * 100)} %`, shareOf: (share) => share },
    stream,
    now,
  );
}

function display<State>(quiet: boolean, wording: Wording<State>, stream: Stream, now: () => number): Display<State> {
  if (quiet) return { update() {}, end() {} };
  return stream.isTTY === true ? showBar(wording, stream) : showLines(wording, stream, now);
}

function showBar<State>({ describe, shareOf }: Wording<State>, stream: Stream): Display<State> {
  let shown = false;
  return {
    update(state) {
      shown = true;
      const filled = Math.round(shareOf(state) * BAR_WIDTH);
      const text = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${describe(state)}`;
      stream.write(`\r\u001B[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
    },
    end() {
      if (shown) stream.write('\n');
      shown = false;
    },
  };
}

function showLines<State>({ describe }: Wording<State>, stream: Stream, now: () => number): Display<State> {
  let last: number | undefined;
  let unshown: State | undefined;
  const write = (state: State): void => void stream.write(`${describe(state)}\n`);
  return {
    update(state) {
      unshown = state;
      if (last !== undefined && now() - last < LINE_EVERY_MS) return;
      last = now();
      unshown = undefined;
      write(state);
    },
    end() {
      if (unshown !== undefined) write(unshown);
      unshown = undefined;
    },
  };
}

function describeSearch({ generation, plannedGenerations, best, evaluationsPerS, etaMs, note }: RunProgress): string {
  return [
    `generation ${generation + 1}${plannedGenerations === undefined ? '' : ` of ${plannedGenerations}`}`,
    ...(best === undefined ? [] : [`best ${number(best.fitness)}`]),
    `${number(evaluationsPerS)} evaluations/s`,
    ...(etaMs === undefined ? [] : [`${duration(etaMs)} left`]),
    ...(note === undefined ? [] : [visible(note)]),
  ].join(' · ');
}
