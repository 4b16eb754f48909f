/** Differences of two schedules. */
import { describe, expect, it } from 'vitest';
import { scheduleDifference, type ScheduledProblem } from '#shared/analysis/schedule-difference.ts';
import { defaultAssignment } from '#shared/scheduling/decode.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';

function scheduled(problem: Problem, pe: (task: number) => number): ScheduledProblem {
  const assignment = defaultAssignment(
    problem,
    problem.tasks.map((task) => pe(task.index)),
  );
  return { problem, peOfTask: assignment.peOfTask, timeline: simulate(problem, assignment) };
}

describe('the difference of two schedules', () => {
  const problem = compileProblem(aSmallScenario().build());

  it('of a schedule to itself is nothing', () => {
    const same = scheduled(problem, () => 0);
    expect(scheduleDifference(same, same)).toMatchObject({
      moved: [],
      onlyBefore: [],
      onlyAfter: [],
      stayed: problem.tasks.length,
      makespanChangeMs: 0,
    });
  });

  it('names each layer that moved, and books its time to the processors it left and reached', () => {
    const before = scheduled(problem, () => 0);
    const moving = problem.tasks.find(
      (task) =>
        scheduled(problem, (index) => (index === task.index ? problem.pes.length - 1 : 0)).peOfTask[task.index] !==
        before.peOfTask[task.index],
    )!;
    const after = scheduled(problem, (index) => (index === moving.index ? problem.pes.length - 1 : 0));
    const difference = scheduleDifference(before, after);
    const toPe = problem.pes[after.peOfTask[moving.index]];
    const fromPe = problem.pes[before.peOfTask[moving.index]];
    expect(difference.moved.map(({ layer, fromPe: from, toPe: to }) => ({ layer, from, to }))).toEqual([
      { layer: moving.id, from: fromPe.id, to: toPe.id },
    ]);
    expect(difference.stayed).toBe(problem.tasks.length - 1);
    const gainer = difference.processors.find(({ processor }) => processor === problem.processors[toPe.processor].id)!;
    const loser = difference.processors.find(({ processor }) => processor === problem.processors[fromPe.processor].id)!;
    expect([gainer.arrived, gainer.left, loser.arrived, loser.left]).toEqual([1, 0, 0, 1]);
    expect(gainer.busyAfterMs).toBeGreaterThan(gainer.busyBeforeMs);
    expect(loser.busyAfterMs).toBeLessThan(loser.busyBeforeMs);
    const busy = (side: 'busyBeforeMs' | 'busyAfterMs') =>
      difference.processors.reduce((sum, processor) => sum + processor[side], 0);
    expect(busy('busyAfterMs') - busy('busyBeforeMs')).toBeCloseTo(difference.moved[0].durationChangeMs, 9);
  });
});
