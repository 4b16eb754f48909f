/** HEFT and PEFT against the worked examples of their papers. */
import { describe, expect, test } from 'vitest';
import type { Problem } from '#shared/scheduling/problem.ts';
import { heftSchedule, upwardRanks } from '#main/engine/list-scheduling/heft.ts';
import type { InsertionSchedule } from '#main/engine/list-scheduling/insertion.ts';
import { optimisticCostTable, optimisticRanks, peftSchedule } from '#main/engine/list-scheduling/peft.ts';
import { taskGraphOf } from '#main/engine/list-scheduling/task-graph.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

/** Costs by task on p1, p2, p3 and edges "producer>consumer" with their transfer time between any two of them; tasks count from 1. */
function example(costs: readonly (readonly [number, number, number])[], edges: Readonly<Record<string, number>>): Problem {
  const processors = ['p1', 'p2', 'p3'];
  const between = (time: number) => Object.fromEntries(processors.flatMap((from) => processors.filter((to) => to !== from).map((to) => [`${from}>${to}`, time])));
  const network = costs.reduce((built, [p1, p2, p3], index) => {
    const dependencies = Object.entries(edges)
      .filter(([edge]) => edge.endsWith(`>${index + 1}`))
      .map(([edge, time]) => ({ layer: `t${edge.split('>')[0]!}`, transferMs: between(time) }));
    return built.withLayer(`t${index + 1}`, { p1, p2, p3 }, { dependencies });
  }, aNetwork());
  return aScenario()
    .on(aPlatform().with({ processors: processors.map((id) => ({ id, kind: 'cpu' })) }))
    .running(network)
    .problem();
}

/** Tasks of a unit in order, as "task start–end". */
function gantt(schedule: InsertionSchedule, unit: number): string[] {
  return [...schedule.unitOfTask.keys()]
    .filter((task) => schedule.unitOfTask[task] === unit)
    .sort((a, b) => schedule.startMs[a]! - schedule.startMs[b]!)
    .map((task) => `${task + 1} ${schedule.startMs[task]}–${schedule.endMs[task]}`);
}

const topcuoglu = example(
  [[14, 16, 9], [13, 19, 18], [11, 13, 19], [13, 8, 17], [12, 13, 10], [13, 16, 9], [7, 15, 11], [5, 11, 14], [18, 12, 20], [21, 7, 16]],
  { '1>2': 18, '1>3': 12, '1>4': 9, '1>5': 11, '1>6': 14, '2>8': 19, '2>9': 16, '3>7': 23, '4>8': 27, '4>9': 23, '5>9': 13, '6>8': 15, '7>10': 17, '8>10': 11, '9>10': 13 },
);
const arabnejad = example(
  [[22, 21, 36], [22, 18, 18], [32, 27, 43], [7, 10, 4], [29, 27, 35], [26, 17, 24], [14, 25, 30], [29, 23, 36], [15, 21, 8], [13, 16, 33]],
  { '1>2': 17, '1>3': 31, '1>4': 29, '1>5': 13, '1>6': 7, '2>8': 3, '2>9': 30, '3>7': 16, '4>8': 11, '4>9': 7, '5>9': 57, '6>8': 5, '7>10': 9, '8>10': 42, '9>10': 7 },
);

describe('the example of Topcuoglu et al. 2002, figures 2 and 3', () => {
  const graph = taskGraphOf(topcuoglu);

  test('has the upward ranks of their table', () => {
    expect([...upwardRanks(graph)].map((rank) => Number(rank.toFixed(3)))).toEqual([108, 77, 80, 80, 69, 63.333, 42.667, 35.667, 44.333, 14.667]);
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
    expect([...optimisticRanks(graph, optimisticCostTable(graph))].map((rank) => Math.round(rank))).toEqual([73, 41, 37, 44, 31, 42, 17, 21, 16, 0]);
  });

  test('PEFT gives a schedule 122 long, HEFT one 133 long', () => {
    expect(peftSchedule(graph).lengthMs).toBe(122);
    expect(heftSchedule(graph).lengthMs).toBe(133);
  });
});

describe('what the papers leave open', () => {
  test('each unit of a pool is scheduled by itself', () => {
    const problem = aScenario().on(aPlatform().withCores(2, { dispatch: 'pooled' })).running(aNetwork().withLayer('x', { cpu: 4 }).withLayer('y', { cpu: 4 }).withLayer('z', { cpu: 4 })).problem();
    expect(heftSchedule(taskGraphOf(problem)).lengthMs).toBe(8);
    expect(peftSchedule(taskGraphOf(problem)).peOfTask).toEqual([0, 0, 0]);
  });

  test('a task never goes to a unit that cannot run it, and a mean counts only those that can', () => {
    const problem = aScenario().on(aPlatform().withGpu().withNpu()).running(aNetwork().withLayer('x', { cpu: 9, npu: 3 }).withLayer('y', { cpu: 5 }, { dependencies: ['x'] })).problem();
    const graph = taskGraphOf(problem);
    expect([...upwardRanks(graph)]).toEqual([11, 5]);
    expect(heftSchedule(graph).peOfTask).toEqual([2, 0]);
    expect(peftSchedule(graph).peOfTask).toEqual([2, 0]);
  });

  test('a later application does not start before its release', () => {
    const chain = aNetwork().withChain(1, { cpu: 3 });
    const schedule = heftSchedule(taskGraphOf(aScenario().running(chain, { startTimeMs: 10 }).running(chain).problem()));
    expect([...schedule.startMs]).toEqual([10, 0]);
  });

  test('a short task fills a gap before a task placed earlier', () => {
    // "late" is ranked first but waits for its transfer; "small" fits in front of it.
    const problem = aScenario()
      .on(aPlatform().withNpu().withDefaultLink({ latencyMs: 5 }))
      .running(aNetwork().withLayer('first', { npu: 1 }).withLayer('late', { cpu: 10 }, { dependencies: ['first'] }).withLayer('small', { cpu: 2 }))
      .problem();
    const schedule = heftSchedule(taskGraphOf(problem));
    expect([...schedule.startMs]).toEqual([0, 6, 0]);
  });
});
