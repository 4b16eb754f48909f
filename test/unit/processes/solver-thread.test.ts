/** Chuffed in a thread: what it says is handed on, and a model that takes too long, a thread that dies and a request to stop each have an end. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SolverThread } from '#main/processes/solver-thread.ts';
import type { WorkbenchError } from '#shared/domain/errors.ts';

/** A thread in place of the solver's: it does what its model names. */
const doubleOfSolver = join(import.meta.dirname, '../../fixtures/solver-double.ts');

function aSolver(limitMs = 600_000, entry?: string) {
  const lines: Record<string, unknown>[] = [];
  const ends: (WorkbenchError | undefined)[] = [];
  const thread = new SolverThread(
    { solver: 'chuffed', limitMs },
    {
      onLine: (text) => lines.push(JSON.parse(text) as Record<string, unknown>),
      onEnd: (failure) => ends.push(failure),
      onRemark: () => {},
    },
    entry,
  );
  onTestFinished(() => thread.kill());
  const solve = (flatZinc: string): void => thread.write(JSON.stringify({ type: 'solve', flatZinc }));
  return { thread, lines, ends, solve };
}

const patience = { timeout: 30_000 };

describe('a solver in a thread', () => {
  it('solves one model after the other', async () => {
    const { lines, ends, solve } = aSolver();
    for (const [least, count] of [
      [3, 1],
      [4, 2],
    ] as const) {
      solve(`var ${least}..9: x :: output_var;\nsolve minimize x;\n`);
      await vi.waitFor(() => expect(lines.filter(({ type }) => type === 'exit')).toHaveLength(count), patience);
      expect(lines).toContainEqual(expect.objectContaining({ type: 'status', status: 'OPTIMAL_SOLUTION' }));
      expect(lines).toContainEqual(
        expect.objectContaining({ output: { dzn: expect.stringContaining(`x = ${least};`) } }),
      );
    }
    expect(ends).toEqual([]);
  });

  it('says what is wrong with a model', async () => {
    const { lines, solve } = aSolver();
    solve('solve minimize nothing;\n');
    await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ type: 'exit' })), patience);
    expect(lines).toContainEqual(expect.objectContaining({ type: 'error' }));
  });

  it('ends a model that takes longer than it may, says so, and takes the next', async () => {
    const { lines, ends, solve } = aSolver(100, doubleOfSolver);
    solve('hang');
    await vi.waitFor(() => expect(lines).toEqual([{ type: 'limit' }]), patience);
    solve('hang');
    await vi.waitFor(() => expect(lines).toHaveLength(2), patience);
    expect(ends).toEqual([]);
  });

  it('ends when it is asked to, in the middle of a model', () => {
    const { thread, ends, solve } = aSolver(600_000, doubleOfSolver);
    solve('hang');
    thread.write(JSON.stringify({ type: 'stop' }));
    expect(ends).toEqual([undefined]);
  });

  it.each([
    ['throw', /no memory left/],
    ['exit', /ended with code 7/],
  ])('fails when its thread dies: %s', async (model, text) => {
    const { ends, solve } = aSolver(600_000, doubleOfSolver);
    solve(model);
    await vi.waitFor(() => expect(ends).toHaveLength(1), patience);
    expect(ends[0]).toMatchObject({ code: 'cp.failed', message: expect.stringMatching(text) });
  });

  it('loads nothing before its first model', () => {
    const { lines, ends } = aSolver(1, join(import.meta.dirname, 'there-is-no-such-file.ts'));
    expect([lines, ends]).toEqual([[], []]);
  });
});
