/** Exports of where layers run and what is executed as one: plans of NEST-C, and tables. */
import { describe, expect, it } from 'vitest';
import { assignmentCsvFormat } from '#main/formats/assignment-csv.ts';
import type { RunExport } from '#main/formats/format.ts';
import { nestPlanFormat } from '#main/formats/nest-plan.ts';
import { describeAssignment, readMapping } from '#shared/scheduling/solution.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { aNetwork, aPlatform, aScenario, type ScenarioBuilder } from '#test/fixtures/builders.ts';

const network = aNetwork('toy')
  .withLayer('stem:0', { cpu: 1, npu: 1 })
  .withLayer('left', { cpu: 2, npu: 2 }, { dependencies: ['stem:0'] })
  .withLayer('right', { cpu: 1, npu: 1 }, { dependencies: ['stem:0'] })
  .withLayer('join', { cpu: 1, npu: 1 }, { dependencies: ['left', 'right'] });
const builder = aScenario().on(aPlatform().withNpu()).running(network);
const elements = { 'stem:0': 'npu', left: 'npu', right: 'cpu', join: 'npu' };

function exported(scenario: ScenarioBuilder = builder): RunExport {
  const built = scenario.build();
  const mapping = Object.fromEntries(
    built.applications.flatMap(({ id }) => Object.entries(elements).map(([layer, pe]) => [`${id}/${layer}`, pe])),
  );
  const { problem, assignment } = readMapping(built, { mapping, subgraphs: [['a/left', 'a/join']] });
  const solution = describeAssignment(problem, assignment);
  return {
    detail: { run: { id: 7 } },
    problem,
    timeline: simulate(problem, assignment),
    solution,
  } as unknown as RunExport;
}

const textOf = async (format: typeof nestPlanFormat, run = exported()): Promise<string> => {
  const { files } = await format.runWriter!.write(run, format.runWriter!.options?.parse({}) ?? {});
  return String(files[0]!.content);
};

describe('nest-plan', () => {
  it('has a partition for each run of calls on one element, in the order of their starts', async () => {
    expect(await textOf(nestPlanFormat)).toBe(
      [
        '---',
        'funcName: toy.onnx',
        'numOfPartitions: 4',
        'backendNames: npu:cpu:npu:cpu',
        'partitionNames: p0:p1:p2:p3',
        'nodeToPartition: stem_0-0',
        '  :right-1',
        '  :left-2',
        '  :join-2',
        'logicalIDs: 1:0:1:0',
        '...',
        '',
        '',
      ].join('\n'),
    );
  });

  it('says which names it had to change, and that it is of one network', async () => {
    const { notes } = await nestPlanFormat.runWriter!.write(exported(), {});
    expect(JSON.stringify(notes)).toContain('\\"stem:0\\" is \\"stem_0\\"');
    await expect(textOf(nestPlanFormat, exported(builder.running(network)))).rejects.toThrow('2 applications');
  });
});

describe('assignment-csv', () => {
  it('has a row for each layer, and one number for those that are executed as one', async () => {
    expect((await textOf(assignmentCsvFormat)).trim().split(/\r?\n/)).toEqual([
      'application,layer,processor,element,subgraph',
      'a,stem:0,npu,npu,0',
      'a,left,npu,npu,1',
      'a,join,npu,npu,1',
      'a,right,cpu,cpu,2',
    ]);
  });
});
