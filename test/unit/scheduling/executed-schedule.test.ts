/** Genomes that cut applications into subgraphs: which calls they encode, where these run, and what they are worth. */
import { describe, expect, it } from 'vitest';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { encodeAssignment, defaultAssignment } from '#shared/scheduling/decode.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { cutsOf, executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { responseBounds } from '#shared/analysis/response-bounds.ts';
import { describeSolution, readMapping } from '#shared/scheduling/solution.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { partitionOfNames } from '#shared/scheduling/subgraphs.ts';
import { emptyLibrary } from '#shared/domain/scenario.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';

const network = aNetwork()
  .withLayer('a', { cpu: 4, npu: 1 })
  .withLayer('b', { cpu: 4, npu: 1 }, { dependencies: ['a'] })
  .withLayer('c', { cpu: 4 }, { dependencies: ['b'] });
const builder = aScenario()
  .on(aPlatform().withNpu({ launchMs: 0.5 }))
  .running(network);
const problem = builder.problem(emptyLibrary, { subgraphs: 'searched' });
const genomeOf = (elements: readonly number[], joined: readonly (readonly string[])[]): Uint8Array =>
  encodeAssignment(problem, {
    ...defaultAssignment(problem, elements),
    peOfTask: Int32Array.from(elements),
    cut: cutsOf(problem, partitionOfNames(problem.layerwise, joined)),
  });

describe('what a genome with cuts executes', () => {
  it('are its subgraphs, on their element, at the launch of one call', () => {
    const genes = genomeOf([1, 1, 0], [['a/a', 'a/b']]);
    const { problem: executed, assignment } = executedSchedule(problem, genes);
    expect(executed.tasks.map(({ id }) => id)).toEqual(['a/a+b', 'a/c']);
    expect([...simulate(executed, assignment).endMs]).toEqual([2.5, 6.5]);
    expect(describeSolution(problem, genes, 0)).toMatchObject({
      mapping: { 'a/a': 'npu', 'a/b': 'npu', 'a/c': 'cpu' },
      subgraphs: [['a/a', 'a/b']],
      metrics: { makespanMs: 6.5 },
    });
  });

  it('runs a subgraph where most of its layers are, of those that can run all of it', () => {
    const placeOf = (elements: readonly number[], joined: readonly string[]) => {
      const { assignment } = executedSchedule(problem, genomeOf(elements, [joined]));
      return assignment.peOfTask[0];
    };
    expect(placeOf([1, 0, 0], ['a/a', 'a/b'])).toBe(0);
    expect(placeOf([1, 1, 0], ['a/a', 'a/b'])).toBe(1);
    expect(placeOf([1, 1, 0], ['a/a', 'a/b', 'a/c'])).toBe(0);
  });

  it('counts the layers, whichever element the first one is on', () => {
    const chain = aScenario()
      .on(aPlatform().withNpu())
      .running(aNetwork().withChain(3, { cpu: 1, npu: 1 }))
      .problem(emptyLibrary, { subgraphs: 'searched' });
    const placeOf = (...elements: number[]): number => {
      const assignment = { ...defaultAssignment(chain, elements), cut: new Uint8Array(2) };
      return executedSchedule(chain, encodeAssignment(chain, assignment)).assignment.peOfTask[0]!;
    };
    expect([placeOf(0, 1, 1), placeOf(1, 0, 0), placeOf(1, 1, 0), placeOf(0, 0, 1)]).toEqual([1, 0, 1, 0]);
  });

  it('leaves layers alone that no element can run together', () => {
    const split = aScenario()
      .on(aPlatform().withNpu())
      .running(
        aNetwork()
          .withLayer('x', { cpu: 1 })
          .withLayer('y', { npu: 1 }, { dependencies: ['x'] }),
      )
      .problem(emptyLibrary, { subgraphs: 'searched' });
    const { cut: _, ...joined } = { ...defaultAssignment(split, [0, 1]), cut: undefined };
    const genes = encodeAssignment(split, { ...joined, cut: Uint8Array.of(0) });
    expect(executedSchedule(split, genes).problem.tasks).toHaveLength(2);
  });

  it('is cut between layers that different elements can run, where none can run all', () => {
    const mixed = aScenario()
      .on(aPlatform().withNpu())
      .running(
        aNetwork()
          .withLayer('a', { cpu: 1 })
          .withLayer('b', { cpu: 1 }, { dependencies: ['a'] })
          .withLayer('c', { npu: 1 }, { dependencies: ['b'] })
          .withLayer('d', { npu: 1 }, { dependencies: ['c'] }),
      )
      .problem(emptyLibrary, { subgraphs: 'searched' });
    const executed = executedSchedule(mixed, new Uint8Array(mixed.layout.length));
    expect(executed.problem.tasks.map(({ id }) => id)).toEqual(['a/a+b', 'a/c+d']);
    expect([...executed.assignment.peOfTask]).toEqual([0, 1]);
  });

  it('is scored by the kernel as by the reference, one by one and in batches', () => {
    const genomes = [
      genomeOf([1, 1, 0], [['a/a', 'a/b']]),
      genomeOf([1, 1, 0], []),
      genomeOf([0, 0, 0], [['a/a', 'a/b', 'a/c']]),
    ];
    const [kernel, reference] = [createKernel(problem), createEvaluator(problem)];
    const out = new Float64Array(15);
    kernel.evaluateBatch(genomes, 0, 3, out);
    expect([...out]).toEqual(genomes.flatMap((genes) => [...reference.evaluate(genes)]));
    expect([out[0], out[5], out[10]]).toEqual([6.5, 7, 12]);
    const packed = new Float64Array(15);
    kernel.evaluatePacked(Uint8Array.from(genomes.flatMap((genes) => [...genes])), 0, 3, packed);
    expect(packed).toEqual(out);
  });

  it('is the schedule that its own mapping file gives', () => {
    const genes = genomeOf([1, 1, 0], [['a/a', 'a/b']]);
    const { metrics, fitness: _, genome: __, ...file } = describeSolution(problem, genes, 0);
    const read = readMapping(builder.build(), file);
    expect(Math.max(...simulate(read.problem, read.assignment).endMs)).toBe(metrics.makespanMs);
  });

  it('has no lower bound from the times of single layers', () => {
    expect(quickBound(problem)).toBeUndefined();
    expect([...responseBounds(problem)]).toEqual([0]);
    expect(quickBound(builder.problem())).toBeDefined();
  });
});
