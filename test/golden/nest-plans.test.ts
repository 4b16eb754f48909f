/** The two plans that NEST-C 20.11 committed for ResNet18, from its own profile, byte for byte (resources/data/nestc). */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { branchesOf } from '#main/engine/partition/branches.ts';
import {
  fastestEach,
  joinGroups,
  parallelBranches,
  planOrder,
  planPartitions,
  type PlanPartition,
} from '#main/engine/partition/greedy.ts';
import { operatorGraph } from '#main/engine/partition/operator-graph.ts';
import { nestPlanText } from '#main/formats/nest-plan.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { nestResnet18, publishedPlan } from '#test/fixtures/nest-resnet18.ts';

const scenario = nestResnet18();
const graph = operatorGraph(compileProblem(scenario), 0, false);
const CPU = 0;
const rule = { maxLayers: 3, types: undefined };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function textOf(partitions: readonly PlanPartition[]): string {
  return nestPlanText({
    model: 'mxnet_exported_resnet18.onnx',
    partitions: partitions.map(({ processor, layers, parallel }) => ({
      backend: scenario.platform.processors[processor]!.id,
      deviceId: processor,
      nodes: layers.map((layer) => graph.ids[layer]!),
      parallel,
    })),
    last: { backend: 'CPU', deviceId: 0 },
  });
}

describe('the greedy method on the published profile', () => {
  const single = fastestEach(graph);
  const grouped = joinGroups(graph, single, rule);

  test('makes the plan of single operators', () => {
    const text = textOf(planPartitions(graph, single));
    expect(text).toBe(publishedPlan('SingleOpOptimalPlan.yaml'));
    expect(sha256(text)).toBe('090e7d5c87ee0a0e509d4d233e8dd844a3aec825280c7800bbe0e02dd5f11575');
    expect(single.costMs).toBeCloseTo(144.1, 9);
  });

  test('makes the plan of groups and parallel branches', () => {
    const { partitions, placement } = parallelBranches(graph, grouped, CPU, true);
    const text = textOf(partitions);
    expect(text).toBe(publishedPlan('NESTOptimalPlan-thread.yaml'));
    expect(sha256(text)).toBe('e9fc76ff0e46931e912a63c637f809b515fc4606f870794cbeb767bb9bd8d1f6');
    expect(grouped.costMs).toBeCloseTo(135.1, 9);
    expect(placement.costMs).toBeCloseTo(126.8, 9);
    // the same here, where no branches share layers
    expect(parallelBranches(graph, grouped, CPU, false).placement.costMs).toBeCloseTo(126.8, 9);
  });

  test('joins convolutions and what follows them, and not what would take longer together', () => {
    expect(grouped.groups).toHaveLength(9);
    expect(new Set(grouped.groups.map((group) => group.map((layer) => graph.ops[layer]).join('-')))).toEqual(
      new Set(['Convolution-Relu']),
    );
  });

  test('costs on one backend alone what the study of it says', () => {
    const on = (processor: number): number =>
      planOrder(graph).reduce((sum, layer) => sum + graph.callMs(processor, [layer]), 0);
    expect(on(0)).toBe(1275);
    expect(on(1)).toBeCloseTo(149.1, 9);
  });

  test('has 15 branches in 12 levels', () => {
    const branches = branchesOf(graph);
    expect(branches).toHaveLength(15);
    expect([...new Set(branches.map(({ level }) => level))]).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(branches.flatMap(({ layers }) => layers).toSorted((a, b) => a - b)).toEqual(
      graph.ids.map((_, layer) => layer),
    );
  });
});
