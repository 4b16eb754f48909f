/** Progress of a search on stderr: a bar on a terminal, otherwise plain lines, at most one a second. */
import type { WriteStream } from 'node:tty';
import type { RunProgress } from '#shared/contract/shapes.ts';
import { duration, number } from './table.ts';

const LINE_EVERY_MS = 1000;
const BAR_WIDTH = 24;

export interface ProgressDisplay {
  update(progress: RunProgress): void;
  /** Shows the last state, and leaves the cursor on a line of its own. */
  end(): void;
}

type Stream = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** @param now ms */
export function showProgress(quiet: boolean, stream: Stream = process.stderr, now: () => number = () => performance.now()): ProgressDisplay {
  if (quiet) return { update() {}, end() {} };
  return stream.isTTY === true ? showBar(stream) : showLines(stream, now);
}

function showBar(stream: Stream): ProgressDisplay {
  let shown = false;
  return {
    update(progress) {
      shown = true;
      const share = progress.plannedGenerations > 0 ? Math.min(1, (progress.generation + 1) / progress.plannedGenerations) : 0;
      const filled = Math.round(share * BAR_WIDTH);
      const text = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${describe(progress)}`;
      stream.write(`\r\u001B[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
    },
    end() {
      if (shown) stream.write('\n');
      shown = false;
    },
  };
}

function showLines(stream: Stream, now: () => number): ProgressDisplay {
  let last: number | undefined;
  let unshown: RunProgress | undefined;
  const write = (progress: RunProgress): void => void stream.write(`${describe(progress)}\n`);
  return {
    update(progress) {
      unshown = progress;
      if (last !== undefined && now() - last < LINE_EVERY_MS) return;
      last = now();
      unshown = undefined;
      write(progress);
    },
    end() {
      if (unshown !== undefined) write(unshown);
      unshown = undefined;
    },
  };
}

function describe({ generation, plannedGenerations, best, evaluationsPerS, etaMs }: RunProgress): string {
  return [
    `generation ${generation + 1} of ${plannedGenerations}`,
    ...(best === undefined ? [] : [`best ${number(best.fitness)}`]),
    `${number(evaluationsPerS)} evaluations/s`,
    ...(etaMs === undefined ? [] : [`${duration(etaMs)} left`]),
  ].join(' · ');
}
