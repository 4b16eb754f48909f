/** Where layers run and what is executed as one, written and read again: plans of NEST-C, and tables. */
import { describe, expect, it } from 'vitest';
import { assignmentCsvFormat } from '#main/formats/assignment-csv.ts';
import type { RunExport } from '#main/formats/format.ts';
import { nestDeviceFormat } from '#main/formats/nest-device.ts';
import { nestPlanFormat } from '#main/formats/nest-plan.ts';
import { nestProfileFormat } from '#main/formats/nest-profile.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { givenSchedule } from '#shared/scheduling/given-schedule.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { asFile, readBytes } from '#test/fixtures/formats.ts';
import { nestResnet18, publishedPlan } from '#test/fixtures/nest-resnet18.ts';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
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

/** Makespan of the schedule in a file, ms. */
function makespanOf(scenario: ResolvedScenario, text: string, name = 'plan.yaml'): number {
  const { from: _, ...mapping } = givenSchedule(text, name, scenario).start;
  const { problem, assignment } = readMapping(scenario, mapping);
  return computeMetrics(problem, assignment, simulate(problem, assignment)).makespanMs;
}

describe('a plan that is read again', () => {
  it('is the same schedule to the last bit, in every format, whatever runs where and as one', async () => {
    const scenario = builder.build();
    const element = fc.constantFrom('cpu', 'npu');
    const property = fc.asyncProperty(
      element,
      element,
      element,
      fc.boolean(),
      fc.boolean(),
      async (first, second, third, isJoined, hasPriorities) => {
        const subgraphs = isJoined ? [['a/left', 'a/join']] : [];
        const priorities = { 'a/stem:0': 3, 'a/left': 1, 'a/right': 200, 'a/join': isJoined ? 1 : 0 };
        const { problem, assignment } = readMapping(scenario, {
          mapping: { 'a/stem:0': first, 'a/left': second, 'a/right': third, 'a/join': isJoined ? second : first },
          ...(isJoined ? { subgraphs } : {}),
          ...(hasPriorities ? { priorities } : {}),
        });
        const timeline = simulate(problem, assignment);
        const { makespanMs } = computeMetrics(problem, assignment, timeline);
        const run = {
          detail: { run: { id: 7 } },
          problem,
          timeline,
          solution: describeAssignment(problem, assignment),
        } as unknown as RunExport;
        expect(makespanOf(scenario, await textOf(nestPlanFormat, run))).toBe(makespanMs);
        expect(makespanOf(scenario, await textOf(assignmentCsvFormat, run), 'a.csv')).toBe(makespanMs);
        expect(makespanOf(scenario, JSON.stringify({ schedule: run.solution }), 'run.json')).toBe(makespanMs);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('keeps names that a plan cannot have, also where two become the same', async () => {
    const twins = aScenario()
      .on(aPlatform().withNpu())
      .running(
        aNetwork('twins')
          .withLayer('a:0', { cpu: 1, npu: 5 })
          .withLayer('a-0', { cpu: 2, npu: 9 }, { dependencies: ['a:0'] }),
      )
      .build();
    const { problem, assignment } = readMapping(twins, { mapping: { 'a/a:0': 'npu', 'a/a-0': 'cpu' } });
    const run = {
      detail: { run: { id: 1 } },
      problem,
      timeline: simulate(problem, assignment),
      solution: describeAssignment(problem, assignment),
    } as unknown as RunExport;
    const text = await textOf(nestPlanFormat, run);
    expect(text).toContain('#tessera-name a_0 "a:0"\n');
    expect(givenSchedule(text, 'p.yaml', twins).start.mapping).toEqual({ 'a/a:0': 'npu', 'a/a-0': 'cpu' });
  });

  it('executes the parts of a partition that dependencies join as one, in the order of the plan', () => {
    const scenario = nestResnet18();
    const { start, notes } = givenSchedule(publishedPlan('NESTOptimalPlan-thread.yaml'), 'thread.yaml', scenario);
    const [application] = scenario.applications;
    expect(Object.keys(start.mapping)).toHaveLength(application.network.layers.length);
    expect(Object.values(start.mapping)).toContain('VTA');
    expect(start.subgraphs!.length).toBeGreaterThan(5);
    expect(notes).toEqual([]);
    const { from: _, ...mapping } = start;
    expect(() => readMapping(scenario, mapping)).not.toThrow();
  });

  it.each([
    ['a layer that there is not', 'nodeToPartition: odd-0', 'there is no layer "odd"'],
    ['a partition that there is not', 'nodeToPartition: stem_0-7', 'nodeToPartition has the entry "stem_0-7"'],
    ['a node twice', 'nodeToPartition: stem_0-0:stem_0-1', 'node "stem_0" twice'],
    ['a layer twice, under two names', 'nodeToPartition: stem_0-0:stem_0__1-1', 'layer "a/stem:0" is named twice'],
  ])('is refused with %s', (_, line, message) => {
    const text = `---\nfuncName: toy.onnx\nnumOfPartitions: 2\nbackendNames: npu:cpu\n${line}\n...\n`;
    expect(() => givenSchedule(text, 'p.yaml', builder.build())).toThrow(message);
  });

  it('is refused where a processor is unknown, and taken where only one is of that kind', () => {
    const plan = (backend: string): string =>
      `---\nbackendNames: ${backend}:cpu\nnodeToPartition: stem_0-0:left-0:right-0:join-0\n...\n`;
    expect(() => givenSchedule(plan('tpu'), 'p.yaml', builder.build())).toThrow('there is no processor "tpu"');
    const { start, notes } = givenSchedule(plan('VTA'), 'p.yaml', builder.build());
    expect(start.mapping['a/left']).toBe('npu');
    expect(notes.join()).toContain('"VTA" is taken to be "npu"');
  });

  it('is refused as a table whose subgraph is on two elements, or whose layer is missing', () => {
    const table = (rows: string): string => `application,layer,processor,element,subgraph\n${rows}`;
    expect(() => makespanOf(builder.build(), table('a,stem:0,npu,npu,0\na,left,cpu,cpu,0\n'), 'a.csv')).toThrow(
      'line 3: subgraph 0 is on "npu" (line 2) and on "cpu"',
    );
    expect(() => makespanOf(builder.build(), table('a,stem:0,npu,npu,0\n'), 'a.csv')).toThrow('"a/left" is not mapped');
  });

  it('is no document of the library, and says where it belongs', async () => {
    const [outcome] = await readBytes([asFile('p.yaml', '---\nbackendNames: npu:cpu\nnodeToPartition: a-0\n...\n')]);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'format.isSchedule' } });
  });
});

const devices = `---
- name:    PU1
  backendName: CPU
  parameters: |
    "nonSupportedNodes":""
    "deviceID" : "0"
    "fuseOperators" : "Convolution-Relu"
  dramMemory: 200000000
- name:    PU2
  backendName: VTA
  parameters: |
    "supportedNodes":"Convolution,Relu"
    "platformID" : "1"
  dramMemory: 200000000
...
`;

describe('nest-device', () => {
  const read = (text: string) => readBytes([asFile('board.yaml', text)]).then(([outcome]) => outcome!);

  it('is a platform with a processor for each backend, and says what is not in the file', async () => {
    const outcome = await read(devices);
    expect(outcome).toMatchObject({ status: 'read', format: nestDeviceFormat.id });
    const { documents, notes } = outcome as Extract<typeof outcome, { status: 'read' }>;
    expect(documents[0]!.document).toMatchObject({
      id: 'board',
      processors: [
        { id: 'CPU', kind: 'cpu', supportedOps: 'all' },
        { id: 'VTA', kind: 'npu', supportedOps: ['Convolution', 'Conv', 'FusedConv', 'DepthwiseConv', 'Relu'] },
      ],
    });
    const text = notes.map(({ message }) => message).join('\n');
    expect(text).toContain('no frequencies, power, cores or links');
    expect(text).toContain('Convolution-Relu');
    expect(text).toContain('passed over: 1 parameter (platformID)');
  });

  it.each([
    ['a line outside a device', '---\nname: x\n- name: y\n  backendName: CPU\n', 'line 2: "name: x"'],
    [
      'a device without a backend',
      '- name: y\n  dramMemory: 1\n- name: z\n  backendName: CPU\n',
      'device "y" has no backendName',
    ],
  ])('is refused with %s', async (_, text, message) => {
    const outcome = await read(text);
    expect(outcome).toMatchObject({ status: 'failed', error: { message: expect.stringContaining(message) } });
  });
});

describe('nest-profile', () => {
  it('writes what reads back as the same times', async () => {
    const chain = aNetwork('chain')
      .withLayer('pre', { cpu: 1, npu: 1 }, { op: 'Relu', outputShape: [3, 8, 8] })
      .withLayer(
        'conv',
        { cpu: 4, npu: 0.5 },
        { op: 'Conv', outputShape: [16, 4, 4], kernelShape: [3, 3], dependencies: ['pre'] },
      )
      .withLayer('act', { cpu: 0.25 }, { op: 'Relu', outputShape: [16, 4, 4], dependencies: ['conv'] });
    const scenario = aScenario().on(aPlatform().withNpu()).running(chain).build();
    const { problem, assignment } = readMapping(scenario, {
      mapping: { 'a/pre': 'npu', 'a/conv': 'npu', 'a/act': 'cpu' },
    });
    const run = {
      detail: { run: { id: 3 } },
      problem,
      timeline: simulate(problem, assignment),
      solution: describeAssignment(problem, assignment),
    } as unknown as RunExport;
    const { files, notes } = await nestProfileFormat.runWriter!.write(run, {});
    expect(files.map(({ name }) => name)).toEqual(['run-3-nest-profile-cpu.yaml', 'run-3-nest-profile-npu.yaml']);
    expect(String(files[1]!.content)).toBe(
      '---\nType: ExeTime\nbackendName: npu\nConvolution-1-8-8-3-float-16-3-2 : 0.5\nRelu-1-4-4-16-float : INFINITY\n...\n',
    );
    expect(notes.find(({ layers }) => layers !== undefined)).toMatchObject({ layers: ['pre'] });
    const [outcome] = await readBytes([asFile('npu.yaml', String(files[1]!.content))], 'nest-profile', {
      network: JSON.parse(JSON.stringify(chain.build())),
      key: 'npu',
      unit: 'ms',
    });
    expect(outcome).toMatchObject({ status: 'read' });
    const [profile] = (outcome as unknown as { documents: { document: { measurements: unknown[] } }[] }).documents;
    expect(profile!.document.measurements).toMatchObject([
      { layers: ['conv'], timeMs: 0.5 },
      { layers: ['act'], unsupported: true },
    ]);
  });
});
