/** What decisions come to before anything runs, and that the simulator runs any such plan: also one in which layers are fused. */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { everythingOn } from '#test/fixtures/schedules.ts';
import { emptyLibrary } from '#shared/domain/scenario.ts';
import { defaultAssignment } from '#shared/scheduling/decode.ts';
import { ExecutionPlanner, type ExecutionPlan } from '#shared/scheduling/execution-plan.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Simulator } from '#shared/scheduling/simulate.ts';
import { parseMapping } from '#shared/scheduling/solution.ts';

const planOf = (problem: Problem, mapping: unknown): ExecutionPlan =>
  new ExecutionPlanner(problem).plan(parseMapping(problem, mapping));

describe('a plan', () => {
  const platform = aPlatform()
    .withCores(4, {
      coreConfigurations: [[2, 1], [4]],
      groupSpeedup: { 2: 1.5, 4: 3 },
      operatingPoints: [
        { frequencyMHz: 500, activePowerMW: 300, clusterPowerMW: 20 },
        { frequencyMHz: 1000, activePowerMW: 900, clusterPowerMW: 50 },
      ],
      nominalFrequencyMHz: 1000,
      idlePowerMW: 40,
      offPowerMW: 3,
    })
    .withNpu();
  const network = aNetwork()
    .withLayer('x', { cpu: 12, npu: 5 }, { priority: 1 })
    .withLayer('y', { cpu: 12, npu: 5 }, { priority: 2 });
  const problem = aScenario().on(platform).running(network).problem();

  it('has the element and the time of each task there, at the chosen frequency and group size', () => {
    // on a group of 2 at half the nominal frequency: 12 / 1.5 × 2 = 16; on the core alone: 12 × 2 = 24
    const decisions = { frequencies: { cpu: 500 }, coreConfigurations: { cpu: [2, 1] } };
    const { peOf, durationMs, coresOf } = planOf(problem, {
      mapping: { 'a/x': 'cpu:0', 'a/y': 'cpu:1' },
      ...decisions,
    });
    expect([...peOf]).toEqual([0, 1]);
    expect([...durationMs]).toEqual([16, 24]);
    expect([...coresOf.subarray(0, 2)]).toEqual([2, 1]);
    const onNpu = planOf(problem, { mapping: everythingOn(problem, 'npu'), ...decisions });
    expect([...onNpu.durationMs]).toEqual([5, 5]);
  });

  it('has the power that is always drawn, and what a busy core draws beyond it', () => {
    const mapping = everythingOn(problem, 'cpu:0');
    // three cores idle and one off, and the cluster: 3 × 40 + 3 + 20
    const slow = planOf(problem, {
      mapping,
      frequencies: { cpu: 500 },
      coreConfigurations: { cpu: [2, 1] },
    });
    expect(slow.standingPowerMW).toBe(143);
    expect([...slow.busyCoreMW]).toEqual([260, 0]);
    // all four on at the higher point: 4 × 40 + 50
    const fast = planOf(problem, { mapping, frequencies: { cpu: 1000 }, coreConfigurations: { cpu: [4] } });
    expect(fast.standingPowerMW).toBe(210);
    expect([...fast.busyCoreMW]).toEqual([860, 0]);
  });

  it('ranks by application priority first, then by priority gene, else by layer priority', () => {
    const two = aScenario().on(platform).running(network).running(network, { priority: 1 });
    const places = (of: Problem) => everythingOn(of, 'npu');
    expect([...planOf(two.problem(), places(two.problem())).rank]).toEqual([3, 2, 1, 0]);
    const searched = two.problem(emptyLibrary, { priorities: true });
    const { rank } = planOf(searched, {
      mapping: places(searched),
      priorities: { 'a/x': 255, 'a/y': 0, 'b/x': 0, 'b/y': 7 },
    });
    // 256 ranks for each application priority
    expect([...rank]).toEqual([256, 511, 255, 248]);
  });

  it('is overwritten by the next one of its planner', () => {
    const planner = new ExecutionPlanner(problem);
    const plan = planner.plan(defaultAssignment(problem, [0, 0]));
    expect(planner.plan(defaultAssignment(problem, [2, 2]))).toBe(plan);
    expect([...plan.peOf]).toEqual([2, 2]);
  });
});

describe('a fused group', () => {
  /** `plan` with `tasks`, in their order, as one call of `timeMs`. */
  const fused = (plan: ExecutionPlan, [first, ...others]: readonly number[], timeMs: number): ExecutionPlan => {
    const durationMs = plan.durationMs.slice();
    const rank = plan.rank.slice();
    durationMs[first!] = timeMs;
    for (const task of others) {
      durationMs[task] = 0;
      rank[task] = -1;
    }
    return { ...plan, durationMs, rank };
  };
  const times = (problem: Problem, plan: ExecutionPlan): number[][] => {
    const { startMs, endMs } = new Simulator(problem).run(plan);
    return Array.from(startMs, (start, job) => [start, endMs[job]!]);
  };
  const platform = aPlatform().withNpu().withDefaultLink({ latencyMs: 1, bandwidthMBps: 1000 });
  const network = aNetwork().withChain(4, { cpu: 2, npu: 2 });
  const chain = { 'a/l0': 'cpu', 'a/l1': 'npu', 'a/l2': 'npu', 'a/l3': 'cpu' };

  it('takes the time of its first task, and passes on its outputs when that has ended', () => {
    const problem = aScenario().on(platform).running(network).problem();
    const assignment = parseMapping(problem, chain);
    const alone = new ExecutionPlanner(problem).plan(assignment);
    // l0 on the CPU, a transfer of 1 ms, l1 and l2 on the NPU, a transfer of 1 ms, l3 on the CPU
    expect(times(problem, alone)).toEqual([
      [0, 2],
      [3, 5],
      [5, 7],
      [8, 10],
    ]);
    const plan = fused(alone, [1, 2], 3);
    expect(times(problem, plan)).toEqual([
      [0, 2],
      [3, 6],
      [6, 6],
      [7, 9],
    ]);
    const { makespanMs, utilization } = computeMetrics(problem, assignment, new Simulator(problem).run(plan));
    expect(makespanMs).toBe(9);
    expect(utilization).toEqual({ cpu: 4 / 9, npu: 3 / 9 });
  });

  it('lets nothing come between its tasks, however urgent', () => {
    const urgent = aNetwork().withLayer('x', { npu: 5 });
    const problem = aScenario()
      .on(platform)
      .running(network)
      .running(urgent, { startTimeMs: 4, priority: 9 })
      .problem();
    const alone = planOf(problem, { ...chain, 'b/x': 'npu' });
    // b/x has waited since 4: alone it runs between l1 and l2, beside a group after both
    expect(times(problem, alone)).toEqual([
      [0, 2],
      [3, 5],
      [10, 12],
      [13, 15],
      [5, 10],
    ]);
    expect(times(problem, fused(alone, [1, 2], 3))).toEqual([
      [0, 2],
      [3, 6],
      [6, 6],
      [7, 9],
      [6, 11],
    ]);
  });
});
