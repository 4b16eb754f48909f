/** What is said of a front that a simple schedule beats, or that is no choice. */
import { expect, it } from 'vitest';
import { frontQuestion, frontRemark } from '#shared/analysis/front-remark.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { npuFirstAssignment } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aSmallScenario } from '#test/fixtures/builders.ts';

const problem = compileProblem(aSmallScenario().build());
const assignment = npuFirstAssignment(problem);
const base = {
  ...computeMetrics(problem, assignment, simulate(problem, assignment)),
  makespanMs: 10,
  energyMJ: 10,
  throughputPerS: 10,
  constraintViolation: 0,
};
const baseline = { name: 'HEFT', metrics: base };
const at = (makespanMs: number, energyMJ: number, constraintViolation = 0) => ({
  ...base,
  makespanMs,
  energyMJ,
  constraintViolation,
});
const question = frontQuestion({ objectives: ['makespanMs', 'energyMJ'] })!;

it('names a baseline that dominates every member, and no other', () => {
  expect(frontRemark([at(11, 10), at(10, 12)], [baseline], question)).toMatch(
    /^HEFT is better than every schedule on the front.*heuristicSeeding/,
  );
  expect(frontRemark([at(11, 10), at(9, 12)], [baseline], question)).toBeUndefined();
  expect(frontRemark([at(10, 10), at(10, 12)], [baseline], question)).toBeUndefined();
});

it('counts violations before objectives, unless the search ignores them', () => {
  const late = [at(8, 11, 0.5), at(9, 9, 0.2)];
  expect(frontRemark(late, [baseline], question)).toMatch(/HEFT/);
  expect(frontRemark(late, [baseline], { ...question, isConstrained: false })).toBeUndefined();
});

it('takes more throughput for better', () => {
  const throughput = frontQuestion({ objectives: ['throughputPerS', 'energyMJ'] })!;
  expect(
    frontRemark(
      [
        { ...base, throughputPerS: 9 },
        { ...base, throughputPerS: 8 },
      ],
      [baseline],
      throughput,
    ),
  ).toMatch(/HEFT/);
  expect(
    frontRemark(
      [
        { ...base, throughputPerS: 12 },
        { ...base, throughputPerS: 8 },
      ],
      [baseline],
      throughput,
    ),
  ).toBeUndefined();
});

it('says that a single schedule is no trade-off, and compares nothing that headline metrics do not tell', () => {
  expect(frontRemark([at(9, 9)], [baseline], question)).toMatch(/single schedule/);
  expect(
    frontRemark([at(11, 11), at(12, 10)], [baseline], frontQuestion({ objectives: ['makespanMs', 'maxResponseMs'] })!),
  ).toBeUndefined();
  expect(frontQuestion({ weights: {} })).toBeUndefined();
  expect(frontQuestion({ objectives: [], constraints: 'domination' })).toBeUndefined();
});
