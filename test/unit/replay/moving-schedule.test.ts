/** Tiles that glide from schedule to schedule, and the words for what changed. */
import { describe, expect, it } from 'vitest';
import { describeGeneration, movesBetween } from '#renderer/recorded/caption.ts';
import { markOf, move, moveAxis, restingTiles, sendTo } from '#renderer/plots/moving-schedule.ts';
import { buildScene } from '#renderer/timeline/scene/scene.ts';
import { defaultAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';

const problem = compileProblem(aSmallScenario().build());
const onPe = (pe: number, changes: Partial<Record<number, number>> = {}): Assignment =>
  defaultAssignment(
    problem,
    problem.tasks.map((task) => changes[task.index] ?? pe),
  );
const sceneOf = (assignment: Assignment) => buildScene(problem, simulate(problem, assignment), assignment);

describe('moving tiles', () => {
  const before = sceneOf(onPe(0));
  const after = sceneOf(onPe(0, { 3: problem.pes.length - 1 }));

  it('rest where the schedule has them', () => {
    const tiles = restingTiles(before);
    expect(move(tiles, 16)).toBe(false);
    before.tileJob.forEach((job, tile) =>
      expect([tiles.startMs[job], tiles.endMs[job], tiles.row[job]]).toEqual([
        before.tileStartMs[tile],
        before.tileEndMs[tile],
        before.tileRow[tile],
      ]),
    );
  });

  it('come closer with every frame, never overshoot, and arrive exactly', () => {
    const tiles = sendTo(restingTiles(before), after);
    const job = 3;
    let way = Math.abs(after.tileRow[after.tileOfJob[job]] - tiles.row[job]);
    expect(way).toBeGreaterThan(0);
    let frames = 0;
    while (move(tiles, 16)) {
      const left = Math.abs(after.tileRow[after.tileOfJob[job]] - tiles.row[job]);
      expect(left).toBeLessThanOrEqual(way);
      way = left;
      expect(++frames).toBeLessThan(200);
    }
    after.tileJob.forEach((moved, tile) =>
      expect([tiles.startMs[moved], tiles.endMs[moved], tiles.row[moved]]).toEqual([
        after.tileStartMs[tile],
        after.tileEndMs[tile],
        after.tileRow[tile],
      ]),
    );
  });

  it('do not depend on the rhythm of the screen', () => {
    const slow = sendTo(restingTiles(before), after);
    const fast = sendTo(restingTiles(before), after);
    move(slow, 48);
    for (let i = 0; i < 3; i++) move(fast, 16);
    expect(fast.row[3]).toBeCloseTo(slow.row[3], 9);
    expect(fast.startMs[3]).toBeCloseTo(slow.startMs[3], 9);
  });

  it('mark those that change their row for a while, and only those', () => {
    const tiles = sendTo(restingTiles(before), after);
    const marked = before.tileJob.filter((job) => markOf(tiles, job) > 0);
    expect([...marked]).toEqual([3]);
    for (let i = 0; i < 100; i++) move(tiles, 16);
    expect(markOf(tiles, 3)).toBe(0);
  });

  it('have an axis that reaches its end', () => {
    let endMs = 100;
    for (let i = 0; i < 300; i++) endMs = moveAxis(endMs, 20, 16);
    expect(endMs).toBe(20);
  });
});

describe('the caption', () => {
  const best = (id: number, makespanMs: number, assignment: Assignment) => ({
    id,
    fitness: -makespanMs,
    makespanMs,
    assignment,
  });
  const first = onPe(0);

  it('says what the best gained and which layers moved where', () => {
    const moved = onPe(0, { 1: 2, 2: 2, 8: 2 });
    const caption = describeGeneration(problem, best(1, 20, first), best(2, 15, moved), 'by mutation');
    expect(caption.headline).toBe('A better schedule: makespan 20\u00A0ms → 15\u00A0ms (−25\u00A0%).');
    expect(caption.moves).toEqual([
      { application: 0, layers: ['left', 'right'], fromPe: 'cpu:0', toPe: problem.pes[2].id },
      { application: 1, layers: ['right'], fromPe: 'cpu:0', toPe: problem.pes[2].id },
    ]);
    expect(caption.origin).toBe('by mutation');
  });

  it('says so when nothing changed, when the best was lost, and at the start', () => {
    expect(describeGeneration(problem, best(1, 20, first), best(1, 20, first), 'x')).toMatchObject({
      headline: 'The best has not changed.',
      moves: [],
      origin: '',
    });
    expect(describeGeneration(problem, best(1, 20, first), best(2, 21, first), '').headline).toMatch(
      /^The best was lost/,
    );
    expect(describeGeneration(problem, undefined, best(1, 20, first), '').headline).toMatch(
      /^The first generation’s best takes 20/,
    );
  });

  it('names changed clocks and cores', () => {
    const faster: Assignment = {
      ...first,
      operatingPoint: first.operatingPoint.map((point, processor) => (processor === 1 ? 0 : point)),
      arrangement: first.arrangement.map((choice, processor) => (processor === 0 ? 0 : choice)),
    };
    const { settings } = describeGeneration(problem, best(1, 20, first), best(2, 19, faster), '');
    expect(settings).toEqual(['cpu: 2 → 1 cores', 'gpu: 700 → 350 MHz']);
    expect(movesBetween(problem, first, first)).toEqual([]);
  });
});
