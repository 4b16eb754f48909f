/**
 * The contest's peers: CP-SAT, DEAP and pymoo in a Python that has them, on the problem as `tessera export problem` gives it. What they write is
 * measured by our simulator. `CONTEST_PYTHON=/path/to/python npm run bench -- --only contest`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { resourcesDirectory } from '#main/hosts/toolbox.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { describeProblem } from '#shared/scheduling/problem-document.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';

export interface Peer {
  readonly name: string;
  readonly module: string;
  readonly program: string;
  readonly version: string;
}

const python = process.env['CONTEST_PYTHON'] ?? 'python3';
const known = [
  { name: 'CP-SAT', module: 'ortools', program: join(resourcesDirectory(), 'samples/external/cp_sat.py') },
  { name: 'DEAP', module: 'deap', program: join(import.meta.dirname, 'peers/deap_ga.py') },
  { name: 'pymoo', module: 'pymoo', program: join(import.meta.dirname, 'peers/pymoo_ga.py') },
];
/** For loading Python and its packages, and for what is under way at the end, ms. */
const GRACE_MS = 30_000;

/** Those that the Python has. */
export function findPeers(): Peer[] {
  return known.flatMap((peer) => {
    const { status, stdout } = spawnSync(
      python,
      ['-c', `import importlib.metadata as m; print(m.version("${peer.module}"))`],
      { encoding: 'utf8' },
    );
    return status === 0 ? [{ ...peer, version: stdout.trim() }] : [];
  });
}

/** The least makespan of what a peer writes, ms, by our simulator; Infinity where it writes none that can be measured, or cannot take the problem. */
export async function peerMakespanMs(peer: Peer, problem: Problem, seed: number, seconds: number): Promise<number> {
  const child = spawn(python, [peer.program], { stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 * 4 + GRACE_MS);
  child.stdin.on('error', () => {}); // it has ended already: it says so by having written nothing
  child.stdin.write(
    `${JSON.stringify({
      type: 'problem',
      problem: describeProblem(problem, quickBound(problem)),
      seed,
      timeLimitMs: seconds * 1000,
      fitness: {},
      start: null,
      options: { workers: 1 },
    })}\n`,
  );
  let leastMs = Number.POSITIVE_INFINITY;
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, makespanMs: _, ...solution } = JSON.parse(line) as Record<string, unknown>;
    if (type === 'solution') leastMs = Math.min(leastMs, makespanOf(problem, solution));
    if (type === 'done') child.stdin.end();
  }
  clearTimeout(timer);
  return leastMs;
}

function makespanOf(problem: Problem, solution: unknown): number {
  try {
    return simulate(problem, parseMapping(problem, solution)).endMs.reduce((last, end) => Math.max(last, end), 0);
  } catch (error) {
    if (error instanceof WorkbenchError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
