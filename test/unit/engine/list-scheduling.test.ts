/** HEFT and PEFT against the worked examples of their papers. */
import { describe, expect, test } from 'vitest';
import type { Problem } from '#shared/scheduling/problem.ts';
import { createRun } from '#main/engine/run-search.ts';
import { heftSchedule, upwardRanks } from '#main/engine/list-scheduling/heft.ts';
import type { InsertionSchedule } from '#main/engine/list-scheduling/insertion.ts';
import { optimisticCostTable, optimisticRanks, peftSchedule } from '#main/engine/list-scheduling/peft.ts';
import { taskGraphOf } from '#main/engine/list-scheduling/task-graph.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { arabnejad, topcuoglu } from '#test/fixtures/published-graphs.ts';

/** Tasks of a unit in order, as "task start–end". */
function gantt(schedule: InsertionSchedule, unit: number): string[] {
  return [...schedule.unitOfTask.keys()]
    .filter((task) => schedule.unitOfTask[task] === unit)
    .sort((a, b) => schedule.startMs[a]! - schedule.startMs[b]!)
    .map((task) => `${task + 1} ${schedule.startMs[task]}–${schedule.endMs[task]}`);
}

describe('the example of Topcuoglu et al. 2002, figures 2 and 3', () => {
  const graph = taskGraphOf(topcuoglu);

  test('has the upward ranks of their table', () => {
    expect([...upwardRanks(graph)].map((rank) => Number(rank.toFixed(3)))).toEqual([
      108, 77, 80, 80, 69, 63.333, 42.667, 35.667, 44.333, 14.667,
    ]);
  });

  test('HEFT gives their schedule, 80 long', () => {
    const schedule = heftSchedule(graph);
    expect(schedule.lengthMs).toBe(80);
    expect(gantt(schedule, 0)).toEqual(['2 27–40', '8 57–62']);
    expect(gantt(schedule, 1)).toEqual(['4 18–26', '6 26–42', '9 56–68', '10 73–80']);
    expect(gantt(schedule, 2)).toEqual(['1 0–9', '3 9–28', '5 28–38', '7 38–49']);
  });
});

describe('the example of Arabnejad & Barbosa 2014', () => {
  const graph = taskGraphOf(arabnejad);

  test('has the ranks of their optimistic cost table', () => {
    expect([...optimisticRanks(graph, optimisticCostTable(graph))].map((rank) => Math.round(rank))).toEqual([
      73, 41, 37, 44, 31, 42, 17, 21, 16, 0,
    ]);
  });

  test('PEFT gives a schedule 122 long, HEFT one 133 long', () => {
    expect(peftSchedule(graph).lengthMs).toBe(122);
    expect(heftSchedule(graph).lengthMs).toBe(133);
  });
});

describe('what the papers leave open', () => {
  test('each unit of a pool is scheduled by itself', () => {
    const problem = aScenario()
      .on(aPlatform().withCores(2, { dispatch: 'pooled' }))
      .running(aNetwork().withLayer('x', { cpu: 4 }).withLayer('y', { cpu: 4 }).withLayer('z', { cpu: 4 }))
      .problem();
    expect(heftSchedule(taskGraphOf(problem)).lengthMs).toBe(8);
    expect(peftSchedule(taskGraphOf(problem)).peOfTask).toEqual([0, 0, 0]);
  });

  test('a task never goes to a unit that cannot run it, and a mean counts only those that can', () => {
    const problem = aScenario()
      .on(aPlatform().withGpu().withNpu())
      .running(
        aNetwork()
          .withLayer('x', { cpu: 9, npu: 3 })
          .withLayer('y', { cpu: 5 }, { dependencies: ['x'] }),
      )
      .problem();
    const graph = taskGraphOf(problem);
    expect([...upwardRanks(graph)]).toEqual([11, 5]);
    expect(heftSchedule(graph).peOfTask).toEqual([2, 0]);
    expect(peftSchedule(graph).peOfTask).toEqual([2, 0]);
  });

  test('a later application does not start before its release', () => {
    const chain = aNetwork().withChain(1, { cpu: 3 });
    const schedule = heftSchedule(
      taskGraphOf(aScenario().running(chain, { startTimeMs: 10 }).running(chain).problem()),
    );
    expect([...schedule.startMs]).toEqual([10, 0]);
  });

  test('a short task fills a gap before a task placed earlier', () => {
    // "late" is ranked first but waits for its transfer; "small" fits in front of it.
    const problem = aScenario()
      .on(aPlatform().withNpu().withDefaultLink({ latencyMs: 5 }))
      .running(
        aNetwork()
          .withLayer('first', { npu: 1 })
          .withLayer('late', { cpu: 10 }, { dependencies: ['first'] })
          .withLayer('small', { cpu: 2 }),
      )
      .problem();
    const schedule = heftSchedule(taskGraphOf(problem));
    expect([...schedule.startMs]).toEqual([0, 6, 0]);
  });
});

describe('a run of the scheduler', () => {
  const searched = (problem: Problem, scheduler: string, options: Record<string, unknown> = {}) => {
    const run = createRun(problem.scenario, { scheduler, seed: 1, options });
    run.step();
    return { makespanMs: run.best!.metrics[0]!, remark: run.conclusion.remark!, run };
  };

  test.each([
    ['heft', topcuoglu, 80],
    ['peft', topcuoglu, 85],
    ['heft', arabnejad, 133],
    ['peft', arabnejad, 122],
  ] as const)('%s gives the schedule that the paper prints, not only its mapping', (scheduler, problem, makespanMs) => {
    expect(searched(problem, scheduler)).toMatchObject({
      makespanMs,
      remark: `As planned: ${makespanMs} ms, in the plan's order.`,
    });
  });

  test('takes the mapping alone where priorities are not searched, and says so', () => {
    const { makespanMs, remark, run } = searched(arabnejad, 'heft', { genes: { priorities: false } });
    expect(run.problem.layout.offsetOf.priority).toBeUndefined();
    expect(makespanMs).toBe(160);
    expect(remark).toBe(
      "Planned: 133 ms. Dispatched in the order of the layers' own priorities: 160 ms. The plan leaves units idle on purpose, which dispatch never does.",
    );
  });

  test('follows the plan on each element, however many layers there are', () => {
    // 400 layers on one core, listed against the order of their ranks: 256 levels order them in pairs
    const chains = Array.from({ length: 200 }, (_, index) => index);
    const network = chains.reduce(
      (built, index) =>
        built
          .withLayer(`head${index}`, { cpu: 1 })
          .withLayer(`tail${index}`, { npu: 1 + index }, { dependencies: [`head${index}`] }),
      aNetwork(),
    );
    const problem = aScenario().on(aPlatform().withNpu()).running(network).problem();
    const plan = heftSchedule(taskGraphOf(problem));
    // the longest tails first: heads at 0, 1, …, the NPU never waits after the first
    expect(searched(problem, 'heft').makespanMs).toBe(plan.lengthMs);
  });

  test("keeps the layers' own priorities where they give the plan's mapping a shorter schedule, and says so", () => {
    // By rank x comes first on the CPU (its successor is on average the slower), although its successor ends long before that of y.
    const network = aNetwork()
      .withLayer('x', { cpu: 4 })
      .withLayer('afterX', { gpu: 9, npu: 1 }, { dependencies: ['x'] })
      .withLayer('y', { cpu: 4 }, { priority: 1 })
      .withLayer('afterY', { npu: 4 }, { dependencies: ['y'] });
    const problem = aScenario().on(aPlatform().withGpu().withNpu()).running(network).problem();
    const { makespanMs, remark } = searched(problem, 'heft');
    expect(heftSchedule(taskGraphOf(problem)).lengthMs).toBe(12);
    expect(makespanMs).toBe(9);
    expect(remark).toBe(
      "Planned: 12 ms. Dispatched in the order of the layers' own priorities, which is shorter than in the plan's order (12 ms): 9 ms.",
    );
  });

  test('says of periodic applications that one instance of each was planned', () => {
    const problem = aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork().withLayer('x', { cpu: 4, npu: 2 }), { periodMs: 5, instances: 3 })
      .problem();
    expect(searched(problem, 'heft').remark).toBe(
      "Mapping of the plan for one instance of each application, dispatched in the plan's order.",
    );
  });
});
